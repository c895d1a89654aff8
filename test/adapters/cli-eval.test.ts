import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ATTACK, type Folder, openFolder } from './run-cli.ts';

/** Scores 0.65 by a rule of severity medium: above `verify`, below `block`. */
const DOUBTFUL = 'purple elephants everywhere';

let folder: Folder;
beforeAll(() => {
  folder = openFolder();
  folder.write(
    'rules.json',
    JSON.stringify([
      { id: 'own/open-doors', severity: 'critical', match: 'open the pod bay doors' },
      { id: 'own/elephants', severity: 'medium', match: 'purple elephants' },
    ]),
  );
  const rows = [
    ...Array.from({ length: 6 }, () => ({ text: ATTACK, label: 1 })),
    ...Array.from({ length: 2 }, () => ({ text: DOUBTFUL, label: 1, channel: 'tool' })),
    ...Array.from({ length: 2 }, () => ({ text: '', label: 1 })),
    ...Array.from({ length: 19 }, () => ({ text: '', label: 0 })),
    { text: DOUBTFUL, label: 0, id: 'the-wrong-one' },
    { text: ATTACK, label: null },
  ];
  folder.write('test.jsonl', `${rows.map((row) => JSON.stringify(row)).join('\n')}\n\n`);
  folder.write('attacks.jsonl', JSON.stringify({ text: ATTACK, label: 1 }));
  folder.write('empty.jsonl', '');
});
afterAll(() => folder.remove());

const evaluate = (...args: string[]) => folder.run(['eval', '--rules', 'rules.json', '--tier', '1', ...args]);

describe('--json', () => {
  test('is the agreed object', () => {
    const { status, stdout, stderr } = evaluate('--json', 'test.jsonl', 'attacks.jsonl');
    expect([status, stderr]).toEqual([0, '']);
    const report = JSON.parse(stdout);
    const latencyUs = { p50: expect.any(Number), p99: expect.any(Number) };
    expect(report).toEqual({
      engine: 'wasm-simd',
      transformer: { state: 'off', reason: "switched off with transformer: 'off'" },
      policy: 'balanced',
      files: [
        {
          file: 'test.jsonl',
          n: 30,
          positives: 10,
          negatives: 20,
          threshold: 0.6,
          recall: 0.8,
          fpr: 0.05,
          // 6 attacks above all; 2 tie with one harmless text of 20; 2 tie with the other 19.
          auc: (6 * 20 + 2 * 19.5 + 2 * 9.5) / 200,
          recallAtFpr: { '0.01': 0.6, '0.001': 0.6 },
          actions: { allow: 21, redact: 0, verify: 3, block: 6 },
          settled: null,
          degraded: 0,
          latencyUs,
        },
        {
          ...{
            file: 'attacks.jsonl',
            n: 1,
            positives: 1,
            negatives: 0,
            threshold: 0.6,
            recall: 1,
            fpr: null,
            auc: null,
          },
          ...{
            recallAtFpr: { '0.01': null, '0.001': null },
            actions: { allow: 0, redact: 0, verify: 0, block: 1 },
            settled: null,
            degraded: 0,
            latencyUs,
          },
        },
      ],
    });
    expect(report.files[0].latencyUs.p99).toBeGreaterThanOrEqual(report.files[0].latencyUs.p50);
  });

  test.each([
    ['blocks only', ['--flag', 'block'], { threshold: 0.8, recall: 0.6, fpr: 0 }],
    ['strict', ['--policy', 'strict'], { threshold: 0.4, recall: 0.8, fpr: 0.05 }],
    ['a monitor flags without blocking', ['--policy', 'monitor'], { threshold: 0.6, recall: 0.8, fpr: 0.05 }],
  ])('%s', (_what, args, want) => {
    expect(JSON.parse(evaluate('--json', ...args, 'test.jsonl').stdout).files[0]).toMatchObject(want);
  });

  test('an empty file', () => {
    const [report] = JSON.parse(evaluate('--json', 'empty.jsonl').stdout).files;
    expect(report).toMatchObject({
      n: 0,
      threshold: 0.6,
      recall: null,
      fpr: null,
      auc: null,
      latencyUs: { p50: null, p99: null },
    });
  });
});

