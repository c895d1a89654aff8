/**
 * Rot13 and reversed text: the stretch of words that reads better turned around than as it stands.
 */
import { MAX_TEXT } from '../abi';
import { View } from '../view';
import { byteAt, halfAt, setByte, setHalf } from './bytes';
import { gains, letterOf, turned } from './plausibility';

/** Gain, in eighths of a bit, a stretch must have. */
export const THRESHOLD_ROT13: i32 = 180;
export const THRESHOLD_REVERSED: i32 = 180;
/** What every word costs, so that words which read either way do not add up. */
export const WORD_COST: i32 = 12;
/** No single word decides more than this. */
export const WORD_LIMIT: i32 = 90;

/** The stretch last found by `bestStretch`, bytes of normalized text, half-open. */
let stretchStart: i32 = 0;
let stretchEnd: i32 = 0;

/** A digit, underscore or letter beyond ASCII: a word next to it is not judged. */
export function clings(byte: i32): bool {
  return byte >= 0x80 || byte == 0x5f || (byte >= 0x30 && byte <= 0x39);
}

/**
 * The contiguous words with the largest sum of gains (Kadane), bytes of normalized text.
 *
 * @returns false when no stretch gains enough; else `stretchStart` and `stretchEnd` say where it is
 */
export function bestStretch(view: View, reversed: bool): bool {
  const text = view.text;
  const textLen = view.textLen;
  const side: usize = reversed ? 2 : 0;
  let sum: i32 = 0;
  let sumStart: i32 = 0;
  let best: i32 = 0;
  let bestStart: i32 = 0;
  let bestEnd: i32 = 0;
  let i: i32 = 0;
  while (i < textLen) {
    if (letterOf(byteAt(text, i)) == 0) {
      i += 1;
      continue;
    }
    const start = i;
    let x: i32 = 0;
    let y = letterOf(byteAt(text, i));
    let gain: i32 = 0;
    while (y != 0) {
      i += 1;
      const z = i < textLen ? letterOf(byteAt(text, i)) : 0;
      gain += <i32>load<i16>(gains + side + (<usize>((x << 10) | (y << 5) | z) << 2));
      x = y;
      y = z;
    }
    if (gain > WORD_LIMIT) gain = WORD_LIMIT;
    if (gain < -WORD_LIMIT) gain = -WORD_LIMIT;
    if ((start > 0 && clings(byteAt(text, start - 1))) || (i < textLen && clings(byteAt(text, i)))) gain = 0;
    gain -= WORD_COST;
    if (sum <= 0) {
      sum = 0;
      sumStart = start;
    }
    sum += gain;
    if (sum > best) {
      best = sum;
      bestStart = sumStart;
      bestEnd = i;
    }
  }
  const threshold = reversed ? THRESHOLD_REVERSED : THRESHOLD_ROT13;
  if (best < threshold) return false;
  stretchStart = bestStart;
  stretchEnd = bestEnd;
  return true;
}

/** Turns the letters of one stretch by 13; everything else, and every span, stays. */
export function rot13(from: View, to: View): bool {
  if (!bestStretch(from, false)) return false;
  for (let i: i32 = 0; i < from.textLen; i += 1) {
    const byte = byteAt(from.text, i);
    const letter = i >= stretchStart && i < stretchEnd ? letterOf(byte) : 0;
    setByte(to.text, i, letter == 0 ? byte : 96 + turned(letter));
    setHalf(to.textStart, i, halfAt(from.textStart, i));
    setHalf(to.textEnd, i, halfAt(from.textEnd, i));
  }
  to.textLen = from.textLen;
  return true;
}

/** Words between blanks: those of the first list often stand right before those of the second, seldom behind. */
const BEFORE =
  ' of to in on for with and from at by as that if me is are ignore disregard forget reveal show print repeat tell give output write ignoriere vergiss zeige von zu mit und auf ';
const AFTER =
  ' the a an your my all any this these our every previous prior above der die das den dem deine alle vorherigen bisherigen ';

/** Whether the letters of `text[first, stop)`, read backward, are a word of the list. */
function isIn(list: string, text: usize, first: i32, stop: i32): bool {
  for (let k: i32 = 0; k < list.length; k += 1) {
    if (list.charCodeAt(k) != 0x20) continue;
    let i = stop - 1;
    k += 1;
    while (i >= first && list.charCodeAt(k) == byteAt(text, i)) {
      k += 1;
      i -= 1;
    }
    if (i < first && list.charCodeAt(k) == 0x20) return true;
    k -= 1;
  }
  return false;
}

