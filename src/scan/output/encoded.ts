/**
 * What the encoded stretches of a text read as.
 *
 * Digits are decoded from every place where a byte may begin, so that it makes no difference where a stretch was cut;
 * what comes out of the wrong places is noise and matches nothing. Nothing here asks whether the outcome reads as text.
 *
 * @module
 */
import type { Decoder } from '../../types.ts';
import { MIN_ASCII85, MIN_CODES, MIN_MORSE, MIN_RUN, type Run, type Stretches } from './letters.ts';

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

/**
 * @param from stretches that end before are left out
 * @complexity linear: each stretch is decoded a bounded number of times
 */
export function* viewsOf(
  text: string,
  { digits, codes, ascii85, morse, escapes }: Stretches,
  from = 0,
): Generator<View> {
  if (escapes) {
    const view = unescaped(text);
    if (view !== undefined) yield view;
  }
  for (const group of joined(digits, from)) yield* ofDigits(text, group);
  for (const run of codes) if (run.end > from && run.end - run.start >= MIN_CODES) yield* ofCodes(text, run);
  for (const group of joined(ascii85, from)) {
    if (group.at(-1)!.end - group[0]!.start < MIN_ASCII85) continue;
    const readings = ascii85Readings(text, group);
    for (let skipped = 0; skipped < 5; skipped++) {
      if (((readings >> skipped) & 1) === 1) yield ofAscii85(text, group, skipped);
    }
  }
  for (const run of morse) if (run.end > from && run.end - run.start >= MIN_MORSE) yield ofMorse(text, run);
}

/**
 * Where the earliest stretch begins that reaches the end of a text and is too short to be decoded yet.
 *
 * @returns the text's length when there is none
 */
export function openStretch(text: string, { digits, codes, ascii85, morse, escapes }: Stretches): number {
  let open = text.length;
  const shorter = (runs: readonly Run[], least: number): void => {
    const last = runs.at(-1);
    if (last?.end === text.length && last.end - last.start < least) open = Math.min(open, last.start);
  };
  /** @param shapes as read from the text's end, so that no regular expression looks for its beginning */
  const tail = (runs: readonly Run[], least: number, ...shapes: readonly RegExp[]): void => {
    const last = runs.at(-1);
    if (last?.end !== text.length) return;
    let backwards = '';
    for (let at = text.length; at > Math.max(last.start, text.length - least); at--) backwards += text[at - 1];
    for (const shape of shapes) open = Math.min(open, text.length - (shape.exec(backwards)?.[0].length ?? 0));
  };
  shorter(digits, MIN_RUN);
  tail(digits, MIN_RUN, BASE32_UPPER_END, BASE32_LOWER_END);
  shorter(codes, MIN_CODES);
  tail(codes, 4 * MIN_BITS, BITS_END);
  shorter(ascii85, MIN_ASCII85);
  shorter(morse, MIN_MORSE);
  return escapes ? Math.min(open, cutEscape(text)) : open;
}

/** Where an escape begins that a text's end cuts off; the text's length when it cuts none. */
export function cutEscape(text: string): number {
  const cut = CUT_ESCAPE.exec(text.slice(-LONGEST_ESCAPE));
  return cut === null ? text.length : text.length - cut[0].length;
}

/** Runs that belong together, of which the last one ends behind `from`. */
function joined(runs: readonly Run[], from: number): Run[][] {
  const groups: Run[][] = [];
  for (const run of runs) {
    const last = groups.at(-1)?.at(-1);
    if (last !== undefined && run.start - last.end <= JOINED) groups.at(-1)!.push(run);
    else groups.push([run]);
  }
  return groups.filter((group) => group.at(-1)!.end > from);
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
/** The same at a text's end, read backwards, however few. */
const BASE32_UPPER_END = /^[A-Z2-7]{1,15}/;
const BASE32_LOWER_END = /^[a-z2-7]{1,15}/;

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

/** Fewer bits hold fewer letters than any mark has. */
const MIN_BITS = 32;
/** So many of them, with what may divide them. */
const BITS_SEGMENT = /[01](?:[\s,:;.{}()[\]-]{0,3}[01]){31,}/g;
/** The same at a text's end, read backwards, however few. */
const BITS_END = /^(?:[\s,:;.{}()[\]-]{0,3}[01]){1,31}/;

function* ofCodes(text: string, run: Run): Generator<View> {
  for (const { index, 0: bits } of text.slice(run.start, run.end).matchAll(BITS_SEGMENT)) {
    const start = run.start + index;
    yield* phases(text, [{ start, end: start + bits.length }], 1, BINARY_VALUES, 'binary');
  }
  yield* phases(text, [run], 4, HEX_VALUES, 'hex');
  yield* numbers(text, run);
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
      BYTES.push((held >> count) & 0xff, first, at + 1);
      first = at;
    }
  }
  const last = group.at(-1)!.end;
  return BYTES.finish(decoder, last + JOINED >= text.length ? Math.max(group[0]!.start, last - 8) : undefined);
}

