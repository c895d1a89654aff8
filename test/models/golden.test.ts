import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { buildPack, readTrained } from '../../models/build-pack.ts';
import type { GoldenRow } from '../../models/train/golden.ts';
import { openEngines } from '../engine/harness/engines.ts';

const WEIGHTS = join(import.meta.dirname, '../../models/weights');
const golden: readonly GoldenRow[] = JSON.parse(readFileSync(join(WEIGHTS, 'golden.json'), 'utf8'));
const engines = openEngines(buildPack(readTrained()));

test.each(['wasm', 'reference'] as const)('golden rows: %s recomputes every margin', (name) => {
  const off: string[] = [];
  for (const { name: row, text, head, decoders, linear, forest } of golden) {
    const { views } = engines[name].scan(text, head, head === 0 ? 1 : 12);
    const near = (want: readonly number[], got: readonly number[]): boolean =>
      want.length === got.length && want.every((value, i) => Math.abs(value - got[i]!) <= 1e-6);
    const same =
      views.map((view) => view.decoders).join() === decoders.join() &&
      near(
        linear,
        views.map((view) => view.linear),
      ) &&
      near(
        forest,
        views.map((view) => view.forest),
      );
    if (!same) off.push(`${row} head ${head}`);
  }
  expect(golden.length).toBeGreaterThan(100);
  expect(off).toEqual([]);
});

test('the manifest names the weights it travels with', () => {
  const { weights } = JSON.parse(readFileSync(join(WEIGHTS, 'manifest.json'), 'utf8')) as {
    weights: Record<string, string>;
  };
  expect(Object.keys(weights)).toHaveLength(4);
  for (const [file, sha256] of Object.entries(weights)) {
    expect(
      createHash('sha256')
        .update(readFileSync(join(WEIGHTS, file)))
        .digest('hex'),
    ).toBe(sha256);
  }
});
