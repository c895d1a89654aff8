import { createServer } from 'node:http';
import { createFirewall, type Firewall } from 'edgeward';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  createWebhook,
  type Judgement,
  type JudgementEvent,
  type JudgementOptions,
  openJudgement,
  verifyWebhook,
} from '../../src/judgement.ts';
import { createMemoryStore } from '../../src/stores/memory.ts';
import { createRedisStore } from '../../src/stores/redis.ts';
import type { Store, Terms } from '../../src/stores/store.ts';
import type { Verifier } from '../../src/verify/verifier.ts';
import { startRedis } from '../stores/redis-server.ts';

const DOUBT = { verify: 0, block: 1 } as const;
const KEY = 'a key for the tests only';
const STRICT_TERMS: Partial<Terms> = { banAt: 1, ladder: [{ kind: 'refuse', banMs: 60_000 }] };

/** Knows an attack by a word, has no verdict on another, and notes what it was asked. */
function wordVerifier(): Verifier & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    name: 'word',
    asked,
    async verify({ text }) {
      asked.push(text);
      if (text.includes('hmm')) return undefined;
      const attack = text.includes('zorb');
      return { attack, score: attack ? 0.99 : 0.01, reason: 'word' };
    },
  };
}

let firewall: Firewall;
beforeAll(async () => {
  // Everything is in doubt: what the verifier says decides.
  firewall = await createFirewall({ transformer: 'off', policy: DOUBT });
});

const opened: Judgement[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((judgement) => judgement.close()));
});

interface Bench {
  readonly judgement: Judgement;
  readonly store: Store;
  readonly events: JudgementEvent[];
  readonly asked: string[];
}

async function open(changes: Partial<JudgementOptions> = {}): Promise<Bench> {
  const store = changes.store ?? createMemoryStore();
  const verifier = wordVerifier();
  const events: JudgementEvent[] = [];
  const judgement = await openJudgement({
    firewall,
    store,
    key: KEY,
    verifier,
    terms: STRICT_TERMS,
    retryMs: 1,
    onEvent: (event) => {
      events.push(event);
    },
    ...changes,
  });
  opened.push(judgement);
  return { judgement, store, events, asked: verifier.asked };
}

const idle = (store: Store) =>
  vi.waitFor(async () => expect(await store.counts()).toMatchObject({ waiting: 0, leased: 0 }), { timeout: 20_000 });
const typesOf = (events: readonly JudgementEvent[]): string[] => events.map(({ type }) => type);

describe('a text in doubt', () => {
  test('passes, is verified, and its sender is refused when it was an attack', async () => {
    const { judgement, store, events, asked } = await open();
    const first = await judgement.guard('please zorb the house', { subject: 'mallory' });
    expect(first).toMatchObject({ action: 'allow', text: 'please zorb the house', subject: { state: 'clear' } });
    expect(first.job).toHaveLength(22);
    await idle(store);
    const second = await judgement.guard('hello', { subject: 'mallory' });
    expect(second).toEqual({ action: 'block', text: '', subject: expect.objectContaining({ state: 'refused' }) });
    expect((await judgement.guard('hello', { subject: 'alice' })).action).toBe('allow');
    expect(typesOf(events).slice(0, 3)).toEqual(['verified', 'struck', 'banned']);
    expect(asked[0]).toBe('please zorb the house');
  });

  test('that is harmless costs its sender nothing', async () => {
    const { judgement, store, events } = await open();
    await judgement.guard('a nice day', { subject: 'alice' });
    await idle(store);
    expect(typesOf(events)).toEqual(['verified']);
    expect(await judgement.standing('alice')).toEqual({ state: 'clear', degraded: false });
  });

  test('of nobody in particular is verified and told', async () => {
    const { judgement, store, events } = await open();
    expect(await judgement.guard('zorb')).not.toHaveProperty('subject');
    await idle(store);
    expect(events).toMatchObject([{ type: 'verified', attack: true }]);
    expect(await judgement.bans()).toEqual([]);
  });

  test('in a conversation: each that is new, once, and the last turns together', async () => {
    const { judgement, store, asked } = await open();
    const messages = [{ role: 'user', content: 'tell me of the sea' }];
    expect(await judgement.guardMessages(messages, { subject: 'alice' })).toMatchObject({
      action: 'allow',
      jobs: [expect.any(String)],
    });
    const more = [...messages, { role: 'assistant', content: 'It is wide.' }, { role: 'user', content: 'now zorb it' }];
    expect((await judgement.guardMessages(more, { subject: 'alice' })).jobs.length).toBeGreaterThanOrEqual(1);
    await idle(store);
    expect(asked.filter((text) => text === 'tell me of the sea')).toHaveLength(1);
    expect(await judgement.guardMessages(more, { subject: 'alice' })).toMatchObject({ action: 'block', jobs: [] });
  });
});

