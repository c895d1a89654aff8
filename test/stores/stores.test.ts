import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { createRedisStore } from '../../src/stores/redis.ts';
import { createSqliteStore } from '../../src/stores/sqlite.ts';
import { storeConformance } from './conformance.ts';
import { type RedisServer, startRedis } from './redis-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'edgeward-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

let server: RedisServer;
beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server?.remove());
let prefixes = 0;

storeConformance('memory', async (now) => createMemoryStore({ now }));
storeConformance('sqlite', (now) => createSqliteStore({ path: join(folder, `${++files}.db`), now }));
storeConformance('redis', (now) => createRedisStore({ url: server.url, prefix: `{${++prefixes}}`, now }));

const terms = {
  halfLifeMs: 1000,
  banAt: 1,
  ladder: [{ kind: 'refuse', banMs: 3_600_000 }],
  forgetMs: 1000,
} as const;

describe('what outlives its process', () => {
  const strike = { id: 'job-1', points: 1, reason: 'verdict', sentAt: 1 };
  test.each([
    ['sqlite', () => createSqliteStore({ path: join(folder, 'again.db') })],
    ['redis', () => createRedisStore({ url: server.url, prefix: '{again}' })],
  ] as const)('%s: another handle sees what one wrote', async (_name, open) => {
    const one = await open();
    const other = await open();
    await one.strike('a', strike, terms);
    expect((await other.standing('a')).ban).toMatchObject({ cause: 'job-1' });
    await one.enqueue({ id: '1', body: 'x' }, 10);
    await one.close();
    expect(await other.strike('a', strike, terms)).toMatchObject({ fresh: false });
    expect(await other.lease(1, 1000)).toEqual([{ id: '1', body: 'x', attempt: 1 }]);
    await other.close();
  });
});

describe('redis: a server that goes away', () => {
  test('calls reject at once while it is away, and work when it is back, with what it held', async () => {
    const own = await startRedis();
    const store = await createRedisStore({ url: own.url });
    await store.strike('a', { id: '1', points: 1, reason: 'verdict', sentAt: 1 }, terms);
    await own.kill();
    await expect(store.standing('a')).rejects.toThrow();
    await expect(store.enqueue({ id: '1', body: '' }, 10)).rejects.toThrow();
    await own.start();
    await vi.waitFor(async () => expect((await store.standing('a')).ban).toBeDefined(), { timeout: 20_000 });
    await store.close();
    await own.remove();
  });

  test('one that is not there yet is no reason not to start', async () => {
    const own = await startRedis();
    await own.kill();
    const store = await createRedisStore({ url: own.url });
    await expect(store.standing('a')).rejects.toThrow();
    await own.start();
    await vi.waitFor(() => store.standing('a'), { timeout: 20_000 });
    await store.close();
    await own.remove();
  });
});

describe('wrong options', () => {
  test.each([
    ['sqlite without a path', () => createSqliteStore({ path: '' }), /path must be a file's name; got ""/],
    [
      'sqlite with an unknown sync',
      () => createSqliteStore({ path: 'x', sync: 'never' as 'full' }),
      /sync must be 'normal' or 'full'; got "never"/,
    ],
    [
      'sqlite where no file can be',
      () => createSqliteStore({ path: join(folder, 'no/such/folder.db') }),
      /cannot open .*FW_STORE/,
    ],
    [
      'redis with another protocol',
      () => createRedisStore({ url: 'http://localhost' }),
      /url must begin with redis:\/\/ or rediss:\/\/; got "http:\/\/localhost"/,
    ],
  ])('%s', async (_name, open, message) => {
    await expect(open()).rejects.toThrow(message);
  });
});
