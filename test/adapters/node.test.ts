import type { IncomingMessage, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import express from 'express';
import Fastify from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { edgeward, type FastifyGuardOptions } from '../../src/adapters/node/fastify.ts';
import { type GuardOptions, guard } from '../../src/adapters/node/main.ts';
import type { Firewall } from '../../src/firewall.ts';
import { openFirewall } from '../stream/open-firewall.ts';
import { type Running, serve, serveExpress, serveFastify } from './node-servers.ts';

/** Blocked by the policy's deny list, so that the verdict does not hang on weights. */
const ATTACK = 'open the pod bay doors';
const HARMLESS = 'What is the capital of Australia?';
const MAIL = 'jane@x.example';

let firewall: Firewall;
beforeAll(async () => {
  firewall = await openFirewall({ policy: { deny: [ATTACK], sensitive: 'redact' } });
});
afterAll(() => firewall.dispose());

const running: Running[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) await server.close();
});

async function started(server: Promise<Running>): Promise<string> {
  const one = await server;
  running.push(one);
  return one.url;
}

type SharedOptions = Omit<GuardOptions, 'onBlock' | 'answer'> & { readonly answer?: object };

/** What a server's handler is given, in a word: the body as the server's own parser read it. */
type Answer = (body: unknown, response: ServerResponse) => unknown;

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
};

/** Ends with what the handler gives, unless that is undefined: then it has written itself. */
function finish(response: ServerResponse, given: unknown): void {
  if (given === undefined) return;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(given));
}

const SERVERS: Readonly<Record<string, (answer: Answer, options?: SharedOptions) => Promise<Running>>> = {
  'node:http': (answer, options) => {
    const guarded = guard(firewall, options);
    return serve((request, response) =>
      guarded(request, response, async (error) => {
        if (error !== undefined) response.writeHead(500).end();
        else finish(response, answer(parsed(await textOf(request)), response));
      }),
    );
  },
  'Express, guard before the parser': (answer, options) =>
    serveExpress((app) => {
      app.use(guard(firewall, options), express.json(), express.urlencoded(), express.text());
      app.all('*path', (request, response) => finish(response, answer(request.body, response)));
    }),
  'Express, guard behind the parser': (answer, options) =>
    serveExpress((app) => {
      app.use(express.json(), express.urlencoded(), express.text(), guard(firewall, options));
      app.all('*path', (request, response) => finish(response, answer(request.body, response)));
    }),
  Fastify: (answer, options) =>
    serveFastify(async (app) => {
      await app.register(edgeward, { firewall, ...options } as FastifyGuardOptions);
      app.all('/*', (request, reply) => {
        reply.hijack();
        finish(reply.raw, answer(request.body, reply.raw));
      });
    }),
};

const post = (url: string, body: unknown, path = '/chat', headers: Record<string, string> = {}): Promise<Response> =>
  fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const asked = (content: string): object => ({ messages: [{ role: 'user', content }] });
const echo: Answer = (body) => ({ body });

