/**
 * Rot13 and reversed text: the stretch of words that reads better turned around than as it stands.
 *
 * @module
 */
import { MAX_TEXT } from '../abi.ts';
import { letterOf, type Plausibility } from './plausibility.ts';
import type { View } from './view.ts';

/** Gain, in eighths of a bit, a stretch must have. */
const THRESHOLD_ROT13 = 180;
const THRESHOLD_REVERSED = 180;
/** What every word costs, so that words which read either way do not add up. */
const WORD_COST = 12;
/** No single word decides more than this. */
const WORD_LIMIT = 90;

/** Words between blanks: those of the first list often stand right before those of the second, seldom behind. */
const BEFORE =
  ' of to in on for with and from at by as that if me is are ignore disregard forget reveal show print repeat tell give output write ignoriere vergiss zeige von zu mit und auf ';
const AFTER =
  ' the a an your my all any this these our every previous prior above der die das den dem deine alle vorherigen bisherigen ';

export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Letters 1 to 26 turned by 13; 0 stays. */
function turned(letter: number): number {
  return letter === 0 ? 0 : letter > 13 ? letter - 13 : letter + 13;
}

/** A digit, underscore or letter beyond ASCII: a word next to it is not judged. */
function clings(byte: number): boolean {
  return byte >= 0x80 || byte === 0x5f || (byte >= 0x30 && byte <= 0x39);
}

/**
 * The contiguous words with the largest sum of gains (Kadane), bytes of normalized text.
 *
 * @returns undefined when no stretch gains enough
 */
export function bestStretch(view: View, words: Plausibility, reversed: boolean): Stretch | undefined {
  const { text, textLen } = view;
  let sum = 0;
  let sumStart = 0;
  let best = 0;
  let bestStart = 0;
  let bestEnd = 0;
  let i = 0;
  while (i < textLen) {
    if (letterOf(text[i] ?? 0) === 0) {
      i += 1;
      continue;
    }
    const start = i;
    let x = 0;
    let y = letterOf(text[i] ?? 0);
    let gain = 0;
    while (y !== 0) {
      i += 1;
      const z = i < textLen ? letterOf(text[i] ?? 0) : 0;
      gain += reversed ? words.trigram(z, y, x) : words.trigram(turned(x), turned(y), turned(z));
      gain -= words.trigram(x, y, z);
      x = y;
      y = z;
    }
    if (gain > WORD_LIMIT) gain = WORD_LIMIT;
    if (gain < -WORD_LIMIT) gain = -WORD_LIMIT;
    if ((start > 0 && clings(text[start - 1] ?? 0)) || (i < textLen && clings(text[i] ?? 0))) gain = 0;
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
  if (best < threshold) return undefined;
  return { start: bestStart, end: bestEnd };
}

/** Turns the letters of one stretch by 13; everything else, and every span, stays. */
export function rot13(from: View, to: View, words: Plausibility): boolean {
  const stretch = bestStretch(from, words, false);
  if (stretch === undefined) return false;
  for (let i = 0; i < from.textLen; i += 1) {
    const byte = from.text[i] ?? 0;
    const letter = i >= stretch.start && i < stretch.end ? letterOf(byte) : 0;
    to.text[i] = letter === 0 ? byte : 96 + turned(letter);
    to.textStart[i] = from.textStart[i] ?? 0;
    to.textEnd[i] = from.textEnd[i] ?? 0;
  }
  to.textLen = from.textLen;
  return true;
}

/** Whether the letters of `text[first, stop)`, read backward, are a word of the list. */
function isIn(list: string, text: Uint8Array, first: number, stop: number): boolean {
  for (let k = 0; k < list.length; k += 1) {
    if (list.charCodeAt(k) !== 0x20) continue;
    let i = stop - 1;
    k += 1;
    while (i >= first && list.charCodeAt(k) === text[i]) {
      k += 1;
      i -= 1;
    }
    if (i < first && list.charCodeAt(k) === 0x20) return true;
    k -= 1;
  }
  return false;
}

function endsSentence(byte: number): boolean {
  return byte === 0x2e || byte === 0x21 || byte === 0x3f;
}

/**
 * Whether `text[start, end)` was turned as a whole (above 0) or each word in its place (below 0): by where sentences
 * end, and by which of two neighbors usually stands first.
 */
function order(text: Uint8Array, start: number, end: number): number {
  let evidence = endsSentence(text[start] ?? 0) ? 2 : 0;
  let lastWord = end;
  while (lastWord > start && (text[lastWord - 1] ?? 0) > 0x20) lastWord -= 1;
  if (lastWord > start && endsSentence(text[lastWord] ?? 0)) evidence -= 2;
  let wasBefore = false;
  let wasAfter = false;
  let i = start;
  while (i < end) {
    const first = i;
    while (i < end && letterOf(text[i] ?? 0) !== 0) i += 1;
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

/**
 * Reads one stretch backward, in the one of two ways people write backward that `order` finds: the stretch as a
 * whole, or each word in its place; both, on two lines, where it cannot tell. Every byte maps to the whole stretch.
 */
export function reverse(from: View, to: View, words: Plausibility): boolean {
  const stretch = bestStretch(from, words, true);
  if (stretch === undefined) return false;
  const { text, textLen } = from;
  let { start, end } = stretch;
  while (start > 0 && (text[start - 1] ?? 0) > 0x20) start -= 1;
  while (end < textLen && (text[end] ?? 0) > 0x20) end += 1;
  const spanStart = from.textStart[start] ?? 0;
  const spanEnd = from.textEnd[end - 1] ?? 0;
  let at = 0;
  const copy = (first: number, stop: number): void => {
    for (let i = first; i < stop; i += 1) {
      // Cut off at a character, never inside one.
      if (at >= MAX_TEXT - 4 && ((text[i] ?? 0) & 0xc0) !== 0x80) return;
      to.text[at] = text[i] ?? 0;
      to.textStart[at] = from.textStart[i] ?? 0;
      to.textEnd[at] = from.textEnd[i] ?? 0;
      at += 1;
    }
  };
  const write = (byte: number): void => {
    to.text[at] = byte;
    to.textStart[at] = spanStart;
    to.textEnd[at] = spanEnd;
    at += 1;
  };
  const turn = (first: number, stop: number): void => {
    let last = stop;
    while (last > first) {
      let lead = last - 1;
      while (lead > first && ((text[lead] ?? 0) & 0xc0) === 0x80) lead -= 1;
      if (at >= MAX_TEXT - 4) return;
      for (let k = lead; k < last; k += 1) write(text[k] ?? 0);
      last = lead;
    }
  };

  const evidence = order(text, start, end);
  copy(0, start);
  if (evidence >= 0) turn(start, end);
  let i = start;
  while (i < end && (text[i] ?? 0) > 0x20) i += 1;
  if (evidence < 0 || (evidence === 0 && i < end && at < MAX_TEXT - 4)) {
    if (evidence === 0) write(0x0a);
    i = start;
    while (i < end) {
      const first = i;
      while (i < end && (text[i] ?? 0) > 0x20) i += 1;
      turn(first, i);
      if (i < end && at < MAX_TEXT - 4) write(text[i] ?? 0);
      i += 1;
    }
  }
  copy(end, textLen);
  to.textLen = at;
  return true;
}
