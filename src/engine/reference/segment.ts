/**
 * Divides letters written without blanks into words of the vocabulary.
 *
 * @module
 */
import { MAX_WORD, type Plausibility } from './plausibility.ts';
import type { View } from './view.ts';

/** Cost, in tenths of a bit, of a letter no word covers. */
const UNKNOWN_LETTER = 130;

/**
 * Cheapest way (Viterbi) to read `view.text[start, end)` as words; blanks are put between them in place, each with
 * the span of the letter before it. Letters no word covers stay together.
 *
 * @returns the new end; the caller sees to it that there is room: at most one byte more per letter
 * @complexity 20 look-ups per letter
 */
export function segment(view: View, start: number, end: number, words: Plausibility): number {
  const size = end - start;
  const cost = new Int32Array(size + 1).fill(0x3fffffff);
  /** Length of the last word of the cheapest reading up to here; 0 for a letter no word covers. */
  const word = new Uint8Array(size + 1);
  cost[0] = 0;
  for (let i = 0; i < size; i += 1) {
    const here = cost[i] ?? 0;
    if (here + UNKNOWN_LETTER < (cost[i + 1] ?? 0)) {
      cost[i + 1] = here + UNKNOWN_LETTER;
      word[i + 1] = 0;
    }
    for (let length = 1; length <= MAX_WORD && i + length <= size; length += 1) {
      const price = words.cost(view.text, start + i, start + i + length);
      if (price > 0 && here + price < (cost[i + length] ?? 0)) {
        cost[i + length] = here + price;
        word[i + length] = length;
      }
    }
  }

  let blanks = 0;
  for (let i = size; i > 0; ) {
    const length = word[i] ?? 0;
    i -= length === 0 ? 1 : length;
    if (i > 0 && (length !== 0 || word[i] !== 0)) blanks += 1;
  }
  let to = end + blanks;
  for (let i = size; i > 0; ) {
    const length = word[i] ?? 0;
    const before = i - (length === 0 ? 1 : length);
    while (i > before) {
      i -= 1;
      to -= 1;
      move(view, start + i, to, view.text[start + i] ?? 0);
    }
    if (i > 0 && (length !== 0 || word[i] !== 0)) {
      to -= 1;
      move(view, start + i - 1, to, 0x20);
    }
  }
  return end + blanks;
}

function move(view: View, from: number, to: number, byte: number): void {
  view.text[to] = byte;
  view.textStart[to] = view.textStart[from] ?? 0;
  view.textEnd[to] = view.textEnd[from] ?? 0;
}
