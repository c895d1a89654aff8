import { describe, expect, test } from 'vitest';
import type { AnswerReport } from '../../../src/stream/answer.ts';
import { type AnswerOptions, guardedResponse, guardedStream } from '../../../src/stream/guard-stream.ts';
import { openTinyGuard } from '../tiny-guard.ts';
import { bodyOf, played, responseOf } from './play.ts';
import { RECORDED, type RecordedName, type Script } from './recorded.ts';

const SCRIPT: Script = { thought: 'hm', text: 'This much was safe, and then', args: { a: 'b' } };
const STREAMS = (Object.keys(RECORDED) as RecordedName[]).filter((name) => name !== 'text');

/** The words by which a client of each protocol knows that the answer broke off. */
const BROKEN: Readonly<Record<string, RegExp>> = {
  'openai-chat': /data: \{"error":\{"message":"The answer ended before it was complete"/,
  'openai-chat, choices': /data: \{"error":\{"message":"The answer ended before it was complete"/,
  'openai-responses': /event: error\ndata: \{"type":"error","code":"upstream_error","message":"The answer ended/,
  anthropic: /event: error\ndata: \{"type":"error","error":\{"type":"api_error","message":"The answer ended/,
  gemini: /data: \{"error":\{"code":502,"message":"The answer ended/,
  'gemini, array': /,\r\n\{"error":\{"code":502,"message":"The answer ended.*\]$/s,
  'ai-sdk': /data: \{"type":"error","errorText":"The answer ended.*data: \[DONE\]/s,
  'ai-data': /\n3:"The answer ended/,
  ollama: /\n\{"error":"The answer ended/,
};

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

async function textOf(stream: ReadableStream<Uint8Array>): Promise<string> {
  return new Response(stream as BodyInit).text();
}

const reporting = (): { readonly options: AnswerOptions; readonly reports: AnswerReport[] } => {
  const reports: AnswerReport[] = [];
  return { options: { onEnd: (report) => reports.push(report) }, reports };
};

describe.each(STREAMS)('%s', (name) => {
  const recorded = RECORDED[name];
  const body = recorded.body(SCRIPT);
  const half = body.slice(0, Math.floor(body.length * 0.6));

  test.each([
    ['dies', 'dies' as const],
    ['ends early', undefined],
  ])('an upstream that %s: what was safe, then an error', async (_how, after) => {
    const { options, reports } = reporting();
    const { stream } = bodyOf(bytesOf(half), [100], after);
    const text = await guardedResponse(responseOf(recorded, stream), openTinyGuard, options).text();
    expect(text).toMatch(BROKEN[name]!);
    expect(reports).toEqual([expect.objectContaining({ end: 'broken', error: expect.any(Error) })]);
  });

  test('an upstream that says nothing more', async () => {
    const { stream, state } = bodyOf(bytesOf(half), [100], 'hangs');
    const response = guardedResponse(responseOf(recorded, stream), openTinyGuard, { idleMs: 20 });
    expect(await response.text()).toMatch(BROKEN[name]!);
    expect(state.cancelled).toBe(true);
  });

  test('an event that cannot be read does not leave', async () => {
    const events = half.slice(0, half.lastIndexOf(name === 'gemini, array' ? ',\r\n' : '\n'));
    const frame = {
      'gemini, array': ',\r\n{"candidates": jane@x.example}',
      ollama: '\n{jane@x.example\n',
      'ai-data': '\n0:jane@x.example\n',
    };
    const bad = frame[name as keyof typeof frame] ?? '\n\ndata: {jane@x.example\n\n';
    const { text, report } = await played(recorded, events + bad + body, [64]);
    expect(text).toMatch(BROKEN[name]!);
    expect(text).not.toContain('jane');
    expect(report).toMatchObject({ end: 'broken', error: { code: 'FW_STREAM' } });
  });
});

describe('bytes', () => {
  test('invalid UTF-8 becomes what a client would make of it', async () => {
    const bytes = Uint8Array.of(...bytesOf('a '), 0xff, 0xc3, ...bytesOf(' jane@x.example b'), 0xe2, 0x82);
    for (const size of [1, 3, 100]) {
      const stream = guardedStream<Uint8Array>(bodyOf(bytes, [size]).stream, openTinyGuard, {
        contentType: 'text/plain',
      });
      expect(await textOf(stream)).toBe('a \uFFFD\uFFFD [MAIL] b\uFFFD');
    }
  });

  test('plain text that breaks off fails: it has no words for it', async () => {
    const { stream } = bodyOf(bytesOf('safe text and'), [4], 'dies');
    const reader = guardedStream<Uint8Array>(stream, openTinyGuard, { protocol: 'text' }).getReader();
    let text = '';
    const readAll = async (): Promise<void> => {
      for (let read = await reader.read(); !read.done; read = await reader.read())
        text += new TextDecoder().decode(read.value);
    };
    await expect(readAll()).rejects.toThrow('connection reset');
    expect(text).toBe('safe text and');
  });

  test('without a type or a protocol nothing is read', async () => {
    const { options, reports } = reporting();
    const stream = guardedStream<Uint8Array>(bodyOf(bytesOf('data: 1\n\n')).stream, openTinyGuard, options);
    await expect(textOf(stream)).rejects.toThrow(
      /contentType must be .* or protocol one of .*got neither.*\[FW_STREAM\]/,
    );
    expect(reports[0]).toMatchObject({ end: 'broken' });
  });

  test('events of no known protocol fail, unread', async () => {
    const body = 'data: {"secret":"jane@x.example"}\n\n';
    const stream = guardedStream<Uint8Array>(bodyOf(bytesOf(body)).stream, openTinyGuard, {
      contentType: 'text/event-stream',
    });
    await expect(textOf(stream)).rejects.toThrow(
      /first event must be of a known protocol; got "\{secret\}".*FW_STREAM/,
    );
  });

  test('an error of the upstream passes, after what was held back', async () => {
    const body = RECORDED.anthropic.body(SCRIPT);
    const event = 'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"busy"}}\n\n';
    const start = body.slice(0, body.indexOf('"then"') < 0 ? body.length / 2 : body.indexOf('"then"'));
    const whole = start.slice(0, start.lastIndexOf('\n\n') + 2);
    const { text, report } = await played(RECORDED.anthropic, whole + event);
    expect(text.endsWith(event)).toBe(true);
    expect(report.end).toBe('complete');
    expect((await played(RECORDED['openai-chat'], 'data: {"error":{"message":"busy"}}\n\n')).text).toContain('busy');
  });

  test('an abort of the caller ends both sides', async () => {
    const abort = new AbortController();
    const { options, reports } = reporting();
    const { stream, state } = bodyOf(bytesOf('some text '), [4], 'hangs');
    const form = { ...options, protocol: 'text' as const, signal: abort.signal };
    const reader = guardedStream<Uint8Array>(stream, openTinyGuard, form).getReader();
    await reader.read();
    const next = reader
      .read()
      .then(() => reader.read())
      .then(() => reader.read());
    abort.abort(new Error('enough'));
    await expect(next).rejects.toThrow('enough');
    expect(state.cancelled).toBe(true);
    expect(reports).toEqual([expect.objectContaining({ end: 'cancelled' })]);
  });
});

describe('events as objects', () => {
  async function* chunks(...texts: string[]) {
    for (const content of texts) yield { choices: [{ index: 0, delta: { content }, finish_reason: null }] };
    yield { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  }

  test('come out as objects; those that came stay as they are', async () => {
    const out: string[] = [];
    for await (const chunk of guardedStream(chunks('to jane@', 'x.example now', ' ok'), openTinyGuard)) {
      out.push((chunk.choices[0]!.delta as { content?: string }).content ?? '');
    }
    expect(out.join('')).toBe('to [MAIL] now ok');
  });

  test('strings are plain text', async () => {
    async function* words() {
      yield* ['to jane@', 'x.example', ' now'];
    }
    let text = '';
    for await (const piece of guardedStream(words(), openTinyGuard)) text += piece;
    expect(text).toBe('to [MAIL] now');
  });

  test('who stops reading stops the source', async () => {
    let stopped = false;
    async function* endless() {
      try {
        for (;;) yield 'word ';
      } finally {
        stopped = true;
      }
    }
    for await (const _ of guardedStream(endless(), openTinyGuard)) break;
    expect(stopped).toBe(true);
  });

  test('what is no stream is refused', () => {
    expect(() => guardedStream(7 as unknown as AsyncIterable<string>, openTinyGuard)).toThrow(/FW_INPUT/);
    expect(() => guardedStream(chunks(), openTinyGuard, { idleMs: -1 })).toThrow(/idleMs.*FW_INPUT/);
  });
});

describe('responses', () => {
  test('headers of the bytes go, others stay', async () => {
    const headers = { 'content-type': 'text/plain', 'content-length': '16', etag: '"x"', 'x-request-id': '7' };
    const response = guardedResponse(new Response('to jane@x.example', { headers, status: 201 }), openTinyGuard);
    expect(response.status).toBe(201);
    expect(Object.fromEntries(response.headers)).toEqual({ 'content-type': 'text/plain', 'x-request-id': '7' });
    expect(await response.text()).toBe('to [MAIL]');
  });

  test.each([
    ['an error', new Response('{"error":"jane@x.example"}', { status: 500 })],
    ['a picture', new Response('GIF89a', { headers: { 'content-type': 'image/gif' } })],
    ['nothing', new Response(null, { status: 204 })],
  ])('%s is the response itself', (_what, response) => {
    expect(guardedResponse(response, openTinyGuard)).toBe(response);
  });

  test('a JSON answer', async () => {
    const body = { choices: [{ index: 0, message: { role: 'assistant', content: 'to jane@x.example' } }] };
    const response = guardedResponse(Response.json(body), openTinyGuard);
    expect(await response.json()).toEqual({
      choices: [{ index: 0, message: { role: 'assistant', content: 'to [MAIL]' } }],
    });
    const plain = '{ "choices": [] }\n';
    const same = new Response(plain, { headers: { 'content-type': 'application/json' } });
    expect(await guardedResponse(same, openTinyGuard).text()).toBe(plain);
  });

  test('JSON that is none fails', async () => {
    const response = new Response('{jane@x.example', { headers: { 'content-type': 'application/json' } });
    await expect(guardedResponse(response, openTinyGuard).text()).rejects.toThrow(/FW_STREAM/);
  });
});
