/**
 * Spread letters: `i g n o r e`, `i.g-n_o.r-e` and the like joined to words again.
 */
import { reserve, View } from '../view';
import { byteAt, halfAt, setByte, setHalf } from './bytes';
import { letterOf, score } from './plausibility';
import { sequenceLength } from './readable';
import { segment } from './segment';

/** Single letters in a row that make a run. */
export const MIN_SPREAD: i32 = 6;
/** Joined words longer than this are divided by the vocabulary, even where separators tell words apart. */
const MAX_JOINED: i32 = 12;
/** Letters a word of a run has on average at most; where it has more, words are not told apart by their separators. */
const MAX_AVERAGE: i32 = 7;
/** What the joined letters must score each, in eighths of a bit. */
const MIN_SCORE: i32 = 3;
/** Separator bytes between two letters. */
const MAX_SEPARATORS: i32 = 3;

/** Kinds of separator, in the order of how much they divide. */
const PUNCTUATION: i32 = 0;
const BLANK: i32 = 1;
const WIDE_BLANK: i32 = 2;
const LINE_BREAK: i32 = 3;
/** Several separators, a quotation mark or a colon. */
const SEVERAL: i32 = 4;
const KINDS: i32 = 5;

/** u16[KINDS]: separators of the run being read. */
const counts = reserve(KINDS * 2);

export function isSeparator(byte: i32): bool {
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

export function isSpreadLetter(byte: i32): bool {
  return byte >= 0x80 || letterOf(byte) != 0 || (byte >= 0x30 && byte <= 0x39);
}

function separatorKind(view: View, start: i32, end: i32): i32 {
  if (end - start > 1) return SEVERAL;
  const byte = byteAt(view.text, start);
  if (byte == 0x0a) return LINE_BREAK;
  if (byte == 0x22 || byte == 0x27 || byte == 0x3a) return SEVERAL;
  if (byte != 0x20) return PUNCTUATION;
  return halfAt(view.textEnd, start) - halfAt(view.textStart, start) > 1 ? WIDE_BLANK : BLANK;
}

/** Where the next single letter behind `end` starts; `end` when there is none. */
function nextSingle(view: View, end: i32): i32 {
  const text = view.text;
  const textLen = view.textLen;
  let i = end;
  while (i < textLen && i - end < MAX_SEPARATORS && isSeparator(byteAt(text, i))) i += 1;
  if (i == end || i >= textLen || !isSpreadLetter(byteAt(text, i))) return end;
  const behind = i + sequenceLength(byteAt(text, i));
  return behind < textLen && isSpreadLetter(byteAt(text, behind)) ? end : i;
}

/** Joins every run that reads like words; false when there is none. */
export function unspread(from: View, to: View): bool {
  const text = from.text;
  const textLen = from.textLen;
  let at: i32 = 0;
  let joined = false;

  let i: i32 = 0;
  while (i < textLen) {
    if (!isSpreadLetter(byteAt(text, i))) {
      put(from, to, at, byteAt(text, i), i);
      at += 1;
      i += 1;
      continue;
    }
    const start = i;
    let end = i + sequenceLength(byteAt(text, i));
    if (end < textLen && isSpreadLetter(byteAt(text, end))) {
      // A word of several letters is copied whole.
      while (i < textLen && isSpreadLetter(byteAt(text, i))) {
        put(from, to, at, byteAt(text, i), i);
        at += 1;
        i += 1;
      }
      continue;
    }
    memory.fill(counts, 0, KINDS * 2);
    let letters: i32 = 1;
    let plain = letterOf(byteAt(text, i)) != 0 ? 1 : 0;
    let wide = byteAt(text, i) >= 0x80 ? 1 : 0;
    for (let next = nextSingle(from, end); next != end; next = nextSingle(from, end)) {
      const kind = separatorKind(from, end, next);
      setHalf(counts, kind, halfAt(counts, kind) + 1);
      letters += 1;
      if (letterOf(byteAt(text, next)) != 0) plain += 1;
      else if (byteAt(text, next) >= 0x80) wide += 1;
      end = next + sequenceLength(byteAt(text, next));
    }

    const outStart = at;
    if (letters >= MIN_SPREAD && (plain + wide) * 10 >= letters * 6) {
      let usual: i32 = 0;
      for (let kind: i32 = 1; kind < KINDS; kind += 1) if (halfAt(counts, kind) > halfAt(counts, usual)) usual = kind;
      let gaps: i32 = 0;
      for (let kind: i32 = usual + 1; kind < KINDS; kind += 1) gaps += halfAt(counts, kind);
      const undivided = letters > MAX_AVERAGE * (gaps + 1) ? 3 : MAX_JOINED;
      let total: i32 = 0;
      let wordStart = at;
      let last = start;
      let k = start;
      for (;;) {
        const stop = k + sequenceLength(byteAt(text, k));
        for (last = k; last < stop; last += 1) {
          put(from, to, at, byteAt(text, last), last);
          at += 1;
        }
        const next = stop < end ? nextSingle(from, stop) : stop;
        const gap = next != stop && separatorKind(from, stop, next) > usual;
        if (next == stop || gap) {
          total += score(to.text, wordStart, at);
          if (at - wordStart > undivided) at = segment(to, wordStart, at);
          if (gap) {
            put(from, to, at, 0x20, stop);
            at += 1;
          }
          wordStart = at;
        }
        if (next == stop) break;
        k = next;
      }
      if (wide * 4 >= letters || total >= MIN_SCORE * plain) {
        joined = true;
        i = end;
        continue;
      }
    }
    at = outStart;
    while (i < end) {
      put(from, to, at, byteAt(text, i), i);
      at += 1;
      i += 1;
    }
  }
  to.textLen = at;
  return joined;
}

function put(from: View, to: View, at: i32, byte: i32, source: i32): void {
  setByte(to.text, at, byte);
  setHalf(to.textStart, at, halfAt(from.textStart, source));
  setHalf(to.textEnd, at, halfAt(from.textEnd, source));
}
