import { afterAll, expect, test } from 'vitest';
import { openFolder } from './run-cli.ts';

const folder = openFolder();
afterAll(() => folder.remove());

const KEY = { EDGEWARD_VAULT_KEY: '0f'.repeat(32) };
const TEXT = 'Write to jane.doe@mail.example, card 4111 1111 1111 1111.\n';

test('redact, then restore what a model made of it', () => {
  const redacted = folder.run(['redact', '--vault', 'talk.vault'], TEXT, KEY);
  expect(redacted).toEqual({ status: 0, stdout: 'Write to [EMAIL_1], card [CARD_1].\n', stderr: '' });
  const restored = folder.run(['restore', '--vault', 'talk.vault'], 'I wrote to [ email 1 ].\n', KEY);
  expect(restored.stdout).toBe('I wrote to jane.doe@mail.example.\n');
});

test('a later text goes on with the same vault', () => {
  folder.run(['redact', '--vault', 'more.vault'], TEXT, KEY);
  const { stdout } = folder.run(['redact', '--vault', 'more.vault'], 'john@mail.example, jane.doe@mail.example', KEY);
  expect(stdout).toBe('[EMAIL_2], [EMAIL_1]');
});

test('only some types, masked, as JSON', () => {
  const { stdout } = folder.run(['redact', '--types', 'card', '--strategy', 'mask', '--json'], TEXT);
  const { text, findings } = JSON.parse(stdout) as { text: string; findings: { id: string }[] };
  expect(text).toBe('Write to jane.doe@mail.example, card **** **** **** ****.\n');
  expect(findings.map(({ id }) => id)).toEqual(['pii/card']);
});

test('scan reports types', () => {
  const { stdout } = folder.run(['scan', '--tier', '1', '--types', 'email'], TEXT);
  expect(stdout).toContain('pii/email');
  expect(stdout).not.toContain('pii/card');
});

test.each([
  [['restore'], {}, 'restore: expected --vault'],
  [['redact', '--vault', 'x.vault'], {}, 'redact: expected a key of 64 hexadecimal digits'],
  [['restore', '--vault', 'absent.vault'], KEY, 'restore: absent.vault: no such file'],
  [['restore', '--vault', 'harmless.txt'], KEY, 'FW_VAULT'],
  [['redact', '--types', 'E Mail'], {}, 'types with commas between'],
  [['redact', '--types', 'emial'], {}, 'got "emial" (`edgeward types` lists them)'],
])('%j is an error', (args, env, message) => {
  const { status, stderr } = folder.run(args, TEXT, env);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
});

test('types lists what may be found', () => {
  const lines = folder.run(['types']).stdout.split('\n');
  expect(lines).toEqual(expect.arrayContaining(['pii\temail', 'secret\tgithub-pat']));
  const listed = JSON.parse(folder.run(['types', '--json']).stdout) as Record<string, string[]>;
  expect(Object.keys(listed)).toEqual(['pii', 'secret']);
  expect(listed['pii']!.length + listed['secret']!.length).toBe(lines.filter(Boolean).length);
});

test('names of people are redacted where they are named', () => {
  const text = 'My name is John Miller, jane.doe@mail.example.\n';
  expect(folder.run(['redact', '--types', 'all,person-name'], text).stdout).toBe(
    'My name is [PERSON_NAME_1], [EMAIL_1].\n',
  );
  expect(folder.run(['redact'], text).stdout).toBe('My name is John Miller, [EMAIL_1].\n');
});
