/**
 * Whether letters look like words: trigram scores and a vocabulary, read from the section TRIG.
 *
 * Trigrams are widened to five bits a letter, so that a window slides with a shift; what a window gains when it is
 * turned by 13 or read backward stands beside it.
 *
 * @see models/tables/build-plausibility.ts for the bytes
 */

import { reserve } from '../view';
import { byteAt, halfAt } from './bytes';

/** Letters of a vocabulary word at most. */
export const MAX_WORD: i32 = 20;

const LETTERS: i32 = 27;
const WINDOWS: i32 = 1 << 15;

/** i8[WINDOWS] by x << 10 | y << 5 | z. */
const scores = reserve(WINDOWS);
/** i16[2 · WINDOWS]: gain turned by 13, gain backward; 0 where y is no letter. */
export const gains = reserve(WINDOWS * 4);

let slots: i32 = 0;
/** i8[LETTERS²]: of two letters alone. */
let pairs: usize = 0;
/** u16[slots] and u8[slots]: what is left of a word's hash, and what the word costs. */
let checks: usize = 0;
let prices: usize = 0;

/** Letters 1 to 26 turned by 13; 0 stays. */
export function turned(letter: i32): i32 {
  return letter == 0 ? 0 : letter > 13 ? letter - 13 : letter + 13;
}

/** Reads section TRIG, which must stay where it is; false when its size is wrong. */
export function initPlausibility(section: usize, length: i32): bool {
  const trigrams = LETTERS * LETTERS * LETTERS;
  const head = 16 + ((trigrams + 3) & ~3) + ((LETTERS * LETTERS + 3) & ~3);
  if (length < head) return false;
  slots = load<i32>(section);
  if (slots <= 0 || (slots & (slots - 1)) != 0 || length < head + slots * 3) return false;
  pairs = section + 16 + <usize>((trigrams + 3) & ~3);
  checks = section + <usize>head;
  prices = checks + (<usize>slots << 1);
  for (let x = 0; x < LETTERS; x += 1) {
    for (let y = 0; y < LETTERS; y += 1) {
      for (let z = 0; z < LETTERS; z += 1) {
        store<i8>(scores + <usize>((x << 10) | (y << 5) | z), scoreIn(section, x, y, z));
      }
    }
  }
  for (let x = 0; x < LETTERS; x += 1) {
    for (let y = 0; y < LETTERS; y += 1) {
      for (let z = 0; z < LETTERS; z += 1) {
        if (y == 0) continue;
        const plain = trigram(x, y, z);
        const at = gains + (<usize>((x << 10) | (y << 5) | z) << 2);
        store<i16>(at, <i16>(trigram(turned(x), turned(y), turned(z)) - plain));
        store<i16>(at, <i16>(trigram(z, y, x) - plain), 2);
      }
    }
  }
  return true;
}

function scoreIn(section: usize, x: i32, y: i32, z: i32): i8 {
  return load<i8>(section + 16 + <usize>((x * LETTERS + y) * LETTERS + z));
}

/** How likely the letters x, y, z (`letterOf`) follow each other, in eighths of a bit against chance. */
export function trigram(x: i32, y: i32, z: i32): i32 {
  return <i32>load<i8>(scores + <usize>((x << 10) | (y << 5) | z));
}

/** The same of x, y alone. */
export function pair(x: i32, y: i32): i32 {
  return <i32>load<i8>(pairs + <usize>(x * LETTERS + y));
}

/** 1 to 26 for a to z, 0 for every other byte. */
// @ts-expect-error: decorator
@inline
export function letterOf(byte: i32): i32 {
  const letter = byte - 96;
  return <u32>(letter - 1) < 26 ? letter : 0;
}

/** Sum of the trigrams over a word with its edges, one per byte. */
export function score(bytes: usize, start: i32, end: i32): i32 {
  let sum = 0;
  let x = 0;
  for (let i = start; i < end; i += 1) {
    const y = letterOf(byteAt(bytes, i));
    const z = i + 1 < end ? letterOf(byteAt(bytes, i + 1)) : 0;
    sum += trigram(x, y, z);
    x = y;
  }
  return sum;
}

/** Start and step of the word hash (FNV-1a), and its last mixing: words that grow letter by letter share the work. */
export const HASH_START: u32 = 0x811c9dc5;

// @ts-expect-error: decorator
@inline
export function hashStep(hash: u32, byte: i32): u32 {
  return (hash ^ <u32>byte) * 0x01000193;
}

/** Cost of the vocabulary word with this unmixed hash, in tenths of a bit; 0 when it is none. */
export function costOfHash(unmixed: u32): i32 {
  const hash = unmixed ^ (unmixed >> 15);
  let slot = <i32>hash & (slots - 1);
  while (true) {
    const price = byteAt(prices, slot);
    if (price == 0 || <u32>halfAt(checks, slot) == hash >> 16) return price;
    slot = (slot + 1) & (slots - 1);
  }
}

/** Cost of a vocabulary word in tenths of a bit; 0 when it is none. */
export function cost(bytes: usize, start: i32, end: i32): i32 {
  let hash = HASH_START;
  for (let i = start; i < end; i += 1) hash = hashStep(hash, byteAt(bytes, i));
  return costOfHash(hash);
}
