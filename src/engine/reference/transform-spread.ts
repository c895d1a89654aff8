/**
 * Spread letters: `i g n o r e`, `i.g-n_o.r-e` and the like joined to words again.
 *
 * @module
 */
import { letterOf, type Plausibility } from './plausibility.ts';
import { sequenceLength } from './readable.ts';
import { segment } from './segment.ts';
import type { View } from './view.ts';

/** Single letters in a row that make a run. */
export const MIN_SPREAD = 6;
/** Joined words longer than this are divided by the vocabulary, even where separators tell words apart. */
const MAX_JOINED = 12;
/** Letters a word of a run has on average at most; where it has more, words are not told apart by their separators. */
const MAX_AVERAGE = 7;
/** What the joined letters must score each, in eighths of a bit. */
const MIN_SCORE = 3;
/** Separator bytes between two letters. */
const MAX_SEPARATORS = 3;

/** Kinds of separator, in the order of how much they divide. */
const PUNCTUATION = 0;
const BLANK = 1;
const WIDE_BLANK = 2;
const LINE_BREAK = 3;
/** Several separators, a quotation mark or a colon. */
const SEVERAL = 4;

export function isSeparator(byte: number): boolean {
  switch (byte) {
    case 0x01:
    case 0x0a:
    case 0x20:
    case 0x22: // "
    case 0x27: // '
    case 0x2a: // *
    case 0x2b: // +
    case 0x2c: // ,
    case 0x2d: // -
    case 0x2e: // .
    case 0x2f: // /
    case 0x3a: // :
    case 0x5f: // _
    case 0x7c: // |
    case 0x7e: // ~
      return true;
    default:
      return false;
  }
}

export function isSpreadLetter(byte: number): boolean {
  return byte >= 0x80 || letterOf(byte) !== 0 || (byte >= 0x30 && byte <= 0x39);
}

function separatorKind(view: View, start: number, end: number): number {
  if (end - start > 1) return SEVERAL;
  const byte = view.text[start] ?? 0;
  if (byte === 0x0a) return LINE_BREAK;
  if (byte === 0x22 || byte === 0x27 || byte === 0x3a) return SEVERAL;
  if (byte !== 0x20) return PUNCTUATION;
  return (view.textEnd[start] ?? 0) - (view.textStart[start] ?? 0) > 1 ? WIDE_BLANK : BLANK;
}

/** Where the next single letter behind `end` starts; `end` when there is none. */
function nextSingle(view: View, end: number): number {
  const { text, textLen } = view;
  let i = end;
  while (i < textLen && i - end < MAX_SEPARATORS && isSeparator(text[i] ?? 0)) i += 1;
  if (i === end || i >= textLen || !isSpreadLetter(text[i] ?? 0)) return end;
  const behind = i + sequenceLength(text[i] ?? 0);
  return behind < textLen && isSpreadLetter(text[behind] ?? 0) ? end : i;
}

/** Joins every run that reads like words; false when there is none. */
export function unspread(from: View, to: View, words: Plausibility): boolean {
  const { text, textLen } = from;
  let at = 0;
  let joined = false;
  const put = (byte: number, source: number): void => {
    to.text[at] = byte;
    to.textStart[at] = from.textStart[source] ?? 0;
    to.textEnd[at] = from.textEnd[source] ?? 0;
    at += 1;
  };

  let i = 0;
  while (i < textLen) {
    if (!isSpreadLetter(text[i] ?? 0)) {
      put(text[i] ?? 0, i);
      i += 1;
      continue;
    }
    const start = i;
    let end = i + sequenceLength(text[i] ?? 0);
    if (end < textLen && isSpreadLetter(text[end] ?? 0)) {
      // A word of several letters is copied whole.
      while (i < textLen && isSpreadLetter(text[i] ?? 0)) {
        put(text[i] ?? 0, i);
        i += 1;
      }
      continue;
    }
    const counts = [0, 0, 0, 0, 0];
    let letters = 1;
    let plain = letterOf(text[i] ?? 0) !== 0 ? 1 : 0;
    let wide = (text[i] ?? 0) >= 0x80 ? 1 : 0;
    for (let next = nextSingle(from, end); next !== end; next = nextSingle(from, end)) {
      const kind = separatorKind(from, end, next);
      counts[kind] = (counts[kind] ?? 0) + 1;
      letters += 1;
      if (letterOf(text[next] ?? 0) !== 0) plain += 1;
      else if ((text[next] ?? 0) >= 0x80) wide += 1;
      end = next + sequenceLength(text[next] ?? 0);
    }

    const outStart = at;
    if (letters >= MIN_SPREAD && (plain + wide) * 10 >= letters * 6) {
      let usual = 0;
      for (let kind = 1; kind < 5; kind += 1) if ((counts[kind] ?? 0) > (counts[usual] ?? 0)) usual = kind;
      let gaps = 0;
      for (let kind = usual + 1; kind < 5; kind += 1) gaps += counts[kind] ?? 0;
      const undivided = letters > MAX_AVERAGE * (gaps + 1) ? 3 : MAX_JOINED;
      let score = 0;
      let wordStart = at;
      let last = start;
      let k = start;
      for (;;) {
        const stop = k + sequenceLength(text[k] ?? 0);
        for (last = k; last < stop; last += 1) put(text[last] ?? 0, last);
        const next = stop < end ? nextSingle(from, stop) : stop;
        const gap = next !== stop && separatorKind(from, stop, next) > usual;
        if (next === stop || gap) {
          score += words.score(to.text, wordStart, at);
          const pieces = at - wordStart > undivided ? segment(to, wordStart, at, words) : at;
          at = pieces;
          if (gap) put(0x20, stop);
          wordStart = at;
        }
        if (next === stop) break;
        k = next;
      }
      if (wide * 4 >= letters || score >= MIN_SCORE * plain) {
        joined = true;
        i = end;
        continue;
      }
    }
    at = outStart;
    while (i < end) {
      put(text[i] ?? 0, i);
      i += 1;
    }
  }
  to.textLen = at;
  return joined;
}
