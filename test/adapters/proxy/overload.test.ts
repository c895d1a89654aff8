import { createFirewall, type Firewall, type FirewallOptions } from 'edgeward';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMetrics, metricsText } from '../../../src/adapters/cli/proxy/metrics.ts';
import { type GuardVariables, guard } from '../../../src/adapters/hono.ts';
import { type Folder, writeTinyModel } from '../../scan/transformer/tiny-model.ts';
import { openProxy, openUpstream, type Upstream } from './upstream.ts';

/** Everything is asked of tier 2, which has one worker and room for two texts beside the one it reads. */
const TRANSFORMER = { backend: 'wasm', workers: 1, maxQueue: 2 } as const;
const AT_ONCE = 40;

let tiny: Folder;
let upstream: Upstream;
const opened: Firewall[] = [];
beforeAll(async () => {
  tiny = writeTinyModel();
  upstream = await openUpstream();
});
afterAll(async () => {
  for (const firewall of opened) firewall.dispose();
  await upstream.close();
  tiny.remove();
});

async function open(policy: FirewallOptions['policy'] = 'balanced'): Promise<Firewall> {
  const firewall = await createFirewall({ policy, transformer: { ...TRANSFORMER, model: tiny.path } });
  opened.push(firewall);
  await firewall.ready();
  return firewall;
}

let asked = 0;

/** Another text each time, for what was judged once is known. */
function post(url: string): Promise<Response> {
  const content = `the house ${++asked} is old`;
  const init = { method: 'POST', headers: { 'content-type': 'application/json' } };
  return fetch(url, { ...init, body: JSON.stringify({ messages: [{ role: 'user', content }] }) });
}

const together = async <T>(ask: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: AT_ONCE }, ask));

/** As often as it takes until some found no room: a fast machine may read a text before the next one comes. */
async function untilShed<T>(ask: () => Promise<T>, isShed: () => boolean): Promise<T[]> {
  const answers: T[] = [];
  while (!isShed() && answers.length < 100 * AT_ONCE) answers.push(...(await together(ask)));
  return answers;
}

describe('more texts than tier 2 has room for', () => {
  test.each([
    ['pass with the word of tier 1', 'balanced', 0],
    ['are refused where the policy says so', { onDegraded: 'closed', onGrey: 'block' }, 403],
  ] as const)('the proxy: those beyond it %s, and are counted', async (_what, policy, refused) => {
    const metrics = createMetrics();
    const flags: boolean[] = [];
    const proxy = await openProxy({
      firewall: await open(policy),
      upstream: upstream.url,
      onJudged(judged) {
        metrics.judged(judged);
        flags.push(judged.degraded);
      },
    });
    const statuses = await untilShed(
      async () => (await post(`${proxy.url}/v1/chat/completions`)).status,
      () => flags.includes(true),
    );
    const shed = flags.filter(Boolean).length;
    expect(flags).toHaveLength(statuses.length);
    expect(shed).toBeGreaterThan(0);
    expect(flags.length - shed).toBeGreaterThan(2); // what had found room was read
    expect(statuses.filter((status) => status === (refused || 200))).toHaveLength(refused === 0 ? flags.length : shed);
    expect(metricsText(metrics.counted())).toContain(`edgeward_degraded_total ${shed}\n`);
    expect(metricsText(metrics.counted())).toContain(`edgeward_tier2_total ${flags.length - shed}\n`);

    expect((await post(`${proxy.url}/v1/chat/completions`)).status).toBe(200);
    expect(flags.at(-1)).toBe(false); // room again
    await proxy.close();
  });

  test('the middleware tells the handler', async () => {
    const app = new Hono<{ Variables: GuardVariables }>();
    app.use(guard(await open()));
    app.post('/chat', (c) => c.json(c.get('edgeward').degraded));
    const ask = async (): Promise<boolean> => {
      const body = JSON.stringify({ message: `the house ${++asked} is old` });
      return (await app.request('/chat', { method: 'POST', body })).json();
    };
    let shed = false;
    const degraded = await untilShed(
      async () => {
        const one = await ask();
        shed ||= one;
        return one;
      },
      () => shed,
    );
    expect(degraded).toContain(true);
    expect(degraded).toContain(false);
    expect(await ask()).toBe(false);
  });

  test('no room is not waited for, and a deadline ends what waits', async () => {
    const firewall = await open();
    const body = { messages: [{ role: 'user', content: `the house ${++asked} is old and `.repeat(400) }] };
    const found = await firewall.guardMessages(body, { deadlineMs: 0 });
    expect(found).toMatchObject({ action: 'allow', degraded: true });
    // A window may have been read before the deadline was looked at.
    expect(found.outcome?.decision.scan.unseen).not.toEqual([]);
    expect(found.outcome?.decision.scan.degraded).toBe(true);
  });
});
