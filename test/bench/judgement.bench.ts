/**
 * What judgement over time adds to an allowed request: asking how its sender stands, and handing a doubt to the queue.
 *
 * @module
 */
import { createFirewall } from 'edgeward';
import { openJudgement } from 'edgeward/judgement';
import { createMemoryStore } from 'edgeward/stores/memory';
import { createRedisStore } from 'edgeward/stores/redis';
import { createSqliteStore } from 'edgeward/stores/sqlite';
import { startRedis } from '../stores/redis-server.ts';
import { record, table } from './measure.ts';

const CALLS = 2000;
const TEXT = 'What is the capital of Australia?';
const harmless = { name: 'none', verify: async () => ({ attack: false, score: 0, reason: 'bench' }) };

const plain = await createFirewall({ transformer: 'off' });
const doubting = await createFirewall({ transformer: 'off', policy: { verify: 0, block: 1 } });
const redis = await startRedis();
const stores = {
  memory: createMemoryStore(),
  sqlite: await createSqliteStore({ path: ':memory:' }),
  redis: await createRedisStore({ url: redis.url }),
};

/** Microseconds that `withStore` takes beyond `without`, one call of each in turn. */
async function added(withStore: (i: number) => Promise<unknown>, without: () => Promise<unknown>) {
  const times: number[] = [];
  for (let i = 0; i < CALLS * 1.1; i++) {
    const began = performance.now();
    await without();
    const between = performance.now();
    await withStore(i);
    if (i >= CALLS * 0.1) times.push((performance.now() - between - (between - began)) * 1000);
  }
  times.sort((a, b) => a - b);
  return { median: times[times.length >> 1]!, p99: times[Math.floor(times.length * 0.99)]! };
}

const results: Record<string, Awaited<ReturnType<typeof added>>> = {};
for (const [name, store] of Object.entries(stores)) {
  const options = { store, key: 'a key for the benchmark', verifier: harmless, workers: 0, maxQueued: 1e6 };
  const calm = await openJudgement({ ...options, firewall: plain });
  const eager = await openJudgement({ ...options, firewall: plain, staleMs: 0 });
  const unsure = await openJudgement({ ...options, firewall: doubting });
  const { job } = await unsure.guard(TEXT, { subject: 'alice' });
  if (job === undefined) throw new Error('bench judgement: a doubt was not handed in');
  const guard = () => plain.guard(TEXT);
  results[`${name}, allowed, known sender`] = await added(() => calm.guard(TEXT, { subject: 'alice' }), guard);
  results[`${name}, allowed, new sender`] = await added((i) => eager.guard(TEXT, { subject: `${i}` }), guard);
  results[`${name}, allowed in doubt`] = await added(
    () => unsure.guard(TEXT, { subject: 'alice' }),
    () => doubting.guard(TEXT),
  );
}
await stores.redis.close();
await redis.remove();

table([
  ['added to one request', 'median µs', 'p99 µs'],
  ...Object.entries(results).map(([name, { median, p99 }]) => [name, median.toFixed(1), p99.toFixed(1)]),
]);
record('judgement', results);
