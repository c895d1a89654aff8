/**
 * Streams as providers send them, written after their documentation. Every text goes through `say`, which cuts it into
 * the pieces a model would send.
 *
 * @module
 */

/** What the model says where; a test fills it with what it wants to see guarded. */
export interface Script {
  readonly thought: string;
  readonly text: string;
  /** Arguments of a tool call. */
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Recorded {
  readonly contentType: string;
  readonly headers?: Readonly<Record<string, string>>;
  body(script: Script): string;
}

/** Pieces of one to five units, never half a character. */
export function pieces(text: string): string[] {
  const units = [...text];
  const out: string[] = [];
  for (let at = 0, size = 1; at < units.length; at += size, size = (size % 5) + 1) {
    size = Math.min(size, units.length - at);
    out.push(units.slice(at, at + size).join(''));
  }
  return out;
}

type Event = Readonly<Record<string, unknown>>;

const data = (event: Event | string): string =>
  `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`;
const namedEvent = (event: Event): string => `event: ${String(event['type'])}\n${data(event)}`;

const CHAT = { id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'm', system_fingerprint: 'fp_1' };

function chatChunk(delta: Event, finish: string | null = null, index = 0): string {
  return data({ ...CHAT, choices: [{ index, delta, logprobs: null, finish_reason: finish }], usage: null });
}

const openaiChat: Recorded = {
  contentType: 'text/event-stream; charset=utf-8',
  body: ({ text, args }) =>
    [
      ': OPENROUTER PROCESSING\n\n',
      chatChunk({ role: 'assistant', content: '', refusal: null }),
      ...pieces(text).map((content) => chatChunk({ content })),
      chatChunk({
        tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'send', arguments: '' } }],
      }),
      ...pieces(JSON.stringify(args)).map((piece) =>
        chatChunk({ tool_calls: [{ index: 0, function: { arguments: piece } }] }),
      ),
      chatChunk({}, 'tool_calls'),
      data({ ...CHAT, choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 } }),
      data('[DONE]'),
    ].join(''),
};

/** Two choices side by side, refusals, reasoning, probabilities. */
const openaiChoices: Recorded = {
  contentType: 'text/event-stream',
  body: ({ text, thought }) =>
    [
      chatChunk({ role: 'assistant', content: '' }, null, 0),
      chatChunk({ role: 'assistant', content: '' }, null, 1),
      ...pieces(thought).map((piece) => chatChunk({ reasoning_content: piece }, null, 0)),
      ...pieces(text).flatMap((piece) => [
        chatChunk({ content: piece }, null, 0),
        data({
          ...CHAT,
          choices: [
            {
              index: 1,
              delta: { refusal: piece },
              logprobs: { content: null, refusal: [{ token: piece, logprob: -1, bytes: null, top_logprobs: [] }] },
              finish_reason: null,
            },
          ],
        }),
      ]),
      chatChunk({}, 'stop', 0),
      chatChunk({}, 'stop', 1),
      data('[DONE]'),
    ].join(''),
};

