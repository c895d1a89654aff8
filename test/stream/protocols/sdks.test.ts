/**
 * Guarded streams as the official SDKs read them from a server: what is harmless reads as without a guard.
 *
 * @module
 */

import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { DefaultChatTransport, readUIMessageStream, streamText, type UIMessage } from 'ai';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { guardedResponse } from '../../../src/stream/guard-stream.ts';
import { guarded, openTinyGuard, RESTORED } from '../tiny-guard.ts';
import { bodyOf, type Cuts, responseOf, serve, WHOLE } from './play.ts';
import { pieces, RECORDED, type RecordedName, type Script } from './recorded.ts';

/** What a client understood of an answer. */
interface Understood {
  readonly thought?: string;
  readonly text: string;
  readonly args?: unknown;
  readonly finish: string | null | undefined;
}

interface Client {
  readonly name: string;
  readonly recorded: RecordedName;
  /** Reads the answer to its end; rejects where the SDK does. */
  read(url: string, signal?: AbortSignal, onText?: () => void): Promise<Understood>;
  /** `finish` of a whole answer, and of one that was cut. */
  readonly finish: string;
  readonly cut: string;
}

const QUESTION = [{ role: 'user' as const, content: 'hi' }];
const RETRY = { maxRetries: 0 } as const;

