import type { IncomingMessage, Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type GuardVariables, guard as guardHono } from '../../src/adapters/hono.ts';
import { edgeward } from '../../src/adapters/node/fastify.ts';
import { guard as guardNode } from '../../src/adapters/node/main.ts';
import { createProxy } from '../../src/adapters/proxy/main.ts';
import type { Firewall } from '../../src/firewall.ts';
import { type Judgement, type JudgementOptions, openJudgement } from '../../src/judgement.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import type { Verifier } from '../../src/verify/verifier.ts';
import { openFirewall } from '../stream/open-firewall.ts';
import { listening, type Running, serve, serveExpress, serveFastify } from './node-servers.ts';

/** An attack to whom it may concern: to the firewall everything is in doubt. */
const ATTACK = 'please zorb the house';
const HARMLESS = 'What is the capital of Australia?';
const word: Verifier = {
  name: 'word',
  async verify({ text }) {
    const attack = text.includes('zorb');
    return { attack, score: attack ? 0.99 : 0.01, reason: 'word' };
  },
};

let firewall: Firewall;
let calm: Firewall;
beforeAll(async () => {
  firewall = await openFirewall({ policy: { verify: 0, block: 1 }, verifier: word });
  calm = await openFirewall({ policy: { verify: 1, block: 1 } });
});
afterAll(() => {
  firewall.dispose();
  calm.dispose();
});

let judgement: Judgement;
const openWith = (options: Partial<JudgementOptions> = {}): Promise<Judgement> =>
  openJudgement({
    firewall,
    store: createMemoryStore(),
    key: 'a key for the tests only',
    terms: { banAt: 1 },
    workers: 0,
    ...options,
  });
const running: Running[] = [];
beforeEach(async () => {
  judgement = await openWith();
});
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
  await judgement.close();
});

/** What a handler found of the guard, as JSON. */
interface Seen {
  readonly state: string | null;
  readonly jobs: number;
}

/** A session's user, as a server in front says it. */
const userOf = ({ headers }: IncomingMessage): string | undefined => String(headers['x-user'] ?? '') || undefined;
type Given = { readonly subject?: { readonly state: string }; readonly jobs?: readonly string[] } | undefined;
const seen = (given: Given): Seen => ({ state: given?.subject?.state ?? null, jobs: given?.jobs?.length ?? -1 });

const SERVERS: Readonly<Record<string, () => Promise<Running>>> = {
  Hono: () => {
    const app = new Hono<{ Variables: GuardVariables }>();
    app.use(guardHono(firewall, { judgement, subject: (c) => c.req.header('x-user') }));
    app.all('*', (c) => c.json(seen(c.get('edgeward'))));
    return listening(createAdaptorServer({ fetch: app.fetch }) as Server);
  },
  'node:http': () => {
    const guarded = guardNode(firewall, { judgement, subject: userOf });
    return serve((request, response) =>
      guarded(request, response, () => response.end(JSON.stringify(seen(request.edgeward)))),
    );
  },
  'Express, guard behind the parser': () =>
    serveExpress((app) => {
      app.use(express.json(), guardNode(firewall, { judgement, subject: userOf }));
      app.all('*path', (request, response) => void response.json(seen(request.edgeward)));
    }),
  Fastify: () =>
    serveFastify(async (app) => {
      await app.register(edgeward, { firewall, judgement, subject: ({ raw }) => userOf(raw) });
      app.all('/*', ({ edgeward: given }) => seen(given));
    }),
  proxy: () => {
    const proxy = createProxy({
      firewall,
      judgement,
      upstream: 'http://model.invalid',
      fetch: async () => Response.json({ state: null, jobs: 0 }),
      subject: ({ headers }) => headers.get('x-user') ?? undefined,
    });
    return listening(createAdaptorServer({ fetch: proxy.fetch }) as Server);
  },
};

async function start(open: () => Promise<Running>): Promise<string> {
  const server = await open();
  running.push(server);
  return server.url;
}

const ask = (url: string, user: string | undefined, content: string): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(user !== undefined && { 'x-user': user }) },
    body: JSON.stringify({ messages: [{ role: 'user', content }] }),
  });

describe.each(Object.entries(SERVERS))('%s', (name, open) => {
  test('an attack in doubt passes, is verified, and its sender refused', async () => {
    const url = await start(open);
    const first = await ask(url, 'mallory', ATTACK);
    expect(first.status).toBe(200);
    if (name !== 'proxy') expect(await first.json()).toEqual({ state: 'clear', jobs: 1 });
    expect(await judgement.work()).toBe(1);
    const second = await ask(url, 'mallory', HARMLESS);
    expect(second.status).toBe(403);
    expect(JSON.stringify(await second.json())).not.toMatch(/ban|word|verif/i);
    expect((await ask(url, 'alice', HARMLESS)).status).toBe(200);
  });

  test('who is banned is refused without a body too', async () => {
    const url = await start(open);
    await judgement.ban('mallory');
    const get = async (user: string) => (await fetch(`${url}/v1/models`, { headers: { 'x-user': user } })).status;
    expect([await get('mallory'), await get('alice')]).toEqual([403, 200]);
  });

  test('of nobody in particular doubts are verified, and nobody is banned', async () => {
    const url = await start(open);
    expect((await ask(url, undefined, ATTACK)).status).toBe(200);
    expect(await judgement.work()).toBe(1);
    expect((await ask(url, undefined, HARMLESS)).status).toBe(200);
    expect(await judgement.bans()).toEqual([]);
  });
});

