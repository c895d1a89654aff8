import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createFirewall } from 'edgeward';
import { beforeAll, describe, expect, test } from 'vitest';
import { area, histogram, roc, thinned } from '../../../demo/playground/src/batch/curve.ts';
import { exportOf, type Judged, reportOf } from '../../../demo/playground/src/batch/report.ts';
import { linesOf, readRow } from '../../../demo/playground/src/batch/rows.ts';
import { EXAMPLES } from '../../../demo/playground/src/examples/examples.ts';
import { STARTERS } from '../../../demo/playground/src/examples/starters.ts';
import { excerpt, spansByMark } from '../../../demo/playground/src/marks.ts';
import {
  POLICY_A,
  POLICY_B,
  PRESETS,
  rulesOf,
  withPreset,
  withThreshold,
} from '../../../demo/playground/src/policy.ts';
import { fromFragment, type Shared, toFragment } from '../../../demo/playground/src/share.ts';
import { duration, grouped, number } from '../../../demo/playground/src/words.ts';

describe('examples', () => {
  let firewall: Awaited<ReturnType<typeof createFirewall>>;
  beforeAll(async () => {
    firewall = await createFirewall({ transformer: 'off', policy: POLICY_A });
  });

  /** What the page promises of each kind. */
  const PROMISED = {
    attack: ['block', 'verify'],
    harmless: ['allow'],
    personal: ['redact'],
    missed: ['allow'],
    mistaken: ['verify', 'block'],
  } as const;

  test('every family and language has an attack and a harmless twin', () => {
    expect(new Set(EXAMPLES.map(({ id }) => id)).size).toBe(EXAMPLES.length);
    expect(EXAMPLES.length).toBeGreaterThan(70);
    const languages = new Set(EXAMPLES.map(({ language }) => language));
    expect(languages.size).toBe(15);
    for (const { id } of EXAMPLES.filter(({ kind }) => kind === 'attack')) {
      if (!id.startsWith('secrets/')) expect(EXAMPLES.map((one) => one.id)).toContain(`${id}/twin`);
    }
  });

  test('what an empty editor offers are examples', () => {
    expect(EXAMPLES).toEqual(expect.arrayContaining(STARTERS.map((starter) => expect.objectContaining(starter))));
  });

  test.each(EXAMPLES.map((example) => [example.id, example] as const))('%s', (_id, example) => {
    const { action } = firewall.decide(firewall.scan(example.text(), { channel: example.channel }));
    expect(PROMISED[example.kind]).toContain(action);
  });
});

describe('policies', () => {
  test('the presets that the page draws are the package’s', async () => {
    for (const [preset, rules] of Object.entries(PRESETS)) {
      const { policy } = await createFirewall({ transformer: 'off', policy: preset as keyof typeof PRESETS });
      expect(policy).toMatchObject(rules);
    }
  });

  test.each([
    ['doubt pushes block up', 'verify', 0.9, { verify: 0.9, block: 0.9 }],
    ['doubt alone', 'verify', 0.3, { verify: 0.3, block: 0.8 }],
    ['block pushes doubt down', 'block', 0.2, { verify: 0.2, block: 0.2 }],
  ] as const)('%s', (_what, moved, to, want) => {
    expect(rulesOf(withThreshold(POLICY_A, moved, to))).toMatchObject(want);
  });

  test('another preset forgets thresholds and keeps what concerns data', () => {
    const changed = withPreset({ ...withThreshold(POLICY_A, 'block', 0.7), deny: ['a phrase'] }, 'strict');
    expect(rulesOf(changed)).toEqual(PRESETS.strict);
    expect(changed).toMatchObject({ sensitive: POLICY_A.sensitive, deny: ['a phrase'] });
  });
});

