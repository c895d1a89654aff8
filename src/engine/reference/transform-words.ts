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

/**
 * Reads one stretch backward, in both ways people write backward: the stretch as a whole, then, on a new line,
 * each word in its place. Letters alone cannot tell the two apart. Every byte maps to the whole stretch.
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

  copy(0, start);
  turn(start, end);
  let i = start;
  while (i < end && (text[i] ?? 0) > 0x20) i += 1;
  if (i < end && at < MAX_TEXT - 4) {
    write(0x0a);
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
