import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Folder, openFolder, type Ran } from './run-cli.ts';

const STORE = ['--store', 'sqlite:bans.db'];
const KEY = { EDGEWARD_KEY: 'a key for the tests only' };
let folder: Folder;
beforeAll(() => {
  folder = openFolder();
});
afterAll(() => folder.remove());
const bans = (...args: string[]): Ran => folder.run(['bans', ...args], '', KEY);

test('bans are added, listed and lifted, by name and by hash', () => {
  expect(bans('add', ...STORE, 'user-17', '--for', '2h', '--reason', 'asked for it')).toMatchObject({ status: 0 });
  expect(bans('add', ...STORE, 'user-18', '--shadow').stdout).toContain('until lifted');
  const listed = bans('list', ...STORE, '--json')
    .stdout.trim()
    .split('\n');
  const rows = listed.map((line) => JSON.parse(line) as { subject: string; kind: string; reason: string });
  expect(rows.map(({ kind }) => kind).sort()).toEqual(['refuse', 'shadow']);
  expect(listed.join()).not.toContain('user-1');
  expect(bans('list', ...STORE).stdout).toMatch(/asked for it\n[\s\S]*2 bans/);
  expect(bans('lift', ...STORE, 'user-17')).toMatchObject({ status: 0, stdout: expect.stringContaining('lifted') });
  expect(bans('lift', ...STORE, 'user-17')).toMatchObject({ status: 1, stdout: expect.stringContaining('no ban') });
  const shadow = rows.find(({ kind }) => kind === 'shadow')!.subject;
  expect(folder.run(['bans', 'lift', ...STORE, '--hash', '--', shadow])).toMatchObject({ status: 0 });
  expect(bans('list', ...STORE).stdout).toContain('0 bans');
});

describe('what is wrong is said', () => {
  test.each([
    ['no store', ['bans', 'list'], /--store/],
    [
      'another store',
      ['bans', 'list', '--store', 'mysql://x'],
      /expected memory, sqlite:path or redis:\/\/…; got "mysql:\/\/x"/,
    ],
    ['no key', ['bans', 'add', ...STORE, 'user-17'], /set EDGEWARD_KEY/],
    ['no hash', ['bans', 'lift', ...STORE, '--hash', 'user-17'], /--hash expects 43 characters/],
    ['no time', ['bans', 'add', ...STORE, 'x', '--for', 'soon'], /a number and a unit/],
    ['nobody there', ['bans', 'list', '--store', 'redis://127.0.0.1:1'], /redis store/],
  ])('%s', (_name, args, message) => {
    const { status, stderr } = folder.run(args);
    expect(status).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('    at ');
  });
});
