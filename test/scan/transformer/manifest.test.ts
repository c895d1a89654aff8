import { describe, expect, test } from 'vitest';
import { readManifest } from '../../../src/scan/transformer/manifest.ts';
import { resolveOptions } from '../../../src/scan/transformer/options.ts';
import { TINY_MANIFEST } from './tiny-model.ts';

const { heads } = TINY_MANIFEST;
const user = (change: object): unknown => ({
  ...TINY_MANIFEST,
  heads: { ...heads, user: { ...heads.user, ...change } },
});

test('a manifest reads as written; keys it does not know are left alone', () => {
  expect(readManifest({ ...TINY_MANIFEST, trained: 'yesterday' })).toEqual(TINY_MANIFEST);
});

describe('manifest.json', () => {
  const WRONG: readonly (readonly [value: unknown, message: string])[] = [
    [[], 'manifest.json must be an object; got '],
    [{ ...TINY_MANIFEST, version: 2 }, 'manifest.json: version must be a non-empty string; got 2'],
    [{ ...TINY_MANIFEST, window: 2 }, 'manifest.json: window must be an integer from 3 to 512; got 2'],
    [{ ...TINY_MANIFEST, overlap: 30 }, 'manifest.json: overlap must be an integer from 0 to 29; got 30'],
    [{ ...TINY_MANIFEST, heads: { user: heads.user } }, 'manifest.json: heads.data must be an object; got undefined'],
    [user({ settle: { below: 1, above: 0 } }), 'heads.user.settle.below must be at most settle.above (0); got 1'],
    [user({ settle: { below: null, above: 0 } }), 'heads.user.settle.below must be a finite number; got null'],
    [user({ combine: { tier1: 1, transformer: 1 } }), 'heads.user.combine.bias must be a finite number; got undefined'],
    [
      user({ calibration: { margins: [0], logits: [0] } }),
      'heads.user.calibration.margins must be two or more ascending',
    ],
    [
      user({ calibration: { margins: [0, 0], logits: [0, 1] } }),
      'calibration.margins must be without repetition; got 0',
    ],
    [
      user({ calibration: { margins: [0, 1, 2], logits: [0, 1] } }),
      'calibration.logits must be as long as margins (3)',
    ],
    [{ ...TINY_MANIFEST, spans: {} }, 'manifest.json: spans.threshold must be a finite number; got undefined'],
  ];
  test.each(WRONG)('%j', (value, message) => {
    const want = expect.objectContaining({ code: 'FW_MODEL', message: expect.stringContaining(message) });
    expect(() => readManifest(value)).toThrow(want);
  });
});

describe('options', () => {
  test('what is left out has its default', () => {
    expect(resolveOptions('off')).toBeUndefined();
    for (const from of [undefined, 'auto', {}])
      expect(resolveOptions(from)).toEqual({ backend: 'auto', maxQueue: 64, maxWindows: 32 });
    expect(resolveOptions({ threads: 2, maxQueue: 1 })).toMatchObject({ threads: 2, maxQueue: 1, maxWindows: 32 });
  });

  const WRONG: readonly (readonly [value: unknown, message: string])[] = [
    ['on', `createFirewall: transformer must be 'auto', 'off' or an object; got "on"`],
    [{ thread: 1 }, 'createFirewall: transformer must be keys among backend, workers, threads'],
    [{ backend: 'gpu' }, `transformer.backend must be one of 'auto', 'wasm', 'native'; got "gpu"`],
    [{ threads: 0 }, 'transformer.threads must be an integer from 1 to 64; got 0'],
    [{ workers: 1.5 }, 'transformer.workers must be an integer from 1 to 64; got 1.5'],
    [{ maxQueue: -1 }, 'transformer.maxQueue must be an integer from 1 to 1000000; got -1'],
    [{ model: '' }, 'transformer.model must be a non-empty string; got ""'],
    [{ model: 'a', labels: [] }, 'transformer.labels must be an array of one or more strings'],
    [{ labels: ['BAD'] }, 'transformer.labels must be left out without transformer.model'],
  ];
  test.each(WRONG)('%j', (value, message) => {
    const want = expect.objectContaining({ code: 'FW_OPTIONS', message: expect.stringContaining(message) });
    expect(() => resolveOptions(value)).toThrow(want);
  });
});