test('the table names its units', () => {
  const { status, stdout } = evaluate('test.jsonl', 'attacks.jsonl');
  expect(status).toBe(0);
  const [first, , head, ...rows] = stdout.trimEnd().split('\n');
  expect(first).toBe(
    "engine wasm-simd, tier 1 alone (switched off with transformer: 'off'), policy balanced, flagged: verify or more",
  );
  expect(head).toMatch(
    /^file +attacks +harmless +threshold +recall % +false positives % +AUC +recall % at 1 % FP +at 0\.1 % FP +settled by tier 1 % +degraded +p50 µs +p99 µs$/,
  );
  expect(rows[0]).toMatch(/^test\.jsonl +10 +20 +0\.6 +80\.00 +5\.00 +0\.8900 +60\.00 +60\.00 +- +0 +[\d.]+ +[\d.]+$/);
  expect(rows[1]).toMatch(/^attacks\.jsonl +1 +0 +0\.6 +100\.00 +- +- +- +- +- +0 +[\d.]+ +[\d.]+$/);
});

test('--scores writes a line per row', () => {
  expect(evaluate('--scores', 'scores.jsonl', 'test.jsonl').status).toBe(0);
  const lines = readFileSync(join(folder.path, 'scores.jsonl'), 'utf8').trimEnd().split('\n');
  const rows = lines.map((line) => JSON.parse(line));
  expect(rows).toHaveLength(30);
  expect(rows[0]).toEqual({
    file: 'test.jsonl',
    line: 1,
    label: 1,
    channel: 'user',
    score: 0.99,
    tier: 1,
    action: 'block',
    flagged: true,
  });
  expect(rows[6]).toEqual({
    file: 'test.jsonl',
    line: 7,
    label: 1,
    channel: 'tool',
    score: 0.65,
    tier: 1,
    action: 'verify',
    flagged: true,
  });
  expect(rows[29]).toMatchObject({ line: 30, id: 'the-wrong-one', label: 0, flagged: true });
});

describe('faults end with status 2 and one line', () => {
  const ROWS: readonly (readonly [what: string, row: string, message: string])[] = [
    ['no label', '{"text":"a"}', '"label" must be 1 (attack), 0 (harmless) or null; got none'],
    ['another label', '{"text":"a","label":2}', '"label" must be 1 (attack), 0 (harmless) or null; got 2'],
    ['no text', '{"label":1}', 'expected a string in "text"; got none'],
    [
      'a channel unheard of',
      '{"text":"a","label":1,"channel":"web"}',
      '"channel" must be one of user, system, tool, retrieved, model; got "web"',
    ],
    ['broken JSON', '{"text":', 'expected a JSON object; got broken JSON'],
    ['a list', '["a", 1]', 'expected a JSON object; got an array'],
  ];
  test.each(ROWS)('%s', (_what, row, message) => {
    folder.write('bad.jsonl', `{"text":"a","label":0}\n${row}\n`);
    expect(evaluate('bad.jsonl')).toEqual({ status: 2, stdout: '', stderr: `error: eval: bad.jsonl:2: ${message}\n` });
  });

  test.each([
    ['no file named', [], "error: missing required argument 'files'\n"],
    ['a missing file', ['nope.jsonl'], 'error: eval: nope.jsonl: no such file\n'],
    ['scores that cannot be written', ['--scores', 'no/where', 'test.jsonl'], 'error: eval: no/where: no such file\n'],
    [
      'a tier there is not',
      ['--tier', '9', 'test.jsonl'],
      "error: option '--tier <number>' argument '9' is invalid. Allowed choices are 1, 2.\n",
    ],
  ])('%s', (_what, args, stderr) => {
    expect(folder.run(['eval', ...args])).toEqual({ status: 2, stdout: '', stderr });
  });
});