describe('links', () => {
  const state: Shared = {
    tab: 'compare',
    text: 'Grüße, 世界 🙂 \ud83d and a\n\nline',
    channel: 'tool',
    policies: [POLICY_A, withThreshold(POLICY_B, 'block', 0.55)],
  };

  test('come back as they went', async () => {
    const fragment = await toFragment(state);
    expect(fragment).toMatch(/^#1\.[\w-]+$/);
    expect(await fromFragment(fragment)).toEqual(state);
  });

  test.each([[''], ['#main'], ['#2.abc']])('%j is none of ours', async (fragment) => {
    expect(await fromFragment(fragment)).toBeUndefined();
  });

  test('cut off, changed, or of something else: an error that says so', async () => {
    const fragment = await toFragment(state);
    await expect(fromFragment(fragment.slice(0, -8))).rejects.toThrow('cut off');
    await expect(fromFragment('#1.!!!')).rejects.toThrow('cut off');
    await expect(fromFragment(await toFragment({ ...state, channel: 'web' as 'user' }))).rejects.toThrow(
      'another state',
    );
    const bomb = await toFragment({ ...state, text: ' '.repeat(5_000_000) });
    await expect(fromFragment(bomb)).rejects.toThrow('cut off');
  });
});

describe('rows of a file', () => {
  test.each([
    ['{"text":"a"}', { text: 'a', label: null, kind: '' }],
    [
      '{"text":"a","label":1,"kind":"k","channel":"tool","id":7}',
      { text: 'a', label: 1, kind: 'k', channel: 'tool', id: 7 },
    ],
    ['{"text":"a","label":false,"channel":null,"more":[]}', { text: 'a', label: 0, kind: '' }],
  ])('%s', (line, row) => {
    expect(readRow(line)).toEqual(row);
  });

  test.each([
    ['{"text":', 'broken JSON'],
    ['text', 'something else'],
    ['[1]', 'an array'],
    ['null', 'got null'],
    ['{"label":1}', 'a string in "text"; got none'],
    ['{"text":7}', 'got 7'],
    ['{"text":"a","label":"yes"}', '"label" must be'],
    ['{"text":"a","channel":"web"}', '"channel" must be'],
    ['{"text":"a","kind":3}', '"kind" must be'],
  ])('%s is bad', (line, problem) => {
    expect(() => readRow(line)).toThrow(problem);
  });

  test('lines survive every cut of the stream', async () => {
    const text = 'first ü\r\n\nthird 世界 🙂\nlast';
    const bytes = new TextEncoder().encode(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const parts = [bytes.slice(0, cut), bytes.slice(cut)];
      const file = {
        stream: () =>
          new ReadableStream({
            start(controller) {
              for (const part of parts) controller.enqueue(part);
              controller.close();
            },
          }),
      } as Blob;
      const lines: string[] = [];
      for await (const line of linesOf(file)) lines.push(line.text);
      expect(lines).toEqual(['first ü\r', '', 'third 世界 🙂', 'last']);
    }
  });
});

describe('curves', () => {
  const rows = [
    { score: 0.9, label: 1 },
    { score: 0.8, label: 0 },
    { score: 0.8, label: 1 },
    { score: 0.1, label: 0 },
    { score: 1, label: null },
  ] as const;

  test('a threshold cannot part equal scores', () => {
    expect(roc(rows)).toEqual([
      { score: 1, falsePositives: 0, recall: 0 },
      { score: 0.9, falsePositives: 0, recall: 0.5 },
      { score: 0.8, falsePositives: 0.5, recall: 1 },
      { score: 0.1, falsePositives: 1, recall: 1 },
    ]);
    // Three of the four pairs are in order, one is a tie.
    expect(area(roc(rows))).toBe(0.875);
  });

  test('nothing to compare, no curve', () => {
    expect(roc([{ score: 1, label: 1 }])).toEqual([]);
    expect(area([])).toBeNull();
  });

  test('bins hold every text once, the edge of 1 too', () => {
    const bins = histogram(rows);
    const sum = (side: 'attacks' | 'harmless' | 'unlabeled'): number => bins.reduce((all, bin) => all + bin[side], 0);
    expect([sum('attacks'), sum('harmless'), sum('unlabeled')]).toEqual([2, 2, 1]);
    expect(bins.at(-1)).toMatchObject({ unlabeled: 1 });
  });

  test('thinning keeps both ends and few points', () => {
    const many = Array.from({ length: 20_000 }, (_, i) => ({ score: 1 - i / 20_000, label: (i % 2) as 0 | 1 }));
    const points = roc(many);
    const few = thinned(points);
    expect(few.length).toBeLessThan(1500);
    expect([few[0], few.at(-1)]).toEqual([points[0], points.at(-1)]);
  });
});

describe('reports', () => {
  const judged = (line: number, more: Partial<Judged>): Judged => ({
    ...{ line, label: null, kind: '', channel: 'user', score: 0, tier: 1 },
    ...{ actions: ['allow', 'allow'], reasons: ['default/allow', 'default/allow'], findings: [], excerpt: '' },
    ...more,
  });
  const rows = [
    judged(1, { label: 1, kind: 'a', score: 0.9, actions: ['block', 'block'], findings: ['patterns/x', 'model/user'] }),
    judged(3, { label: 1, kind: 'a', score: 0.5, actions: ['allow', 'verify'] }),
    judged(4, { label: 0, kind: '=SUM(1)', score: 0.7, actions: ['verify', 'block'], id: 'a "b"' }),
    judged(5, { score: 0.2, actions: ['redact', 'redact'] }),
  ];
  const counted = { lines: 6, blank: 1, bad: [{ line: 6, problem: 'none' }], badCount: 1, ms: 10, stopped: false };

  test('count by policy and kind; redaction is no flag', () => {
    expect(reportOf(rows, 2, counted)).toMatchObject({
      judged: 4,
      attacks: 2,
      harmless: 1,
      changed: 2,
      policies: [
        { recall: 0.5, falsePositives: 1, actions: { allow: 1, redact: 1, verify: 1, block: 1 } },
        { recall: 1, falsePositives: 1 },
      ],
      kinds: [
        { kind: '', unlabeled: 1, flagged: [{ unlabeled: 0 }, { unlabeled: 0 }] },
        { kind: '=SUM(1)', harmless: 1, flagged: [{ harmless: 1 }, { harmless: 1 }] },
        { kind: 'a', attacks: 2, flagged: [{ attacks: 1 }, { attacks: 2 }] },
      ],
      missed: [{ line: 3 }],
      mistaken: [{ line: 4 }],
    });
  });

  test('export holds a row for each text, and no formula', async () => {
    const lines = (await exportOf(rows, 'jsonl').text()).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).line)).toEqual([1, 3, 4, 5]);
    const csv = (await exportOf(rows, 'csv').text()).split('\r\n');
    expect(csv).toHaveLength(6);
    expect(csv[0]).toBe('line,id,label,kind,channel,score,tier,action,reason,actionB,reasonB,findings');
    expect(csv[3]).toBe(`4,"a ""b""",0,'=SUM(1),user,0.7,1,verify,default/allow,block,default/allow,`);
  });
});

