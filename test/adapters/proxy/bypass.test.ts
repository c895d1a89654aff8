/**
 * Ways around the guard, each sent over a socket: nothing may reach the upstream that was not judged.
 *
 * @module
 */
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Firewall } from '../../../src/firewall.ts';
import { bytesOf, chunked, exchange, type RawRequest, statusesOf } from './raw.ts';
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
  proxy = await openProxy({
    firewall,
    upstream: upstream.url,
    limits: { bodyBytes: 200_000, textLength: 50_000, texts: 500, bodyMs: 2000 },
  });
});
afterAll(async () => {
  await proxy.close();
  await upstream.close();
  firewall.dispose();
});
beforeEach(() => {
  upstream.seen.length = 0;
});

const user = (content: unknown) => ({ role: 'user', content });
const chat = (content: unknown, more: object = {}) => ({ model: 'm', messages: [user(content)], ...more });
const json = (value: unknown): string => JSON.stringify(value);
const body = (text: string): string => json(chat(text));
const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
const utf16be = (text: string): Buffer => Buffer.from(utf16(text)).swap16();
const escaped = (text: string): string =>
  [...text].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
const nested = (depth: number, inner: string): string => `${'{"a":'.repeat(depth)}${inner}${'}'.repeat(depth)}`;

/**
 * The text to hide, in what is sent; and what comes of it: read and judged, lost where JSON is written anew, or refused
 * with a status whatever it holds.
 */
type Row = readonly [name: string, request: (text: string) => RawRequest, comes: 'judged' | 'lost' | number];

const typed = (type: string, text: string, content: string | Uint8Array = body(text)): RawRequest => ({
  headers: [`content-type: ${type}`],
  body: content,
});
const coded = (coding: string, content: string | Uint8Array): RawRequest => ({
  headers: [`content-encoding: ${coding}`],
  body: content,
});

const CODINGS: readonly Row[] = [
  ['gzip', (text) => coded('gzip', gzipSync(body(text))), 'judged'],
  ['GZIP', (text) => coded('GZIP', gzipSync(body(text))), 'judged'],
  ['x-gzip', (text) => coded('x-gzip', gzipSync(body(text))), 'judged'],
  ['deflate', (text) => coded('deflate', deflateSync(body(text))), 'judged'],
  ['deflate without its header', (text) => coded('deflate', deflateRawSync(body(text))), 400],
  ['identity', (text) => coded('identity', body(text)), 'judged'],
  ['brotli, which not every runtime knows', (text) => coded('br', brotliCompressSync(body(text))), 415],
  ['an unknown one', (text) => coded('x-rot13', body(text)), 415],
  ['two', (text) => coded('gzip, gzip', gzipSync(gzipSync(body(text)))), 415],
  [
    'two headers',
    (text) => ({
      ...coded('identity', gzipSync(body(text))),
      headers: ['content-encoding: identity', 'content-encoding: gzip'],
    }),
    415,
  ],
  ['gzip announced, JSON sent', (text) => coded('gzip', body(text)), 400],
  ['JSON announced, gzip sent', (text) => ({ body: gzipSync(body(text)) }), 400],
  ['gzip cut short', (text) => coded('gzip', gzipSync(body(text)).subarray(0, -12)), 400],
  [
    'gzip and more behind it',
    (text) => coded('gzip', Buffer.concat([gzipSync(body(HARMLESS)), Buffer.from(body(text))])),
    400,
  ],
  ['a bomb', (text) => coded('gzip', gzipSync(json(chat(text, { pad: 'a'.repeat(20_000_000) })))), 413],
  [
    'a chunked bomb',
    (text) => ({
      headers: ['content-encoding: gzip', 'transfer-encoding: chunked'],
      body: chunked(gzipSync(json(chat(text, { pad: ' '.repeat(20_000_000) })))),
    }),
    413,
  ],
];