describe('a conversation that comes again', () => {
  const messages = [{ role: 'user', content: 'first zorb the house' }];
  const longer = [...messages, { role: 'assistant', content: 'No.' }, { role: 'user', content: 'well then' }];
  const patient: Partial<JudgementOptions> = { terms: { ...STRICT_TERMS, banAt: 9, halfLifeMs: 1e15 }, workers: 0 };
  const pointsOf = async ({ judgement, store }: Bench, subject: string): Promise<number> =>
    Math.round((await store.standing(await judgement.hash(subject))).points);

  test('to another process: its texts strike once', async () => {
    const here = await open(patient);
    const there = await open({
      ...patient,
      store: here.store,
      firewall: await createFirewall({ transformer: 'off', policy: DOUBT }),
    });
    await here.judgement.guardMessages(messages, { subject: 'mallory' });
    expect(await here.judgement.work()).toBe(1);
    await there.judgement.guardMessages(longer, { subject: 'mallory' });
    await there.judgement.work();
    const struck = [...here.events, ...there.events].flatMap((event) => (event.type === 'struck' ? [event.job] : []));
    // The text was verified in both; the turns together, where they are worse, are another job.
    expect(struck.filter((job) => job === struck[0])).toHaveLength(2);
    expect(await pointsOf(here, 'mallory')).toBe(new Set(struck).size);
  });

  test('from another sender: the words were judged before, and strike all the same', async () => {
    const bench = await open(patient);
    for (const subject of ['mallory', 'trudy']) {
      expect((await bench.judgement.guardMessages(messages, { subject })).jobs).toHaveLength(1);
      expect((await bench.judgement.guardMessages(messages, { subject })).jobs).toEqual([]);
    }
    await bench.judgement.work();
    expect([await pointsOf(bench, 'mallory'), await pointsOf(bench, 'trudy')]).toEqual([1, 1]);
  });

  test('on another day: it is another attempt', async () => {
    let clock = 1e12;
    const store = createMemoryStore({ now: () => clock });
    const { judgement } = await open({ ...patient, store, now: () => clock });
    const ask = async () => (await judgement.guardMessages(messages, { subject: 'mallory' })).jobs.length;
    expect([await ask(), await ask()]).toEqual([1, 0]);
    clock += 86_400_000;
    expect(await ask()).toBe(1);
  });
});

test('another firewall for one call: its policy, the same bans', async () => {
  const { judgement } = await open({ workers: 0 });
  const own = await createFirewall({ transformer: 'off', policy: 'balanced' });
  const options = { subject: 'mallory' };
  expect(await judgement.guard('hello', options)).toHaveProperty('job');
  expect(await judgement.guard('hello', options, { firewall: own })).not.toHaveProperty('job');
  expect(
    (await judgement.guardMessages([{ role: 'user', content: 'hello' }], { ...options, firewall: own })).jobs,
  ).toEqual([]);
  await judgement.ban('mallory');
  expect(await judgement.guard('hello', options, { firewall: own })).toMatchObject({ action: 'block' });
});