/** No byte of text. */
const NO_TEXT = 0xff;
const NONE = new Int32Array(0);
/** What was decoded of a longer stretch is let go of. */
const KEPT_UNITS = 1 << 16;
/** Shorter pieces of text among bytes that are none hide nothing. */
const MIN_TEXT = 8;

/** Reads bytes as UTF-8 and keeps what may be text: decoded from a wrong place, or of what was never encoded, next to nothing. */
interface Bytes {
  push(byte: number, start: number, end: number): void;
  /**
   * Gives what was pushed, and begins anew.
   *
   * @param open where more text could change what was pushed last; undefined when the stretch is over
   */
  finish(decoder: Decoder, open: number | undefined): View;
}

/** @param least characters in a row that are kept */
function newBytes(least: number): Bytes {
  let units = new Uint16Array(64);
  let starts = new Int32Array(64);
  let ends = new Int32Array(64);
  let length = 0;
  /** Where the piece of text begins that is going on. */
  let piece = 0;
  let point = 0;
  let missing = 0;
  let from = 0;
  let pieceStart = -1;

  function put(unit: number, start: number, end: number): void {
    if (length === units.length) {
      units = grown(units, new Uint16Array(2 * length));
      starts = grown(starts, new Int32Array(2 * length));
      ends = grown(ends, new Int32Array(2 * length));
    }
    if (length === piece) pieceStart = start;
    units[length] = unit;
    starts[length] = start;
    ends[length++] = end;
  }

  function noText(start: number, end: number): void {
    if (length - piece < least) length = piece;
    else put(0xfffd, start, end);
    piece = length;
  }

  return {
    push(byte, start, end) {
      if (missing > 0) {
        if ((byte & 0xc0) === 0x80) {
          point = (point << 6) | (byte & 0x3f);
          if (--missing > 0) return;
          if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) noText(from, end);
          else if (point > 0xffff) {
            put(0xd800 + ((point - 0x10000) >> 10), from, end);
            put(0xdc00 + (point & 0x3ff), from, end);
          } else put(point, from, end);
          return;
        }
        missing = 0;
        noText(from, start);
      }
      if (byte < 0x80) {
        // What writes two bytes for each letter writes zeros.
        if (byte >= 0x20 || byte === 0 || byte === 9 || byte === 10 || byte === 13) put(byte, start, end);
        else noText(start, end);
      } else if (byte < 0xc2 || byte > 0xf4) noText(start, end);
      else {
        missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        point = byte & (0x3f >> missing);
        from = start;
      }
    },
    finish(decoder, open) {
      let opens = open;
      if (length - piece < least) {
        if (opens !== undefined && length > piece) opens = Math.min(opens, pieceStart);
        length = piece;
      }
      if (opens !== undefined && missing > 0) opens = Math.min(opens, from);
      const view: View =
        length === 0
          ? { text: '', starts: NONE, ends: NONE, decoder, open: opens }
          : {
              text: textOf(units.subarray(0, length)),
              starts: starts.slice(0, length),
              ends: ends.slice(0, length),
              decoder,
              open: opens,
            };
      length = piece = missing = 0;
      if (units.length > KEPT_UNITS) {
        units = new Uint16Array(64);
        starts = new Int32Array(64);
        ends = new Int32Array(64);
      }
      return view;
    },
  };
}

// Kept, because most stretches are short and hold nothing; whoever pushes finishes before anybody else does.
const BYTES = newBytes(MIN_TEXT);
const OCTALS = newBytes(MIN_TEXT);
const PLACES = newBytes(MIN_TEXT);
/** A percent triple is text on its own. */
const TRIPLES = newBytes(0);

function textOf(units: Uint16Array): string {
  let text = '';
  // As many arguments as any engine takes.
  for (let at = 0; at < units.length; at += 4096) text += String.fromCharCode(...units.subarray(at, at + 4096));
  return text;
}

function grown<T extends Uint16Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Stands for a number that is no letter. */
const NO_LETTER = 1;

/** One letter for each number: a character's code, the same in octal, a place in the alphabet. */
function numbers(text: string, run: Run): readonly View[] {
  for (let at = run.start; at < run.end; ) {
    const start = at;
    let value = 0;
    let octal = 0;
    for (; at < run.end; at++) {
      const digit = text.charCodeAt(at) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      octal = digit > 7 ? Infinity : octal * 8 + digit;
    }
    if (at === start) {
      at++;
      continue;
    }
    BYTES.push(value >= 32 && value <= 126 && at - start <= 3 ? value : NO_LETTER, start, at);
    OCTALS.push(octal >= 32 && octal <= 126 && at - start <= 4 ? octal : NO_LETTER, start, at);
    PLACES.push(value >= 1 && value <= 26 ? 96 + value : NO_LETTER, start, at);
  }
  const open = run.end === text.length ? Math.max(run.start, run.end - 8) : undefined;
  return [BYTES, OCTALS, PLACES].map((bytes) => bytes.finish('escape', open));
}

