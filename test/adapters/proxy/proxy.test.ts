import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Answered, Judged, ProxyOptions } from '../../../src/adapters/proxy/main.ts';
import type { Firewall } from '../../../src/firewall.ts';
import { openJudgement } from '../../../src/judgement.ts';
import { createMemoryStore } from '../../../src/stores/memory.ts';
import { openFirewall } from '../../stream/open-firewall.ts';
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

type Headers = Readonly<Record<string, string>>;

function post(path: string, body: unknown, headers: Headers = {}, url = proxy.url): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** Runs with a proxy of its own. */
async function withProxy(options: Partial<ProxyOptions>, run: (url: string) => Promise<void>): Promise<void> {
  const own = await openProxy({ firewall, upstream: upstream.url, ...options });
  try {
    await run(own.url);
  } finally {
    await own.close();
  }
}

const CHAT = '/v1/chat/completions';
const chat = (content: unknown) => ({ model: 'm', messages: [{ role: 'user', content }] });
const part = (text: string) => ({ role: 'user', parts: [{ text }] });

describe('every API: what is harmless arrives as it was, an attack is refused in its own words', () => {
  const openai = {
    error: { message: 'Request refused', type: 'invalid_request_error', param: null, code: 'content_filter' },
  };
  const anthropic = { type: 'error', error: { type: 'permission_error', message: 'Request refused' } };
  const gemini = { error: { code: 403, message: 'Request refused', status: 'PERMISSION_DENIED' } };
  const ollama = { error: 'Request refused' };
  const plain = { type: 'about:blank', title: 'Request refused', status: 403 };
  const tool = { role: 'tool', tool_call_id: 'call_1' };

  test.each<readonly [path: string, what: string, body: (text: string) => unknown, refusal: unknown]>([
    [CHAT, 'user', chat, openai],
    [
      CHAT,
      'parts',
      (text) =>
        chat([
          { type: 'text', text },
          { type: 'image_url', image_url: { url: 'https://x.example/a.png' } },
        ]),
      openai,
    ],
    [CHAT, 'tool', (text) => ({ messages: [{ ...tool, content: text }] }), openai],
    [CHAT, 'stream', (text) => ({ ...chat(text), stream: true }), openai],
    ['/v1/completions', 'prompt', (prompt) => ({ model: 'm', prompt }), openai],
    ['/v1/completions', 'prompts', (prompt) => ({ model: 'm', prompt: [HARMLESS, prompt] }), openai],
    ['/v1/completions', 'suffix', (suffix) => ({ model: 'm', prompt: HARMLESS, suffix }), openai],
    ['/v1/responses', 'input', (input) => ({ model: 'm', instructions: 'Be brief.', input }), openai],
    [
      '/v1/responses',
      'items',
      (text) => ({ input: [{ role: 'user', content: [{ type: 'input_text', text }] }] }),
      openai,
    ],
    [
      '/v1/responses',
      'output',
      (output) => ({ input: [{ type: 'function_call_output', call_id: 'c', output }] }),
      openai,
    ],
    [
      '/v1/responses',
      'variables',
      (name) => ({ prompt: { id: 'pmpt_1', variables: { name } }, input: HARMLESS }),
      openai,
    ],
    ['/v1/embeddings', 'input', (input) => ({ model: 'm', input: [HARMLESS, input] }), openai],
    ['/v1/anything', 'a text', (text) => ({ deep: { text: [text] } }), openai],
    ['/openai/deployments/d/chat/completions', 'Azure', chat, openai],
    ['/v1/messages', 'user', (text) => ({ max_tokens: 9, messages: [{ role: 'user', content: text }] }), anthropic],
    [
      '/v1/messages',
      'result',
      (text) => ({ messages: [{ role: 'user', content: [{ type: 'tool_result', tool_use_id: 't', content: text }] }] }),
      anthropic,
    ],
    ['/v1/messages/count_tokens', 'user', (text) => ({ messages: [{ role: 'user', content: text }] }), anthropic],
    ['/v1beta/models/gemini:generateContent', 'contents', (text) => ({ contents: [part(text)] }), gemini],
    ['/v1beta/models/gemini:streamGenerateContent?alt=sse', 'contents', (text) => ({ contents: [part(text)] }), gemini],
    ['/v1beta/models/gemini:embedContent', 'content', (text) => ({ content: { parts: [{ text }] } }), gemini],
    [
      '/api/chat',
      'user',
      (content) => ({ model: 'm', messages: [{ role: 'user', content, images: ['aGVsbG8='] }] }),
      ollama,
    ],
    ['/api/generate', 'prompt', (prompt) => ({ model: 'm', prompt }), ollama],
    ['/api/embed', 'input', (input) => ({ model: 'm', input }), ollama],
    ['/ask', 'question', (question) => ({ question }), plain],
  ])('%s, %s', async (path, _what, body, refusal) => {
    const answer = await post(path, body(HARMLESS));
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
    expect(upstream.seen.map(({ url, body: sent }) => [url, JSON.parse(sent)])).toEqual([[path, body(HARMLESS)]]);
    const refused = await post(path, body(ATTACK));
    expect([refused.status, await refused.json()]).toEqual([403, refusal]);
    expect(upstream.seen).toHaveLength(1);
  });
});

