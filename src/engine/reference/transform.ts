/**
 * Transformations that make another reading of a whole view: rot13, reversed, leet, spread letters, and what is
 * hidden in tags and variation selectors.
 *
 * @module
 */
import {
  DECODER_LEET,
  DECODER_REVERSED,
  DECODER_ROT13,
  DECODER_SPREAD,
  DECODER_TAGS,
  DECODER_VARIATION,
  STAT_TAG,
  STAT_VARIATION,
} from '../abi.ts';
import { createPlausibility, letterOf } from './plausibility.ts';
import { sequenceLength } from './readable.ts';
import { leetLetter, unleet } from './transform-leet.ts';
import { unselect, untag } from './transform-smuggled.ts';
import { isSeparator, isSpreadLetter, MIN_SPREAD, unspread } from './transform-spread.ts';
import { bestStretch, reverse, rot13 } from './transform-words.ts';
import type { View } from './view.ts';

/** Tags or selectors a text must hold before they are read. */
const MIN_SMUGGLED = 4;

/**
 * @param section bytes of section TRIG
 * @returns makes `to` from `from` by one DECODER_* kind; false when the result is implausible, `to` is then undefined
 */
export function createTransform(section: DataView): (kind: number, from: View, to: View) => boolean {
  const words = createPlausibility(section);
  return (kind, from, to) => {
    let made = false;
    if (kind === DECODER_ROT13) made = rot13(from, to, words);
    else if (kind === DECODER_REVERSED) made = reverse(from, to, words);
    else if (kind === DECODER_LEET) made = unleet(from, to, words);
    else if (kind === DECODER_SPREAD) made = unspread(from, to, words);
    else if (kind === DECODER_TAGS) made = untag(from, to);
    else if (kind === DECODER_VARIATION) made = unselect(from, to);
    if (!made) return false;
    to.rawLen = 0;
    to.tokenCount = 0;
    to.stats.set(from.stats);
    to.decoders = from.decoders | kind;
    to.depth = from.depth;
    return true;
  };
}

/**
 * @param section bytes of section TRIG
 * @returns the DECODER_* kinds worth trying on a normalized view; never leaves out one that would succeed
 */
export function createSuspect(section: DataView): (view: View) => number {
  const words = createPlausibility(section);
  return (view) => {
    let kinds = 0;
    if (bestStretch(view, words, false) !== undefined) kinds |= DECODER_ROT13;
    if (bestStretch(view, words, true) !== undefined) kinds |= DECODER_REVERSED;
    if (hasLeet(view)) kinds |= DECODER_LEET;
    if (hasSpread(view)) kinds |= DECODER_SPREAD;
    if (view.rawLen > 0 && (view.stats[STAT_TAG] ?? 0) >= MIN_SMUGGLED) kinds |= DECODER_TAGS;
    if (view.rawLen > 0 && (view.stats[STAT_VARIATION] ?? 0) >= MIN_SMUGGLED) kinds |= DECODER_VARIATION;
    return kinds;
  };
}

/** A leet digit or sign right before a letter. */
function hasLeet(view: View): boolean {
  for (let i = 1; i < view.textLen; i += 1) {
    if (letterOf(view.text[i] ?? 0) !== 0 && leetLetter(view.text[i - 1] ?? 0) !== 0) return true;
  }
  return false;
}

/** Enough single letters with separators alone between them. */
function hasSpread(view: View): boolean {
  const { text, textLen } = view;
  let singles = 0;
  let i = 0;
  while (i < textLen) {
    const byte = text[i] ?? 0;
    if (isSpreadLetter(byte)) {
      const end = i + sequenceLength(byte);
      i = end;
      while (i < textLen && isSpreadLetter(text[i] ?? 0)) i += 1;
      singles = i === end ? singles + 1 : 0;
      if (singles >= MIN_SPREAD) return true;
    } else {
      if (!isSeparator(byte)) singles = 0;
      i += 1;
    }
  }
  return false;
}
