/**
 * Hashed n-grams and the linear model over them.
 *
 * Character 3-, 4- and 5-grams run over the code points of the normalized text,
 * white space as a blank, with one more blank before and behind. Word 1-, 2- and
 * 3-grams run over word and solo tokens; punctuation between them is skipped. A
 * bucket counts once, at its first occurrence; the order is: for every character
 * position its 3-, 4-, 5-gram, then for every word its 1-, 2-, 3-gram.
 *
 * Margin in log-odds = bias + scale · Σq / sqrt(n) over the n distinct buckets.
 * The same sum per `SEGMENT_BYTES` of text, by first occurrence, gives local
 * margins that a long harmless text cannot dilute.
 *
 * @module
 */
import { MAX_NGRAMS, MAX_TEXT, MAX_TOKENS, NGRAM_BUCKETS, SEGMENT_BYTES, TOKEN_PUNCT } from '../abi.ts';
import {
  GRAM_K0,
  GRAM_K1,
  GRAM_K2,
  GRAM_K3,
  GRAM_K4,
  GRAM_SEED3,
  GRAM_SEED4,
  GRAM_SEED5,
  MIX_A,
  MIX_B,
  WORD_SEED1,
  WORD_SEED2,
  WORD_SEED3,
} from '../schema.ts';
import type { View } from './view.ts';

const BLANK = 0x20;
const MAX_SEGMENTS = MAX_TEXT / SEGMENT_BYTES;

/** The n-grams of one view under one head. The arrays are reused by the next call. */
export interface Ngrams {
  /** Distinct buckets in order of first occurrence, and the byte offset in `text` of that occurrence; first `count`. */
  readonly buckets: Uint32Array;
  readonly offsets: Uint16Array;
  count: number;
  /** N-grams in the text, repetitions included. */
  total: number;
  /** Log-odds of the whole view. */
  margin: number;
  /** Σq and number of distinct buckets that first occur in each segment; first `segments`, at least 1. */
  readonly segmentSum: Int32Array;
  readonly segmentCount: Int32Array;
  segments: number;
  /** Hash and token index of every word or solo token; first `words`. */
  readonly wordHash: Uint32Array;
  readonly wordToken: Uint16Array;
  words: number;
}

/** One head of the linear model: `LIN0` or `LIN1`. */
export interface Linear {
  readonly scale: number;
  readonly bias: number;
  /** i8[NGRAM_BUCKETS]. */
  readonly weights: Int8Array;
}

/** Log-odds of `count` distinct n-grams whose weights add up to `sum`. */
export function linearMargin(linear: Linear, sum: number, count: number): number {
  return count === 0 ? linear.bias : linear.bias + (linear.scale * sum) / Math.sqrt(count);
}

/**
 * Opens a `LIN0` or `LIN1` section.
 *
 * @throws RangeError when the section is not of this engine's shape.
 */
export function openLinear(section: DataView): Linear {
  if (section.byteLength < 16 + NGRAM_BUCKETS || section.getUint32(0, true) !== NGRAM_BUCKETS) {
    throw new RangeError(`LIN: expected ${NGRAM_BUCKETS} buckets`);
  }
  const scale = section.getFloat32(4, true);
  const bias = section.getFloat32(8, true);
  if (!Number.isFinite(scale) || !Number.isFinite(bias)) throw new RangeError('LIN: scale and bias must be finite');
  return { scale, bias, weights: new Int8Array(section.buffer, section.byteOffset + 16, NGRAM_BUCKETS) };
}

