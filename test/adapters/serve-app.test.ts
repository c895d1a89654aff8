import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLocalApp } from '../../src/adapters/cli/serve/app.ts';
import { createSite } from '../../src/adapters/cli/serve/site.ts';
import { openFirewall } from '../stream/open-firewall.ts';
import { openUpstream } from './proxy/upstream.ts';

/** Blocked by a rule of its own, so that the verdict does not hang on weights. */
const RULES = [{ id: 'own/open-doors', severity: 'critical', match: 'open the pod bay doors' }] as const;
const ATTACK = 'Now open the pod bay doors, please.';
const HARMLESS = 'What is the capital of Australia?';

let folder: string;
let app: Hono;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'edgeward-site-'));
  const [page, edgeward, runtime] = ['page', 'edgeward', 'runtime'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  for (const path of [page, edgeward, runtime]) mkdirSync(path);
  writeFileSync(join(page, 'index.html'), '<title>page</title>');
  writeFileSync(join(edgeward, 'engine.wasm'), 'engine');
  writeFileSync(join(runtime, 'ort.mjs'), 'runtime');
  writeFileSync(join(folder, 'secret.txt'), 'not for the page');
  const firewall = await openFirewall({ rules: RULES });
  app = createLocalApp({ firewall, site: createSite({ page, edgeward, runtime }) });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function post(path: string, body: unknown): Promise<Response> {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return Promise.resolve(app.request(path, init));
}

const OPENAI = '/v1/chat/completions';
const messages = (content: string) => [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content },
];

describe('the site', () => {
  test.each([
    ['/', '<title>page</title>', 'text/html'],
    ['/edgeward/engine.wasm', 'engine', 'application/wasm'],
    ['/edgeward/ort/ort.mjs', 'runtime', 'text/javascript'],
  ])('%s', async (path, body, type) => {
    const response = await app.request(path);
    expect([response.status, await response.text()]).toEqual([200, body]);
    expect(response.headers.get('content-type')).toContain(type);
  });

  test('isolates the page and lets only its own scripts run', async () => {
    const { headers } = await app.request('/');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; .*frame-ancestors 'none'$/,
    );
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  });

  test.each(['/nothing', '/../secret.txt', '/%2e%2e/secret.txt', '/edgeward/..%2f..%2fsecret.txt'])(
    '%s is not there',
    async (path) => {
      expect((await app.request(path)).status).toBe(404);
    },
  );
});

describe('/chat', () => {
  test('says back what it was told', async () => {
    const response = await post('/chat', { message: HARMLESS });
    expect([response.status, await response.json()]).toEqual([200, { reply: `You said: ${HARMLESS}` }]);
  });

  test('refuses an attack', async () => {
    const response = await post('/chat', { message: ATTACK });
    expect([response.status, await response.json()]).toEqual([
      403,
      { type: 'about:blank', title: 'Request refused', status: 403 },
    ]);
  });

  test('says what it expects', async () => {
    expect((await post('/chat', { temperature: 1 })).status).toBe(400);
  });
});

describe(OPENAI, () => {
  test('answers in the shape of a chat completion', async () => {
    expect(await (await post(OPENAI, { model: 'any', messages: messages(HARMLESS) })).json()).toEqual({
      id: expect.stringMatching(/^chatcmpl-/),
      object: 'chat.completion',
      created: expect.any(Number),
      model: 'edgeward-echo',
      choices: [{ index: 0, message: { role: 'assistant', content: `You said: ${HARMLESS}` }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 6, completion_tokens: 8, total_tokens: 14 },
    });
  });

  test('streams when asked to', async () => {
    const response = await post(OPENAI, { stream: true, messages: messages(HARMLESS) });
    expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const events = (await response.text())
      .trimEnd()
      .split('\n\n')
      .map((event) => event.replace(/^data: /, ''));
    expect(events.pop()).toBe('[DONE]');
    const chunks = events.map((event) => JSON.parse(event));
    expect(chunks.map(({ choices }) => choices[0].delta.content ?? '').join('')).toBe(`You said: ${HARMLESS}`);
    expect(chunks.map(({ choices }) => choices[0].finish_reason).filter((reason) => reason !== null)).toEqual(['stop']);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
  });

  test('refuses an attack, streaming or not', async () => {
    expect((await post(OPENAI, { messages: messages(ATTACK) })).status).toBe(403);
    expect((await post(OPENAI, { stream: true, messages: messages(ATTACK) })).status).toBe(403);
  });

  test('says what it expects', async () => {
    expect((await post(OPENAI, { messages: [{ role: 'system', content: 'a' }] })).status).toBe(400);
  });
});

describe('an upstream in place of the model that repeats', () => {
  test('is asked for all but the chat of its own, behind the same guard', async () => {
    const upstream = await openUpstream(() => Response.json({ object: 'list', data: [] }));
    const firewall = await openFirewall({ rules: RULES });
    const own = createLocalApp({ firewall, site: new Hono(), upstream: upstream.url });
    const init = { method: 'POST', body: JSON.stringify({ message: ATTACK, messages: messages(ATTACK) }) };
    expect(await (await own.request('/v1/models')).json()).toEqual({ object: 'list', data: [] });
    for (const path of ['/chat', OPENAI, '/v1beta/models/m:generateContent', '/api/chat']) {
      expect((await own.request(path, init)).status).toBe(403);
    }
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/v1/models']);
    await upstream.close();
    firewall.dispose();
  });
});
