/**
 * Divides letters written without blanks into words of the vocabulary.
 *
 * @module
 */
import { letterOf, MAX_WORD, type Plausibility } from './plausibility.ts';
import type { View } from './view.ts';

/** Costs, in tenths of a bit, of a piece that is no word of the vocabulary, and what one of a single letter adds. */
const UNKNOWN_PIECE = 100;
const SINGLE_LETTER = 85;
/** Cost of a letter that follows as often as any other, and of what is no letter. */
const UNKNOWN_LETTER = 55;
const OTHER = 40;
const NONE = 0x3f3f3f3f;

/**
 * Cheapest way (Viterbi) to read `view.text[start, end)` as words and unknown pieces; blanks are put between them in
 * place, each with the span of the letter before it. An unknown piece holds letters alone or none, and costs the
 * less the likelier its letters follow each other.
 *
 * @returns the new end; the caller sees to it that there is room: at most one byte more per letter
 * @complexity 20 look-ups per letter
 */
export function segment(view: View, start: number, end: number, words: Plausibility): number {
  const size = end - start;
  const { text } = view;
  const letter = (i: number): number => (i < size ? letterOf(text[start + i] ?? 0) : 0);
  const price = (x: number, y: number, z: number): number =>
    y === 0 ? OTHER : UNKNOWN_LETTER + words.pair(x, y) - words.trigram(x, y, z);
  /** Cost of the cheapest reading up to here, and length of its last piece. */
  const cost = new Int32Array(size + 1).fill(NONE);
  const piece = new Uint16Array(size + 1);
  cost[0] = 0;
  /** Cost of the cheapest reading whose last piece is unknown and goes on, and length of that piece so far. */
  let open = NONE;
  let openLength = 0;
  for (let i = 0; i < size; i += 1) {
    const here = cost[i] ?? 0;
    for (let length = 1; length <= MAX_WORD && i + length <= size; length += 1) {
      const known = words.cost(text, start + i, start + i + length);
      if (known > 0 && here + known < (cost[i + length] ?? 0)) {
        cost[i + length] = here + known;
        piece[i + length] = length;
      }
    }
    const x = i > 0 ? letter(i - 1) : 0;
    const y = letter(i);
    const z = letter(i + 1);
    const fresh = here + UNKNOWN_PIECE;
    const alone = fresh + SINGLE_LETTER;
    const closed = open + price(x, y, 0);
    if (Math.min(alone, closed) < (cost[i + 1] ?? 0)) {
      cost[i + 1] = Math.min(alone, closed);
      piece[i + 1] = alone <= closed ? 1 : openLength + 1;
    }
    const first = fresh + price(0, y, z);
    const more = open + price(x, y, z);
    openLength = first <= more ? 1 : openLength + 1;
    open = i + 1 < size && (y === 0) === (z === 0) ? Math.min(first, more) : NONE;
  }

  let blanks = 0;
  for (let i = size - (piece[size] ?? 0); i > 0; i -= piece[i] ?? 0) blanks += 1;
  let to = end + blanks;
  for (let i = size; i > 0; ) {
    const before = i - (piece[i] ?? 0);
    while (i > before) {
      i -= 1;
      to -= 1;
      move(view, start + i, to, text[start + i] ?? 0);
    }
    if (i > 0) {
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