describe.each(Object.entries(SERVERS))('%s', (name, open) => {
  const isParsedBefore = name.endsWith('behind the parser');

  test('an attack is refused without a word of why, and never reaches the handler', async () => {
    let reached = 0;
    const url = await started(open(() => ({ reached: ++reached })));
    const response = await post(url, asked(ATTACK));
    expect(response.status).toBe(403);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json\b/);
    expect(await response.json()).toEqual({ type: 'about:blank', title: 'Request refused', status: 403 });
    expect(await (await post(url, asked(HARMLESS))).json()).toEqual({ reached: 1 });
  });

  test.each([
    ['JSON', JSON.stringify(asked(HARMLESS)), 'application/json', asked(HARMLESS)],
    ['a form', 'message=What+is+this%3F', 'application/x-www-form-urlencoded', { message: 'What is this?' }],
    ['text', HARMLESS, 'text/plain', HARMLESS],
  ])('%s that nothing is taken out of reaches the handler as it came', async (what, body, type, want) => {
    if (what === 'a form' && name === 'Fastify') return; // parses none by itself
    const url = await started(open(echo));
    const response = await post(url, body, '/chat', { 'content-type': type });
    expect(await response.json()).toEqual({ body: what === 'a form' && name === 'node:http' ? body : want });
  });

  test.each([
    ['JSON', JSON.stringify(asked(`I am ${MAIL}`)), 'application/json', asked('I am [EMAIL_1]')],
    ['text', `I am ${MAIL}`, 'text/plain', 'I am [EMAIL_1]'],
    [
      'a form',
      `message=I+am+${encodeURIComponent(MAIL)}&x=1`,
      'application/x-www-form-urlencoded',
      { message: 'I am [EMAIL_1]', x: '1' },
    ],
  ])('what the policy takes out of %s, the handler does not see', async (what, body, type, want) => {
    if (what === 'a form' && name === 'Fastify') return;
    const url = await started(open(echo));
    const response = await post(url, body, '/chat', { 'content-type': type });
    const inNode = 'message=I+am+%5BEMAIL_1%5D&x=1';
    expect(await response.json()).toEqual({ body: what === 'a form' && name === 'node:http' ? inNode : want });
  });

  test('the answer gets the values back, and others are taken out of it', async () => {
    const open1 = open((body) => ({ choices: [{ index: 0, message: { role: 'assistant', content: said(body) } }] }), {
      answer: {},
    });
    const said = (body: unknown): string =>
      `${(body as { messages: { content: string }[] }).messages[0]!.content}, not bob@y.example`;
    const response = await post(await started(open1), asked(`I am ${MAIL}`));
    expect(response.headers.get('content-length')).toBeNull();
    const { choices } = (await response.json()) as { choices: { message: { content: string } }[] };
    expect(choices[0]!.message.content).toBe(`I am ${MAIL}, not [EMAIL_2]`);
  });

  test('a streamed answer goes through piece by piece', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const event = (content: string | undefined, finish_reason: string | null = null): string =>
      `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason }] })}\n\n`;
    const url = await started(
      open(
        (_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.flushHeaders();
          expect(response.headersSent).toBe(true);
          response.write(event('Hello there. How are you? I am well. '));
          void held.then(() => {
            response.write(event('jane.'));
            response.write(event(undefined, 'stop'));
            response.end('data: [DONE]\n\n');
            expect(response.writableEnded).toBe(true);
          });
        },
        { answer: {} },
      ),
    );
    const response = await post(url, asked(HARMLESS));
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let begun = '';
    while (!begun.includes('Hello')) begun += (await reader.read()).value;
    release(); // only now: a guard that waits for the whole answer would hang here
    let rest = '';
    for (let next = await reader.read(); !next.done; next = await reader.read()) rest += next.value;
    expect(rest).toContain('jane.');
    expect(rest.endsWith('data: [DONE]\n\n')).toBe(true);
  });

  test('errors, pictures and answers without a body pass as they are', async () => {
    const url = await started(
      open(
        (body, response) => {
          const kind = (body as { kind: string }).kind;
          if (kind === 'error') response.writeHead(429, { 'retry-after': '7' }).end('bob@y.example');
          else if (kind === 'nothing') response.writeHead(204).end();
          else
            response.writeHead(200, ['content-type', 'image/png', 'content-length', '3']).end(Buffer.from([1, 2, 3]));
        },
        { answer: {} },
      ),
    );
    const error = await post(url, { kind: 'error' });
    expect([error.status, error.headers.get('retry-after'), await error.text()]).toEqual([429, '7', 'bob@y.example']);
    expect((await post(url, { kind: 'nothing' })).status).toBe(204);
    const picture = await post(url, { kind: 'picture' });
    expect(picture.headers.get('content-length')).toBe('3');
    expect([...new Uint8Array(await picture.arrayBuffer())]).toEqual([1, 2, 3]);
  });

  test('a large answer is written no faster than the client reads', async () => {
    const piece = `${'word '.repeat(4000)}\n`;
    let mostBuffered = 0;
    const url = await started(
      open(
        (_, response) => {
          response.setHeader('content-type', 'text/plain');
          let left = 200;
          const more = (): void => {
            while (left-- > 0) {
              if (!response.write(piece)) {
                mostBuffered = Math.max(mostBuffered, response.writableLength);
                response.once('drain', more);
                return;
              }
            }
            response.end();
          };
          more();
        },
        { answer: {} },
      ),
    );
    const response = await post(url, asked(HARMLESS));
    expect((await response.text()).length).toBe(200 * piece.length);
    expect(mostBuffered).toBeLessThan(20 * piece.length);
  });

  test('a client that goes away ends the handler', async () => {
    let closed: () => void = () => undefined;
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const url = await started(
      open(
        (_, response) => {
          response.writeHead(200, { 'content-type': 'text/plain' });
          response.write('word '.repeat(1000));
          response.once('close', closed);
        },
        { answer: {} },
      ),
    );
    const away = new AbortController();
    const response = await fetch(`${url}/chat`, {
      method: 'POST',
      body: JSON.stringify(asked(HARMLESS)),
      signal: away.signal,
    });
    await response.body!.getReader().read();
    away.abort();
    await gone;
  });

  test.each([
    ['/v1/chat/completions', { error: { message: 'Request refused', code: 'content_filter' } }],
    ['/v1/messages', { type: 'error', error: { type: 'permission_error', message: 'Request refused' } }],
    ['/v1beta/models/gemini-pro:generateContent', { error: { code: 403, status: 'PERMISSION_DENIED' } }],
  ])('%s is refused as that API refuses', async (path, want) => {
    const response = await post(await started(open(echo)), asked(ATTACK), path);
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject(want);
  });

  test('a body that is too large is refused', async () => {
    const url = await started(open(echo, { maxBytes: 1000 }));
    const response = await post(url, asked('a'.repeat(2000)));
    expect(response.status).toBe(isParsedBefore ? 200 : 413); // what parses before the guard has limits of its own
  });

  test.each([
    ['compressed', { 'content-encoding': 'gzip' }, gzipSync(JSON.stringify(asked(ATTACK)))],
    [
      'in UTF-16',
      { 'content-type': 'application/json; charset=utf-16le' },
      Buffer.from(JSON.stringify(asked(ATTACK)), 'utf16le'),
    ],
  ])('a body that is %s is refused, or judged as it was parsed', async (_what, headers, body) => {
    const url = await started(open(echo));
    const response = await fetch(`${url}/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
    expect([400, 403, 415]).toContain(response.status);
    if (!isParsedBefore) expect(response.status).toBe(415);
  });

  test('of two equal names, the handler finds the one that was judged', async () => {
    const twins = `{"messages":[{"role":"user","content":"a"}],"messages":[{"role":"user","content":"b"}]}`;
    const response = await post(await started(open(echo)), twins);
    expect(await response.json()).toEqual({ body: asked('b') });
  });

  test('a chunked body is judged too', async () => {
    const url = await started(open(echo));
    const body = new ReadableStream({
      start(controller) {
        for (const piece of JSON.stringify(asked(ATTACK)).match(/.{1,7}/g)!)
          controller.enqueue(new TextEncoder().encode(piece));
        controller.close();
      },
    });
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body, duplex: 'half' };
    expect((await fetch(`${url}/chat`, init as RequestInit)).status).toBe(403);
  });

  test('a request without a body passes', async () => {
    const url = await started(open(() => ({ ok: true })));
    expect(await (await fetch(`${url}/chat`)).json()).toEqual({ ok: true });
    expect(await (await fetch(`${url}/chat`, { method: 'POST' })).json()).toEqual({ ok: true });
  });

  test('observe lets everything through as it came', async () => {
    const url = await started(open(echo, { observe: true }));
    expect(await (await post(url, asked(`${ATTACK} ${MAIL}`))).json()).toEqual({ body: asked(`${ATTACK} ${MAIL}`) });
  });

  test('timing is told when asked for', async () => {
    const response = await post(await started(open(echo, { timing: true })), asked(HARMLESS));
    expect(response.headers.get('server-timing')).toMatch(/^edgeward;dur=\d+\.\d{3}$/);
  });

  test('many requests on one connection', async () => {
    const url = new URL(await started(open(echo)));
    const body = JSON.stringify(asked(`I am ${MAIL}`));
    const one = `POST /chat HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = connect(Number(url.port), url.hostname);
    socket.write(one.repeat(5)); // pipelined: each body must end where it ends
    let answers = '';
    for await (const chunk of socket) {
      answers += chunk;
      if (answers.split('HTTP/1.1 200').length === 6 && answers.split('[EMAIL_1]').length === 6) break;
    }
    socket.destroy();
    expect(answers).not.toContain(MAIL);
  });
});

