import { describe, expect, test } from 'vitest';
import { chatTexts } from '../src/chat-texts.ts';

type Row = readonly [shape: string, body: unknown, want: readonly string[]];

/** Wanted texts as `channel: text`. */
const SHAPES: readonly Row[] = [
  ['message', { message: 'a' }, ['user: a']],
  ['prompt', { prompt: 'a' }, ['user: a']],
  ['prompt, several', { prompt: ['a', 'b'] }, ['user: a', 'user: b']],
  ['input', { input: 'a' }, ['user: a']],
  ['text', { text: 'a' }, ['user: a']],
  ['query', { query: 'a' }, ['user: a']],
  ['question', { question: 'a' }, ['user: a']],
  ['a bare string', 'a', ['user: a']],
  ['a message with a role', { message: { role: 'user', content: 'a' } }, ['user: a']],
  [
    'OpenAI chat completions',
    {
      model: 'm',
      messages: [
        { role: 'system', content: 'a' },
        { role: 'developer', content: 'b' },
        { role: 'user', content: 'c' },
        { role: 'assistant', content: 'd', tool_calls: [{ function: { name: 'f', arguments: '{}' } }] },
        { role: 'tool', tool_call_id: 't', content: 'e' },
        { role: 'function', name: 'f', content: 'f' },
      ],
    },
    ['system: a', 'system: b', 'user: c', 'model: d', 'tool: e', 'tool: f'],
  ],
  [
    'OpenAI parts',
    {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
            { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } },
          ],
        },
      ],
    },
    ['user: a'],
  ],
  ['OpenAI responses, a string', { instructions: 'a', input: 'b' }, ['system: a', 'user: b']],
  [
    'OpenAI responses, items',
    {
      input: [
        { role: 'user', content: [{ type: 'input_text', text: 'a' }] },
        { type: 'function_call_output', call_id: 'c', output: 'b' },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'c' }] },
      ],
    },
    ['user: a', 'tool: b', 'model: c'],
  ],
  [
    'Anthropic messages',
    {
      system: [{ type: 'text', text: 'a' }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'b' }] },
            { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'c' } },
            { type: 'search_result', source: 'd', content: [{ type: 'text', text: 'e' }] },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
            { type: 'text', text: 'f' },
          ],
        },
      ],
    },
    ['system: a', 'tool: b', 'retrieved: c', 'retrieved: e', 'retrieved: d', 'user: f'],
  ],
  [
    'Gemini',
    {
      systemInstruction: { parts: [{ text: 'a' }] },
      contents: [
        { role: 'user', parts: [{ text: 'b' }, { inlineData: { mimeType: 'image/png', data: 'AAAA' } }] },
        { role: 'model', parts: [{ text: 'c' }] },
        { role: 'user', parts: [{ functionResponse: { name: 'f', response: { content: 'd', size: 1 } } }] },
      ],
    },
    ['system: a', 'user: b', 'model: c', 'tool: d'],
  ],
  ['Gemini, without roles', { contents: [{ parts: [{ text: 'a' }] }] }, ['user: a']],
  [
    'Vercel AI SDK',
    {
      id: 'chat',
      messages: [
        { role: 'user', parts: [{ type: 'text', text: 'a' }] },
        { role: 'tool', content: [{ type: 'tool-result', toolName: 'f', output: { type: 'text', value: 'b' } }] },
      ],
    },
    // Of a tool's result every string counts, the type's name too.
    ['user: a', 'tool: text', 'tool: b'],
  ],
  [
    'a tool result of any shape',
    { messages: [{ role: 'tool', rows: [{ title: 'a', n: 1 }, { body: ['b'] }] }] },
    ['tool: tool', 'tool: a', 'tool: b'],
  ],
  [
    'a list of messages',
    [
      { role: 'user', content: 'a' },
      { role: 'tool', content: 'b' },
    ],
    ['user: a', 'tool: b'],
  ],
  ['messages as one string', { messages: 'a' }, ['user: a']],
  [
    'both a message and a history',
    { messages: [{ role: 'assistant', content: 'a' }], message: 'b' },
    ['model: a', 'user: b'],
  ],
  [
    'roles in capitals',
    {
      messages: [
        { role: 'USER', content: 'a' },
        { role: 'Human', content: 'b' },
      ],
    },
    ['user: a', 'user: b'],
  ],
];

/** What a stranger may send to slip by, or to make us fall. */
const ODD: readonly Row[] = [
  ['nothing', undefined, []],
  ['null', null, []],
  ['a number', 7, []],
  ['an empty string', '', []],
  ['an empty object', {}, []],
  ['no text in it', { messages: [] }, []],
  ['empty texts', { messages: [{ role: 'user', content: '' }] }, []],
  ['unknown keys', { temperature: 1, stop: 'a' }, []],
  ['an unknown role is a user', { messages: [{ role: 'wizard', content: 'a' }] }, ['user: a']],
  ['a role that objects have', { messages: [{ role: 'constructor', content: 'a' }] }, ['user: a']],
  ['a type that objects have', { messages: [{ type: 'toString', content: 'a' }] }, ['user: a']],
  [
    'a prototype',
    JSON.parse('{"messages":[{"role":"__proto__","content":"a"}],"__proto__":{"message":"b"}}'),
    ['user: a'],
  ],
  ['a role that cannot be a string', { messages: [{ role: { toString: 1, valueOf: 1 }, content: 'a' }] }, ['user: a']],
  [
    'a text that calls itself an image',
    { messages: [{ role: 'user', content: [{ type: 'image', text: 'a' }] }] },
    ['user: a'],
  ],
  ['twelve lists deep', { message: nested(12, 'a') }, ['user: a']],
  ['thirteen lists deep', { message: nested(13, 'a') }, []],
];

function nested(depth: number, inside: unknown): unknown {
  return depth === 0 ? inside : [nested(depth - 1, inside)];
}

describe.each([
  ['shapes', SHAPES],
  ['odd bodies', ODD],
])('%s', (_group, rows) => {
  test.each(rows)('%s', (_shape, body, want) => {
    expect(chatTexts(body).map(({ channel, text }) => `${channel}: ${text}`)).toEqual(want);
  });
});

test('ten thousand lists deep are no problem', () => {
  expect(chatTexts(JSON.parse(`${'['.repeat(10_000)}${']'.repeat(10_000)}`))).toEqual([]);
});
