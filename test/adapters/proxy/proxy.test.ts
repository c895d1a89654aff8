import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Firewall } from '../../../src/firewall.ts';
import {
  ATTACK,
  HARMLESS,
  openProxy,
  openProxyFirewall,
  openUpstream,
  type Running,
  type Upstream,
} from './upstream.ts';

let firewall: Firewall;
let upstream: Upstream;
let proxy: Running;
beforeAll(async () => {
  firewall = await openProxyFirewall();
  upstream = await openUpstream();
  proxy = await openProxy({ firewall, upstream: upstream.url });
});
afterAll(async () => {
  await proxy.close();
  await upstream.close();
  firewall.dispose();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.reply = () => Response.json({ ok: true });
});

function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(proxy.url + path, {
    method: 'POST',
    body: typeof body === 'string' ? body : JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

const chat = (content: string) => ({ model: 'm', messages: [{ role: 'user', content }] });

describe('where texts stand, and what may not pass', () => {
  test.each<readonly [api: string, path: string, body: (text: string) => unknown]>([
    ['OpenAI chat', '/v1/chat/completions', chat],
  ])('%s', async (_api, path, body) => {
    expect((await post(path, body(HARMLESS))).status).toBe(200);
    expect(upstream.seen.map(({ url, body: sent }) => [url, JSON.parse(sent)])).toEqual([[path, body(HARMLESS)]]);
    expect((await post(path, body(ATTACK))).status).toBe(403);
    expect(upstream.seen).toHaveLength(1);
  });
});
