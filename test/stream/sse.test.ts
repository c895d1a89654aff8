import { createParser, type EventSourceMessage } from 'eventsource-parser';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createArrayFrames, createLineFrames, type Frame, type Framing } from '../../src/stream/frames.ts';
import { createEventFrames } from '../../src/stream/sse.ts';

function read(framing: Framing, parts: readonly string[]): Frame[] {
  return [...parts.flatMap((part) => framing.push(part)), ...framing.end()];
}

const dataOf = (frames: readonly Frame[]): string[] => frames.flatMap(({ data }) => (data === undefined ? [] : [data]));

function split(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => text.slice(from, places[i] ?? text.length));
}

const EVENTS: readonly (readonly [what: string, stream: string, data: readonly string[]])[] = [
  ['one event', 'data: a\n\n', ['a']],
  ['no space', 'data:a\n\n', ['a']],
  ['only one space goes', 'data:  a\n\n', [' a']],
  ['a name alone', 'data\n\n', ['']],
  ['several data lines', 'data: a\ndata: b\ndata:\n\n', ['a\nb\n']],
  ['CRLF', 'data: a\r\n\r\ndata: b\r\n\r\n', ['a', 'b']],
  ['CR', 'data: a\r\rdata: b\r\r', ['a', 'b']],
  ['all mixed', 'data: a\r\n\ndata: b\n\r\n', ['a', 'b']],
  ['a byte order mark', '\uFEFFdata: a\n\n', ['a']],
  ['a second one is a name of its own', '\uFEFF\uFEFFdata: a\n\n', []],
  ['comments', ': hi\n\ndata: a\n: in between\ndata: b\n\n:\n', ['a\nb']],
  ['other fields', 'event: x\nid: 1\nretry: 5\nfoo: bar\ndata: a\n\n', ['a']],
  ['a field that begins like data', 'database: a\n\n', []],
  ['no data, no event', 'event: x\n\n', []],
  ['an event without its blank line', 'data: a\n\ndata: b\n', ['a', 'b']],
  ['a line without its end', 'data: a', ['a']],
];

describe('server-sent events', () => {
  test.each(EVENTS)('%s', (_what, stream, data) => {
    const whole = read(createEventFrames(), [stream]);
    expect(dataOf(whole)).toEqual(data);
    for (let at = 0; at <= stream.length; at++) {
      expect(dataOf(read(createEventFrames(), [stream.slice(0, at), stream.slice(at)]))).toEqual(data);
    }
    expect(dataOf(read(createEventFrames(), [...stream]))).toEqual(data);
  });

  test('frames together are the stream', () => {
    const units = fc.constantFrom('data: ', 'data', ':', ' ', 'a', 'id: 1', '\n', '\r', '\r\n', '\n\n', '\uFEFF', '😀');
    const property = fc.property(
      fc.array(units).map((all) => `${all.join('')}\n\n`),
      fc.array(fc.nat()),
      (stream, at) => {
        const raw = read(createEventFrames(), split(stream, at)).map((frame) => frame.raw);
        expect(raw.join('')).toBe(stream);
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });

  test('agrees with eventsource-parser', () => {
    const line = fc.constantFrom(
      'data: a',
      'data:b',
      'data',
      'event: x',
      'id: 7',
      ': c',
      'foo: d',
      'data: {"e":1}',
      '',
    );
    const property = fc.property(
      fc.array(line),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.array(fc.nat()),
      (lines, end, at) => {
        const stream = [...lines, '', ''].join(end);
        const theirs: string[] = [];
        const parser = createParser({ onEvent: ({ data }: EventSourceMessage) => theirs.push(data) });
        // It wants to see what follows a CR at the end, too.
        parser.feed(`${stream}:\n`);
        expect(dataOf(read(createEventFrames(), split(stream, at)))).toEqual(theirs);
      },
    );
    fc.assert(property, { numRuns: 2000 });
  });

  test('a comment between events does not wait for a blank line', () => {
    expect(createEventFrames().push(': alive\n')).toEqual([{ raw: ': alive\n' }]);
  });

  test('another text in the same event keeps the lines beside it', () => {
    const framing = createEventFrames();
    const [frame] = framing.push('id: 1\r\nevent: x\r\ndata: old\r\nfoo: bar\r\n\r\n');
    expect(framing.write('new\nlines', frame)).toBe('id: 1\r\nevent: x\r\ndata: new\ndata: lines\nfoo: bar\r\n\n');
    expect(framing.write('a', undefined, 'x')).toBe('event: x\ndata: a\n\n');
  });

  test('an event without end is refused', () => {
    const framing = createEventFrames(1000);
    const grow = (): void => {
      for (let i = 0; i < 1000; i++) framing.push('data: aaaa\n');
    };
    expect(grow).toThrow(/at most 1000 units.*\[FW_STREAM\]/);
    expect(() => createEventFrames(1000).push('a'.repeat(1001))).toThrow(/FW_STREAM/);
  });
});

describe('lines', () => {
  test.each([
    ['lines', '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ['CRLF, blank lines, a byte order mark', '\uFEFF{"a":1}\r\n\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
    ['a last line without its end', '1\n2', ['1', '2']],
  ])('%s', (_what, stream, data) => {
    expect(dataOf(read(createLineFrames(), [stream]))).toEqual(data);
    expect(dataOf(read(createLineFrames(), [...stream]))).toEqual(data);
  });
});

describe('one array', () => {
  const elements = fc.array(fc.jsonValue().filter((value) => typeof value === 'object' && value !== null));

  test('elements come out whole, wherever the array is cut', () => {
    const property = fc.property(elements, fc.constantFrom(0, 2), fc.array(fc.nat()), (values, indent, at) => {
      const frames = read(createArrayFrames(), split(JSON.stringify(values, null, indent), at));
      expect(dataOf(frames).map((one) => JSON.parse(one))).toEqual(JSON.parse(JSON.stringify(values)));
      const framing = createArrayFrames();
      const again = frames.map((frame) => framing.pass(frame)).join('') + framing.close();
      expect(JSON.parse(again)).toEqual(JSON.parse(JSON.stringify(values)));
    });
    fc.assert(property, { numRuns: 1000 });
  });

  test('what is no array is refused', () => {
    expect(() => createArrayFrames().push('x')).toThrow(/FW_STREAM/);
  });
});