const TYPES: readonly Row[] = [
  ['none', (text) => typed('', text), 'judged'],
  ['text/plain', (text) => typed('text/plain', text), 'judged'],
  ['a form', (text) => typed('application/x-www-form-urlencoded', text), 'judged'],
  ['odd case', (text) => typed('Application/JSON;Charset="UTF-8"', text), 'judged'],
  [
    'two headers',
    (text) => ({ headers: ['content-type: image/png', 'content-type: application/json'], body: body(text) }),
    'judged',
  ],
  [
    'multipart',
    (text) =>
      typed(
        'multipart/form-data; boundary=x',
        text,
        `--x\r\ncontent-disposition: form-data; name="messages"\r\n\r\n${text}\r\n--x--`,
      ),
    400,
  ],
  [
    'a real form',
    (text) => typed('application/x-www-form-urlencoded', text, `prompt=${encodeURIComponent(text)}`),
    400,
  ],
  ['XML', (text) => typed('application/xml', text, `<prompt>${text}</prompt>`), 400],
  ['lines of JSON', (text) => typed('application/x-ndjson', text, `${body(HARMLESS)}\n${body(text)}`), 400],
  ['a byte order mark', (text) => ({ body: `\ufeff${body(text)}` }), 'judged'],
  ['UTF-16, said', (text) => typed('application/json; charset=utf-16', text, utf16(body(text))), 415],
  ['UTF-16, not said', (text) => ({ body: utf16(body(text)) }), 400],
  ['UTF-16BE, not said', (text) => ({ body: utf16be(body(text)) }), 400],
  ['UTF-7, said', (text) => typed('application/json; charset=utf-7', text), 415],
  [
    'Latin 1, said',
    (text) => typed('application/json; charset=iso-8859-1', text, Buffer.from(body(`é ${text}`), 'latin1')),
    415,
  ],
  ['bytes that are no UTF-8', (text) => ({ body: Buffer.concat([Buffer.from(body(text)), Buffer.from([0xff])]) }), 400],
  [
    'overlong UTF-8',
    (text) => ({
      body: Buffer.concat([Buffer.from('{"prompt":"'), Buffer.from([0xc0, 0xaf]), Buffer.from(`${text}"}`)]),
    }),
    400,
  ],
];

