/** Divides letters written without blanks into words of the vocabulary. */
import { MAX_TEXT } from '../abi';
import { reserve, View } from '../view';
import { byteAt, halfAt, setByte, setHalf } from './bytes';
import { costOfHash, HASH_START, hashStep, letterOf, MAX_WORD, pair, trigram } from './plausibility';

/** Costs, in tenths of a bit, of a piece that is no word of the vocabulary, and what one of a single letter adds. */
const UNKNOWN_PIECE: i32 = 100;
const SINGLE_LETTER: i32 = 85;
/** Cost of a letter that follows as often as any other, and of what is no letter. */
const UNKNOWN_LETTER: i32 = 55;
const OTHER: i32 = 40;
const NONE: i32 = 0x3f3f3f3f;

/** i32[size + 1]: cost of the cheapest reading up to here. */
const costs = reserve((MAX_TEXT + 1) * 4);
/** u16[size + 1]: length of the last piece of that reading. */
const pieces = reserve((MAX_TEXT + 1) * 2);

// @ts-expect-error: decorator
@inline
function price(x: i32, y: i32, z: i32): i32 {
  return y == 0 ? OTHER : UNKNOWN_LETTER + pair(x, y) - trigram(x, y, z);
}

/**
 * Cheapest way (Viterbi) to read `view.text[start, end)` as words and unknown pieces; blanks are put between them in
 * place, each with the span of the letter before it. An unknown piece holds letters alone or none, and costs the
 * less the likelier its letters follow each other.
 *
 * @returns the new end; the caller sees to it that there is room: at most one byte more per letter
 * @complexity 20 look-ups per letter
 */
export function segment(view: View, start: i32, end: i32): i32 {
  const size = end - start;
  memory.fill(costs, 0x3f, <usize>(size + 1) << 2);
  store<i32>(costs, 0);
  let open = NONE;
  let openLength: i32 = 0;
  let x: i32 = 0;
  let y = size > 0 ? letterOf(byteAt(view.text, start)) : 0;
  for (let i = 0; i < size; i += 1) {
    const here = load<i32>(costs + (<usize>i << 2));
    let hash = HASH_START;
    for (let length = 1; length <= MAX_WORD && i + length <= size; length += 1) {
      hash = hashStep(hash, byteAt(view.text, start + i + length - 1));
      const known = costOfHash(hash);
      if (known > 0) relax(i + length, here + known, length);
    }
    const z = i + 1 < size ? letterOf(byteAt(view.text, start + i + 1)) : 0;
    const fresh = here + UNKNOWN_PIECE;
    const alone = fresh + SINGLE_LETTER;
    const closed = open + price(x, y, 0);
    if (alone <= closed) relax(i + 1, alone, 1);
    else relax(i + 1, closed, openLength + 1);
    const first = fresh + price(0, y, z);
    const more = open + price(x, y, z);
    openLength = first <= more ? 1 : openLength + 1;
    open = i + 1 < size && (y == 0) == (z == 0) ? min(first, more) : NONE;
    x = y;
    y = z;
  }

  let blanks = 0;
  for (let i = size - halfAt(pieces, size); i > 0; i -= halfAt(pieces, i)) blanks += 1;
  let to = end + blanks;
  for (let i = size; i > 0; ) {
    const before = i - halfAt(pieces, i);
    while (i > before) {
      i -= 1;
      to -= 1;
      move(view, start + i, to, byteAt(view.text, start + i));
    }
    if (i > 0) {
      to -= 1;
      move(view, start + i - 1, to, 0x20);
    }
  }
  return end + blanks;
}

function relax(at: i32, cost: i32, length: i32): void {
  if (cost >= load<i32>(costs + (<usize>at << 2))) return;
  store<i32>(costs + (<usize>at << 2), cost);
  setHalf(pieces, at, length);
}

function move(view: View, from: i32, to: i32, byte: i32): void {
  setByte(view.text, to, byte);
  setHalf(view.textStart, to, halfAt(view.textStart, from));
  setHalf(view.textEnd, to, halfAt(view.textEnd, from));
}
