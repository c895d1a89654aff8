/**
 * Which transformations are worth trying on a view: one pass over its text for all of them.
 *
 * Word gains for rot13 and reversed text are summed as `transform-words.ts` does, to the same thresholds.
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
} from '../abi';
import { reserve, View } from '../view';
import { gains, letterOf } from './plausibility';
import { leetLetter } from './transform-leet';
import { isSeparator, isSpreadLetter, MIN_SPREAD } from './transform-spread';
import { clings, THRESHOLD_REVERSED, THRESHOLD_ROT13, WORD_COST, WORD_LIMIT } from './transform-words';

/** Tags or selectors a text must hold before they are read. */
const MIN_SMUGGLED: u32 = 4;

/** Bits of a byte's class; the lowest five are its letter. */
const LETTER: u32 = 31;
const LEET: u32 = 32;
const SPREAD: u32 = 64;
const SEPARATOR: u32 = 128;
const CLINGS: u32 = 256;
const CONTINUATION: u32 = 512;

/** u16[256]. */
const classes = reserve(512);

export function initSuspect(): void {
  for (let byte = 0; byte < 256; byte += 1) {
    let bits = <u32>letterOf(byte);
    if (leetLetter(byte) != 0) bits |= LEET;
    if (isSpreadLetter(byte)) bits |= SPREAD;
    if (isSeparator(byte)) bits |= SEPARATOR;
    if (clings(byte)) bits |= CLINGS;
    if ((byte & 0xc0) == 0x80) bits |= CONTINUATION;
    store<u16>(classes + (<usize>byte << 1), <u16>bits);
  }
}

// @ts-ignore: decorator
@inline
function limited(gain: i32): i32 {
  return min(max(gain, -WORD_LIMIT), WORD_LIMIT);
}

/** The DECODER_* kinds worth trying on a normalized view; never leaves out one that would succeed. */
export function suspect(view: View): i32 {
  const text = view.text;
  const len = view.textLen;
  let window: u32 = 0;
  let before: u32 = 0;
  let beforeWord: u32 = 0;
  let gainTurned = 0;
  let gainBackward = 0;
  let sumTurned = 0;
  let sumBackward = 0;
  let bestTurned = 0;
  let bestBackward = 0;
  let leet: u32 = 0;
  let points = 0;
  let singles = 0;
  let most = 0;

  // One step past the end, where a separator closes the last word.
  for (let i = 0; i <= len; i += 1) {
    const now: u32 = i < len ? <u32>load<u16>(classes + (<usize>load<u8>(text + <usize>i) << 1)) : SEPARATOR;
    window = ((window << 5) | (now & LETTER)) & 0x7fff;
    const gain = load<i32>(gains + (<usize>window << 2));
    gainTurned += (gain << 16) >> 16;
    gainBackward += gain >> 16;

    if ((now & LETTER) == 0) {
      if ((before & LETTER) != 0) {
        if (((beforeWord | now) & CLINGS) != 0) {
          gainTurned = 0;
          gainBackward = 0;
        }
        sumTurned = max(sumTurned, 0) + limited(gainTurned) - WORD_COST;
        sumBackward = max(sumBackward, 0) + limited(gainBackward) - WORD_COST;
        bestTurned = max(bestTurned, sumTurned);
        bestBackward = max(bestBackward, sumBackward);
        gainTurned = 0;
        gainBackward = 0;
      }
      beforeWord = now;
    } else {
      leet |= before;
    }

    if ((now & SPREAD) != 0) {
      if ((now & CONTINUATION) == 0) points += 1;
    } else {
      if ((before & SPREAD) != 0) {
        singles = points == 1 ? singles + 1 : 0;
        most = max(most, singles);
        points = 0;
      }
      if ((now & SEPARATOR) == 0) singles = 0;
    }
    before = now;
  }

  let kinds = 0;
  if (bestTurned >= THRESHOLD_ROT13) kinds |= DECODER_ROT13;
  if (bestBackward >= THRESHOLD_REVERSED) kinds |= DECODER_REVERSED;
  if ((leet & LEET) != 0) kinds |= DECODER_LEET;
  if (most >= MIN_SPREAD) kinds |= DECODER_SPREAD;
  if (view.rawLen > 0) {
    if (load<u32>(view.stats + STAT_TAG * 4) >= MIN_SMUGGLED) kinds |= DECODER_TAGS;
    if (load<u32>(view.stats + STAT_VARIATION * 4) >= MIN_SMUGGLED) kinds |= DECODER_VARIATION;
  }
  return kinds;
}
