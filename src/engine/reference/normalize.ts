/**
 * Normalize: a view's raw bytes to folded text, with the way back and the counts of what was seen.
 *
 * Every code point is looked up in section FOLD (`models/tables/build-fold.ts` has the layout) and written as
 * itself, as nothing, or as at most six bytes. A run of white space becomes one byte whose span is the whole run;
 * every other byte has the span of its own code point. Each byte that belongs to no valid UTF-8 sequence counts
 * as one U+FFFD. `wasm/assembly/text/normalize.ts` does the same sixteen bytes at a time.
 *
 * @module
 */
import {
  MAX_TEXT,
  STAT_CODE_POINTS,
  STAT_CYRILLIC,
  STAT_FOLDED,
  STAT_GREEK,
  STAT_LATIN,
  STAT_LINES,
  STAT_LONGEST_LINE,
  STAT_LONGEST_RUN,
  STAT_LOWER,
  STAT_MIXED_WORDS,
  STAT_NEWLINE,
  STAT_PUNCT,
  STAT_REPLACEMENT,
  STAT_SPACE,
  STAT_SYMBOL,
  STAT_UPPER,
} from '../abi.ts';
import type { View } from './view.ts';

const PAGE_INDEX = 16;
const PAGES = PAGE_INDEX + 0x1100 * 2;

const LENGTH = 7;
const ITSELF = 7;
const FLAG_UPPER = 8;
const FLAG_LOWER = 16;
const FLAG_FOLDED = 32;

const SPACE = 0x20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const REPLACEMENT = 0xfffd;

const WORD_LATIN = 1;
const WORD_CYRILLIC = 2;
const WORD_GREEK = 4;

/**
 * @param section bytes of section FOLD
 * @returns fills `text`, `textLen`, `textStart`, `textEnd` and `stats` from `raw`, `rawLen`, `rawStart`, `rawEnd`
 */
export function createNormalizer(section: DataView): (view: View) => void {
  const records = PAGES + section.getUint32(0, true) * 512;

  return (view) => {
    const { raw, rawLen, rawStart, rawEnd, text, textStart, textEnd, stats } = view;
    const bump = (stat: number, by = 1): void => {
      stats[stat] = (stats[stat] ?? 0) + by;
    };
    stats.fill(0);

    let at = 0; // in raw
    let end = 0; // of the text written so far
    let previous = -1; // code point before, white space excepted
    let run = 0;
    let longestRun = 0;
    let line = 0; // code points since the last line break
    let longestLine = 0;
    let afterReturn = false;
    let word = 0; // WORD_* of the letters since the last break

    while (at < rawLen) {
      const length = sequenceLength(raw, at, rawLen);
      const code = length === 0 ? REPLACEMENT : codePoint(raw, at, length);
      const next = at + (length === 0 ? 1 : length);
      const page = section.getUint16(PAGE_INDEX + (code >> 8) * 2, true);
      const record = records + section.getUint16(PAGES + (page * 256 + (code & 255)) * 2, true) * 8;
      const stat = section.getUint8(record);
      const flags = section.getUint8(record + 1);
      const size = (flags & LENGTH) === ITSELF ? next - at : flags & LENGTH;
      if (end + Math.max(size, 1) > MAX_TEXT) break;
      const start = rawStart[at] ?? 0;
      const stop = rawEnd[next - 1] ?? 0;

      bump(STAT_CODE_POINTS);
      // A line feed behind a carriage return belongs to the same line break.
      if (stat === STAT_NEWLINE) {
        if (!(code === NEWLINE && afterReturn)) bump(STAT_NEWLINE);
        line = 0;
      } else {
        bump(stat);
        if (++line > longestLine) longestLine = line;
      }
      afterReturn = code === RETURN;
      if (flags & FLAG_UPPER) bump(STAT_UPPER);
      if (flags & FLAG_LOWER) bump(STAT_LOWER);
      if (flags & FLAG_FOLDED) bump(STAT_FOLDED);

      if (stat === STAT_SPACE || stat === STAT_NEWLINE) {
        previous = -1;
        word = 0;
        const last = end === 0 ? 0 : text[end - 1];
        if (last === SPACE || last === NEWLINE) {
          textEnd[end - 1] = stop;
          if (stat === STAT_NEWLINE) text[end - 1] = NEWLINE;
        } else if (end > 0) {
          text[end] = stat === STAT_NEWLINE ? NEWLINE : SPACE;
          textStart[end] = start;
          textEnd[end] = stop;
          end++;
        }
        at = next;
        continue;
      }

      run = code === previous ? run + 1 : 1;
      previous = code;
      if (run > longestRun) longestRun = run;

      if (stat === STAT_PUNCT || stat === STAT_SYMBOL || stat === STAT_REPLACEMENT) {
        word = 0;
      } else {
        const before = word;
        word |= wordScript(stat);
        if (severalScripts(word) && !severalScripts(before)) bump(STAT_MIXED_WORDS);
      }

      for (let i = 0; i < size; i++) {
        text[end] = (flags & LENGTH) === ITSELF ? (raw[at + i] ?? 0) : section.getUint8(record + 2 + i);
        textStart[end] = start;
        textEnd[end] = stop;
        end++;
      }
      at = next;
    }

    const last = end === 0 ? 0 : text[end - 1];
    if (last === SPACE || last === NEWLINE) end--;
    view.textLen = end;
    stats[STAT_LONGEST_RUN] = longestRun;
    stats[STAT_LONGEST_LINE] = longestLine;
    stats[STAT_LINES] = (stats[STAT_CODE_POINTS] ?? 0) === 0 ? 0 : (stats[STAT_NEWLINE] ?? 0) + 1;
  };
}

/** Fills `rawStart` and `rawEnd` of a view whose `raw` is the block itself: four-byte sequences are two units. */
export function fillIdentitySpans(view: View): void {
  const { raw, rawLen, rawStart, rawEnd } = view;
  let unit = 0;
  for (let at = 0; at < rawLen; ) {
    const length = sequenceLength(raw, at, rawLen) || 1;
    const stop = unit + (length === 4 ? 2 : 1);
    rawStart.fill(unit, at, at + length);
    rawEnd.fill(stop, at, at + length);
    at += length;
    unit = stop;
  }
}

/** Bytes of the valid UTF-8 sequence at `at`, or 0 where there is none (overlong forms and surrogates included). */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  for (let i = 1; i < length; i++) if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  const second = bytes[at + 1] ?? 0;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  if (first === 0xf4 && second > 0x8f) return 0;
  return length;
}

function codePoint(bytes: Uint8Array, at: number, length: number): number {
  let code = (bytes[at] ?? 0) & (length === 1 ? 0x7f : 0xff >> (length + 1));
  for (let i = 1; i < length; i++) code = (code << 6) | ((bytes[at + i] ?? 0) & 0x3f);
  return code;
}

function wordScript(stat: number): number {
  if (stat === STAT_LATIN || stat === STAT_UPPER || stat === STAT_LOWER) return WORD_LATIN;
  if (stat === STAT_CYRILLIC) return WORD_CYRILLIC;
  return stat === STAT_GREEK ? WORD_GREEK : 0;
}

function severalScripts(word: number): boolean {
  return (word & (word - 1)) !== 0;
}
