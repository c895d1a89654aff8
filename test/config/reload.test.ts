import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openConfig, openReloading, parseConfig } from 'edgeward/config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgeward-reload-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a firewall follows its file, and stays as it was when the file is wrong', async () => {
  const path = join(folder, 'edgeward.config.yaml');
  const write = (policy: string): Promise<void> => writeFile(path, `transformer: 'off'\npolicy: ${policy}\n`);
  await write('{ deny: [nightingale] }');
  const errors: unknown[] = [];
  let reloads = 0;
  const config = await openReloading({
    path,
    graceMs: 0,
    onReload: () => reloads++,
    onError: (error) => errors.push(error),
  });
  const reasonOf = async (text: string): Promise<string> => (await config.firewall.guard(text)).decision.reason;
  try {
    const first = config.firewall;
    expect(await reasonOf('Of the nightingale.')).toBe('list/deny');
    await write('{ deny: [kingfisher] }');
    await expect.poll(() => reloads, { timeout: 60_000 }).toBe(1);
    expect(config.firewall).not.toBe(first);
    expect([await reasonOf('Of the nightingale.'), await reasonOf('Of the kingfisher.')]).toEqual([
      'default/allow',
      'list/deny',
    ]);
    await expect.poll(() => isDisposed(() => first.scan('x')), { timeout: 60_000 }).toBe(true);
    await write('{ dney: [kingfisher] }');
    await expect.poll(() => errors.length, { timeout: 60_000 }).toBe(1);
    expect(String(errors[0])).toContain('edgeward.config.yaml: policy has no key "dney"');
    // Right in form, wrong in meaning: the policy itself says no.
    await write('{ verify: 0.9, block: 0.8 }');
    await expect.poll(() => errors.length, { timeout: 60_000 }).toBe(2);
    expect(String(errors[1])).toContain('policy.verify must be at most policy.block');
    expect([reloads, await reasonOf('Of the kingfisher.')]).toEqual([1, 'list/deny']);
  } finally {
    await config.close();
  }
}, 300_000);

test('a value', async () => {
  expect(await parseConfig({ $schema: 'x', policy: 'strict', judgement: { store: 'memory' } })).toEqual({
    policy: 'strict',
  });
  await expect(parseConfig({ policy: 1 })).rejects.toThrow('parseConfig: policy must be');
});

describe('what stands around the firewall', () => {
  const KEY = 'k'.repeat(16);
  const JUDGED = (more = '') => `
transformer: 'off'
policy: { verify: 0, block: 1${more} }
judgement: { store: memory, key: { env: TEST_JUDGEMENT_KEY }, terms: { banAt: 1 }, workers: 0 }
audit: { path: '${join(folder, 'audit.jsonl')}' }
`;
  beforeAll(() => {
    process.env.TEST_JUDGEMENT_KEY = KEY;
  });
  afterAll(() => {
    delete process.env.TEST_JUDGEMENT_KEY;
  });

  test('is opened with it and closed with it', async () => {
    const path = join(folder, 'judged.yaml');
    await writeFile(path, JUDGED());
    const { firewall, judgement, audit, close } = await openConfig(path);
    expect(await judgement!.guard('hello', { subject: 'alice' })).toMatchObject({ job: expect.any(String) });
    await judgement!.ban('alice');
    await audit!.flush();
    const lines = (await readFile(join(folder, 'audit.jsonl'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).kind)).toEqual([undefined, 'event']);
    await close();
    expect(isDisposed(() => firewall.scan('x'))).toBe(true);
    await expect(judgement!.bans()).rejects.toThrow('it was closed');
  });

  test('a ban outlives a change of the file, though the store is one of memory', async () => {
    const path = join(folder, 'live.yaml');
    await writeFile(path, JUDGED());
    let reloads = 0;
    const config = await openReloading({ path, graceMs: 0, onReload: () => reloads++ });
    try {
      const first = config.judgement!;
      await first.ban('mallory');
      await writeFile(path, JUDGED(', deny: [kingfisher]'));
      await expect.poll(() => reloads, { timeout: 60_000 }).toBe(1);
      expect(config.judgement).not.toBe(first);
      expect(await config.judgement!.guard('hi', { subject: 'mallory' })).toMatchObject({ action: 'block' });
      expect(await config.judgement!.guard('A kingfisher.')).toMatchObject({ action: 'block' });
    } finally {
      await config.close();
    }
  });

  test.each([
    [
      'a variable that is not set',
      'judgement: { store: memory, key: { env: NO_SUCH } }',
      'environment variable NO_SUCH; it is not set',
    ],
    [
      'a key that is short',
      'audit: { path: x, hashKey: { env: TEST_JUDGEMENT_KEY } }',
      'audit.hashKey must be hexadecimal digits',
    ],
    [
      'a store that cannot be',
      "judgement: { store: 'sqlite:/no/such/folder/x.db', key: { env: TEST_JUDGEMENT_KEY } }",
      'cannot open',
    ],
  ])('%s', async (_name, text, message) => {
    const path = join(folder, 'wrong.yaml');
    await writeFile(path, `transformer: 'off'\n${text}\n`);
    await expect(openConfig(path)).rejects.toThrow(message);
  });
});

function isDisposed(use: () => unknown): boolean {
  try {
    use();
    return false;
  } catch {
    return true;
  }
}