const JSONS: readonly Row[] = [
  [
    'a key twice, harmless last',
    (text) => ({ body: `{"messages":${json([user(text)])},"messages":${json([user(HARMLESS)])}}` }),
    'lost',
  ],
  [
    'a key twice, harmless first',
    (text) => ({ body: `{"messages":${json([user(HARMLESS)])},"messages":${json([user(text)])}}` }),
    'judged',
  ],
  [
    'a key twice, in a message',
    (text) => ({ body: `{"messages":[{"role":"user","content":${json(text)},"content":${json(HARMLESS)}}]}` }),
    'lost',
  ],
  [
    'a role twice',
    (text) => ({ body: `{"messages":[{"role":"system","role":"user","content":${json(text)}}]}` }),
    'judged',
  ],
  [
    'escapes in a key',
    (text) => ({ body: `{"${escaped('messages')}":[{"${escaped('role')}":"user","c\\u006fntent":${json(text)}}]}` }),
    'judged',
  ],
  ['escapes in a text', (text) => ({ body: `{"messages":[{"role":"user","content":"${escaped(text)}"}]}` }), 'judged'],
  ['a key with another case', (text) => ({ body: json({ Messages: [{ Role: 'user', Content: text }] }) }), 'judged'],
  ['a key nobody knows', (text) => ({ body: json(chat(HARMLESS, { extra_prompt: text })) }), 'judged'],
  [
    'a key that prototypes have',
    (text) => ({
      body: `{"messages":${json([user(HARMLESS)])},"__proto__":{"prompt":${json(text)}},"constructor":${json(text)}}`,
    }),
    'judged',
  ],
  ['a name as the text', (text) => ({ body: json(chat([{ type: 'text', text: HARMLESS, [text]: 1 }])) }), 'judged'],
  ['a role nobody knows', (text) => ({ body: json({ messages: [{ role: 'root', content: text }] }) }), 'judged'],
  ['a role with spaces', (text) => ({ body: json({ messages: [{ role: ' system', content: text }] }) }), 'judged'],
  ['a text as a role', (text) => ({ body: json({ messages: [{ role: text, content: HARMLESS }] }) }), 'judged'],
  ['a text as a model', (text) => ({ body: json({ ...chat(HARMLESS), model: text }) }), 'judged'],
  ['a name of a sender', (text) => ({ body: json({ messages: [{ ...user(HARMLESS), name: text }] }) }), 'judged'],
  [
    'a part that says it is a picture',
    (text) => ({ body: json(chat([{ type: 'image_url', image_url: { url: text } }])) }),
    'judged',
  ],
  [
    'a picture that is text',
    (text) => ({ body: json(chat([{ type: 'image_url', image_url: { url: `data:text/plain,${text}` } }])) }),
    'judged',
  ],
  [
    'a picture that is text in base64',
    (text) => ({
      body: json(
        chat([
          { type: 'image_url', image_url: { url: `data:text/plain;base64,${Buffer.from(text).toString('base64')}` } },
        ]),
      ),
    }),
    'judged',
  ],
  [
    'a document in base64',
    (text) => ({
      body: json(
        chat([
          {
            type: 'document',
            source: { type: 'base64', media_type: 'text/plain', data: Buffer.from(text).toString('base64') },
          },
        ]),
      ),
    }),
    'judged',
  ],
  [
    'base64 in the result of a tool',
    (text) => ({
      body: json({ messages: [{ role: 'tool', data: Buffer.from(text).toString('base64') }] }),
    }),
    'judged',
  ],
  ['parts of a part', (text) => ({ body: json(chat([{ type: 'x', y: { z: [{ w: text }] } }])) }), 'judged'],
  [
    'a text and parts of another API',
    (text) => ({ body: json({ messages: [{ ...user(HARMLESS), parts: [{ text }] }] }) }),
    'judged',
  ],
  ['the body of another API', (text) => ({ body: json({ contents: [{ parts: [{ text }] }] }) }), 'judged'],
  [
    'in snakes',
    (text) => ({
      path: '/v1beta/models/m:generateContent',
      body: json({ contents: [{ parts: [{ function_response: { name: 'f', response: { said: text } } }] }] }),
    }),
    'judged',
  ],
  [
    'thirty levels deep',
    (text) => ({ body: `{"messages":[{"role":"user","content":${nested(30, json(text))}}]}` }),
    'judged',
  ],
  [
    'a hundred levels deep',
    (text) => ({ body: `{"messages":[{"role":"user","content":${nested(100, json(text))}}]}` }),
    400,
  ],
  [
    'nested until parsers fall over',
    (text) => ({ body: `{"messages":[${json(user(text))}],"a":${'['.repeat(90_000)}${']'.repeat(90_000)}}` }),
    400,
  ],
  [
    'brackets that nobody closes',
    (text) => ({ body: `{"messages":[${json(user(text))}],"a":${'['.repeat(90_000)}` }),
    400,
  ],
  ['more text than is read', (text) => ({ body: body(`${'word '.repeat(12_000)}${text}`) }), 413],
  [
    'more texts than are read',
    (text) => ({ body: json(chat(HARMLESS, { many: Array.from({ length: 600 }, (_, i) => `${text} ${i}`) })) }),
    413,
  ],
  ['more bytes than are taken', (text) => ({ body: `${body(text)}${' '.repeat(200_000)}` }), 413],
  ['comments', (text) => ({ body: `/* ${text} */ ${body(HARMLESS)}` }), 400],
  ['something behind', (text) => ({ body: `${body(HARMLESS)}${body(text)}` }), 400],
  ['a null byte behind', (text) => ({ body: `${body(HARMLESS)}\0${body(text)}` }), 400],
  ['no quotes', (text) => ({ body: `{messages:[{role:'user',content:'${text}'}]}` }), 400],
  ['infinity', (text) => ({ body: `{"messages":${json([user(text)])},"n":Infinity}` }), 400],
  ['a bare text', (text) => ({ body: json(text) }), 400],
  ['a bare list', (text) => ({ body: json([user(text)]) }), 'judged'],
  [
    'tokens in place of text',
    (text) => ({ path: '/v1/completions', body: json({ prompt: [...text].map((c) => c.charCodeAt(0)) }) }),
    400,
  ],
  [
    'lists of tokens',
    (text) => ({ path: '/v1/completions', body: json({ prompt: [[...text].map((c) => c.charCodeAt(0))] }) }),
    400,
  ],
  [
    'tokens behind a text',
    (text) => ({ path: '/v1/completions', body: json({ prompt: ['', ...[...text].map((c) => c.charCodeAt(0))] }) }),
    400,
  ],
];

const PATHS: readonly Row[] = [
  ...[
    '/v1/chat/completions/',
    '/V1/Chat/Completions',
    '/v1/chat/completions?stream=1',
    '/v1/./chat/completions',
    '/v1/x/../chat/completions',
    '/v1/%2e/chat/completions',
    '/v1/x/%2e%2e/chat/completions',
    '/v1/%63hat/completions',
    '/v1/chat/completions%20',
    '/chat/completions',
    '/openai/deployments/x/chat/completions?api-version=1',
    '/v1/moderations/',
    '/v1/Moderations',
    '/v1/moderations/../chat/completions',
    '/v1/chat/completions/moderations',
    '/anything',
    '/',
    'http://guard.example/v1/chat/completions',
    'http://elsewhere.example/v1/chat/completions',
  ].map((path): Row => [path, (text) => ({ path, body: body(text) }), 'judged']),
  ...[
    '//v1/chat/completions',
    '/v1//chat/completions',
    '//elsewhere.example/v1/chat/completions',
    '/v1/moderations;/../../chat/completions;',
    '/v1/chat/completions;x=1',
    '/v1/moderations%2f..%2fchat%2fcompletions',
    '/v1/chat%2fcompletions',
    '/v1/%252e%252e/chat/completions',
    '/v1/chat%5ccompletions',
    '/v1/chat/completions%00',
    '/v1/chat/completions%0d%0ax:%20y',
  ].map((path): Row => [path, (text) => ({ path, body: body(text) }), 400]),
];

