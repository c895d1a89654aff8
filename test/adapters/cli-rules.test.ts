import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Folder, openFolder } from './run-cli.ts';

let folder: Folder;
beforeAll(() => {
  folder = openFolder();
});
afterAll(() => folder.remove());

describe('rules list', () => {
  test('tells all rules, one object each', () => {
    const { status, stdout } = folder.run(['rules', 'list', '--json']);
    const rules = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(status).toBe(0);
    expect(rules.length).toBeGreaterThanOrEqual(250);
    for (const rule of rules) expect(Object.keys(rule)).toEqual(['id', 'family', 'severity', 'lang', 'score']);
  });

  test('tells one family in columns', () => {
    const { status, stdout } = folder.run(['rules', 'list', '--family', 'override']);
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(status).toBe(0);
    expect(head).toMatch(/^id +severity +language +attack %$/);
    expect(lines.at(-1)).toBe(`${lines.length - 2} rules`);
    for (const line of lines.slice(0, -2))
      expect(line).toMatch(/^override\/[a-z0-9-]+ +(low|medium|high|critical) +([a-z]{2}|any) +\d+$/);
  });

  test('names the families when asked for another', () => {
    expect(folder.run(['rules', 'list', '--family', 'spells'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: rules list: --family must be one of .*override.*; got "spells"\n$/),
    });
  });
});

const RULE = { id: 'own/rule', severity: 'high', match: 'purple elephants' };

describe('rules test', () => {
  test('rules that keep their word', () => {
    expect(folder.run(['rules', 'test', 'rules.yaml'])).toEqual({
      status: 0,
      stdout: 'ok  2 rules, 5 texts, 0 not as expected\n',
      stderr: '',
    });
  });

  test('texts that are not as expected', () => {
    const rules = [
      { ...RULE, hits: ['Purple elephants!', 'pink elephants'], nearMisses: ['no elephants', 'two purple  elephants'] },
    ];
    folder.write('wrong.json', JSON.stringify({ rules }));
    expect(folder.run(['rules', 'test', 'wrong.json'])).toEqual({
      status: 1,
      stdout:
        'wrong  own/rule: expected a hit: "pink elephants"\n' +
        'wrong  own/rule: expected none: "two purple elephants"\n' +
        'failed  1 rules, 4 texts, 2 not as expected\n',
      stderr: '',
    });
  });

  test('rules of the family context, which are no findings in a scan', () => {
    const rules = [{ ...RULE, id: 'context/quoting', hits: ['Purple elephants!'] }];
    expect(folder.run(['rules', 'test', '-'], JSON.stringify(rules))).toMatchObject({ status: 0 });
  });

  const FAULTS: readonly (readonly [what: string, file: string, message: string])[] = [
    ['broken YAML', 'rules:\n  - id: "a', '-:2:'],
    ['another layout', 'just text', '-: expected a list of rules, or an object with "rules" and perhaps "parts"'],
    ['a rule without an id', '[{}]', 'rule number 1: id: expected "family/name"'],
    ['a pattern that does not compile', JSON.stringify([{ ...RULE, match: '(purple' }]), 'rule own/rule, column '],
    [
      'an unknown part',
      JSON.stringify([{ ...RULE, match: '{color} elephants' }]),
      'rule own/rule: expected a part among (the file has none); got {color}',
    ],
    [
      'a part within itself',
      JSON.stringify({ parts: { loop: 'a {loop}' }, rules: [{ ...RULE, match: '{loop}' }] }),
      'rule own/rule: expected parts within parts at most 8 deep; got {loop}',
    ],
  ];
  test.each(FAULTS)('%s', (_what, file, message) => {
    const { status, stdout, stderr } = folder.run(['rules', 'test', '-'], file);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    expect(stderr).toContain(message);
  });

  test('braces that are no parts stay', () => {
    const rules = [{ ...RULE, match: String.raw`purple \{x\} [{}]{1,2} elephants`, hits: ['purple {x} {} elephants'] }];
    expect(folder.run(['rules', 'test', '-'], JSON.stringify(rules))).toMatchObject({ status: 0 });
  });
});
