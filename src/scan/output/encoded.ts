/**
 * What the encoded stretches of a text read as.
 *
 * Digits are decoded from every place where a byte may begin, so that it makes no difference where a stretch was cut;
 * what comes out of the wrong places is noise and matches nothing. Nothing here asks whether the outcome reads as text.
 *
 * @module
 */
import type { Decoder } from '../../types.ts';
import { ofAscii85 } from './ascii85.ts';
import { BYTES, newBytes, type View } from './bytes.ts';
import { unescaped } from './escapes.ts';
import { MIN_ASCII85, MIN_CODES, MIN_MORSE, MIN_RUN, type Run, type Stretches } from './letters.ts';
import { fleetingFrom, goesOn, isLineBreak, joined } from './stretches.ts';

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
  for (const group of joined(ascii85, from)) yield* ofAscii85(text, group);
  for (const run of morse) if (run.end > from && run.end - run.start >= MIN_MORSE) yield ofMorse(text, run);
}

/**
 * Where the earliest stretch begins that reaches the end of a text and is too short to be decoded yet.
 *
 * @returns the text's length when there is none
 */
export function openStretch(text: string, { digits, codes, ascii85, morse }: Stretches): number {
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
  return open;
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
/** What may stand behind a segment that goes on in the next line, at a text's end. */
const NEXT_LINE = /^[\r\n]{0,4}(?:[A-Z2-7]{0,15}|[a-z2-7]{0,15})$/;
const MAX_NEXT_LINE = 4 + MIN_RUN - 1;

function* ofDigits(text: string, group: readonly Run[]): Generator<View> {
  if (group.at(-1)!.end - group[0]!.start < MIN_RUN) return;
  const fleeting = fleetingFrom(text, group, MIN_RUN);
  // Not asked first whether it looks like base64: of a stretch that grows the answer could change.
  yield* phases(text, group, 6, BASE64_VALUES, 'base64', goesOn(text, group), fleeting);
  let lines: Run[] = [];
  for (const run of group) {
    for (const { index, 0: digits } of text.slice(run.start, run.end).matchAll(BASE32_SEGMENT)) {
      const start = run.start + index;
      const last = lines.at(-1);
      if (last !== undefined && (start === last.end || !isLineBreak(text, last.end, start))) {
        yield* ofBase32(text, lines);
        lines = [];
      }
      lines.push({ start, end: start + digits.length });
    }
  }
  if (lines.length > 0) yield* ofBase32(text, lines);
}

/** @param lines with a line break between one and the next */
function* ofBase32(text: string, lines: readonly Run[]): Generator<View> {
  const { end } = lines.at(-1)!;
  const isOpen = text.length - end <= MAX_NEXT_LINE && NEXT_LINE.test(text.slice(end));
  yield* phases(text, lines, 5, BASE32_VALUES, 'base32', isOpen);
}

/** Fewer bits hold fewer letters than any mark has. */
const MIN_BITS = 32;
/** So many of them, with what may divide them. */
const BITS_SEGMENT = /[01](?:[\s,:;.{}()[\]-]{0,3}[01]){31,}/g;
/** The same at a text's end, read backwards, however few. */
const BITS_END = /^(?:[\s,:;.{}()[\]-]{0,3}[01]){1,31}/;

function* ofCodes(text: string, run: Run): Generator<View> {
  const isOpen = run.end === text.length;
  for (const { index, 0: bits } of text.slice(run.start, run.end).matchAll(BITS_SEGMENT)) {
    const start = run.start + index;
    const end = start + bits.length;
    yield* phases(text, [{ start, end }], 1, BINARY_VALUES, 'binary', isOpen && end + MAX_DIVIDER >= text.length);
  }
  // A 0 may become 0x.
  const fleeting = isOpen && text.endsWith('0') ? text.length - 1 : Infinity;
  yield* phases(text, [run], 4, HEX_VALUES, 'hex', isOpen, fleeting);
  yield* numbers(text, run);
}
/** Units that may divide two bits. */
const MAX_DIVIDER = 3;

/**
 * A stretch decoded from each of its first digits with which a byte may begin.
 *
 * @param isOpen more text could make it longer
 * @param fleeting from where on its digits may not stay what they are
 */
function* phases(
  text: string,
  group: readonly Run[],
  bits: 1 | 4 | 5 | 6,
  values: Int8Array,
  decoder: Decoder,
  isOpen: boolean,
  fleeting = Infinity,
): Generator<View> {
  const count = bits === 6 ? 4 : bits === 4 ? 2 : 8;
  for (let skipped = 0; skipped < count; skipped++) {
    const open = decode(text, group, bits, values, skipped, fleeting);
    yield BYTES.finish(decoder, isOpen ? open : undefined);
  }
}

/** Pushes bytes. @returns where the first one begins that more text could change */
function decode(
  text: string,
  group: readonly Run[],
  bits: number,
  values: Int8Array,
  skipped: number,
  fleeting: number,
): number {
  let held = 0;
  let count = 0;
  let first = 0;
  let skip = skipped;
  let before = group[0]!.start;
  let open: number | undefined;
  for (const { start, end } of group) {
    // Padding, or a word between: the next run begins anew. A line break does not interrupt one.
    if (!isLineBreak(text, before, start)) count = skip = 0;
    before = end;
    for (let at = start; at < end; at++) {
      if (at === fleeting) {
        BYTES.settle();
        open = count > 0 ? first : at;
      }
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
  return open ?? (count > 0 ? first : before);
}

/** Stands for a number that is no letter. */
const NO_LETTER = 1;
const OCTALS = newBytes();
const PLACES = newBytes();
const READINGS = [BYTES, OCTALS, PLACES];

/** One letter for each number: a character's code, the same in octal, a place in the alphabet. */
function numbers(text: string, run: Run): readonly View[] {
  let open = run.end;
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
    if (at === text.length) {
      // Another digit would make it another number.
      for (const bytes of READINGS) bytes.settle();
      open = start;
    }
    BYTES.push(value >= 32 && value <= 126 && at - start <= 3 ? value : NO_LETTER, start, at);
    OCTALS.push(octal >= 32 && octal <= 126 && at - start <= 4 ? octal : NO_LETTER, start, at);
    PLACES.push(value >= 1 && value <= 26 ? 96 + value : NO_LETTER, start, at);
  }
  return READINGS.map((bytes) => bytes.finish('escape', run.end === text.length ? open : undefined));
}

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
  let open = run.end;
  for (const { index, 0: code } of text.slice(run.start, run.end).matchAll(/[.\-_]+/g)) {
    const start = run.start + index;
    const end = start + code.length;
    if (end === text.length) {
      // Another sign would make it another letter.
      BYTES.settle();
      open = start;
    }
    BYTES.push(MORSE.get(code.replaceAll('_', '-'))?.charCodeAt(0) ?? 0x20, start, end);
  }
  return BYTES.finish('morse', run.end === text.length ? open : undefined);
}