function endsSentence(byte: i32): bool {
  return byte == 0x2e || byte == 0x21 || byte == 0x3f;
}

/**
 * Whether `text[start, end)` was turned as a whole (above 0) or each word in its place (below 0): by where sentences
 * end, and by which of two neighbors usually stands first.
 */
function order(text: usize, start: i32, end: i32): i32 {
  let evidence: i32 = endsSentence(byteAt(text, start)) ? 2 : 0;
  let lastWord = end;
  while (lastWord > start && byteAt(text, lastWord - 1) > 0x20) lastWord -= 1;
  if (lastWord > start && endsSentence(byteAt(text, lastWord))) evidence -= 2;
  let wasBefore = false;
  let wasAfter = false;
  let i = start;
  while (i < end) {
    const first = i;
    while (i < end && letterOf(byteAt(text, i)) != 0) i += 1;
    if (i > first) {
      const before = isIn(BEFORE, text, first, i);
      const after = isIn(AFTER, text, first, i);
      if (wasAfter && before) evidence += 1;
      if (wasBefore && after) evidence -= 1;
      wasBefore = before;
      wasAfter = after;
    }
    i += 1;
  }
  return evidence;
}

/** How much of the view being written there is. */
let at: i32 = 0;

/** Cut off at a character, never inside one. */
function copy(from: View, to: View, first: i32, stop: i32): void {
  for (let i = first; i < stop; i += 1) {
    if (at >= MAX_TEXT - 4 && (byteAt(from.text, i) & 0xc0) != 0x80) return;
    setByte(to.text, at, byteAt(from.text, i));
    setHalf(to.textStart, at, halfAt(from.textStart, i));
    setHalf(to.textEnd, at, halfAt(from.textEnd, i));
    at += 1;
  }
}

function write(to: View, byte: i32, spanStart: i32, spanEnd: i32): void {
  setByte(to.text, at, byte);
  setHalf(to.textStart, at, spanStart);
  setHalf(to.textEnd, at, spanEnd);
  at += 1;
}

/** Appends the characters of `[first, stop)` last to first. */
function turn(from: View, to: View, first: i32, stop: i32, spanStart: i32, spanEnd: i32): void {
  let last = stop;
  while (last > first) {
    let lead = last - 1;
    while (lead > first && (byteAt(from.text, lead) & 0xc0) == 0x80) lead -= 1;
    if (at >= MAX_TEXT - 4) return;
    for (let k = lead; k < last; k += 1) write(to, byteAt(from.text, k), spanStart, spanEnd);
    last = lead;
  }
}

/**
 * Reads one stretch backward, in the one of two ways people write backward that `order` finds: the stretch as a
 * whole, or each word in its place; both, on two lines, where it cannot tell. Every byte maps to the whole stretch.
 */
export function reverse(from: View, to: View): bool {
  if (!bestStretch(from, true)) return false;
  const text = from.text;
  const textLen = from.textLen;
  let start = stretchStart;
  let end = stretchEnd;
  while (start > 0 && byteAt(text, start - 1) > 0x20) start -= 1;
  while (end < textLen && byteAt(text, end) > 0x20) end += 1;
  const spanStart = halfAt(from.textStart, start);
  const spanEnd = halfAt(from.textEnd, end - 1);

  const evidence = order(text, start, end);
  at = 0;
  copy(from, to, 0, start);
  if (evidence >= 0) turn(from, to, start, end, spanStart, spanEnd);
  let i = start;
  while (i < end && byteAt(text, i) > 0x20) i += 1;
  if (evidence < 0 || (evidence == 0 && i < end && at < MAX_TEXT - 4)) {
    if (evidence == 0) write(to, 0x0a, spanStart, spanEnd);
    i = start;
    while (i < end) {
      const first = i;
      while (i < end && byteAt(text, i) > 0x20) i += 1;
      turn(from, to, first, i, spanStart, spanEnd);
      if (i < end && at < MAX_TEXT - 4) write(to, byteAt(text, i), spanStart, spanEnd);
      i += 1;
    }
  }
  copy(from, to, end, textLen);
  to.textLen = at;
  return true;
}
