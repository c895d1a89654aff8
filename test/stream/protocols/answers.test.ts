import { describe, expect, test } from 'vitest';
import { guardAnswerJson } from '../../../src/stream/answer.ts';
import { openTinyGuard } from '../tiny-guard.ts';

type Json = Record<string, unknown>;

interface Answer {
  readonly name: string;
  body(text: string, args: Json): Json;
  /** How a cut shows. */
  readonly cut: Json;
}

/** Answers that were not streamed. */
const ANSWERS: readonly Answer[] = [
  {
    name: 'openai-chat',
    body: (content, args) => ({
      id: 'chatcmpl-1',
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content,
            tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: JSON.stringify(args) } }],
          },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { total_tokens: 3 },
    }),
    cut: { choices: [{ finish_reason: 'content_filter' }] },
  },
  {
    name: 'openai-responses',
    body: (text, args) => ({
      id: 'resp_1',
      object: 'response',
      status: 'completed',
      output: [
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text, annotations: [] }] },
        { type: 'function_call', call_id: 'c', name: 'f', arguments: JSON.stringify(args) },
      ],
    }),
    cut: { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
  },
  {
    name: 'anthropic',
    body: (text, input) => ({
      type: 'message',
      role: 'assistant',
      content: [
        { type: 'text', text },
        { type: 'tool_use', id: 't', name: 'f', input },
      ],
      stop_reason: 'end_turn',
    }),
    cut: { stop_reason: 'refusal' },
  },
  {
    name: 'gemini',
    body: (text, args) => ({
      candidates: [
        { content: { role: 'model', parts: [{ text }, { functionCall: { name: 'f', args } }] }, finishReason: 'STOP' },
      ],
      usageMetadata: { totalTokenCount: 3 },
    }),
    cut: { candidates: [{ finishReason: 'SAFETY' }] },
  },
  {
    name: 'ollama',
    body: (content, args) => ({
      model: 'm',
      message: { role: 'assistant', content, tool_calls: [{ function: { name: 'f', arguments: args } }] },
      done: true,
      done_reason: 'stop',
    }),
    cut: { done_reason: 'content_filter' },
  },
];

describe.each(ANSWERS)('$name', ({ name, body, cut }) => {
  test('harmless: as it is', () => {
    const one = body('Fine “text”', { a: 'b', n: 1 });
    const { answer, report } = guardAnswerJson(one, openTinyGuard);
    expect(answer).toEqual(one);
    expect(report).toEqual({ end: 'complete', protocol: name, findings: [] });
  });

  test('text and arguments', () => {
    const one = body('To jane@x.example', { to: 'jane@x.example' });
    const before = JSON.stringify(one);
    expect(guardAnswerJson(one, openTinyGuard).answer).toEqual(body('To [MAIL]', { to: '[MAIL]' }));
    expect(JSON.stringify(one)).toBe(before);
  });

  test('cut', () => {
    const { answer, report } = guardAnswerJson(body('So far FORBIDDEN x', { to: 'jane@x.example' }), openTinyGuard);
    expect(answer).toMatchObject(cut);
    expect(JSON.stringify(answer)).toContain('So far ');
    expect(JSON.stringify(answer)).not.toMatch(/FORBIDDEN|jane/);
    expect(report).toMatchObject({ end: 'cut', protocol: name, cut: { action: 'block' } });
  });
});

test('an answer that nobody knows: every string', () => {
  expect(guardAnswerJson({ reply: ['jane@x.example', 1] }, openTinyGuard).answer).toEqual({ reply: ['[MAIL]', 1] });
  expect(guardAnswerJson({ reply: 'FORBIDDEN' }, openTinyGuard)).toMatchObject({
    answer: { error: { message: expect.any(String) } },
    report: { end: 'cut' },
  });
  expect(guardAnswerJson(null, openTinyGuard).answer).toBeNull();
});