const CLIENTS: readonly Client[] = [
  {
    name: 'openai, chat completions',
    recorded: 'openai-chat',
    finish: 'tool_calls',
    cut: 'content_filter',
    async read(url, signal, onText) {
      const client = new OpenAI({ baseURL: url, apiKey: 'none', ...RETRY });
      const stream = client.chat.completions.stream({ model: 'm', messages: QUESTION }, { signal: signal ?? null });
      let grown = '';
      let done: string | undefined;
      stream.on('content.delta', ({ delta }) => {
        grown += delta;
        onText?.();
      });
      stream.on('content.done', ({ content }) => {
        done = content;
      });
      const { message, finish_reason: finish } = (await stream.finalChatCompletion()).choices[0]!;
      expect(message.content).toBe(grown);
      if (done !== undefined) expect(done).toBe(grown);
      const [call] = message.tool_calls ?? [];
      return {
        text: message.content ?? '',
        ...(call?.type === 'function' && { args: JSON.parse(call.function.arguments) as unknown }),
        finish,
      };
    },
  },
  {
    name: 'openai, responses',
    recorded: 'openai-responses',
    finish: 'completed',
    cut: 'content_filter',
    async read(url, signal, onText) {
      const client = new OpenAI({ baseURL: url, apiKey: 'none', ...RETRY });
      const stream = client.responses.stream({ model: 'm', input: 'hi' }, { signal: signal ?? null });
      let grown = '';
      let sequence = -1;
      const items: unknown[] = [];
      for await (const event of stream) {
        expect(event.sequence_number).toBe(++sequence);
        if (event.type === 'response.output_text.delta') {
          grown += event.delta;
          onText?.();
        }
        if (event.type === 'response.output_text.done') expect(event.text).toBe(grown);
        if (event.type === 'response.content_part.done') expect(event.part).toMatchObject({ text: grown });
        if (event.type === 'response.output_item.done') items.push(event.item);
      }
      const final = await stream.finalResponse();
      expect(final.output_text).toBe(grown);
      expect(final.output).toMatchObject(items);
      const [reasoning] = final.output.filter((item) => item.type === 'reasoning');
      const [call] = final.output.filter((item) => item.type === 'function_call');
      return {
        thought: reasoning?.summary[0]?.text ?? '',
        text: final.output_text,
        ...(call !== undefined && { args: JSON.parse(call.arguments) as unknown }),
        finish: final.incomplete_details?.reason ?? final.status,
      };
    },
  },
  {
    name: '@anthropic-ai/sdk',
    recorded: 'anthropic',
    finish: 'tool_use',
    cut: 'refusal',
    async read(url, signal, onText) {
      const client = new Anthropic({ baseURL: url, apiKey: 'none', ...RETRY });
      const body = { model: 'm', max_tokens: 9, messages: QUESTION };
      const stream = client.messages.stream(body, { signal: signal ?? null });
      let grown = '';
      stream.on('text', (delta, snapshot) => {
        grown += delta;
        expect(snapshot).toBe(grown);
        onText?.();
      });
      const { content, stop_reason: finish } = await stream.finalMessage();
      const [thinking] = content.filter((block) => block.type === 'thinking');
      const [said] = content.filter((block) => block.type === 'text');
      const [call] = content.filter((block) => block.type === 'tool_use');
      expect(said?.text ?? '').toBe(grown);
      expect(thinking?.signature).toBe('EqQBCgIYAhIM');
      return {
        thought: thinking?.thinking ?? '',
        text: said?.text ?? '',
        ...(call !== undefined && { args: call.input }),
        finish,
      };
    },
  },
  {
    name: '@google/genai',
    recorded: 'gemini',
    finish: 'STOP',
    cut: 'SAFETY',
    async read(url, signal, onText) {
      const client = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } });
      const stream = await client.models.generateContentStream({
        model: 'm',
        contents: 'hi',
        ...(signal !== undefined && { config: { abortSignal: signal } }),
      });
      let thought = '';
      let text = '';
      let args: unknown;
      let finish: string | undefined;
      for await (const { candidates = [] } of stream) {
        const [candidate] = candidates;
        for (const part of candidate?.content?.parts ?? []) {
          if (part.thought === true) thought += part.text;
          else text += part.text ?? '';
          args ??= part.functionCall?.args;
        }
        if (text !== '') onText?.();
        finish ??= candidate?.finishReason;
      }
      return { thought, text, ...(args !== undefined && { args }), finish };
    },
  },
  {
    name: 'ai, UI message stream',
    recorded: 'ai-sdk',
    finish: 'none',
    cut: 'content-filter',
    async read(url, signal, onText) {
      const transport = new DefaultChatTransport({ api: url });
      const chunks = await transport.sendMessages({
        chatId: 'c',
        messages: [],
        trigger: 'submit-message',
        messageId: undefined,
        abortSignal: signal,
      });
      let finish = 'none';
      const watched = chunks.pipeThrough(
        new TransformStream({
          transform(chunk, controller) {
            if (chunk.type === 'finish') finish = chunk.finishReason ?? finish;
            if (chunk.type === 'text-delta') onText?.();
            controller.enqueue(chunk);
          },
        }),
      );
      let message: UIMessage | undefined;
      let failure: unknown;
      const onError = (error: unknown): void => {
        failure = error;
      };
      for await (const one of readUIMessageStream({ stream: watched, terminateOnError: true, onError })) message = one;
      if (failure !== undefined) throw failure;
      const parts = message?.parts ?? [];
      for (const part of parts) if (part.type === 'text' || part.type === 'reasoning') expect(part.state).toBe('done');
      const texts = (type: 'text' | 'reasoning'): string =>
        parts.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
      const [call] = parts.flatMap((part) => (part.type === 'tool-send' ? [part] : []));
      return {
        thought: texts('reasoning'),
        text: texts('text'),
        ...(call !== undefined && 'input' in call && { args: call.input }),
        finish,
      };
    },
  },
  ...(['openai-chat', 'openai-responses'] as const).map(
    (recorded): Client => ({
      name: `ai with @ai-sdk/openai, ${recorded}`,
      recorded,
      finish: 'tool-calls',
      cut: 'content-filter',
      async read(url, signal, onText) {
        const provider = createOpenAI({ baseURL: url, apiKey: 'none' });
        const model = recorded === 'openai-chat' ? provider.chat('m') : provider.responses('m');
        let failure: unknown;
        const result = streamText({
          model,
          prompt: 'hi',
          ...RETRY,
          ...(signal !== undefined && { abortSignal: signal }),
          onError: ({ error }) => {
            failure = error;
          },
        });
        let thought = '';
        let text = '';
        let args: unknown;
        let finish: string | undefined;
        for await (const part of result.fullStream) {
          if (part.type === 'reasoning-delta') thought += part.text;
          if (part.type === 'text-delta') {
            text += part.text;
            onText?.();
          }
          if (part.type === 'tool-call') args = part.input;
          if (part.type === 'finish') finish = part.finishReason;
          if (part.type === 'abort') throw new Error('aborted');
        }
        if (failure !== undefined) throw failure;
        return {
          ...(recorded === 'openai-responses' && { thought }),
          text,
          ...(args !== undefined && { args }),
          finish,
        };
      },
    }),
  ),
];

