/**
 * Official SDKs whose base URL alone was changed: what is harmless reads as from the upstream itself, what is refused
 * raises the SDK's own error.
 *
 * @module
 */
import { createOpenAI } from '@ai-sdk/openai';
import Anthropic from '@anthropic-ai/sdk';
import { ApiError, GoogleGenAI } from '@google/genai';
import { APICallError, generateText, jsonSchema, type ModelMessage, streamText } from 'ai';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Firewall } from '../../../src/firewall.ts';
import { RECORDED, type RecordedName, type Script } from '../../stream/protocols/recorded.ts';
import {
  ATTACK,
  HARMLESS,
  openProxy,
  openProxyFirewall,
  openUpstream,
  type Reply,
  type Running,
  type Upstream,
} from './upstream.ts';

/** What an SDK understood. */
interface Understood {
  readonly text: string;
  readonly args?: unknown;
  readonly finish: unknown;
  readonly usage?: unknown;
}

interface Asking {
  readonly url: string;
  readonly text: string;
  /** What a tool answered, in an earlier turn. */
  readonly result?: string;
  readonly signal?: AbortSignal;
  readonly onText?: () => void;
  readonly retries?: number;
}

interface Sdk {
  readonly name: string;
  readonly recorded: RecordedName;
  /** Of the JSON that the upstream answers when it does not stream. */
  whole(script: Script): object;
  ask(asking: Asking): Promise<Understood>;
  stream(asking: Asking): Promise<Understood>;
  /** The SDK's error for a status. */
  error(status: 403 | 429): new (...args: never[]) => Error;
}

const MODEL = 'm';
const LEAVE = { name: 'send', description: 'Sends a letter.' };
const PARAMETERS = { type: 'object', properties: { to: { type: 'string', description: 'Who gets it.' } } } as const;

const openaiError: Sdk['error'] = (status) => (status === 403 ? OpenAI.PermissionDeniedError : OpenAI.RateLimitError);

function chatSdk(): Sdk {
  const open = ({ url, retries = 0 }: Asking): OpenAI =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: retries });
  const params = ({ text, result }: Asking): OpenAI.ChatCompletionCreateParamsNonStreaming => ({
    model: MODEL,
    messages: [
      { role: 'developer', content: 'Be brief.' },
      ...(result === undefined
        ? []
        : ([
            { role: 'user', content: HARMLESS },
            {
              role: 'assistant',
              tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'send', arguments: '{"to":"a"}' } }],
            },
            { role: 'tool', tool_call_id: 'call_1', content: result },
          ] satisfies OpenAI.ChatCompletionMessageParam[])),
      { role: 'user', content: text },
    ],
    tools: [{ type: 'function', function: { ...LEAVE, parameters: PARAMETERS } }],
  });
  const read = ({ choices: [choice], usage }: OpenAI.ChatCompletion): Understood => {
    const [call] = choice!.message.tool_calls ?? [];
    return {
      text: choice!.message.content ?? '',
      ...(call?.type === 'function' && { args: JSON.parse(call.function.arguments) as unknown }),
      finish: choice!.finish_reason,
      usage,
    };
  };
  return {
    name: 'openai, chat completions',
    recorded: 'openai-chat',
    whole: ({ text, args }) => ({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1,
      model: MODEL,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: text,
            refusal: null,
            tool_calls: [
              { id: 'call_1', type: 'function', function: { name: 'send', arguments: JSON.stringify(args) } },
            ],
          },
          logprobs: null,
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    }),
    ask: async (asking) =>
      read(await open(asking).chat.completions.create(params(asking), { signal: asking.signal ?? null })),
    async stream(asking) {
      const stream = open(asking).chat.completions.stream(
        { ...params(asking), stream: true },
        { signal: asking.signal ?? null },
      );
      stream.on('content.delta', () => asking.onText?.());
      return read(await stream.finalChatCompletion());
    },
    error: openaiError,
  };
}

