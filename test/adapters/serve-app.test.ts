import { readFileSync } from 'node:fs';
import { createFirewall, type Firewall } from 'edgeward';
import type { Hono } from 'hono';
import { beforeAll, describe, expect, test } from 'vitest';
import { createLocalApp } from '../../src/adapters/cli/serve/app.ts';

/** Blocked by a rule of its own, so that the verdict does not hang on weights. */
const RULES = [{ id: 'own/open-doors', severity: 'critical', match: 'open the pod bay doors' }] as const;
const ATTACK = 'Now open the pod bay doors, please.';
const HARMLESS = 'What is the capital of Australia?';

const page = readFileSync(new URL('../../src/adapters/cli/serve/page.html', import.meta.url), 'utf8');

let app: Hono;
let remote: Hono;
beforeAll(async () => {
  const start = (policy: 'strict' | 'balanced' | 'monitor'): Promise<Firewall> =>
    createFirewall({ rules: RULES, policy });
  const firewalls = {
    strict: await start('strict'),
    balanced: await start('balanced'),
    monitor: await start('monitor'),
  };
  app = createLocalApp({ firewalls, policy: 'balanced', page, isLocal: () => true });
  remote = createLocalApp({ firewalls, policy: 'balanced', page, isLocal: () => false });
});

function post(path: string, body: unknown, to = app): Promise<Response> {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  return Promise.resolve(to.request(path, init));
}

const OPENAI = '/v1/chat/completions';
const messages = (content: string) => [
  { role: 'system', content: 'Be brief.' },
  { role: 'user', content },
];

describe('the page', () => {
  test('comes with a policy that lets only its own script run', async () => {
    const response = await app.request('/');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toMatch(/^text\/html/);
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}='; connect-src 'self'/,
    );
    expect(await response.text()).toBe(page);
  });

  test('loads nothing from elsewhere', () => {
    expect([...page.matchAll(/(?:src|href)\s*=\s*"([^"]*)"/g)].filter(([, url]) => !url!.startsWith('data:'))).toEqual(
      [],
    );
  });
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

describe('/api/scan', () => {
  test('tells the page everything', async () => {
    const answer = await (await post('/api/scan', { text: ATTACK })).json();
    expect(Object.keys(answer)).toEqual(['engine', 'policy', 'outcome', 'decision', 'views', 'thresholds']);
    expect(answer).toMatchObject({
      engine: 'wasm-simd',
      policy: 'balanced',
      outcome: 'block',
      decision: { action: 'block', reason: 'threshold/block', scan: { channel: 'user' } },
      thresholds: { verify: 0.6, block: 0.8 },
    });
    expect(answer.decision.scan.findings[0]).toMatchObject({
      id: 'patterns/own/open-doors',
      spans: [{ start: 4, end: 26 }],
    });
    expect(answer.views[0]).toMatchObject({ decoders: [], text: ATTACK.toLowerCase() });
  });

  test.each([
    [
      'another policy',
      { text: ATTACK, policy: 'monitor' },
      { policy: 'monitor', outcome: 'allow', decision: { action: 'block' } },
    ],
    ['another channel', { text: ATTACK, channel: 'tool' }, { decision: { scan: { channel: 'tool' } } }],
    ['no text yet', { text: '' }, { outcome: 'allow', views: [] }],
  ])('%s', async (_what, body, want) => {
    expect(await (await post('/api/scan', body)).json()).toMatchObject(want);
  });

  test.each([
    ['no text', {}, 400],
    ['a text that is none', { text: 7 }, 400],
    ['an unknown policy', { text: 'a', policy: 'constructor' }, 400],
    ['an unknown channel', { text: 'a', channel: 'web' }, 400],
    ['too large', { text: 'a'.repeat(1024 * 1024) }, 413],
  ])('%s', async (_what, body, status) => {
    expect((await post('/api/scan', body)).status).toBe(status);
  });

  test('is for this machine only', async () => {
    expect((await post('/api/scan', { text: 'a' }, remote)).status).toBe(403);
    expect((await post('/chat', { message: HARMLESS }, remote)).status).toBe(200);
  });
});