const HARMLESS: Script = {
  thought: 'Where is the café? 😀 and\nlines.',
  text: 'The answer is 42, “quoted” — 日本語 🎉.\n\ndata: no event\n\n{"a": [1]}',
  args: { to: 'nobody "quoted"', body: 'line\none \\ ü', count: 3, nested: { list: [true, null, 'x'] } },
};
const MAILS: Script = {
  thought: 'I should write to bob@x.example now',
  text: 'Write to jane@x.example today, and [NAME_1] says hello to bob@x.example',
  args: { to: 'jane@x.example', name: '[NAME_1]', count: 3 },
};
const CUT: Script = { thought: 'Hm', text: 'So far so good but FORBIDDEN is what follows it', args: { a: 1 } };

async function through(
  client: Client,
  script: Script,
  { cuts = WHOLE, isGuarded = true }: { readonly cuts?: Cuts; readonly isGuarded?: boolean } = {},
): Promise<Understood> {
  const recorded = RECORDED[client.recorded];
  const server = await serve(() => {
    const response = responseOf(recorded, bodyOf(new TextEncoder().encode(recorded.body(script)), cuts).stream);
    return isGuarded ? guardedResponse(response, openTinyGuard) : response;
  });
  try {
    return await client.read(server.url);
  } finally {
    await server.close();
  }
}

/** The stream up to the tenth piece of its text. */
function upTo(body: string, { text }: Script): string {
  return body.slice(0, body.indexOf(JSON.stringify(pieces(text)[9])));
}

describe.each(CLIENTS)('$name', (client) => {
  test('what is harmless reads as without a guard, in any pieces', async () => {
    const plain = await through(client, HARMLESS, { isGuarded: false });
    expect(plain).toMatchObject({ text: HARMLESS.text, args: HARMLESS.args, finish: client.finish });
    for (const cuts of [WHOLE, [1], [7, 100, 3]]) expect(await through(client, HARMLESS, { cuts })).toEqual(plain);
  });

  test('what stands across deltas is replaced and restored, also in arguments', async () => {
    const read = await through(client, MAILS, { cuts: [11] });
    expect(read).toMatchObject({
      text: guarded(MAILS.text),
      args: { to: '[MAIL]', name: RESTORED, count: 3 },
      finish: client.finish,
    });
    if (read.thought !== undefined) expect(read.thought).toBe(guarded(MAILS.thought));
  });

  test('what is cut ends as the protocol ends', async () => {
    const read = await through(client, CUT, { cuts: [30] });
    expect(read).toMatchObject({ text: guarded(CUT.text), finish: client.cut });
    expect(read.args).toBeUndefined();
  });

  test('an upstream that dies: what was safe, then an error', async () => {
    const recorded = RECORDED[client.recorded];
    const body = recorded.body(MAILS);
    const bytes = new TextEncoder().encode(upTo(body, MAILS));
    const server = await serve(() =>
      guardedResponse(responseOf(recorded, bodyOf(bytes, [50], 'dies').stream), openTinyGuard),
    );
    let heard = 0;
    await expect(client.read(server.url, undefined, () => heard++)).rejects.toThrow(/ended before it was complete/);
    expect(heard).toBeGreaterThan(0);
    await server.close();
  });

  test('an abort of the client reaches the upstream', async () => {
    const recorded = RECORDED[client.recorded];
    const body = recorded.body(HARMLESS);
    const bytes = new TextEncoder().encode(upTo(body, HARMLESS));
    const { stream, state } = bodyOf(bytes, [50], 'hangs');
    const server = await serve(() => guardedResponse(responseOf(recorded, stream), openTinyGuard));
    const abort = new AbortController();
    const leave = (): void => {
      setTimeout(() => abort.abort(), 5);
    };
    // Some SDKs end quietly.
    await client.read(server.url, abort.signal, leave).catch(() => undefined);
    await server.left;
    expect(state.cancelled).toBe(true);
    await server.close();
  });
});
