import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ATTACK, type Folder, HARMLESS, openFolder } from './run-cli.ts';

let folder: Folder;
beforeAll(() => {
  folder = openFolder();
  folder.write('lines.txt', `${HARMLESS}\r\n\n${ATTACK}\n${HARMLESS}`);
  const rows = [
    { text: HARMLESS, extra: 1 },
    { text: ATTACK, channel: 'tool' },
    { text: `a\u2028${ATTACK}`, channel: null },
  ];
  folder.write('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  folder.write('bad.jsonl', '\n\n{"text": 7}\n');
});
afterAll(() => folder.remove());

const RULES = ['--rules', 'rules.yaml'];
const scan = (args: readonly string[], input?: string, env?: Record<string, string>) =>
  folder.run(['scan', ...RULES, ...args], input, env);
const objects = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

type Row = readonly [what: string, args: readonly string[], input: string | undefined, status: number, stdout: RegExp];

const VERDICTS: readonly Row[] = [
  ['a harmless file', ['harmless.txt'], undefined, 0, /^allow {2}0\.\d\d {2}default\/allow\n/],
  ['an attack in a file', ['attack.txt'], undefined, 1, /^block {2}0\.99 {2}threshold\/block\n/],
  [
    'the evidence',
    ['attack.txt'],
    undefined,
    1,
    /^ {2}4\.\.26 +custom +patterns\/own\/open-doors +"open the pod bay doors"$/m,
  ],
  [
    'several files, any of which blocks',
    ['attack.txt', 'harmless.txt'],
    undefined,
    1,
    /^block .* attack\.txt\n[\s\S]*^allow .* harmless\.txt$/m,
  ],
  ['standard input without a word', [], ATTACK, 1, /^block/],
  ['standard input as -', ['-'], HARMLESS, 0, /^allow/],
  ['an empty input', ['-'], '', 0, /^allow {2}0\.00 {2}default\/allow\n$/],
  ['a byte order mark', ['--json', '-'], `\ufeff${ATTACK}`, 1, /"start":4,"end":26/],
  [
    'lines',
    ['--lines', 'lines.txt'],
    undefined,
    1,
    /^allow .* lines\.txt:1\n[\s\S]*^block .* lines\.txt:3\n[\s\S]*^allow .* lines\.txt:4$/m,
  ],
  [
    'JSON lines',
    ['--jsonl', 'rows.jsonl'],
    undefined,
    1,
    /^allow .* rows\.jsonl:1\n[\s\S]*^block .* rows\.jsonl:2\n[\s\S]*^block .* rows\.jsonl:3$/m,
  ],
  ['a monitor blocks nothing', ['--policy', 'monitor', 'attack.txt'], undefined, 0, /^block {2}0\.99/],
  ['system text is trusted', ['--channel', 'system', 'attack.txt'], undefined, 0, /^allow {2}0\.00/],
  ['the reference engine', ['--engine', 'reference', '--json', 'attack.txt'], undefined, 1, /"engine":"reference"/],
  [
    'why',
    ['--explain', 'attack.txt'],
    undefined,
    1,
    /^ {2}text as read {2}0\.\d\d {2}linear [+-]\d+\.\d\d {2}forest [+-]\d+\.\d\d log-odds\n {4}now open the pod bay doors, please\.$/m,
  ],
  [
    'what is dangerous to print',
    ['-'],
    'open the\u202e pod\u001b bay doors',
    1,
    /"open the\\u\{202e\} pod\\u\{1b\} bay doors"/,
  ],
];

describe('verdicts', () => {
  test.each(VERDICTS)('%s', (_what, args, input, status, stdout) => {
    const ran = scan(args, input);
    expect(ran).toMatchObject({ status, stdout: expect.stringMatching(stdout), stderr: '' });
    expect(ran.stdout).not.toContain('\u001b');
  });
});

describe('--json', () => {
  test('keys and their order are stable', () => {
    const [verdict] = objects(scan(['--json', '--tier', '1', 'attack.txt']).stdout);
    const keys = ['file', 'line', 'engine', 'policy', 'channel', 'outcome', 'action', 'reason'];
    expect(Object.keys(verdict)).toEqual([...keys, 'score', 'tier', 'degraded', 'unseen', 'findings', 'timings']);
    expect(verdict).toMatchObject({
      file: 'attack.txt',
      line: null,
      engine: 'wasm-simd',
      policy: 'balanced',
      channel: 'user',
      outcome: 'block',
      action: 'block',
      reason: 'threshold/block',
      score: 0.99,
      tier: 1,
      degraded: false,
    });
    expect(Object.keys(verdict.findings[0])).toEqual(['id', 'category', 'score', 'spans', 'decoders']);
  });

  test('one object per text, in order', () => {
    const verdicts = objects(scan(['--json', '--jsonl', '--channel', 'retrieved', 'rows.jsonl']).stdout);
    expect(verdicts.map(({ line, channel, action }) => [line, channel, action])).toEqual([
      [1, 'retrieved', 'allow'],
      [2, 'tool', 'block'],
      [3, 'retrieved', 'block'],
    ]);
  });

  test('--explain adds the views', () => {
    const [verdict] = objects(scan(['--json', '--explain', 'attack.txt']).stdout);
    expect(verdict.views[0]).toMatchObject({ decoders: [], text: ATTACK.toLowerCase() });
  });
});

describe('colors', () => {
  test.each([
    ['not into a pipe', {}, false],
    ['when demanded', { FORCE_COLOR: '1' }, true],
    ['not when demanded by 0', { FORCE_COLOR: '0' }, false],
    ['not where forbidden', { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ] as const)('%s', (_when, env, colored) => {
    expect(scan(['attack.txt'], '', { ...env, CI: '1' }).stdout.includes('\u001b[31m')).toBe(colored);
  });
});

const FAULTS: readonly (readonly [what: string, args: readonly string[], stderr: string])[] = [
  ['a missing file', ['scan', 'nope.txt'], 'error: scan: nope.txt: no such file\n'],
  ['a folder', ['scan', '.'], 'error: scan: .: is a directory, expected a file\n'],
  [
    'a row without a text',
    ['scan', '--jsonl', 'bad.jsonl'],
    'error: scan: bad.jsonl:3: expected a string in "text"; got number\n',
  ],
  [
    'a row that is no JSON',
    ['scan', '--jsonl', 'attack.txt'],
    'error: scan: attack.txt:1: expected a JSON object; got something else\n',
  ],
  ['an unknown option', ['scan', '--jsn'], "error: unknown option '--jsn'\n(Did you mean --json?)\n"],
  ['an unknown command', ['scna'], "error: unknown command 'scna'\n(Did you mean scan?)\n"],
  [
    'an unknown policy',
    ['scan', '--policy', 'lax'],
    "error: option '--policy <name>' argument 'lax' is invalid. Allowed choices are strict, balanced, monitor.\n",
  ],
  [
    'an unknown channel',
    ['scan', '--channel', 'web'],
    "error: option '--channel <name>' argument 'web' is invalid. Allowed choices are user, system, tool, retrieved, model.\n",
  ],
  [
    'two layouts at once',
    ['scan', '--lines', '--jsonl'],
    "error: option '--lines' cannot be used with option '--jsonl'\n",
  ],
  ['a missing rule file', ['scan', '--rules', 'nope.yaml'], 'error: scan: nope.yaml: no such file\n'],
  [
    'a rule file that is something else',
    ['scan', '--rules', 'attack.txt'],
    'error: scan: attack.txt: expected a list of rules, or an object with "rules" and perhaps "parts"\n',
  ],
];

describe('faults end with status 2 and one line', () => {
  test.each(FAULTS)('%s', (_what, args, stderr) => {
    expect(folder.run(args)).toEqual({ status: 2, stdout: '', stderr });
  });

  test('what was judged before the fault is told', () => {
    expect(folder.run(['scan', 'harmless.txt', 'nope.txt'])).toMatchObject({
      status: 2,
      stdout: expect.stringMatching(/^allow/),
    });
  });
});

describe('manners', () => {
  test.each([
    ['--help'],
    ['scan --help'],
    ['eval --help'],
    ['rules --help'],
    ['rules list --help'],
    ['rules test --help'],
    ['serve --help'],
  ])('edgeward %s', (line) => {
    const { status, stdout, stderr } = folder.run(line.split(' '));
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Usage: edgeward/);
    if (line !== 'rules --help') expect(stdout).toMatch(/^Examples:\n {2}\$ edgeward /m);
  });

  test('--version', () => {
    expect(folder.run(['--version'])).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });
  });

  test('a reader that has seen enough is no error', async () => {
    folder.write('many.txt', `${HARMLESS}\n`.repeat(20_000));
    const child = folder.start(['scan', '--lines', '--json', 'many.txt']);
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [status, signal] = await once(child, 'exit');
    expect([status, signal, stderr]).toEqual([0, null, '']);
  });
});
