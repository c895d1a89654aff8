/**
 * What the encoded stretches of a text read as.
 *
 * Digits are decoded from every place where a byte may begin, so that it makes no difference where a stretch was cut;
 * what comes out of the wrong places is noise and matches nothing. Nothing here asks whether the outcome reads as text.
 *
 * @module
 */
import type { Decoder } from '../../types.ts';
import { MIN_CODES, MIN_RUN, type Run, type Stretches } from './letters.ts';

export interface View {
  readonly text: string;
  /** Of unit `i` of `text`, the half-open span in the text it was decoded from. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly decoder: Decoder;
  /** Where digits begin that more text could make another letter of; undefined when the stretch is over. */
  readonly open: number | undefined;
}

/** Units between two runs that belong together: a line break, a quote and a plus. */
const JOINED = 4;

/** @complexity linear: each stretch is decoded a bounded number of times */
export function* viewsOf(text: string, { digits, codes, escapes }: Stretches): Generator<View> {
  if (escapes) {
    const view = unescaped(text);
    if (view !== undefined) yield view;
  }
  for (const group of joined(digits)) yield* ofDigits(text, group);
  for (const run of codes) if (run.end - run.start >= MIN_CODES) yield* ofCodes(text, run);
}

/**
 * Where the earliest stretch begins that reaches the end of a text and is too short to be decoded yet.
 *
 * @returns the text's length when there is none
 */
export function openStretch(text: string, { digits, codes, escapes }: Stretches): number {
  let open = text.length;
  const lastDigits = digits.at(-1);
  if (lastDigits?.end === text.length) {
    const short = BASE32_END.exec(text.slice(Math.max(lastDigits.start, text.length - MIN_RUN)));
    if (lastDigits.end - lastDigits.start < MIN_RUN) open = lastDigits.start;
    else if (short !== null) open -= short[0].length;
  }
  const lastCodes = codes.at(-1);
  if (lastCodes?.end === text.length && lastCodes.end - lastCodes.start < MIN_CODES) {
    open = Math.min(open, lastCodes.start);
  }
  return escapes ? Math.min(open, cutEscape(text)) : open;
}

/** Where an escape begins that a text's end cuts off; the text's length when it cuts none. */
export function cutEscape(text: string): number {
  const cut = CUT_ESCAPE.exec(text.slice(-LONGEST_ESCAPE));
  return cut === null ? text.length : text.length - cut[0].length;
}

function joined(runs: readonly Run[]): Run[][] {
  const groups: Run[][] = [];
  for (const run of runs) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && run.start - last.end <= JOINED) groups.at(-1)!.push(run);
    else groups.push([run]);
  }
  return groups;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function valuesOf(alphabet: string): Int8Array {
  const values = new Int8Array(128).fill(-1);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

const BASE64_VALUES = valuesOf(BASE64);
BASE64_VALUES[0x2d] = 62;
BASE64_VALUES[0x5f] = 63;
const BASE32_VALUES = valuesOf(BASE32);
for (let i = 0; i < 26; i++) BASE32_VALUES[97 + i] = i;
const HEX_VALUES = valuesOf('0123456789ABCDEF');
for (let i = 0; i < 6; i++) HEX_VALUES[97 + i] = 10 + i;
const BINARY_VALUES = valuesOf('01');

/** Digits of base32 in one case, `MIN_RUN` of them. */
const BASE32_SEGMENT = /[A-Z2-7]{16,}|[a-z2-7]{16,}/g;
/** The same at a text's end, however few. */
const BASE32_END = /(?:[A-Z2-7]{1,15}|[a-z2-7]{1,15})$/;

function* ofDigits(text: string, group: readonly Run[]): Generator<View> {
  if (group.at(-1)!.end - group[0]!.start < MIN_RUN) return;
  // Not asked first whether it looks like base64: of a stretch that grows the answer could change.
  yield* phases(text, group, 6, BASE64_VALUES, 'base64');
  const segments = group.flatMap(({ start, end }): Run[] =>
    Array.from(text.slice(start, end).matchAll(BASE32_SEGMENT), ({ index, 0: { length } }) => ({
      start: start + index,
      end: start + index + length,
    })),
  );
  if (segments.length > 0) yield* phases(text, segments, 5, BASE32_VALUES, 'base32');
}

function* ofCodes(text: string, run: Run): Generator<View> {
  const sample = text.slice(run.start, run.end);
  const ones = count(sample, 48, 49);
  const numbers = count(sample, 48, 57);
  const hex = numbers + count(sample, 65, 70) + count(sample, 97, 102);
  if (ones >= 64 && ones * 10 >= hex * 9) yield* phases(text, [run], 1, BINARY_VALUES, 'binary');
  if (hex >= MIN_RUN) yield* phases(text, [run], 4, HEX_VALUES, 'hex');
  if (numbers >= MIN_RUN && numbers < sample.length) {
    const view = decimals(text, run);
    if (view !== undefined) yield view;
  }
}

function count(text: string, from: number, to: number): number {
  let found = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit >= from && unit <= to) found++;
  }
  return found;
}

/** A stretch decoded from each of its first digits with which a byte may begin. */
function* phases(
  text: string,
  group: readonly Run[],
  bits: 1 | 4 | 5 | 6,
  values: Int8Array,
  decoder: Decoder,
): Generator<View> {
  const count = bits === 6 ? 4 : bits === 4 ? 2 : 8;
  for (let skipped = 0; skipped < count; skipped++) yield decode(text, group, bits, values, skipped, decoder);
}