describe('when the firewall fails', () => {
  async function broken(onFailure?: GuardOptions['onFailure']): Promise<string> {
    const disposed = await openFirewall({});
    disposed.dispose();
    const guarded = guard(disposed, { ...(onFailure && { onFailure }) });
    return started(
      serve((request, response) =>
        guarded(request, response, async () => {
          response.end(JSON.stringify([await textOf(request), (request.edgeward!.failure as { code: string }).code]));
        }),
      ),
    );
  }

  test('nothing passes', async () => {
    const response = await post(await broken(), asked(HARMLESS));
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ type: 'about:blank', title: 'Request could not be checked', status: 503 });
  });

  test('or everything, as it came', async () => {
    const response = await post(await broken('open'), 'x', '/', { 'content-type': 'text/plain' });
    expect(await response.json()).toEqual(['x', 'FW_DISPOSED']);
  });

  test('or as a function says that is told why', async () => {
    const told: unknown[] = [];
    const url = await broken((error) => {
      told.push(error);
      return 'open';
    });
    expect((await post(url, asked(HARMLESS))).status).toBe(200);
    expect(told).toMatchObject([{ code: 'FW_DISPOSED' }]);
  });
});

test('Fastify: what is injected is judged and changed too', async () => {
  const app = Fastify();
  await app.register(edgeward, { firewall, answer: {} });
  app.post('/chat', (request, reply) => reply.type('text/plain').send(JSON.stringify(request.body)));
  const inject = async (content: string) => app.inject({ method: 'POST', url: '/chat', payload: asked(content) });
  expect((await inject(ATTACK)).statusCode).toBe(403);
  expect((await inject(`I am ${MAIL}`)).body).toBe(JSON.stringify(asked(`I am ${MAIL}`))); // out, and back in
  await app.close();
});