/** Spreads every input bit over the whole word. */
export function mix(hash: number): number {
  let h = hash ^ (hash >>> 16);
  h = Math.imul(h, MIX_A);
  h ^= h >>> 15;
  h = Math.imul(h, MIX_B);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Hash of the normalized bytes `[start, end)` as one word; never 0, which marks an empty slot in the lexicon. */
export function hashWord(text: Uint8Array, start: number, end: number): number {
  let h = WORD_SEED1 ^ (end - start);
  for (let at = start; at < end; at += 4) {
    let word = 0;
    for (let byte = 0; byte < 4 && at + byte < end; byte++) word |= (text[at + byte] as number) << (byte * 8);
    h = Math.imul(h ^ word, GRAM_K0);
    h ^= h >>> 15;
  }
  return mix(h) || 1;
}

/** The n-gram stage over the two heads, in the order of HEAD_*. */
export function createNgrams(heads: readonly [Linear, Linear]): (view: View, head: number) => Ngrams {
  // One blank before and behind the text.
  const points = new Uint32Array(MAX_TEXT + 2);
  const pointOffset = new Uint16Array(MAX_TEXT + 2);
  const seen = new Uint8Array(NGRAM_BUCKETS);
  const grams: Ngrams = {
    buckets: new Uint32Array(MAX_NGRAMS),
    offsets: new Uint16Array(MAX_NGRAMS),
    count: 0,
    total: 0,
    margin: 0,
    segmentSum: new Int32Array(MAX_SEGMENTS),
    segmentCount: new Int32Array(MAX_SEGMENTS),
    segments: 1,
    wordHash: new Uint32Array(MAX_TOKENS),
    wordToken: new Uint16Array(MAX_TOKENS),
    words: 0,
  };

  return (view, head) => {
    const linear = heads[head] as Linear;
    const { weights } = linear;
    let sum = 0;
    grams.count = 0;
    grams.total = 0;
    grams.segments = Math.max(1, Math.ceil(view.textLen / SEGMENT_BYTES));
    grams.segmentSum.fill(0, 0, grams.segments);
    grams.segmentCount.fill(0, 0, grams.segments);

    const add = (hash: number, offset: number): void => {
      const bucket = hash & (NGRAM_BUCKETS - 1);
      grams.total++;
      if (seen[bucket] === 1 || grams.count === MAX_NGRAMS) return;
      seen[bucket] = 1;
      grams.buckets[grams.count] = bucket;
      grams.offsets[grams.count] = offset;
      grams.count++;
      const weight = weights[bucket] as number;
      const segment = Math.floor(offset / SEGMENT_BYTES);
      sum += weight;
      grams.segmentSum[segment] = (grams.segmentSum[segment] as number) + weight;
      grams.segmentCount[segment] = (grams.segmentCount[segment] as number) + 1;
    };

    const length = decode(view, points, pointOffset);
    for (let i = 0; i + 3 <= length; i++) {
      const offset = pointOffset[i] as number;
      let h =
        Math.imul(points[i] as number, GRAM_K0) +
        Math.imul(points[i + 1] as number, GRAM_K1) +
        Math.imul(points[i + 2] as number, GRAM_K2);
      add(mix(h + GRAM_SEED3), offset);
      if (i + 4 > length) continue;
      h += Math.imul(points[i + 3] as number, GRAM_K3);
      add(mix(h + GRAM_SEED4), offset);
      if (i + 5 > length) continue;
      h += Math.imul(points[i + 4] as number, GRAM_K4);
      add(mix(h + GRAM_SEED5), offset);
    }

    hashWords(view, grams);
    const { wordHash, wordToken, words } = grams;
    for (let i = 0; i < words; i++) {
      const offset = view.tokenStart[wordToken[i] as number] as number;
      const first = wordHash[i] as number;
      add(first, offset);
      if (i + 1 >= words) continue;
      const two = Math.imul(first, GRAM_K0) + Math.imul(wordHash[i + 1] as number, GRAM_K1);
      add(mix(two + WORD_SEED2), offset);
      if (i + 2 >= words) continue;
      add(mix(two + Math.imul(wordHash[i + 2] as number, GRAM_K2) + WORD_SEED3), offset);
    }

    for (let i = 0; i < grams.count; i++) seen[grams.buckets[i] as number] = 0;
    grams.margin = linearMargin(linear, sum, grams.count);
    return grams;
  };
}

/** Code points of the text between two blanks, with the byte offset of each; how many. 0 for an empty text. */
function decode(view: View, points: Uint32Array, offsets: Uint16Array): number {
  const { text, textLen } = view;
  if (textLen === 0) return 0;
  points[0] = BLANK;
  offsets[0] = 0;
  let length = 1;
  for (let at = 0; at < textLen; length++) {
    const lead = text[at] as number;
    const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    let point = lead === 0x0a ? BLANK : lead;
    if (size > 1) {
      point = lead & (0x7f >> size);
      for (let byte = 1; byte < size; byte++) point = (point << 6) | ((text[at + byte] as number) & 0x3f);
    }
    points[length] = point;
    offsets[length] = at;
    at += size;
  }
  points[length] = BLANK;
  offsets[length] = textLen - 1;
  return length + 1;
}

function hashWords(view: View, grams: Ngrams): void {
  let words = 0;
  for (let token = 0; token < view.tokenCount; token++) {
    if (view.tokenKind[token] === TOKEN_PUNCT) continue;
    grams.wordHash[words] = hashWord(view.text, view.tokenStart[token] as number, view.tokenEnd[token] as number);
    grams.wordToken[words] = token;
    words++;
  }
  grams.words = words;
}
