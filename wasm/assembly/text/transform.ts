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
} from '../abi';
import { View } from '../view';
import { initPlausibility } from './plausibility';
import { unleet } from './transform-leet';
import { unselect, untag } from './transform-smuggled';
import { unspread } from './transform-spread';
import { reverse, rot13 } from './transform-words';
import { initSuspect, suspect } from './suspect';

export { suspect };

/** Reads section TRIG, which must stay where it is; false when its size is wrong. */
export function initTransform(section: usize, length: i32): bool {
  initSuspect();
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