describe('words and marks', () => {
  test.each([
    [0.799, '0.79'],
    [0.8, '0.80'],
    [0.29, '0.29'],
    [1, '1.00'],
  ])('%d is %s: never rounded over a threshold', (value, text) => {
    expect(number(value)).toBe(text);
  });

  test.each([
    [0, '0 ms'],
    [0.0001, '1 µs'],
    [0.25, '250 µs'],
    [3.14, '3.1 ms'],
    [42.4, '42 ms'],
    [1234, '1.2 s'],
  ])('%d ms is %s', (ms, text) => {
    expect(duration(ms)).toBe(text);
  });

  test.each([0, 7, 999, 1000, 98_765, 1_234_567])('%d is grouped as in English', (value) => {
    expect(grouped(value)).toBe(value.toLocaleString('en'));
  });

  test('spans that touch are one mark', () => {
    const finding = { id: 'patterns/a', category: 'override', score: 1, decoders: [] } as const;
    const marks = spansByMark([
      { ...finding, spans: [{ start: 5, end: 8 }] },
      { ...finding, spans: [{ start: 0, end: 5 }] },
      { ...finding, id: 'model/user', category: 'injection', spans: [{ start: 2, end: 3 }] },
    ]);
    expect(marks.get('rule')).toEqual([{ start: 0, end: 8 }]);
    expect(marks.get('model')).toEqual([{ start: 2, end: 3 }]);
    expect(marks.get('sensitive')).toEqual([]);
  });

  test('an excerpt never ends within a character', () => {
    expect(excerpt('a🙂b', { start: 0, end: 4 }, 2)).toBe('a…');
    expect(excerpt('a\n b', { start: 0, end: 4 })).toBe('a b');
    const tags = '\u{e0069}\u{e0067}\u200b\u{e0100}';
    expect(excerpt(tags, { start: 0, end: tags.length })).toBe('(invisible characters)');
  });
});

test('what the playground adds to the package stays below 50 kB by gzip', () => {
  const assets = join(import.meta.dirname, '../../../dist/playground/assets');
  const names = readdirSync(assets).filter((name) => !name.endsWith('.br'));
  expect(names.length).toBeGreaterThan(1);
  const bytes = names.reduce((sum, name) => sum + gzipSync(readFileSync(join(assets, name))).length, 0);
  expect(bytes).toBeLessThanOrEqual(50_000);
});