/** Five characters for four bytes, from each of the first five on. */
function ofAscii85(text: string, group: readonly Run[], skipped: number): View {
  let skip = skipped;
  let before = group[0]!.start;
  let value = 0;
  let count = 0;
  /** Writes the bytes of a group; of a last one, short, what it lacks counts as the highest digit. */
  const finish = (): void => {
    for (let i = count; i < 5; i++) value = value * 85 + 84;
    for (let i = 0; i < count - 1; i++) {
      const byte = value > 0xffffffff ? NO_TEXT : (value >>> (24 - 8 * i)) & 0xff;
      BYTES.push(byte, PLACES85[i]!, PLACES85[i + 1]! + 1);
    }
    value = count = 0;
  };
  for (const { start, end } of group) {
    if (start > before && !/^[\r\n]+$/.test(text.slice(before, start))) {
      finish();
      skip = skipped;
    }
    before = end;
    for (let at = start; at < end; at++) {
      if (skip > 0) {
        skip--;
        continue;
      }
      value = value * 85 + text.charCodeAt(at) - 0x21;
      PLACES85[count++] = at;
      if (count === 5) finish();
    }
  }
  finish();
  const last = group.at(-1)!.end;
  return BYTES.finish('ascii85', last + JOINED >= text.length ? Math.max(group[0]!.start, last - 12) : undefined);
}

/** Of each byte: no text, a character, what goes on a character of several bytes, what begins one. */
const BYTE_KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return byte < 0xc0 ? 2 : byte < 0xc2 || byte > 0xf4 ? 0 : 3;
  return byte >= 0x20 || byte === 0 || byte === 9 || byte === 10 || byte === 13 ? 1 : 0;
});
/** Per kind of a byte and of the next one: whether both may be text. */
const FOLLOWS = Uint8Array.from({ length: 16 }, (_, pair) => {
  const first = pair >> 2;
  const next = pair & 3;
  return first > 0 && next > 0 && (first === 3 ? next === 2 : first === 2 || next !== 2) ? 1 : 0;
});
const ALL_READINGS = 0b11111;

/**
 * The readings, one bit for each number of characters skipped, that hold text: `MIN_TEXT` characters have at least one
 * group in them whose four bytes are all text. Of a stretch that may go on, all of them.
 */
function ascii85Readings(text: string, group: readonly Run[]): number {
  const { start, end } = group[0]!;
  if (group.length > 1 || end + JOINED >= text.length) return ALL_READINGS;
  let readings = 0;
  let value = 0;
  for (let at = start; at < end && readings !== ALL_READINGS; at++) {
    value = (value % 85 ** 4) * 85 + text.charCodeAt(at) - 0x21;
    if (at < start + 4 || value > 0xffffffff) continue;
    const first = BYTE_KINDS[value >>> 24]!;
    const second = BYTE_KINDS[(value >>> 16) & 0xff]!;
    if (FOLLOWS[(first << 2) | second] === 0) continue;
    const third = BYTE_KINDS[(value >>> 8) & 0xff]!;
    if (FOLLOWS[(second << 2) | third] === 0 || FOLLOWS[(third << 2) | BYTE_KINDS[value & 0xff]!] === 0) continue;
    readings |= 1 << ((at - 4 - start) % 5);
  }
  return readings;
}

/** Where the characters of the unfinished group stand. */
const PLACES85 = new Int32Array(5);

/** Of each code, dots and dashes, the letter. */
const MORSE: ReadonlyMap<string, string> = new Map(
  (
    'a.- b-... c-.-. d-.. e. f..-. g--. h.... i.. j.--- k-.- l.-.. m-- n-. o--- p.--. q--.- r.-. s... t- u..- v...- ' +
    'w.-- x-..- y-.-- z--.. 0----- 1.---- 2..--- 3...-- 4....- 5..... 6-.... 7--... 8---.. 9----.'
  )
    .split(' ')
    .map((entry) => [entry.slice(1), entry[0]!]),
);

function ofMorse(text: string, run: Run): View {
  let last = run.end;
  for (const { index, 0: code } of text.slice(run.start, run.end).matchAll(/[.\-_]+/g)) {
    last = run.start + index;
    BYTES.push(MORSE.get(code.replaceAll('_', '-'))?.charCodeAt(0) ?? 0x20, last, last + code.length);
  }
  return BYTES.finish('morse', run.end === text.length ? last : undefined);
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
      while (/^%[0-9a-f]{2}$/i.test(text.slice(at, at + 3))) {
        TRIPLES.push(Number.parseInt(text.slice(at + 1, at + 3), 16), at, at + 3);
        at += 3;
      }
      const decoded = TRIPLES.finish('percent', undefined);
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