const METHODS: readonly Row[] = [
  ['PUT', (text) => ({ method: 'PUT', body: body(text) }), 'judged'],
  ['PATCH', (text) => ({ method: 'PATCH', body: body(text) }), 'judged'],
  ['DELETE', (text) => ({ method: 'DELETE', body: body(text) }), 'judged'],
  ['OPTIONS', (text) => ({ method: 'OPTIONS', body: body(text) }), 'judged'],
  ['GET', (text) => ({ method: 'GET', body: body(text) }), 400],
  [
    'GET, chunked',
    (text) => ({ method: 'GET', headers: ['transfer-encoding: chunked'], body: chunked(body(text)) }),
    400,
  ],
  ['HEAD', (text) => ({ method: 'HEAD', body: body(text) }), 400],
  ['PROPFIND', (text) => ({ method: 'PROPFIND', body: body(text) }), 501],
  [
    'GET that says it is POST',
    (text) => ({ method: 'GET', headers: ['x-http-method-override: POST'], body: body(text) }),
    400,
  ],
  ['a query', (text) => ({ path: `/v1/search?q=${encodeURIComponent(text)}`, method: 'GET' }), 'judged'],
  [
    'a query beside a body',
    (text) => ({ path: `/v1/chat/completions?prompt=${encodeURIComponent(text)}`, body: body(HARMLESS) }),
    'judged',
  ],
  ['an upgrade', (text) => ({ headers: ['connection: upgrade', 'upgrade: websocket'], body: body(text) }), 501],
];

const FRAMES: readonly Row[] = [
  [
    'chunks',
    (text) => ({
      headers: ['transfer-encoding: chunked'],
      body: chunked(body(text).slice(0, 30), body(text).slice(30)),
    }),
    'judged',
  ],
  [
    'chunks of one byte',
    (text) => ({ headers: ['transfer-encoding: chunked'], body: chunked(...body(text)) }),
    'judged',
  ],
  [
    'chunks with trailers',
    (text) => ({
      headers: ['transfer-encoding: chunked', 'trailer: x-prompt'],
      body: Buffer.concat([chunked(body(text)).subarray(0, -2), Buffer.from('x-prompt: y\r\n\r\n')]),
    }),
    'judged',
  ],
  [
    'chunk extensions',
    (text) => ({
      headers: ['transfer-encoding: chunked'],
      body: `${body(text).length.toString(16)};x="y"\r\n${body(text)}\r\n0\r\n\r\n`,
    }),
    'judged',
  ],
  [
    'chunks and a length',
    (text) => ({
      headers: [`content-length: ${body(text).length}`, 'transfer-encoding: chunked'],
      body: chunked(body(text)),
    }),
    400,
  ],
  [
    'a length and chunks',
    (text) => ({ headers: ['transfer-encoding: chunked', 'content-length: 4'], body: chunked(body(text)) }),
    400,
  ],
  [
    'two lengths',
    (text) => ({ headers: ['content-length: 2', `content-length: ${body(text).length}`], body: body(text) }),
    400,
  ],
  ['a length with a sign', (text) => ({ headers: [`content-length: +${body(text).length}`], body: body(text) }), 400],
  [
    'an unknown transfer coding',
    (text) => ({ headers: ['transfer-encoding: xchunked'], body: chunked(body(text)) }),
    400,
  ],
  [
    'chunked, then identity',
    (text) => ({ headers: ['transfer-encoding: chunked, identity'], body: chunked(body(text)) }),
    400,
  ],
  [
    'a space before the colon',
    (text) => ({ headers: ['transfer-encoding : chunked'], body: chunked(body(text)) }),
    400,
  ],
  [
    'a folded header',
    (text) => ({ headers: ['transfer-encoding:\r\n chunked', 'x: y'], body: chunked(body(text)) }),
    400,
  ],
  [
    'a chunk size with a prefix',
    (text) => ({
      headers: ['transfer-encoding: chunked'],
      body: `0x${body(text).length.toString(16)}\r\n${body(text)}\r\n0\r\n\r\n`,
    }),
    400,
  ],
  [
    'a chunk longer than it says',
    (text) => ({ headers: ['transfer-encoding: chunked'], body: `2\r\n${body(text)}\r\n0\r\n\r\n` }),
    400,
  ],
  [
    'line feeds alone',
    (text) => ({
      headers: ['transfer-encoding: chunked'],
      body: `${body(text).length.toString(16)}\n${body(text)}\n0\n\n`,
    }),
    400,
  ],
];

