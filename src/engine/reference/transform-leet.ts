/**
 * Leetspeak: digits and signs in the place of letters.
 *
 * @module
 */
import { letterOf, MAX_WORD, type Plausibility } from './plausibility.ts';
import type { View } from './view.ts';

/** What a decoded word of five letters and more that is not in the vocabulary must score per letter. */
const MIN_SCORE = 12;
/** The same, for any word of a text that is certainly leet. */
const LOW_SCORE = 6;

/** The letter a digit or sign stands for, 0 for none. */
export function leetLetter(byte: number): number {
  switch (byte) {
    case 0x30:
      return 0x6f; // o
    case 0x31:
    case 0x21:
    case 0x7c:
      return 0x69; // i
    case 0x33:
      return 0x65; // e
    case 0x34:
    case 0x40:
      return 0x61; // a
    case 0x35:
    case 0x24:
      return 0x73; // s
    case 0x37:
    case 0x2b:
      return 0x74; // t
    default:
      return 0;
  }
}

function isWordByte(byte: number): boolean {
  return (
    letterOf(byte) !== 0 || leetLetter(byte) !== 0 || byte >= 0x80 || byte === 0x5f || (byte >= 0x30 && byte <= 0x39)
  );
}

/** `!`, `|` and `+` at the edge of a word are punctuation. */
function isEdge(byte: number): boolean {
  return byte === 0x21 || byte === 0x7c || byte === 0x2b;
}

/**
 * Replaces leet words when there are enough of them: two that surely are, or one of seven letters and more.
 * Sure is a word with a sign before a letter that is in the vocabulary once decoded, or is long and reads like one.
 */
export function unleet(from: View, to: View, words: Plausibility): boolean {
  return replaceWords(from, to, words, false) && replaceWords(from, to, words, true);
}

/** One pass; where the text is known to be leet, every word is replaced that reads at all. False when there are too few. */
function replaceWords(from: View, to: View, words: Plausibility, certain: boolean): boolean {
  const { text, textLen } = from;
  let sure = 0;
  let lastSounds = 0;
  let weak = 0;
  let long = false;
  let i = 0;
  while (i < textLen) {
    if (!isWordByte(text[i] ?? 0)) {
      copy(from, to, i, i + 1);
      i += 1;
      continue;
    }
    let end = i + 1;
    while (end < textLen && isWordByte(text[end] ?? 0)) end += 1;
    copy(from, to, i, end);
    let first = i;
    let last = end;
    i = end;
    while (first < last && isEdge(text[first] ?? 0)) first += 1;
    while (last > first && isEdge(text[last - 1] ?? 0)) last -= 1;
    const size = last - first;
    if (size < 2 || size > MAX_WORD) continue;
    let letters = 0;
    let digits = 0;
    let signs = 0;
    let inside = 0;
    let middle = false;
    let ones = 0;
    let other = false;
    for (let k = first; k < last; k += 1) {
      const byte = text[k] ?? 0;
      if (letterOf(byte) !== 0) {
        letters += 1;
        if (k > first && leetLetter(text[k - 1] ?? 0) !== 0) inside += 1;
        continue;
      }
      if (k > first && k < last - 1) middle = true;
      if (leetLetter(byte) === 0) other = true;
      else if (byte >= 0x30 && byte <= 0x39) {
        digits += 1;
        if (byte === 0x31) ones += 1;
      } else signs += 1;
    }
    if (other || letters === 0 || digits + signs === 0) continue;
    for (let k = first; k < last; k += 1) {
      const letter = leetLetter(text[k] ?? 0);
      if (letter !== 0) to.text[k] = letter;
    }
    let known = words.cost(to.text, first, last) > 0;
    if (!known && ones > 0) {
      for (let k = first; k < last; k += 1) if (text[k] === 0x31) to.text[k] = 0x6c;
      known = words.cost(to.text, first, last) > 0;
      if (!known) for (let k = first; k < last; k += 1) if (text[k] === 0x31) to.text[k] = 0x69;
    }
    const sounds = words.score(to.text, first, last);
    const reads = signs === 0 && middle && letters >= 2 && size >= 5 && sounds >= MIN_SCORE * size;
    if (inside > 0 && ((known && size >= 3) || reads)) {
      // One word said again is no second sign: product names look like leet.
      if (sounds !== lastSounds) sure += 1;
      lastSounds = sounds;
      if (known && size >= 7) long = true;
    } else if (known && digits > 0) {
      weak += 1;
    } else if (!certain || sounds < LOW_SCORE * size) {
      copy(from, to, first, last);
    }
  }
  to.textLen = textLen;
  return sure >= 2 || long || (sure >= 1 && weak >= 2);
}

function copy(from: View, to: View, start: number, end: number): void {
  for (let k = start; k < end; k += 1) {
    to.text[k] = from.text[k] ?? 0;
    to.textStart[k] = from.textStart[k] ?? 0;
    to.textEnd[k] = from.textEnd[k] ?? 0;
  }
}