const openaiResponses: Recorded = {
  contentType: 'text/event-stream; charset=utf-8',
  body({ thought, text, args }) {
    let sequence = 0;
    const send = (type: string, members: Event): string =>
      namedEvent({ type, sequence_number: sequence++, ...members });
    const response = {
      id: 'resp_1',
      object: 'response',
      created_at: 1,
      model: 'm',
      error: null,
      incomplete_details: null,
    };
    const reasoning = { id: 'rs_1', type: 'reasoning', summary: [{ type: 'summary_text', text: thought }] };
    const part = { type: 'output_text', text, annotations: [], logprobs: [] };
    const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] };
    const call = { id: 'fc_1', type: 'function_call', status: 'completed', call_id: 'call_1', name: 'send' };
    const argsText = JSON.stringify(args);
    const inReasoning = { item_id: 'rs_1', output_index: 0, summary_index: 0 };
    const inMessage = { item_id: 'msg_1', output_index: 1, content_index: 0 };
    const inCall = { item_id: 'fc_1', output_index: 2 };
    const usage = {
      input_tokens: 1,
      input_tokens_details: { cached_tokens: 0 },
      output_tokens: 2,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: 3,
    };
    return [
      send('response.created', { response: { ...response, status: 'in_progress', output: [], usage: null } }),
      send('response.in_progress', { response: { ...response, status: 'in_progress', output: [], usage: null } }),
      send('response.output_item.added', { output_index: 0, item: { ...reasoning, summary: [] } }),
      send('response.reasoning_summary_part.added', { ...inReasoning, part: { type: 'summary_text', text: '' } }),
      ...pieces(thought).map((delta) => send('response.reasoning_summary_text.delta', { ...inReasoning, delta })),
      send('response.reasoning_summary_text.done', { ...inReasoning, text: thought }),
      send('response.reasoning_summary_part.done', { ...inReasoning, part: { type: 'summary_text', text: thought } }),
      send('response.output_item.done', { output_index: 0, item: reasoning }),
      send('response.output_item.added', { output_index: 1, item: { ...message, status: 'in_progress', content: [] } }),
      send('response.content_part.added', { ...inMessage, part: { ...part, text: '' } }),
      ...pieces(text).map((delta) => send('response.output_text.delta', { ...inMessage, delta, logprobs: [] })),
      send('response.output_text.done', { ...inMessage, text, logprobs: [] }),
      send('response.content_part.done', { ...inMessage, part }),
      send('response.output_item.done', { output_index: 1, item: message }),
      send('response.output_item.added', { output_index: 2, item: { ...call, status: 'in_progress', arguments: '' } }),
      ...pieces(argsText).map((delta) => send('response.function_call_arguments.delta', { ...inCall, delta })),
      send('response.function_call_arguments.done', { ...inCall, name: 'send', arguments: argsText }),
      send('response.output_item.done', { output_index: 2, item: { ...call, arguments: argsText } }),
      send('response.completed', {
        response: {
          ...response,
          status: 'completed',
          output: [reasoning, message, { ...call, arguments: argsText }],
          usage,
        },
      }),
    ].join('');
  },
};

const anthropic: Recorded = {
  contentType: 'text/event-stream; charset=utf-8',
  body: ({ thought, text, args }) =>
    [
      namedEvent({
        type: 'message_start',
        message: {
          id: 'msg_1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: { input_tokens: 5, output_tokens: 1 },
        },
      }),
      namedEvent({
        type: 'content_block_start',
        index: 0,
        content_block: { type: 'thinking', thinking: '', signature: '' },
      }),
      namedEvent({ type: 'ping' }),
      ...pieces(thought).map((thinking) =>
        namedEvent({ type: 'content_block_delta', index: 0, delta: { type: 'thinking_delta', thinking } }),
      ),
      namedEvent({
        type: 'content_block_delta',
        index: 0,
        delta: { type: 'signature_delta', signature: 'EqQBCgIYAhIM' },
      }),
      namedEvent({ type: 'content_block_stop', index: 0 }),
      namedEvent({ type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } }),
      ...pieces(text).map((piece) =>
        namedEvent({ type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: piece } }),
      ),
      namedEvent({ type: 'content_block_stop', index: 1 }),
      namedEvent({
        type: 'content_block_start',
        index: 2,
        content_block: { type: 'tool_use', id: 'toolu_1', name: 'send', input: {} },
      }),
      ...pieces(JSON.stringify(args)).map((partial_json) =>
        namedEvent({ type: 'content_block_delta', index: 2, delta: { type: 'input_json_delta', partial_json } }),
      ),
      namedEvent({ type: 'content_block_stop', index: 2 }),
      namedEvent({
        type: 'message_delta',
        delta: { stop_reason: 'tool_use', stop_sequence: null },
        usage: { output_tokens: 15 },
      }),
      namedEvent({ type: 'message_stop' }),
    ].join(''),
};