function responsesSdk(): Sdk {
  const open = ({ url, retries = 0 }: Asking): OpenAI =>
    new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: retries });
  const params = ({ text, result }: Asking): Omit<OpenAI.Responses.ResponseCreateParamsNonStreaming, 'stream'> => ({
    model: MODEL,
    instructions: 'Be brief.',
    input: [
      ...(result === undefined
        ? []
        : ([
            { type: 'function_call', call_id: 'call_1', name: 'send', arguments: '{"to":"a"}' },
            { type: 'function_call_output', call_id: 'call_1', output: result },
          ] as const)),
      { role: 'user', content: [{ type: 'input_text', text }] },
    ],
    tools: [{ type: 'function', ...LEAVE, parameters: PARAMETERS, strict: false }],
  });
  const read = (response: OpenAI.Responses.Response): Understood => {
    const [call] = response.output.filter((item) => item.type === 'function_call');
    return {
      text: response.output_text,
      ...(call !== undefined && { args: JSON.parse(call.arguments) as unknown }),
      finish: response.status,
    };
  };
  return {
    name: 'openai, responses',
    recorded: 'openai-responses',
    whole: ({ text, args }) => ({
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      status: 'completed',
      model: MODEL,
      output: [
        {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text, annotations: [] }],
        },
        { id: 'fc_1', type: 'function_call', call_id: 'call_1', name: 'send', arguments: JSON.stringify(args) },
      ],
    }),
    ask: async (asking) => read(await open(asking).responses.create(params(asking), { signal: asking.signal ?? null })),
    async stream(asking) {
      const stream = open(asking).responses.stream(params(asking), { signal: asking.signal ?? null });
      for await (const event of stream) if (event.type === 'response.output_text.delta') asking.onText?.();
      return read(await stream.finalResponse());
    },
    error: openaiError,
  };
}

function anthropicSdk(): Sdk {
  const open = ({ url, retries = 0 }: Asking): Anthropic =>
    new Anthropic({ baseURL: url, apiKey: 'none', maxRetries: retries });
  const params = ({ text, result }: Asking): Anthropic.MessageCreateParamsNonStreaming => ({
    model: MODEL,
    max_tokens: 9,
    system: [{ type: 'text', text: 'Be brief.' }],
    messages: [
      ...(result === undefined
        ? []
        : ([
            { role: 'user', content: HARMLESS },
            { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: 'send', input: { to: 'a' } }] },
            { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: result }] },
          ] satisfies Anthropic.MessageParam[])),
      { role: 'user', content: text },
    ],
    tools: [{ ...LEAVE, input_schema: PARAMETERS }],
  });
  const read = ({ content, stop_reason: finish, usage }: Anthropic.Message): Understood => {
    const [said] = content.filter((block) => block.type === 'text');
    const [call] = content.filter((block) => block.type === 'tool_use');
    return { text: said?.text ?? '', ...(call !== undefined && { args: call.input }), finish, usage };
  };
  return {
    name: '@anthropic-ai/sdk',
    recorded: 'anthropic',
    whole: ({ text, args }) => ({
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: MODEL,
      content: [
        { type: 'text', text },
        { type: 'tool_use', id: 'toolu_1', name: 'send', input: args },
      ],
      stop_reason: 'tool_use',
      stop_sequence: null,
      usage: { input_tokens: 1, output_tokens: 2 },
    }),
    ask: async (asking) => read(await open(asking).messages.create(params(asking), { signal: asking.signal ?? null })),
    async stream(asking) {
      const stream = open(asking).messages.stream(params(asking), { signal: asking.signal ?? null });
      stream.on('text', () => asking.onText?.());
      return read(await stream.finalMessage());
    },
    error: (status) => (status === 403 ? Anthropic.PermissionDeniedError : Anthropic.RateLimitError),
  };
}

