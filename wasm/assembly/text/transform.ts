/**
 * Transformations that make another reading of a whole view: rot13, reversed, leet, spread letters, and what is
 * hidden in tags and variation selectors.
 */
import {
  DECODER_LEET,
  DECODER_REVERSED,
  DECODER_ROT13,
  DECODER_SPREAD,
  DECODER_TAGS,
  DECODER_VARIATION,
  STAT_COUNT,
  STAT_TAG,
  STAT_VARIATION,
} from '../abi';
import { View } from '../view';
import { byteAt } from './bytes';
import { initPlausibility, letterOf } from './plausibility';
import { sequenceLength } from './readable';
import { leetLetter, unleet } from './transform-leet';
import { unselect, untag } from './transform-smuggled';
import { isSeparator, isSpreadLetter, MIN_SPREAD, unspread } from './transform-spread';
import { reverse, rot13, suspectWords } from './transform-words';

/** Tags or selectors a text must hold before they are read. */
const MIN_SMUGGLED: u32 = 4;

/** Reads section TRIG, which must stay where it is; false when its size is wrong. */
export function initTransform(section: usize, length: i32): bool {
  return initPlausibility(section, length);
}

/** Makes `to` from `from` by one DECODER_* kind; false when the result is implausible, `to` is then undefined. */
export function transform(kind: i32, from: View, to: View): bool {
  let made = false;
  if (kind == DECODER_ROT13) made = rot13(from, to);
  else if (kind == DECODER_REVERSED) made = reverse(from, to);
  else if (kind == DECODER_LEET) made = unleet(from, to);
  else if (kind == DECODER_SPREAD) made = unspread(from, to);
  else if (kind == DECODER_TAGS) made = untag(from, to);
  else if (kind == DECODER_VARIATION) made = unselect(from, to);
  if (!made) return false;
  to.rawLen = 0;
  to.tokenCount = 0;
  memory.copy(to.stats, from.stats, STAT_COUNT * 4);
  to.decoders = from.decoders | <u32>kind;
  to.depth = from.depth;
  return true;
}

/** The DECODER_* kinds worth trying on a normalized view; never leaves out one that would succeed. */
export function suspect(view: View): i32 {
  let kinds = suspectWords(view);
  if (hasLeet(view)) kinds |= DECODER_LEET;
  if (hasSpread(view)) kinds |= DECODER_SPREAD;
  if (view.rawLen > 0) {
    if (load<u32>(view.stats + STAT_TAG * 4) >= MIN_SMUGGLED) kinds |= DECODER_TAGS;
    if (load<u32>(view.stats + STAT_VARIATION * 4) >= MIN_SMUGGLED) kinds |= DECODER_VARIATION;
  }
  return kinds;
}

/** A leet digit or sign right before a letter. */
function hasLeet(view: View): bool {
  for (let i = 1; i < view.textLen; i += 1) {
    if (letterOf(byteAt(view.text, i)) != 0 && leetLetter(byteAt(view.text, i - 1)) != 0) return true;
  }
  return false;
}

/** Enough single letters with separators alone between them. */
function hasSpread(view: View): bool {
  const text = view.text;
  const textLen = view.textLen;
  let singles = 0;
  let i = 0;
  while (i < textLen) {
    const byte = byteAt(text, i);
    if (isSpreadLetter(byte)) {
      const end = i + sequenceLength(byte);
      i = end;
      while (i < textLen && isSpreadLetter(byteAt(text, i))) i += 1;
      singles = i == end ? singles + 1 : 0;
      if (singles >= MIN_SPREAD) return true;
    } else {
      if (!isSeparator(byte)) singles = 0;
      i += 1;
    }
  }
  return false;
}