function geminiChunks({ thought, text, args }: Script): Event[] {
  const chunk = (parts: readonly Event[], more: Event = {}): Event => ({
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...more }],
    usageMetadata: { promptTokenCount: 1, totalTokenCount: 3 },
    modelVersion: 'm',
    responseId: 'r_1',
  });
  return [
    ...pieces(thought).map((piece) => chunk([{ text: piece, thought: true }])),
    ...pieces(text).map((piece) => chunk([{ text: piece }])),
    chunk([{ functionCall: { name: 'send', args } }]),
    chunk([{ text: '' }], { finishReason: 'STOP' }),
  ];
}

const gemini: Recorded = {
  contentType: 'text/event-stream',
  body: (script) =>
    geminiChunks(script)
      .map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`)
      .join(''),
};

const geminiArray: Recorded = {
  contentType: 'application/json; charset=UTF-8',
  body: (script) =>
    `[${geminiChunks(script)
      .map((chunk) => JSON.stringify(chunk, null, 2))
      .join('\n,\r\n')}\n]`,
};

const aiSdk: Recorded = {
  contentType: 'text/event-stream',
  headers: { 'x-vercel-ai-ui-message-stream': 'v1' },
  body: ({ thought, text, args }) =>
    [
      data({ type: 'start', messageId: 'msg_1' }),
      data({ type: 'start-step' }),
      data({ type: 'reasoning-start', id: 'r' }),
      ...pieces(thought).map((delta) => data({ type: 'reasoning-delta', id: 'r', delta })),
      data({ type: 'reasoning-end', id: 'r' }),
      data({ type: 'text-start', id: 't' }),
      ...pieces(text).map((delta) => data({ type: 'text-delta', id: 't', delta })),
      data({ type: 'text-end', id: 't' }),
      data({ type: 'data-weather', data: { city: 'Paris' } }),
      data({ type: 'tool-input-start', toolCallId: 'call_1', toolName: 'send' }),
      ...pieces(JSON.stringify(args)).map((inputTextDelta) =>
        data({ type: 'tool-input-delta', toolCallId: 'call_1', inputTextDelta }),
      ),
      data({ type: 'tool-input-available', toolCallId: 'call_1', toolName: 'send', input: args }),
      data({ type: 'finish-step' }),
      data({ type: 'finish' }),
      data('[DONE]'),
    ].join(''),
};

const aiData: Recorded = {
  contentType: 'text/plain; charset=utf-8',
  headers: { 'x-vercel-ai-data-stream': 'v1' },
  body({ thought, text, args }) {
    const line = (code: string, value: unknown): string => `${code}:${JSON.stringify(value)}\n`;
    const finish = { finishReason: 'tool-calls', usage: { promptTokens: 1, completionTokens: 2 } };
    return [
      line('f', { messageId: 'msg_1' }),
      ...pieces(thought).map((piece) => line('g', piece)),
      ...pieces(text).map((piece) => line('0', piece)),
      line('b', { toolCallId: 'call_1', toolName: 'send' }),
      ...pieces(JSON.stringify(args)).map((argsTextDelta) => line('c', { toolCallId: 'call_1', argsTextDelta })),
      line('9', { toolCallId: 'call_1', toolName: 'send', args }),
      line('e', { ...finish, isContinued: false }),
      line('d', finish),
    ].join('');
  },
};

const ollama: Recorded = {
  contentType: 'application/x-ndjson',
  body({ thought, text, args }) {
    const line = (message: Event, more: Event = { done: false }): string =>
      `${JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00Z', message: { role: 'assistant', ...message }, ...more })}\n`;
    return [
      ...pieces(thought).map((thinking) => line({ content: '', thinking })),
      ...pieces(text).map((content) => line({ content })),
      line({ content: '', tool_calls: [{ function: { name: 'send', arguments: args } }] }),
      line({ content: '' }, { done: true, done_reason: 'stop', eval_count: 2 }),
    ].join('');
  },
};

const text: Recorded = { contentType: 'text/plain; charset=utf-8', body: (script) => script.text };

export const RECORDED = {
  'openai-chat': openaiChat,
  'openai-chat, choices': openaiChoices,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
  'gemini, array': geminiArray,
  'ai-sdk': aiSdk,
  'ai-data': aiData,
  ollama,
  text,
} as const satisfies Readonly<Record<string, Recorded>>;

export type RecordedName = keyof typeof RECORDED;
