/** Divides letters written without blanks into words of the vocabulary. */
import { MAX_TEXT } from '../abi';
import { reserve, View } from '../view';
import { byteAt, halfAt, setByte, setHalf } from './bytes';
import { costOfHash, HASH_START, hashStep, MAX_WORD } from './plausibility';

/** Cost, in tenths of a bit, of a letter no word covers. */
const UNKNOWN_LETTER: i32 = 130;

/** i32[size + 1]: cost of the cheapest reading up to here. */
const costs = reserve((MAX_TEXT + 1) * 4);
/** u8[size + 1]: length of the last word of that reading; 0 for a letter no word covers. */
const lengths = reserve(MAX_TEXT + 1);

/**
 * Cheapest way (Viterbi) to read `view.text[start, end)` as words; blanks are put between them in place, each with
 * the span of the letter before it. Letters no word covers stay together.
 *
 * @returns the new end; the caller sees to it that there is room: at most one byte more per letter
 * @complexity 20 look-ups per letter
 */
export function segment(view: View, start: i32, end: i32): i32 {
  const size = end - start;
  memory.fill(costs, 0x3f, <usize>(size + 1) << 2);
  store<i32>(costs, 0);
  for (let i = 0; i < size; i += 1) {
    const here = load<i32>(costs + (<usize>i << 2));
    relax(i + 1, here + UNKNOWN_LETTER, 0);
    let hash = HASH_START;
    for (let length = 1; length <= MAX_WORD && i + length <= size; length += 1) {
      hash = hashStep(hash, byteAt(view.text, start + i + length - 1));
      const price = costOfHash(hash);
      if (price > 0) relax(i + length, here + price, length);
    }
  }

  let blanks = 0;
  for (let i = size; i > 0; ) {
    const length = byteAt(lengths, i);
    i -= length == 0 ? 1 : length;
    if (i > 0 && (length != 0 || byteAt(lengths, i) != 0)) blanks += 1;
  }
  let to = end + blanks;
  for (let i = size; i > 0; ) {
    const length = byteAt(lengths, i);
    const before = i - (length == 0 ? 1 : length);
    while (i > before) {
      i -= 1;
      to -= 1;
      move(view, start + i, to, byteAt(view.text, start + i));
    }
    if (i > 0 && (length != 0 || byteAt(lengths, i) != 0)) {
      to -= 1;
      move(view, start + i - 1, to, 0x20);
    }
  }
  return end + blanks;
}

function relax(at: i32, cost: i32, length: i32): void {
  if (cost >= load<i32>(costs + (<usize>at << 2))) return;
  store<i32>(costs + (<usize>at << 2), cost);
  setByte(lengths, at, length);
}

function move(view: View, from: i32, to: i32, byte: i32): void {
  setByte(view.text, to, byte);
  setHalf(view.textStart, to, halfAt(view.textStart, from));
  setHalf(view.textEnd, to, halfAt(view.textEnd, from));
}