function geminiSdk(): Sdk {
  const open = ({ url }: Asking): GoogleGenAI => new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: url } });
  const params = ({ text, result, signal }: Asking): Parameters<GoogleGenAI['models']['generateContent']>[0] => ({
    model: MODEL,
    contents: [
      ...(result === undefined
        ? []
        : [
            { role: 'model', parts: [{ functionCall: { name: 'send', args: { to: 'a' } } }] },
            { role: 'user', parts: [{ functionResponse: { name: 'send', response: { result } } }] },
          ]),
      { role: 'user', parts: [{ text }] },
    ],
    config: {
      systemInstruction: 'Be brief.',
      tools: [{ functionDeclarations: [{ ...LEAVE, parametersJsonSchema: PARAMETERS }] }],
      ...(signal !== undefined && { abortSignal: signal }),
    },
  });
  interface Answered {
    readonly candidates?: readonly {
      readonly content?: {
        readonly parts?: readonly {
          readonly text?: string;
          readonly thought?: boolean;
          readonly functionCall?: { readonly args?: unknown };
        }[];
      };
      readonly finishReason?: unknown;
    }[];
  }
  const read = (answers: readonly Answered[]): Understood => {
    const candidates = answers.flatMap((answer) => answer.candidates ?? []);
    const parts = candidates.flatMap(({ content }) => content?.parts ?? []);
    const call = parts.find(({ functionCall }) => functionCall !== undefined);
    return {
      text: parts.flatMap(({ thought, text = '' }) => (thought ? [] : [text])).join(''),
      ...(call !== undefined && { args: call.functionCall?.args }),
      finish: candidates.find(({ finishReason }) => finishReason !== undefined)?.finishReason,
    };
  };
  return {
    name: '@google/genai',
    recorded: 'gemini',
    whole: ({ text, args }) => ({
      candidates: [
        {
          index: 0,
          content: { role: 'model', parts: [{ text }, { functionCall: { name: 'send', args } }] },
          finishReason: 'STOP',
        },
      ],
      usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, totalTokenCount: 3 },
    }),
    ask: async (asking) => read([(await open(asking).models.generateContent(params(asking))) as Answered]),
    async stream(asking) {
      const answers: Answered[] = [];
      for await (const answer of await open(asking).models.generateContentStream(params(asking))) {
        answers.push(answer as Answered);
        asking.onText?.();
      }
      return read(answers);
    },
    error: () => ApiError,
  };
}

function aiSdk(base: Sdk): Sdk {
  const model = ({ url }: Asking): Parameters<typeof generateText>[0]['model'] => {
    const provider = createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' });
    return base.recorded === 'openai-chat' ? provider.chat(MODEL) : provider.responses(MODEL);
  };
  const params = (asking: Asking) => ({
    model: model(asking),
    system: 'Be brief.',
    messages: [
      ...(asking.result === undefined
        ? []
        : ([
            {
              role: 'assistant',
              content: [{ type: 'tool-call', toolCallId: 'call_1', toolName: 'send', input: { to: 'a' } }],
            },
            {
              role: 'tool',
              content: [
                {
                  type: 'tool-result',
                  toolCallId: 'call_1',
                  toolName: 'send',
                  output: { type: 'text', value: asking.result },
                },
              ],
            },
          ] satisfies ModelMessage[])),
      { role: 'user', content: asking.text } satisfies ModelMessage,
    ],
    tools: { send: { description: LEAVE.description, inputSchema: jsonSchema(PARAMETERS) } },
    maxRetries: asking.retries ?? 0,
    ...(asking.signal !== undefined && { abortSignal: asking.signal }),
  });
  return {
    name: `ai with @ai-sdk/openai, ${base.recorded}`,
    recorded: base.recorded,
    whole: base.whole,
    async ask(asking) {
      const { text, toolCalls, finishReason } = await generateText(params(asking));
      return { text, args: toolCalls[0]?.input, finish: finishReason };
    },
    async stream(asking) {
      let failure: unknown;
      const result = streamText({
        ...params(asking),
        onError: ({ error }) => {
          failure = error;
        },
      });
      let text = '';
      let args: unknown;
      let finish: unknown;
      for await (const part of result.fullStream) {
        if (part.type === 'text-delta') {
          text += part.text;
          asking.onText?.();
        }
        if (part.type === 'tool-call') args = part.input;
        if (part.type === 'finish') finish = part.finishReason;
        if (part.type === 'abort') throw new Error('aborted');
      }
      if (failure !== undefined) throw failure;
      return { text, args, finish };
    },
    error: () => APICallError as unknown as new () => Error,
  };
}

const SDKS: readonly Sdk[] = [
  chatSdk(),
  responsesSdk(),
  anthropicSdk(),
  geminiSdk(),
  aiSdk(chatSdk()),
  aiSdk(responsesSdk()),
];

const SCRIPT: Script = {
  thought: 'Where is the café?',
  text: 'The answer is 42, “quoted” — 日本語 🎉.\n\ndata: no event\n\n{"a": [1]}',
  args: { to: 'nobody "quoted"', body: 'line\none \\ ü', count: 3, nested: { list: [true, null, 'x'] } },
};

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
});