test('several listeners: one that fails keeps none from hearing', async () => {
  const heard: string[] = [];
  const deaf = async () => {
    throw new Error('no line');
  };
  const { judgement } = await open({ onEvent: [deaf, ({ type }) => void heard.push(type)] });
  await judgement.ban('mallory');
  await vi.waitFor(() => expect(heard).toEqual(['banned']));
});

describe('the queue', () => {
  test.each([
    ['open', 'allow'],
    ['closed', 'block'],
  ] as const)('full: the policy says onFull %s', async (onFull, action) => {
    const own = await createFirewall({ transformer: 'off', policy: { verify: 0, block: 1, onFull } });
    const { judgement } = await open({ firewall: own, workers: 0, maxQueued: 1 });
    expect(await judgement.guard('one')).toMatchObject({ action: 'allow', job: expect.any(String) });
    const second = await judgement.guard('two');
    expect(second).toMatchObject({ action, outcome: { unverified: { why: 'full', fails: onFull } } });
    expect(second).not.toHaveProperty('job');
    expect(await judgement.submit('three')).toBeUndefined();
  });

  test('no verdict: tried again, then a dead letter', async () => {
    const { judgement, store, events, asked } = await open({ maxAttempts: 3 });
    const job = await judgement.submit('hmm', { subject: 'alice' });
    await idle(store);
    expect(asked).toEqual(['hmm', 'hmm', 'hmm']);
    expect(events).toMatchObject([{ type: 'buried', job, attempts: 3, reason: 'no verdict' }]);
    expect(await store.deadLetters(10)).toMatchObject([{ id: job, attempts: 3 }]);
  });

  test('a listener that fails: the job comes again, the strike does not', async () => {
    let failures = 2;
    const told: string[] = [];
    const { judgement, store } = await open({
      onEvent: ({ type, id }) => {
        if (type === 'banned' && failures-- > 0) throw new Error('no line');
        told.push(`${type} ${id}`);
      },
    });
    const job = await judgement.submit('zorb', { subject: 'mallory' });
    await idle(store);
    expect(told.filter((one) => one.startsWith('struck'))).toHaveLength(3);
    expect(told.filter((one) => one === `banned ${job}/banned`)).toHaveLength(1);
    expect(await store.standing(await judgement.hash('mallory'))).toMatchObject({ level: 1 });
  });

  test('what another key sealed is buried', async () => {
    const { judgement, store } = await open({ workers: 0 });
    await judgement.submit('zorb', { subject: 'mallory' });
    const { events } = await open({ store, key: 'quite another key' });
    await idle(store);
    expect(events).toMatchObject([{ type: 'buried', reason: 'sealed with another key' }]);
  });

  test('a store that forgets is emptied before it is closed', async () => {
    const { judgement, asked } = await open();
    for (let i = 0; i < 30; i++) await judgement.submit(`text ${i}`);
    await judgement.close();
    expect(asked).toHaveLength(30);
  });

  test('work: does what is due and returns, without workers of its own', async () => {
    const { judgement, store } = await open({ workers: 0 });
    for (let i = 0; i < 3; i++) await judgement.submit('zorb', { subject: 'mallory' });
    expect(await judgement.work()).toBe(3);
    expect(await judgement.work()).toBe(0);
    expect(await store.counts()).toEqual({ waiting: 0, leased: 0, dead: 0 });
    expect((await judgement.standing('mallory')).state).toBe('refused');
  });
});

