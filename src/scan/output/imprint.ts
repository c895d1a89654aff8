/**
 * What must not come back, as a table of its shingles: every eight letters in a row of every text, and of the forms in
 * which it may come disguised, with how much each letter gives away.
 *
 * @module
 */
import type { Decoder } from '../../types.ts';
import { BREAK, LEAD } from './letters.ts';

/** Letters of a text and their weights; letters of one word have one `word`. */
export interface Weighed {
  readonly kind: Kind;
  readonly symbols: readonly number[];
  readonly weights: readonly number[];
  readonly words: readonly number[];
  /** What letters in a row must weigh before a letter more counts. */
  readonly offset: number;
  /** What must come together until it is a leak. */
  readonly enough: number;
}

export interface Imprint {
  readonly size: number;
  /** Letters of all forms, one behind the other, with a `BREAK` between. */
  readonly symbols: Int32Array;
  readonly weights: Float32Array;
  /** Per letter, the index of its form. */
  readonly forms: Uint16Array;
  readonly decoders: readonly (readonly Decoder[])[];
  /** Per form, as are the next two. */
  readonly kinds: readonly Kind[];
  readonly offsets: readonly number[];
  readonly enough: readonly number[];
  /** One bit per `keySlot`: whether a shingle may have that key, which is five bits of each of six letters in a row. */
  readonly bits: Int32Array;
  readonly bitShift: number;
  /** Open addressing: where a shingle ends in `symbols`, or -1. */
  readonly table: Int32Array;
}

/** A protected text is recognized by much of it, a canary by any shingle. */
export type Kind = 'text' | 'canary';

/** Letters of a shingle. */
export const SHINGLE = LEAD;
const HASH_FACTOR = 0x2c1b3c6d;
/** Letters of a key. A shingle has three, so every third place of a text tells whether one may be near. */
export const KEY = 6;
export const KEY_STEP = SHINGLE - KEY + 1;
const SPREAD_FACTOR = 0x9e3779b1 | 0;

/** Hash of the shingle that ends at `last`. */
export function shingleHash(symbols: Int32Array, last: number): number {
  let hash = 0;
  for (let i = last - SHINGLE + 1; i <= last; i++) hash = (Math.imul(hash, HASH_FACTOR) + symbols[i]!) | 0;
  return hash;
}

/** Of the key that ends at `last`, a part with its last three letters; shifted by fifteen bits, with the ones before. */
export function keyPart(symbols: Int32Array, last: number): number {
  return ((symbols[last - 2]! & 31) << 10) | ((symbols[last - 1]! & 31) << 5) | (symbols[last]! & 31);
}

/** The bit of a key in `bits`. */
export function keySlot(key: number, bitShift: number): number {
  return Math.imul(key, SPREAD_FACTOR) >>> bitShift;
}

type Form = readonly [decoders: readonly Decoder[], order: (text: Weighed) => Weighed];

/** How a text may come back whole and yet in other letters or another order. */
const FORMS: readonly Form[] = [
  [[], (text) => text],
  [['rot13'], (text) => shifted(text, 13)],
  [['reversed'], (text) => picked(text, text.symbols.map((_, i) => i).reverse())],
  [['rot13', 'reversed'], (text) => shifted(picked(text, text.symbols.map((_, i) => i).reverse()), 13)],
  [
    ['reversed'],
    (text) =>
      picked(
        text,
        byWords(text).flatMap((word) => [...word].reverse()),
      ),
  ],
  [['reversed'], (text) => picked(text, byWords(text).reverse().flat())],
];

/** Caesar's other shifts: of short texts only, because each is a copy. */
const SHIFTS: readonly Form[] = Array.from({ length: 25 }, (_, i) => i + 1)
  .filter((by) => by !== 13)
  .map((by): Form => [['rot13'], (text) => shifted(text, by)]);
const SHORT = 256;

function picked(text: Weighed, order: readonly number[]): Weighed {
  return {
    ...text,
    symbols: order.map((i) => text.symbols[i]!),
    weights: order.map((i) => text.weights[i]!),
    words: order.map((i) => text.words[i]!),
  };
}

function byWords({ words }: Weighed): number[][] {
  const groups: number[][] = [];
  words.forEach((word, i) => {
    if (i > 0 && words[i - 1] === word) groups.at(-1)!.push(i);
    else groups.push([i]);
  });
  return groups;
}

/** Letters of the alphabet moved on by so many places. They must not have been folded onto one another yet. */
function shifted(text: Weighed, by: number): Weighed {
  const symbols = text.symbols.map((symbol) =>
    symbol >= 97 && symbol <= 122 ? ((symbol - 97 + by) % 26) + 97 : symbol,
  );
  return { ...text, symbols };
}

/**
 * @param texts their letters in small ASCII or beyond, not yet folded onto one another
 * @param fold what leetspeak makes of a letter
 * @complexity linear in the letters, some forty bytes of memory for each
 */
export function createImprint(texts: readonly Weighed[], fold: (symbol: number) => number): Imprint {
  const forms = texts.flatMap((text) =>
    [...FORMS, ...(text.symbols.length <= SHORT ? SHIFTS : [])].map(
      ([decoders, order]) => [decoders, order(text)] as const,
    ),
  );
  const size = forms.reduce((sum, [, { symbols }]) => sum + symbols.length + 1, 1);
  const symbols = new Int32Array(size).fill(BREAK);
  const weights = new Float32Array(size);
  const ids = new Uint16Array(size);
  let at = 1;
  forms.forEach(([, form], id) => {
    form.symbols.forEach((symbol, i) => {
      symbols[at] = fold(symbol);
      weights[at] = form.weights[i]!;
      ids[at++] = id;
    });
    ids[at++] = id;
  });
  const bitShift = 32 - Math.max(10, Math.min(26, Math.ceil(Math.log2(size)) + 5));
  const bits = new Int32Array(2 ** (32 - bitShift - 5));
  const table = new Int32Array(2 ** (Math.ceil(Math.log2(size)) + 1)).fill(-1);
  const imprint: Imprint = {
    size,
    symbols,
    weights,
    forms: ids,
    decoders: forms.map(([decoders]) => decoders),
    kinds: forms.map(([, { kind }]) => kind),
    offsets: forms.map(([, { offset }]) => offset),
    enough: forms.map(([, { enough }]) => enough),
    bits,
    bitShift,
    table,
  };
  let run = 0;
  for (let end = 0; end < size; end++) {
    run = symbols[end] === BREAK ? 0 : run + 1;
    if (run < SHINGLE) continue;
    for (let last = end - KEY_STEP + 1; last <= end; last++) {
      const bit = keySlot((keyPart(symbols, last - 3) << 15) | keyPart(symbols, last), bitShift);
      bits[bit >>> 5]! |= 1 << (bit & 31);
    }
    let slot = slotOf(shingleHash(symbols, end), table.length);
    while (table[slot]! >= 0 && !sameShingle(symbols, table[slot]!, end)) slot = (slot + 1) & (table.length - 1);
    if (table[slot]! < 0) table[slot] = end;
  }
  return imprint;
}

/** Where the search for a shingle begins in a table. */
export function slotOf(hash: number, slots: number): number {
  return (hash ^ (hash >>> 15)) & (slots - 1);
}

function sameShingle(symbols: Int32Array, a: number, b: number): boolean {
  for (let i = 0; i < SHINGLE; i++) if (symbols[a - i] !== symbols[b - i]) return false;
  return true;
}