/** Answers as the API does: a stream where one is asked for. */
function speaking({ recorded, whole }: Sdk, script = SCRIPT): Reply {
  const { contentType, body, headers } = RECORDED[recorded];
  return ({ url, body: asked }) =>
    /streamGenerate/.test(url) || (JSON.parse(asked) as { readonly stream?: boolean }).stream === true
      ? new Response(body(script), { headers: { 'content-type': contentType, ...headers } })
      : Response.json(whole(script));
}

describe.each(SDKS)('$name', (sdk) => {
  test.each(['ask', 'stream'] as const)('%s: the same as without the proxy, tools too', async (how) => {
    upstream.reply = speaking(sdk);
    for (const more of [{}, { result: 'Sent on Monday.' }]) {
      const plain = await sdk[how]({ url: upstream.url, text: HARMLESS, ...more });
      expect(plain).toMatchObject({ text: SCRIPT.text, args: SCRIPT.args });
      expect(await sdk[how]({ url: proxy.url, text: HARMLESS, ...more })).toEqual(plain);
      const [direct, guarded] = upstream.seen.splice(0);
      expect(JSON.parse(guarded!.body)).toEqual(JSON.parse(direct!.body));
      expect(guarded!.url).toBe(direct!.url);
    }
  });

  test.each(['ask', 'stream'] as const)("%s: an attack is refused in the SDK's own error", async (how) => {
    for (const asking of [{ text: ATTACK }, { text: HARMLESS, result: `Done. ${ATTACK}` }]) {
      const error: unknown = await sdk[how]({ url: proxy.url, ...asking }).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(sdk.error(403));
      const { status, statusCode, message } = error as { status?: number; statusCode?: number; message: string };
      expect(status ?? statusCode).toBe(403);
      expect(message).toMatch(/Request refused/);
    }
    expect(upstream.seen).toEqual([]);
  });

  test("the upstream's own errors are the SDK's errors", async () => {
    const limited = { message: 'Slow down', type: 'rate_limit_error', code: 429, status: 'RESOURCE_EXHAUSTED' };
    upstream.reply = () => Response.json({ type: 'error', error: limited }, { status: 429 });
    const asked = sdk.ask({ url: proxy.url, text: HARMLESS });
    await expect(asked).rejects.toBeInstanceOf(sdk.error(429));
    await expect(asked).rejects.toThrow(/Slow down/);
  });

  test('personal data leaves by a placeholder and comes back, streamed or not', async () => {
    const mail = 'jane@acme.example';
    upstream.reply = speaking(sdk, { ...SCRIPT, text: 'I wrote to [EMAIL_1].', args: { to: '[EMAIL_1]' } });
    for (const how of ['ask', 'stream'] as const) {
      const { text, args } = await sdk[how]({ url: proxy.url, text: `Write to ${mail}, please.` });
      expect({ text, args }).toEqual({ text: `I wrote to ${mail}.`, args: { to: mail } });
    }
    for (const { body } of upstream.seen) expect(body).not.toContain(mail);
  });

  test('an abort reaches the upstream', async () => {
    const recorded = RECORDED[sdk.recorded];
    const begun = recorded.body(SCRIPT);
    let gone: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      gone = resolve;
    });
    upstream.reply = (_seen, signal) => {
      signal.addEventListener('abort', () => gone());
      const bytes = new TextEncoder().encode(begun.slice(0, (begun.length * 2) / 3));
      const endless = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(bytes) });
      return new Response(endless, { headers: { 'content-type': recorded.contentType } });
    };
    const abort = new AbortController();
    const asking = { url: proxy.url, text: HARMLESS, signal: abort.signal, onText: () => abort.abort() };
    await sdk.stream(asking).catch(() => undefined); // some end quietly
    await left;
  });
});

test('a retry of the SDK goes through', async () => {
  const sdk = chatSdk();
  const good = speaking(sdk);
  upstream.reply = (seen, signal) =>
    upstream.seen.length === 1
      ? Response.json({ error: { message: 'Busy' } }, { status: 503, headers: { 'retry-after-ms': '1' } })
      : good(seen, signal);
  expect(await sdk.ask({ url: proxy.url, text: HARMLESS, retries: 1 })).toMatchObject({ text: SCRIPT.text });
  expect(upstream.seen.map(({ headers }) => headers['x-stainless-retry-count'])).toEqual(['0', '1']);
});
