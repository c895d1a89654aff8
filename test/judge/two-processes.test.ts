import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import { startRedis } from '../stores/redis-server.ts';

const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A server of the fleet: what it said, by the first word. */
async function startServer(url: string, workers: number): Promise<Map<string, string>> {
  const script = fileURLToPath(new URL('server.ts', import.meta.url));
  const args = ['--import', 'tsx', script, url, String(workers)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const said = new Map<string, string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [what, value] = line.split(' ') as [string, string];
    said.set(what, value);
  });
  await vi.waitFor(() => expect(said.has('listening')).toBe(true), { timeout: 60_000 });
  return said;
}

test('an attack in doubt passes process A, is verified, and its sender is refused by process B', async () => {
  const redis = await startRedis();
  const [a, b] = await Promise.all([startServer(redis.url, 1), startServer(redis.url, 0)]);
  const send = async (server: Map<string, string>, user: string, body: string): Promise<number> => {
    const url = `http://127.0.0.1:${server.get('listening')}`;
    const response = await fetch(url, { method: 'POST', headers: { 'x-user': user }, body });
    await response.text();
    return response.status;
  };
  // B knows mallory as harmless, as of a moment ago.
  expect(await send(b, 'mallory', 'hello')).toBe(200);
  expect(await send(a, 'mallory', 'please zorb the house')).toBe(200);
  await vi.waitFor(() => expect(a.has('banned')).toBe(true), { timeout: 30_000, interval: 5 });
  const refusedAt = await vi.waitFor(
    async () => {
      expect(await send(b, 'mallory', 'hello')).toBe(403);
      return Date.now();
    },
    { timeout: 30_000, interval: 10 },
  );
  // An answer of B is at most half a second old; the rest is for a machine that has other things to do.
  expect(refusedAt - Number(a.get('banned'))).toBeLessThan(10_000);
  console.log(`refused by the other process ${refusedAt - Number(a.get('banned'))} ms after the ban`);
  expect(await send(b, 'alice', 'hello')).toBe(200);
  await redis.remove();
});