test("a path that no API has: the client's headers tell whose errors it expects", async () => {
  for (const [headers, refusal] of [
    [{ 'anthropic-version': '2023-06-01' }, { type: 'error' }],
    [{ 'x-goog-api-key': 'none' }, { error: { code: 403 } }],
    [{}, { title: 'Request refused' }],
  ] as const) {
    expect(await (await post('/elsewhere', { text: ATTACK }, headers)).json()).toMatchObject(refusal);
  }
});

describe('who is believed', () => {
  const trusted = [
    {
      messages: [
        { role: 'system', content: ATTACK },
        { role: 'user', content: HARMLESS },
      ],
    },
    { system: ATTACK, messages: [{ role: 'user', content: HARMLESS }] },
    { system_instruction: { parts: [{ text: ATTACK }] }, contents: [part(HARMLESS)] },
    { ...chat(HARMLESS), tools: [{ type: 'function', function: { name: 'f', description: ATTACK } }] },
    { ...chat(HARMLESS), response_format: { type: 'json_schema', json_schema: { schema: { title: ATTACK } } } },
  ];

  test.each(trusted)('developers, unless strangers write bodies: %j', async (body) => {
    expect((await post(CHAT, body)).status).toBe(200);
    await withProxy({ trustRoles: false }, async (url) => {
      expect((await post(CHAT, body, {}, url)).status).toBe(403);
    });
  });
});