function decode(
  text: string,
  group: readonly Run[],
  bits: number,
  values: Int8Array,
  skipped: number,
  decoder: Decoder,
): View {
  const bytes = newBytes();
  let held = 0;
  let count = 0;
  let first = 0;
  let skip = skipped;
  let before = group[0]!.start;
  for (const { start, end } of group) {
    // Padding, or a word between: the next run begins anew. A line break does not interrupt one.
    if (start > before && !/^[\r\n]+$/.test(text.slice(before, start))) {
      count = 0;
      skip = 0;
    }
    before = end;
    for (let at = start; at < end; at++) {
      const unit = text.charCodeAt(at);
      // The 0 of 0x is no digit.
      if (bits === 4 && unit === 48 && (text.charCodeAt(at + 1) | 32) === 0x78) continue;
      const value = unit < 128 ? values[unit]! : -1;
      if (value < 0) continue;
      if (skip > 0) {
        skip--;
        continue;
      }
      if (count === 0) first = at;
      held = ((held << bits) | value) & 0xffff;
      count += bits;
      if (count < 8) continue;
      count -= 8;
      bytes.push((held >> count) & 0xff, first, at + 1);
      first = at;
    }
  }
  const last = group.at(-1)!.end;
  const open = last + JOINED >= text.length ? Math.max(group[0]!.start, last - 8) : undefined;
  return { ...bytes.finish(), decoder, open };
}

interface Bytes {
  push(byte: number, start: number, end: number): void;
  finish(): { readonly text: string; readonly starts: Int32Array; readonly ends: Int32Array };
}

/** Collects bytes as the text they are in UTF-8; what is none becomes a character that is no letter. */
function newBytes(): Bytes {
  let text = '';
  const starts: number[] = [];
  const ends: number[] = [];
  let point = 0;
  let missing = 0;
  let from = 0;
  const put = (character: string, start: number, end: number): void => {
    text += character;
    for (let i = 0; i < character.length; i++) {
      starts.push(start);
      ends.push(end);
    }
  };
  return {
    push(byte, start, end) {
      if (missing > 0 && (byte & 0xc0) === 0x80) {
        point = (point << 6) | (byte & 0x3f);
        if (--missing === 0) put(point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point), from, end);
        return;
      }
      missing = 0;
      if (byte < 0x80) put(String.fromCharCode(byte), start, end);
      else if (byte < 0xc2 || byte > 0xf4) put('\ufffd', start, end);
      else {
        missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        point = byte & (0x3f >> missing);
        from = start;
      }
    },
    finish: () => ({ text, starts: Int32Array.from(starts), ends: Int32Array.from(ends) }),
  };
}

/** Numbers from 32 to 126, one for each character. */
function decimals(text: string, run: Run): View | undefined {
  const bytes = newBytes();
  let at = run.start;
  let codes = 0;
  while (at < run.end) {
    const first = at;
    let value = 0;
    while (at < run.end && text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57) {
      value = value * 10 + text.charCodeAt(at++) - 48;
    }
    if (at === first) {
      at++;
      continue;
    }
    if (at - first > 3 || value < 32 || value > 126) value = 0;
    else codes++;
    bytes.push(value, first, at);
  }
  if (codes < 8) return undefined;
  const open = run.end === text.length ? Math.max(run.start, run.end - 8) : undefined;
  return { ...bytes.finish(), decoder: 'escape', open };
}

const ESCAPES = /%[0-9a-f]{2}|&#x[0-9a-f]{1,6};?|&#[0-9]{1,7};?|\\u[0-9a-f]{4}|\\u\{[0-9a-f]{1,6}\}|\\x[0-9a-f]{2}/gi;
/** The first units of an escape, at a text's end. */
const CUT_ESCAPE =
  /(?:%[0-9a-f]?|&(?:#(?:x[0-9a-f]{0,6}|[0-9]{0,7}))?|\\(?:x[0-9a-f]?|u(?:\{[0-9a-f]{0,6}|[0-9a-f]{0,3}))?)$/i;
const LONGEST_ESCAPE = 10;

/** The text with its percent triples, numeric entities and \u and \x escapes undone; undefined when it has none. */
function unescaped(text: string): View | undefined {
  ESCAPES.lastIndex = 0;
  let match = ESCAPES.exec(text);
  if (match === null) return undefined;
  const decoder: Decoder = match[0][0] === '%' ? 'percent' : match[0][0] === '&' ? 'entity' : 'escape';
  const parts: string[] = [];
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let length = 0;
  const put = (part: string, from: number, step: number, width: number): void => {
    parts.push(part);
    for (let i = 0; i < part.length; i++) {
      starts[length] = from + i * step;
      ends[length++] = from + i * step + width;
    }
  };
  let at = 0;
  while (match !== null) {
    put(text.slice(at, match.index), at, 1, 1);
    at = match.index;
    if (match[0][0] === '%') {
      const bytes = newBytes();
      while (/^%[0-9a-f]{2}$/i.test(text.slice(at, at + 3))) {
        bytes.push(Number.parseInt(text.slice(at + 1, at + 3), 16), at, at + 3);
        at += 3;
      }
      const decoded = bytes.finish();
      parts.push(decoded.text);
      for (let i = 0; i < decoded.text.length; i++) {
        starts[length] = decoded.starts[i]!;
        ends[length++] = decoded.ends[i]!;
      }
    } else {
      const isHex = !/^&#\d/.test(match[0]);
      const point = Number.parseInt(match[0].replace(/[^0-9a-f]/gi, ''), isHex ? 16 : 10);
      at += match[0].length;
      put(point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point), match.index, 0, at - match.index);
    }
    ESCAPES.lastIndex = at;
    match = ESCAPES.exec(text);
  }
  put(text.slice(at), at, 1, 1);
  return {
    text: parts.join(''),
    starts: starts.subarray(0, length),
    ends: ends.subarray(0, length),
    decoder,
    open: text.length,
  };
}
