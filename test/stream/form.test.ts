import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRelay } from '../../src/stream/answer.ts';
import { formOf } from '../../src/stream/form.ts';
import { createTextRelay } from '../../src/stream/text-relay.ts';
import { openTinyGuard } from './tiny-guard.ts';

const LANE = { push: (text: string) => text, end: () => '' };
const frame = (data: string) => ({ raw: `data: ${data}\n\n`, data });
const form = (data: string, text: string, padding?: string) =>
  formOf(frame(data), { lane: LANE, text }, (json) => `data: ${json}\n\n`, padding);

describe('a form', () => {
  const EVENT = '{"id": "c", "delta": {"content": "Hi"}, "n": 1.0}';
  const like = (content: string): string => frame(EVENT.replace('Hi', content)).raw;

  test.each([
    ['the same', like('Hi'), 'Hi'],
    ['escapes', like('a\\n\\u00e9\\"b\\\\'), 'a\né"b\\'],
    ['quotes and braces inside', like('\\"}}, \\"n\\": 1.0}'), '"}}, "n": 1.0}'],
    ['more behind it', `${like('x')}${like('y')}`, 'x'],
  ])('reads %s', (_what, stream, text) => {
    expect(form(EVENT, 'Hi')!.read(stream, 0)).toEqual({ text, noise: '', end: stream.indexOf('\n\n') + 2 });
  });

  test.each([
    ['another member', frame(EVENT.replace('"c"', '"d"')).raw],
    ['another end', frame(EVENT.replace('1.0', '1.5')).raw],
    ['no text', like('')],
    ['a raw line feed', like('a\nb')],
    ['no string', like('a\\x')],
    ['another member within', like('a","content":"b')],
  ])('does not read %s', (_what, stream) => {
    expect(form(EVENT, 'Hi')!.read(stream, 0)).toBeUndefined();
  });

  test('every part of an event is cut', () => {
    const stream = like('a\\"b');
    for (let at = 1; at < stream.length; at++) expect(form(EVENT, 'Hi')!.read(stream.slice(0, at), 0)).toBe('cut');
  });

  test('writes JSON as it is written elsewhere', () => {
    expect(form(EVENT, 'Hi')!.write('"é"\n', '')).toBe('data: {"id":"c","delta":{"content":"\\"é\\"\\n"},"n":1}\n\n');
  });

  test('padding', () => {
    const event = '{"content":"Hi","obfuscation":"aB3","n":1}';
    const made = form(event, 'Hi', 'obfuscation')!;
    const next = frame('{"content":"Ho","obfuscation":"","n":1}').raw;
    expect(made.read(next, 0)).toEqual({ text: 'Ho', noise: '', end: next.length });
    expect(made.write('x', 'Z9')).toBe('data: {"content":"x","obfuscation":"Z9","n":1}\n\n');
    expect(made.read(frame('{"content":"Ho","obfuscation":"a b","n":1}').raw, 0)).toBeUndefined();
  });

  test.each([
    ['the text stands twice', '{"a":"Hi","b":"Hi"}'],
    ['the text is a name', '{"Hi":1,"b":"Hi"}'],
    ['something is escaped', '{"a":"Hi","b":"\\u0048i"}'],
    ['the text is not there', '{"a":"Ho"}'],
  ])('none where %s', (_what, data) => {
    expect(form(data, 'Hi')).toBeUndefined();
  });
});

/** An event: what grows where, or something in between. */
const EVENTS = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', '\n', 'é', '😀', '[NAME_1]', '@x.y ') }),
  },
  { weight: 1, arbitrary: fc.constantFrom(0, 1, 2, 3, 4) },
);

function framesOf(events: readonly (string | number)[]): { readonly raw: string; readonly event?: unknown }[] {
  const chunk = (choices: object[]): { raw: string; event: unknown } => {
    const event = { id: 'c', choices, obfuscation: 'x'.repeat(choices.length) };
    return { raw: `data: ${JSON.stringify(event)}\n\n`, event };
  };
  return events.map((one) => {
    if (typeof one === 'string') return chunk([{ index: 0, delta: { content: one }, finish_reason: null }]);
    switch (one) {
      case 0:
        return { raw: ': ping\n\n' };
      case 1:
        return chunk([{ index: 0, delta: { reasoning: 'a b ' }, finish_reason: null }]);
      case 2:
        return chunk([{ index: 1, delta: { content: 'a b ' }, finish_reason: null }]);
      case 3:
        return { raw: '\n' };
      default:
        return chunk([{ index: 0, delta: { content: 'so FORBIDDEN now' }, finish_reason: null }]);
    }
  });
}

test('a stream leaves as its events do one by one, in any pieces', () => {
  fc.assert(
    fc.property(fc.array(EVENTS, { maxLength: 30 }), fc.array(fc.integer({ min: 1, max: 300 })), (events, lengths) => {
      const frames = framesOf(events);
      const slow = createRelay(openTinyGuard);
      let expected = '';
      const write = (data: unknown): string => `data: ${data === '[DONE]' ? data : JSON.stringify(data)}\n\n`;
      for (const { raw, event } of frames) {
        if (slow.over) break;
        const out = event === undefined ? undefined : slow.next(structuredClone(event));
        expected += out === undefined ? raw : out.map(({ data }) => write(data)).join('');
      }
      const relay = createTextRelay(openTinyGuard, { contentType: 'text/event-stream' });
      const stream = frames.map(({ raw }) => raw).join('');
      let text = '';
      for (let at = 0, i = 0; at < stream.length; i++) {
        const length = lengths[i % lengths.length] ?? stream.length;
        text += relay.push(stream.slice(at, at + length));
        at += length;
      }
      expect(text).toBe(expected);
    }),
    { numRuns: 300 },
  );
});