describe('what the store holds', () => {
  test('neither names nor texts', async () => {
    const { judgement, store } = await open({ workers: 0 });
    await judgement.guard('the secret text', { subject: 'alice@example.com' });
    await judgement.ban('alice@example.com');
    const held = JSON.stringify([await store.lease(10, 1000), await store.bans(10)]);
    expect(held).not.toMatch(/alice|secret|text"/);
    expect(held).toContain(await judgement.hash('alice@example.com'));
  });

  test('another key, another hash', async () => {
    const [one, other] = [await open(), await open({ key: 'quite another key' })];
    expect(await one.judgement.hash('alice')).not.toBe(await other.judgement.hash('alice'));
  });
});

describe('bans', () => {
  test('by hand, listed, lifted', async () => {
    const { judgement, events } = await open();
    await judgement.ban('mallory', { reason: 'spam', banMs: 60_000 });
    expect(await judgement.standing('mallory')).toMatchObject({ state: 'refused', ban: { reason: 'spam' } });
    expect(await judgement.bans()).toMatchObject([{ subject: await judgement.hash('mallory'), kind: 'refuse' }]);
    expect(await judgement.lift('mallory')).toMatchObject({ reason: 'spam' });
    expect(await judgement.standing('mallory')).toEqual({ state: 'clear', degraded: false });
    expect(typesOf(events)).toEqual(['banned', 'lifted']);
  });

  test('in the shadow: answered, later', async () => {
    const { judgement } = await open({ shadowDelayMs: 30 });
    await judgement.ban('mallory', { kind: 'shadow' });
    const began = performance.now();
    expect(await judgement.guard('hi', { subject: 'mallory' })).toMatchObject({
      action: 'allow',
      subject: { state: 'shadow' },
    });
    expect(performance.now() - began).toBeGreaterThanOrEqual(29);
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(judgement.guard('hi', { subject: 'mallory' }, { signal })).rejects.toThrow('gone');
  });

  test('a policy that observes reports them and refuses nobody', async () => {
    const { judgement } = await open({ firewall: await createFirewall({ transformer: 'off', policy: 'monitor' }) });
    await judgement.ban('mallory');
    expect(await judgement.guard('hi', { subject: 'mallory' })).toMatchObject({
      action: 'allow',
      subject: { state: 'refused' },
    });
  });

  test('one made elsewhere is known here when the last answer has grown old', async () => {
    let clock = 1e12;
    const store = createMemoryStore({ now: () => clock });
    const { judgement } = await open({ store, staleMs: 500, now: () => clock });
    expect((await judgement.standing('mallory')).state).toBe('clear');
    await store.ban(await judgement.hash('mallory'), { kind: 'refuse', banMs: 1e6, reason: 'x', cause: 'y' });
    clock += 499;
    expect((await judgement.standing('mallory')).state).toBe('clear');
    clock += 1;
    expect((await judgement.standing('mallory')).state).toBe('refused');
  });
});

describe('a store that goes away', () => {
  test.each([
    ['open', 'clear', 'allow'],
    ['closed', 'refused', 'block'],
  ] as const)(
    'onUnreachable %s; known bans hold, and all is well when it is back',
    async (onUnreachable, state, action) => {
      const server = await startRedis();
      const store = await createRedisStore({ url: server.url });
      const { judgement, events } = await open({ store, onUnreachable, staleMs: 0, workers: 0 });
      await judgement.ban('mallory');
      expect((await judgement.standing('mallory')).state).toBe('refused');
      await server.kill();
      expect(await judgement.standing('alice')).toEqual({ state, degraded: true });
      expect(await judgement.standing('mallory')).toMatchObject({ state: 'refused', degraded: true });
      expect(await judgement.guard('hello', { subject: 'alice' })).toMatchObject({ action });
      expect(await judgement.submit('zorb')).toBeUndefined();
      await server.start();
      await vi.waitFor(
        async () => expect(await judgement.standing('alice')).toEqual({ state: 'clear', degraded: false }),
        { timeout: 20_000 },
      );
      expect(await judgement.standing('mallory')).toMatchObject({ state: 'refused', degraded: false });
      expect(typesOf(events)).toEqual(['banned', 'unreachable', 'reachable']);
      await store.close();
      await server.remove();
    },
  );

  test('one that never answers is not waited for', async () => {
    const store: Store = { ...createMemoryStore(), standing: () => new Promise(() => {}) };
    const { judgement } = await open({ store, storeTimeoutMs: 20, workers: 0 });
    expect(await judgement.standing('alice')).toEqual({ state: 'clear', degraded: true });
  });
});

describe('webhooks', () => {
  const secret = 'shared with the receiver';

  async function receive(statuses: number[]) {
    const received: { headers: Headers; body: string }[] = [];
    const server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const headers = new Headers();
      for (const [name, value] of Object.entries(request.headers)) headers.set(name, String(value));
      received.push({ headers, body: Buffer.concat(chunks).toString() });
      response.writeHead(statuses.shift() ?? 204).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address() as { port: number };
    return { received, url: `http://127.0.0.1:${address.port}/hook`, close: () => server.close() };
  }

  test('a ban arrives signed, after a failure too', async () => {
    const { received, url, close } = await receive([503]);
    const { judgement, store } = await open({ onEvent: createWebhook({ url, secret, retryMs: 1 }) });
    const job = await judgement.submit('zorb', { subject: 'mallory' });
    await idle(store);
    expect(received).toHaveLength(2);
    const { headers, body } = received[1]!;
    expect(headers.get('webhook-id')).toBe(`${job}/banned`);
    expect(JSON.parse(body)).toMatchObject({ type: 'banned', subject: await judgement.hash('mallory') });
    expect(await verifyWebhook(secret, headers, body)).toBe(true);
    expect(await verifyWebhook(secret, headers, `${body} `)).toBe(false);
    expect(await verifyWebhook('a secret of another one', headers, body)).toBe(false);
    expect(await verifyWebhook(secret, headers, body, Date.now() + 600_000)).toBe(false);
    expect(await verifyWebhook(secret, new Headers(), body)).toBe(false);
    close();
  });

  test('one that never gets through fails after its attempts', async () => {
    const { received, url, close } = await receive([500, 500]);
    const webhook = createWebhook({ url, secret, attempts: 2, retryMs: 1, events: ['reachable'] });
    await webhook({ type: 'unreachable', id: '1', at: 1, reason: 'not asked for' });
    await expect(webhook({ type: 'reachable', id: '1', at: 1 })).rejects.toThrow(
      /127\.0\.0\.1.* took no reachable in 2 attempts: status 500.*FW_WEBHOOK/,
    );
    expect(received).toHaveLength(2);
    close();
  });
});

describe('wrong options', () => {
  test.each<readonly [string, Partial<JudgementOptions>, RegExp]>([
    ['a short key', { key: 'short' }, /key must have at least 16 bytes; got 5/],
    ['an unknown onUnreachable', { onUnreachable: 'ajar' as 'open' }, /onUnreachable must be .* got "ajar"/],
    ['no room', { maxQueued: 0 }, /maxQueued must be a number above 0; got 0/],
    ['less than no workers', { workers: -1 }, /workers must be a number, 0 or above; got -1/],
    ['an unknown term', { terms: { bans: 1 } as object }, /terms must be keys among .* got "bans"/],
    ['no ladder', { terms: { ladder: [] as unknown as Terms['ladder'] } }, /terms.ladder must be a list of steps/],
    [
      'an unknown kind',
      { terms: { ladder: [{ kind: 'mute' as 'refuse', banMs: 1 }] } },
      /ladder\[0\].kind must be one of 'refuse', 'shadow'; got "mute"/,
    ],
  ])('%s', async (_name, options, message) => {
    await expect(open(options)).rejects.toThrow(message);
  });

  test.each([[''], ['x'.repeat(1025)]])('a subject that is none', async (subject) => {
    const { judgement } = await open();
    await expect(judgement.guard('hi', { subject })).rejects.toThrow(
      /subject must be a string of 1 to 1024 characters/,
    );
  });

  test.each([
    ['url', { url: 'ftp://x', secret: 'x'.repeat(16) }, /url must be an http\(s\) URL; got "ftp:\/\/x"/],
    ['secret', { url: 'http://x', secret: 'x' }, /secret must be a string of at least 16 characters/],
  ])('webhook %s', (_name, options, message) => {
    expect(() => createWebhook(options)).toThrow(message);
  });
});