describe('the middleware', () => {
  const honoWith = (options: Parameters<typeof guardHono>[1]) => {
    const app = new Hono<{ Variables: GuardVariables }>();
    app.use(guardHono(firewall, options));
    app.all('*', (c) => c.json(seen(c.get('edgeward'))));
    return async (headers: Record<string, string>, text = HARMLESS, path = '/chat') =>
      app.request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ message: text }),
      });
  };

  test.each([
    ['key', 'key', { authorization: 'Bearer one' }],
    ['header', { header: 'X-User' }, { 'x-user': 'one' }],
    ['a long header', { header: 'x-user' }, { 'x-user': 'one'.repeat(1000) }],
    ['claim', { claim: 'sub' }, { authorization: `Bearer e30.${btoa(JSON.stringify({ sub: 'one' }))}.x` }],
  ] as const)('names senders as the proxy does: %s', async (_name, subject, headers) => {
    const post = honoWith({ judgement, subject });
    expect((await post(headers, ATTACK)).status).toBe(200);
    await judgement.work();
    expect((await post(headers)).status).toBe(403);
    expect((await post({ authorization: 'Bearer other', 'x-user': 'other' })).status).toBe(200);
  });

  test('high risk waits for the verifier, low does not, whatever the policy says', async () => {
    const [high, low] = [honoWith({ risk: 'high' }), honoWith({ risk: 'low', judgement })];
    expect([(await high({}, ATTACK)).status, (await high({})).status]).toEqual([403, 200]);
    // Other words: of those above the verdict is known.
    expect((await low({}, `${ATTACK} now`)).status).toBe(200);
  });

  test('a ban that is only observed reaches the handler', async () => {
    await judgement.ban('mallory');
    const post = honoWith({ judgement, observe: true, subject: (c) => c.req.header('x-user') });
    expect(await (await post({ 'x-user': 'mallory' })).json()).toMatchObject({ state: 'refused' });
  });

  test('in the shadow: answered, and the handler knows', async () => {
    await judgement.ban('mallory', { kind: 'shadow' });
    const post = honoWith({ judgement, subject: (c) => c.req.header('x-user') });
    expect(await (await post({ 'x-user': 'mallory' })).json()).toMatchObject({ state: 'shadow' });
  });

  test('onBlock of a banned sender has no outcome', async () => {
    await judgement.ban('mallory');
    const post = honoWith({
      judgement,
      subject: (c) => c.req.header('x-user'),
      onBlock: (c, outcome) => c.text(outcome === undefined ? 'banned' : 'attack', 429 as 403),
    });
    const answer = await post({ 'x-user': 'mallory' });
    expect([answer.status, await answer.text()]).toEqual([429, 'banned']);
  });

  test.each([
    ['a subject that nothing counts', { subject: 'key' }, /expected judgement beside subject; got none/],
    ['an unknown risk', { risk: 'mid' as 'low' }, /risk must be 'low' or 'high'; got "mid"/],
  ] as const)('%s', (_name, options, message) => {
    expect(() => guardHono(firewall, options)).toThrow(message);
  });
});

describe('the proxy', () => {
  const proxyWith = (options: Partial<Parameters<typeof createProxy>[0]>) =>
    createProxy({
      firewall,
      judgement,
      upstream: 'http://model.invalid',
      fetch: async () => Response.json({ ok: true }),
      subject: { header: 'x-user' },
      ...options,
    });
  const post = async (app: Hono, path: string, text: string): Promise<number> =>
    (
      await app.request(path, {
        method: 'POST',
        headers: { 'x-user': 'mallory', 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ role: 'user', content: text }] }),
      })
    ).status;

  test('a route with a policy of its own knows the same bans', async () => {
    const app = proxyWith({ routes: [{ path: '/calm/*', firewall: calm }] });
    expect(await post(app, '/calm/chat', HARMLESS)).toBe(200);
    expect(await judgement.work()).toBe(0);
    await judgement.ban('header:mallory');
    expect(await post(app, '/calm/chat', HARMLESS)).toBe(403);
  });

  test('a route of high risk waits for the verifier', async () => {
    const app = proxyWith({ routes: [{ path: '/high', risk: 'high' }] });
    expect([await post(app, '/high', ATTACK), await post(app, '/high', HARMLESS)]).toEqual([403, 200]);
    expect(await post(app, '/low', `${ATTACK} today`)).toBe(200);
  });

  test('doubt in the address is verified too, and told', async () => {
    const told: unknown[] = [];
    const app = proxyWith({ onJudged: ({ jobs, standing }) => void told.push([jobs?.length, standing?.state]) });
    expect(await post(app, `/v1/chat/completions?q=${encodeURIComponent(ATTACK)}`, 'A nice day')).toBe(200);
    expect(await judgement.work()).toBe(2);
    expect(await post(app, '/v1/chat/completions', HARMLESS)).toBe(403);
    expect(told).toEqual([
      [2, 'clear'],
      [0, 'refused'],
    ]);
  });
});