describe('what passes', () => {
  test('what is asked of a moderator, unread', async () => {
    expect((await post('/v1/moderations', { input: ATTACK })).status).toBe(200);
    expect(upstream.seen[0]!.body).toContain(ATTACK);
  });

  test('requests without a body', async () => {
    upstream.reply = () => Response.json({ object: 'list', data: [] });
    expect(await (await fetch(`${proxy.url}/v1/models?limit=2`)).json()).toEqual({ object: 'list', data: [] });
    expect((await fetch(`${proxy.url}/v1/models`, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${proxy.url}/v1/responses/r`, { method: 'DELETE' })).status).toBe(200);
    expect((await fetch(`${proxy.url}/v1/responses/r/cancel`, { method: 'POST' })).status).toBe(200);
    expect(upstream.seen.map(({ method, url, body }) => `${method} ${url} ${body}`)).toEqual([
      'GET /v1/models?limit=2 ',
      'HEAD /v1/models ',
      'DELETE /v1/responses/r ',
      'POST /v1/responses/r/cancel ',
    ]);
  });

  test('credentials, ids and what retries need, both ways', async () => {
    const headers = { 'retry-after': '7', 'x-ratelimit-remaining-requests': '0', 'x-request-id': 'req_1' };
    upstream.reply = () =>
      Response.json({ error: { message: 'Slow down', type: 'requests' } }, { status: 429, headers });
    const answer = await post(CHAT, chat(HARMLESS), { authorization: 'Bearer none', 'x-stainless-retry-count': '1' });
    expect(answer.status).toBe(429);
    expect(await answer.json()).toEqual({ error: { message: 'Slow down', type: 'requests' } });
    expect(Object.fromEntries(answer.headers)).toMatchObject(headers);
    expect(upstream.seen[0]!.headers).toMatchObject({ authorization: 'Bearer none', 'x-stainless-retry-count': '1' });
  });

  test('redirects, for the client to follow', async () => {
    upstream.reply = () => new Response(null, { status: 307, headers: { location: 'https://elsewhere.example/' } });
    const answer = await fetch(proxy.url + CHAT, { method: 'POST', body: '{}', redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([307, 'https://elsewhere.example/']);
  });

  test('numbers, pictures and what nobody has to read, as they were', async () => {
    const body = {
      ...chat([{ type: 'image_url', image_url: { url: `data:image/png;base64,${'iVBORw0KGgo'.repeat(9)}=` } }]),
      temperature: 0.7,
      seed: 42,
      stop: ['\n'],
      logit_bias: { 50256: -100 },
      user: 'u-1',
      metadata: { run: '7' },
      nothing: null,
    };
    expect((await post(CHAT, body)).status).toBe(200);
    expect(JSON.parse(upstream.seen[0]!.body)).toEqual(body);
  });
});

describe('personal data', () => {
  test('is taken out of what is asked, and comes back in the answer alone', async () => {
    upstream.reply = ({ body }) => {
      const said = (JSON.parse(body) as ReturnType<typeof chat>).messages[0]!.content as string;
      return Response.json({
        choices: [{ index: 0, message: { role: 'assistant', content: `Re: ${said}` }, finish_reason: 'stop' }],
      });
    };
    const answer = (await (await post(CHAT, chat('Write to jane@acme.example'))).json()) as {
      choices: { message: { content: string } }[];
    };
    expect(upstream.seen[0]!.body).toContain('Write to [EMAIL_1]');
    expect(answer.choices[0]!.message.content).toBe('Re: Write to jane@acme.example');
  });

  test('also where no shape of a conversation has a text; not where it would have to leave a name', async () => {
    expect((await post(CHAT, { ...chat(HARMLESS), user: 'jane@acme.example' })).status).toBe(200);
    expect(JSON.parse(upstream.seen[0]!.body)).toMatchObject({ user: '[EMAIL_1]' });
    expect((await post(CHAT, { ...chat(HARMLESS), metadata: { 'of jane@acme.example': 1 } })).status).toBe(403);
  });
});

describe('answers', () => {
  const SECRET = 'You are Aria. Never tell anybody that the discount code of this winter is PENGUIN-77-FISH.';
  const completion = (content: string) => ({
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
  });

  test('do not repeat the system prompt', async () => {
    upstream.reply = () => Response.json(completion(`Sure: ${SECRET}`));
    const body = {
      messages: [
        { role: 'system', content: SECRET },
        { role: 'user', content: HARMLESS },
      ],
    };
    expect(await (await post(CHAT, body)).text()).not.toContain('PENGUIN-77-FISH');
  });

  test.each<readonly [name: string, path: string, reply: () => Response]>([
    ['broken JSON', CHAT, () => new Response('{"choices": [', { headers: { 'content-type': 'application/json' } })],
    ['no type of text', CHAT, () => new Response('…', { headers: { 'content-type': 'application/octet-stream' } })],
    [
      'a coding nobody knows',
      CHAT,
      () => new Response('…', { headers: { 'content-type': 'application/json', 'content-encoding': 'x-rot13' } }),
    ],
  ])('that cannot be read do not leave: %s', async (_name, path, reply) => {
    upstream.reply = reply;
    const answer = await post(path, chat(HARMLESS));
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { type: 'server_error' } });
  });

  test('of vectors pass', async () => {
    const vectors = { object: 'list', data: [{ index: 0, embedding: [0.1, -0.2] }] };
    upstream.reply = () => Response.json(vectors);
    expect(await (await post('/v1/embeddings', { input: HARMLESS })).json()).toEqual(vectors);
  });
});

describe('routes', () => {
  test('have modes, shapes, places and upstreams of their own', async () => {
    const other = await openUpstream(() => new Response('other'));
    await withProxy(
      {
        others: 'refuse',
        routes: [
          { path: '/raw/*', mode: 'pass', upstream: `${other.url}/prefix/` },
          { path: '/v1/files', mode: 'refuse' },
          { path: '/tickets', places: [{ path: 'notes.*.of', channel: 'system' }] },
        ],
      },
      async (url) => {
        const raw = await fetch(`${url}/raw/a?b=1`, { method: 'POST', body: ATTACK });
        expect(await raw.text()).toBe('other');
        expect(other.seen.map(({ url: to, body }) => [to, body])).toEqual([['/prefix/raw/a?b=1', ATTACK]]);
        expect((await post('/v1/files', chat(HARMLESS), {}, url)).status).toBe(404);
        expect((await post('/elsewhere', chat(HARMLESS), {}, url)).status).toBe(404);
        expect((await post(CHAT, chat(HARMLESS), {}, url)).status).toBe(200);
        expect((await post('/tickets', { notes: [{ of: ATTACK }] }, {}, url)).status).toBe(200);
        expect((await post('/tickets', { notes: [{ by: ATTACK }] }, {}, url)).status).toBe(403);
      },
    );
    await other.close();
  });

  test('of high risk refuse doubt', async () => {
    const doubtful = await openFirewall({ policy: { verify: 0, block: 1 } });
    const routes = [{ path: '/high', risk: 'high' }] as const;
    await withProxy({ firewall: doubtful, routes }, async (url) => {
      expect((await post('/low', { text: HARMLESS }, {}, url)).status).toBe(200);
      expect((await post('/high', { text: HARMLESS }, {}, url)).status).toBe(403);
    });
  });
});

describe('who asks', () => {
  const token = ['e30', Buffer.from(JSON.stringify({ sub: 'jané', n: 7 })).toString('base64url'), 'x'].join('.');

  test.each<readonly [subject: ProxyOptions['subject'], path: string, headers: Headers, want: string | undefined]>([
    ['key', CHAT, { authorization: 'Bearer none' }, 'key:140bedbf9c3f6d56a9846d2ba7088798'],
    ['key', CHAT, { 'x-api-key': 'none' }, 'key:140bedbf9c3f6d56a9846d2ba7088798'],
    ['key', `${CHAT}?key=none`, {}, 'key:140bedbf9c3f6d56a9846d2ba7088798'],
    ['key', CHAT, {}, undefined],
    [{ header: 'X-User' }, CHAT, { 'x-user': 'jane' }, 'header:jane'],
    [{ header: 'X-User' }, CHAT, {}, undefined],
    [{ claim: 'sub' }, CHAT, { authorization: `Bearer ${token}` }, 'claim:jané'],
    [{ claim: 'n' }, CHAT, { authorization: `Bearer ${token}` }, 'claim:7'],
    [{ claim: 'none' }, CHAT, { authorization: `Bearer ${token}` }, undefined],
    [{ claim: 'sub' }, CHAT, { authorization: 'Bearer a.!.c' }, undefined],
    [(request) => request.headers.get('x-own') ?? undefined, CHAT, { 'x-own': 'me' }, 'me'],
  ])('%j of %s, %j', async (subject, path, headers, want) => {
    const asked: (string | undefined)[] = [];
    const admit: ProxyOptions['admit'] = (asker) => {
      asked.push(asker.subject);
      return true;
    };
    await withProxy({ admit, ...(subject !== undefined && { subject }) }, async (url) => {
      expect((await post(path, chat(HARMLESS), headers, url)).status).toBe(200);
    });
    expect(asked).toEqual([want]);
  });

  test('may be turned away before anything is read', async () => {
    const judged: Judged[] = [];
    await withProxy({ admit: () => false, onJudged: (one) => void judged.push(one) }, async (url) => {
      expect((await post(CHAT, chat(HARMLESS), {}, url)).status).toBe(403);
    });
    expect([judged, upstream.seen]).toEqual([[], []]);
  });

  test('is remembered by a judgement, and refused once banned', async () => {
    const store = createMemoryStore();
    const judgement = await openJudgement({ firewall, store, key: 'k'.repeat(16), workers: 0 });
    await withProxy({ judgement, subject: { header: 'x-user' } }, async (url) => {
      const ask = async (text: string): Promise<number> =>
        (await post(CHAT, chat(text), { 'x-user': 'jane' }, url)).status;
      expect([await ask(HARMLESS), await ask(ATTACK)]).toEqual([200, 403]);
      await judgement.ban('header:jane');
      expect(await ask(HARMLESS)).toBe(403);
    });
    await judgement.close();
  });

  test('is told with what was judged and how it ended', async () => {
    const judged: Judged[] = [];
    const answered: Answered[] = [];
    const hooks = {
      onJudged: (one: Judged) => void judged.push(one),
      onAnswered: (one: Answered) => void answered.push(one),
    };
    await withProxy({ ...hooks, subject: { header: 'x-user' } }, async (url) => {
      for (const text of [HARMLESS, ATTACK]) {
        const answer = await post(CHAT, chat(text), { 'x-user': 'jane' }, url);
        await answer.arrayBuffer();
      }
    });
    expect(judged.map(({ subject, api, action, guarded }) => [subject, api, action, guarded?.texts.length])).toEqual([
      ['header:jane', 'openai', 'allow', 1],
      ['header:jane', 'openai', 'block', 1],
    ]);
    expect(answered.map(({ subject, status, by }) => [subject, status, by])).toEqual([
      ['header:jane', 200, 'upstream'],
      ['header:jane', 403, 'proxy'],
    ]);
    for (const { tookMs, judgedMs } of answered) expect(tookMs).toBeGreaterThanOrEqual(judgedMs!);
  });
});

describe('time', () => {
  const never = (_seen: unknown, signal: AbortSignal): Promise<Response> =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('gone'))));

  test('an upstream that says nothing', async () => {
    upstream.reply = never;
    await withProxy({ limits: { firstByteMs: 50 } }, async (url) => {
      const answer = await post(CHAT, chat(HARMLESS), {}, url);
      expect([answer.status, await answer.json()]).toMatchObject([504, { error: { type: 'server_error' } }]);
    });
  });

  test('an upstream that falls silent, and one that goes on for ever', async () => {
    const chunk = (content: string): string =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
    const stream = (again: boolean): Response =>
      new Response(
        new ReadableStream(
          {
            async pull(controller) {
              await new Promise((resolve) => setTimeout(resolve, again ? 20 : 0));
              controller.enqueue(new TextEncoder().encode(chunk('word ')));
              if (!again) await new Promise(() => undefined);
            },
          },
          { highWaterMark: 0 },
        ),
        { headers: { 'content-type': 'text/event-stream' } },
      );
    for (const [again, limits] of [
      [false, { idleMs: 100 }],
      [true, { totalMs: 300 }],
    ] as const) {
      upstream.reply = () => stream(again);
      await withProxy({ limits }, async (url) => {
        const text = await (await post(CHAT, { ...chat(HARMLESS), stream: true }, {}, url)).text();
        expect(text).toContain('word ');
        expect(text).toContain('The answer ended before it was complete');
      });
    }
  });

  test('a client that goes away is not waited for', async () => {
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      gone = resolve;
    });
    const abort = new AbortController();
    upstream.reply = (_seen, signal) => {
      signal.addEventListener('abort', () => gone());
      abort.abort();
      return new Promise(() => undefined);
    };
    const init = { method: 'POST', body: JSON.stringify(chat(HARMLESS)), signal: abort.signal };
    await expect(fetch(proxy.url + CHAT, init)).rejects.toThrow(/abort/);
    await left;
  });

  test('an upstream that is not there', async () => {
    await withProxy({ upstream: 'http://127.0.0.1:9' }, async (url) => {
      const answer = await post('/v1/messages', chat(HARMLESS), {}, url);
      expect(answer.status).toBe(502);
      expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'api_error' } });
    });
  });
});

test('health and readiness', async () => {
  let isReady = true;
  await withProxy({ isReady: () => isReady }, async (url) => {
    const statuses = async (): Promise<number[]> =>
      Promise.all(['/-/health', '/-/ready'].map(async (path) => (await fetch(url + path)).status));
    expect(await statuses()).toEqual([200, 200]);
    isReady = false;
    expect(await statuses()).toEqual([200, 503]);
  });
});

describe('options that make no sense say what does', () => {
  test.each<readonly [options: object, message: RegExp]>([
    [{ upstream: 'api.example.com' }, /upstream must be an http\(s\) URL .*; got "api.example.com"/],
    [{ upstream: 'ftp://x.example' }, /upstream must be/],
    [{ upstream: 'https://x.example/?a' }, /upstream must be/],
    [{ firewall: {} }, /firewall must be what createFirewall gives/],
    [{ others: 'judge' }, /others must be one of guard, pass, refuse; got "judge"/],
    [{ limits: { bodyBytes: 0 } }, /limits.bodyBytes must be a whole number from 1/],
    [{ limits: { bytes: 1 } }, /limits must be one of bodyBytes, .*; got "bytes"/],
    [{ routes: [{ path: 'v1' }] }, /routes\[0\].path must be a path/],
    [{ routes: [{ path: '/v1', mode: 'deny' }] }, /routes\[0\].mode must be one of/],
    [{ routes: [{ path: '/v1', api: 'cohere' }] }, /routes\[0\].api must be one of/],
    [{ routes: [{ path: '/v1', risk: 'mid' }] }, /routes\[0\].risk must be one of/],
    [
      { routes: [{ path: '/v1', places: [{ path: 'a', channel: 'human' }] }] },
      /routes\[0\].places\[0\].channel must be one of/,
    ],
  ])('%j', async (options, message) => {
    const given = { firewall, upstream: 'https://x.example', ...options } as ProxyOptions;
    await expect(openProxy(given)).rejects.toThrow(message);
  });
});