const GROUPS = { CODINGS, TYPES, JSONS, PATHS, METHODS, FRAMES };
const PHRASE = /pod bay doors/i;

function arrived(): string {
  return json(upstream.seen.map(({ url, body: sent, headers }) => [url, sent, headers]));
}

describe.each(Object.entries(GROUPS))('%s', (_group, rows) => {
  test.each(rows)('%s: an attack does not arrive', async (_name, request, comes) => {
    const statuses = statusesOf(await exchange(proxy.port, bytesOf(request(ATTACK))));
    expect(arrived()).not.toMatch(PHRASE);
    if (comes !== 'lost') expect(upstream.seen).toEqual([]);
    expect(statuses[0]).toBe(comes === 'judged' ? 403 : comes === 'lost' ? 200 : comes);
  });

  test.each(rows)('%s: what is harmless', async (_name, request, comes) => {
    const statuses = statusesOf(await exchange(proxy.port, bytesOf(request(HARMLESS))));
    if (typeof comes === 'string') {
      expect(statuses).toEqual([200]);
      expect(upstream.seen).toHaveLength(1);
      const [{ headers, body: sent }] = upstream.seen as [Upstream['seen'][number]];
      expect(headers['content-encoding']).toBeUndefined();
      if (sent !== '') {
        // Written anew: what a second parser reads is what the first one read.
        expect(sent).toBe(json(JSON.parse(sent)));
        expect(headers['content-type']).toBe('application/json');
        expect(headers['content-length']).toBe(String(Buffer.byteLength(sent)));
      }
    } else {
      expect(statuses[0]).toBe(comes);
      expect(upstream.seen).toEqual([]);
    }
  });
});

describe('several requests on a connection', () => {
  const one = (text: string, connection = 'keep-alive'): Buffer =>
    bytesOf({ headers: [`connection: ${connection}`], body: body(text) });

  test('each is judged', async () => {
    const text = await exchange(proxy.port, Buffer.concat([one(HARMLESS), one(ATTACK), one(HARMLESS, 'close')]));
    expect(statusesOf(text)).toEqual([200, 403, 200]);
    expect(upstream.seen).toHaveLength(2);
    expect(arrived()).not.toMatch(PHRASE);
  });

  test('a request inside a body is a body', async () => {
    const inner = bytesOf({ body: body(ATTACK) });
    const text = await exchange(proxy.port, bytesOf({ body: inner }));
    expect(statusesOf(text)).toEqual([400]);
    expect(upstream.seen).toEqual([]);
  });

  test('behind a body that is shorter than sent, the rest is a request of its own, and judged', async () => {
    const first = bytesOf({
      headers: ['connection: keep-alive', `content-length: ${body(HARMLESS).length}`],
      body: body(HARMLESS),
    });
    const text = await exchange(proxy.port, Buffer.concat([first, one(ATTACK, 'close')]));
    expect(statusesOf(text)).toEqual([200, 403]);
    expect(arrived()).not.toMatch(PHRASE);
  });
});

test('a body that never ends is given up', async () => {
  const began = bytesOf({ headers: ['content-length: 5000'], body: '{"messages":' });
  const statuses = statusesOf(await exchange(proxy.port, began));
  expect(statuses.filter((status) => status < 400)).toEqual([]);
  expect(upstream.seen).toEqual([]);
});

test('headers that speak of the connection stay on it', async () => {
  const headers = [
    'connection: close, x-secret',
    'x-secret: 1',
    'x-kept: 2',
    'proxy-authorization: Basic eA==',
    'te: trailers',
    'x-http-method-override: DELETE',
    'accept-encoding: br',
  ];
  await exchange(proxy.port, bytesOf({ headers: headers, body: body(HARMLESS) }));
  const [seen] = upstream.seen;
  expect(seen?.method).toBe('POST');
  expect(seen?.headers).toMatchObject({ 'x-kept': '2', 'accept-encoding': 'identity' });
  for (const name of ['x-secret', 'proxy-authorization', 'te', 'x-http-method-override']) {
    expect(seen?.headers).not.toHaveProperty(name);
  }
});
