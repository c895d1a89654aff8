import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openReloading, parseConfig } from 'edgeward/config';
import { afterAll, beforeAll, expect, test } from 'vitest';

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
    config.close();
  }
}, 300_000);

test('a value', () => {
  expect(parseConfig({ $schema: 'x', policy: 'strict' })).toEqual({ policy: 'strict' });
  expect(() => parseConfig({ policy: 1 })).toThrow('parseConfig: policy must be');
});

function isDisposed(use: () => unknown): boolean {
  try {
    use();
    return false;
  } catch {
    return true;
  }
}
