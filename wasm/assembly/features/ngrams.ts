/**
 * Hashed n-grams and the linear model over them; `src/engine/reference/ngrams.ts` is the readable twin.
 *
 * The text is first spread to one u32 per code point, so that a vector load at `i`,
 * `i + 1` … holds the first, second … characters of four n-grams: eleven vector
 * multiplications hash twelve n-grams. A bit per bucket (32 KiB, which stays in the
 * first-level cache) tells whether a bucket is new, without a branch: half of the
 * n-grams of a long text are, unpredictably.
 */
import { MAX_NGRAMS, MAX_TEXT, MAX_TOKENS, NGRAM_BUCKETS, PADDING, SEGMENT_BYTES, TOKEN_PUNCT } from '../abi';
import { reserve, View } from '../view';
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
} from './schema-abi';

const BLANK: u32 = 0x20;
const MASK: u32 = NGRAM_BUCKETS - 1;
const MAX_SEGMENTS: i32 = MAX_TEXT / SEGMENT_BYTES;

/** u32 and u16 [MAX_TEXT + 2]: code points between two blanks, byte offset of each. */
const points: usize = reserve((MAX_TEXT + 2 + PADDING) * 4);
const pointOffset: usize = reserve((MAX_TEXT + 2 + PADDING) * 2);
/** One bit per bucket, all zero between calls. */
const seen: usize = reserve(NGRAM_BUCKETS / 8);
/** u32[12]: the 3-grams, 4-grams and 5-grams of four positions. */
const hashes: usize = reserve(48);

/** u32 and u16 [gramCount]: distinct buckets in order of first occurrence, byte offset of that occurrence. */
export const ngramBuckets: usize = reserve((MAX_NGRAMS + 16) * 4);
export const ngramOffsets: usize = reserve((MAX_NGRAMS + 16) * 2);
export let gramCount: i32 = 0;
/** N-grams in the text, repetitions included. */
export let gramTotal: i32 = 0;
/** Log-odds of the whole view. */
export let linearValue: f64 = 0;
/** i32[segments] each: sum of weights and number of distinct buckets that first occur in a segment. */
export const segmentSum: usize = reserve(MAX_SEGMENTS * 4);
export const segmentCount: usize = reserve(MAX_SEGMENTS * 4);
export let segments: i32 = 1;
/** u32 and u16 [words]: hash and token index of every word or solo token. */
export const wordHash: usize = reserve(MAX_TOKENS * 4);
export const wordToken: usize = reserve(MAX_TOKENS * 2);
export let words: i32 = 0;
/** u16[words]: where each begins in the text. */
const wordOffset: usize = reserve(MAX_TOKENS * 2);

/** Per head: scale, bias (f32 values), weights (i8[NGRAM_BUCKETS] inside the pack). */
const scales: usize = reserve(16);
const biases: usize = reserve(16);
const weightsOf: usize = reserve(16);
/** Head of the last call. */
let head: i32 = 0;

/** Opens a `LIN0` or `LIN1` section, which stays where it is. False when it is not of this engine's shape. */
export function initLinear(which: i32, section: usize, length: i32): bool {
  if (length < 16 + NGRAM_BUCKETS || load<u32>(section) != NGRAM_BUCKETS) return false;
  const scale: f64 = load<f32>(section, 4);
  const bias: f64 = load<f32>(section, 8);
  if (!isFinite(scale) || !isFinite(bias)) return false;
  store<f64>(scales + (which << 3), scale);
  store<f64>(biases + (which << 3), bias);
  store<usize>(weightsOf + (which << 2), section + 16);
  return true;
}

/** A bucket's weight under a head, times the head's scale. */
export function weight(which: i32, bucket: i32): f64 {
  return load<f64>(scales + (which << 3)) * <f64>load<i8>(load<usize>(weightsOf + (which << 2)) + bucket);
}

/** Log-odds, under the last call's head, of `count` distinct n-grams whose weights add up to `sum`. */
export function linearMargin(sum: i32, count: i32): f64 {
  const bias = load<f64>(biases + (head << 3));
  return count == 0 ? bias : bias + (load<f64>(scales + (head << 3)) * <f64>sum) / sqrt<f64>(<f64>count);
}

// @ts-ignore: decorator
@inline
function mix(hash: u32): u32 {
  let h = hash ^ (hash >> 16);
  h *= <u32>MIX_A;
  h ^= h >> 15;
  h *= <u32>MIX_B;
  return h ^ (h >> 16);
}

// @ts-ignore: decorator
@inline
function mixLanes(hash: v128): v128 {
  let h = v128.xor(hash, i32x4.shr_u(hash, 16));
  h = i32x4.mul(h, i32x4.splat(<i32>MIX_A));
  h = v128.xor(h, i32x4.shr_u(h, 15));
  h = i32x4.mul(h, i32x4.splat(<i32>MIX_B));
  h = v128.xor(h, i32x4.shr_u(h, 16));
  return v128.and(h, i32x4.splat(MASK));
}

/** Hash of `length` normalized bytes as one word; never 0, which marks an empty slot in the lexicon. Reads up to 3 bytes past the end. */
export function hashWord(text: usize, length: i32): u32 {
  let h = <u32>WORD_SEED1 ^ <u32>length;
  const end = text + length;
  while (text + 4 <= end) {
    h = (h ^ load<u32>(text)) * <u32>GRAM_K0;
    h ^= h >> 15;
    text += 4;
  }
  if (text < end) {
    const rest = load<u32>(text) & ((1 << (<u32>(end - text) << 3)) - 1);
    h = (h ^ rest) * <u32>GRAM_K0;
    h ^= h >> 15;
  }
  h = mix(h);
  return h == 0 ? 1 : h;
}

let sum: i32 = 0;

/** One n-gram, with every limit checked. */
function add(bucket: u32, offset: i32, weights: usize): void {
  const cell = seen + ((bucket >> 5) << 2);
  const bits = load<u32>(cell);
  const bit: u32 = 1 << (bucket & 31);
  if ((bits & bit) != 0 || gramCount == MAX_NGRAMS) return;
  store<u32>(cell, bits | bit);
  store<u32>(ngramBuckets + (gramCount << 2), bucket);
  store<u16>(ngramOffsets + (gramCount << 1), offset);
  gramCount++;
  const weight: i32 = load<i8>(weights + bucket);
  const segment = (offset / SEGMENT_BYTES) << 2;
  sum += weight;
  store<i32>(segmentSum + segment, load<i32>(segmentSum + segment) + weight);
  store<i32>(segmentCount + segment, load<i32>(segmentCount + segment) + 1);
}

/**
 * The 3-, 4- and 5-gram of one position, where the limits are known to hold: four
 * times the weights of the new buckets, plus their number. Segments are the caller's.
 */
// @ts-ignore: decorator
@inline
function addThree(from: usize, offset: u32, count: i32, weights: usize, bits: usize, toBucket: usize, toOffset: usize): i32 {
  let added = 0;
  let bucket = load<u32>(from);
  let cell = bits + ((bucket >> 5) << 2);
  let cellBits = load<u32>(cell);
  let fresh: i32 = ((cellBits >> (bucket & 31)) & 1) ^ 1;
  store<u32>(cell, cellBits | (1 << (bucket & 31)));
  store<u32>(toBucket + (count << 2), bucket);
  store<u16>(toOffset + (count << 1), offset);
  let weight: i32 = load<i8>(weights + bucket) & -fresh;
  added += fresh;

  bucket = load<u32>(from, 16);
  cell = bits + ((bucket >> 5) << 2);
  cellBits = load<u32>(cell);
  fresh = ((cellBits >> (bucket & 31)) & 1) ^ 1;
  store<u32>(cell, cellBits | (1 << (bucket & 31)));
  store<u32>(toBucket + ((count + added) << 2), bucket);
  store<u16>(toOffset + ((count + added) << 1), offset);
  weight += load<i8>(weights + bucket) & -fresh;
  added += fresh;

  bucket = load<u32>(from, 32);
  cell = bits + ((bucket >> 5) << 2);
  cellBits = load<u32>(cell);
  fresh = ((cellBits >> (bucket & 31)) & 1) ^ 1;
  store<u32>(cell, cellBits | (1 << (bucket & 31)));
  store<u32>(toBucket + ((count + added) << 2), bucket);
  store<u16>(toOffset + ((count + added) << 1), offset);
  weight += load<i8>(weights + bucket) & -fresh;
  return (weight << 2) + added + fresh;
}

/** Linear margin (`linearValue`), buckets, segments and word hashes of `view` under a head. Needs tokens. */
export function ngrams(view: View, which: i32): void {
  head = which;
  sum = 0;
  gramCount = 0;
  segments = max(1, (view.textLen + SEGMENT_BYTES - 1) / SEGMENT_BYTES);
  memory.fill(segmentSum, 0, segments << 2);
  memory.fill(segmentCount, 0, segments << 2);
  const weights = load<usize>(weightsOf + (which << 2));

  const length = decode(view);
  addCharacters(length, weights);
  hashWords(view);
  addWords(weights);
  gramTotal = max(length - 2, 0) + max(length - 3, 0) + max(length - 4, 0) + words + max(words - 1, 0) + max(words - 2, 0);

  if (gramCount < 1024) {
    for (let i = 0; i < gramCount; i++) store<u32>(seen + ((load<u32>(ngramBuckets + (i << 2)) >> 5) << 2), 0);
  } else {
    memory.fill(seen, 0, NGRAM_BUCKETS / 8);
  }
  linearValue = linearMargin(sum, gramCount);
}

/** Code points of the text between two blanks; how many. 0 for an empty text. */
function decode(view: View): i32 {
  const text = view.text;
  const textLen = view.textLen;
  if (textLen == 0) return 0;
  store<u32>(points, BLANK);
  store<u16>(pointOffset, 0);
  let length = 1;
  let at = 0;
  while (at < textLen) {
    if (at + 16 <= textLen) {
      let bytes = v128.load(text + at);
      if (i8x16.bitmask(bytes) == 0) {
        bytes = v128.bitselect(i8x16.splat(<i8>BLANK), bytes, i8x16.eq(bytes, i8x16.splat(0x0a)));
        const low = i16x8.extend_low_i8x16_u(bytes);
        const high = i16x8.extend_high_i8x16_u(bytes);
        const to = points + (length << 2);
        v128.store(to, i32x4.extend_low_i16x8_u(low));
        v128.store(to, i32x4.extend_high_i16x8_u(low), 16);
        v128.store(to, i32x4.extend_low_i16x8_u(high), 32);
        v128.store(to, i32x4.extend_high_i16x8_u(high), 48);
        const base = i16x8.splat(<i16>at);
        const toOffset = pointOffset + (length << 1);
        v128.store(toOffset, i16x8.add(base, i16x8(0, 1, 2, 3, 4, 5, 6, 7)));
        v128.store(toOffset, i16x8.add(base, i16x8(8, 9, 10, 11, 12, 13, 14, 15)), 16);
        length += 16;
        at += 16;
        continue;
      }
    }
    const stop = min(at + 16, textLen);
    while (at < stop) {
      let point: u32 = load<u8>(text + at);
      store<u16>(pointOffset + (length << 1), at);
      if (point < 0x80) {
        if (point == 0x0a) point = BLANK;
        at++;
      } else if (point < 0xe0) {
        point = ((point & 0x1f) << 6) | (load<u8>(text + at, 1) & 0x3f);
        at += 2;
      } else if (point < 0xf0) {
        point = ((point & 0x0f) << 12) | ((<u32>load<u8>(text + at, 1) & 0x3f) << 6) | (load<u8>(text + at, 2) & 0x3f);
        at += 3;
      } else {
        point =
          ((point & 0x07) << 18) |
          ((<u32>load<u8>(text + at, 1) & 0x3f) << 12) |
          ((<u32>load<u8>(text + at, 2) & 0x3f) << 6) |
          (load<u8>(text + at, 3) & 0x3f);
        at += 4;
      }
      store<u32>(points + (length << 2), point);
      length++;
    }
  }
  store<u32>(points + (length << 2), BLANK);
  store<u16>(pointOffset + (length << 1), textLen - 1);
  return length + 1;
}

/** Hashes the twelve n-grams that start at points `i` … `i + 3` into `hashes`. */
// @ts-ignore: decorator
@inline
function hashFour(i: i32): void {
  const from = points + (i << 2);
  let h = i32x4.add(
    i32x4.add(
      i32x4.mul(v128.load(from), i32x4.splat(<i32>GRAM_K0)),
      i32x4.mul(v128.load(from, 4), i32x4.splat(<i32>GRAM_K1)),
    ),
    i32x4.mul(v128.load(from, 8), i32x4.splat(<i32>GRAM_K2)),
  );
  v128.store(hashes, mixLanes(i32x4.add(h, i32x4.splat(<i32>GRAM_SEED3))));
  h = i32x4.add(h, i32x4.mul(v128.load(from, 12), i32x4.splat(<i32>GRAM_K3)));
  v128.store(hashes, mixLanes(i32x4.add(h, i32x4.splat(<i32>GRAM_SEED4))), 16);
  h = i32x4.add(h, i32x4.mul(v128.load(from, 16), i32x4.splat(<i32>GRAM_K4)));
  v128.store(hashes, mixLanes(i32x4.add(h, i32x4.splat(<i32>GRAM_SEED5))), 32);
}

/** The twelve n-grams in `hashes`, whose four positions have their byte offsets at `offsets`. */
// @ts-ignore: decorator
@inline
function addTwelve(offsets: usize, weights: usize): void {
  const at = hashes;
  const segment = <i32>load<u16>(offsets) / SEGMENT_BYTES;
  if (segment != <i32>load<u16>(offsets, 6) / SEGMENT_BYTES || gramCount + 12 > MAX_NGRAMS) {
    for (let k = 0; k < 4; k++) {
      const offset: i32 = load<u16>(offsets + (k << 1));
      add(load<u32>(at + (k << 2)), offset, weights);
      add(load<u32>(at + (k << 2), 16), offset, weights);
      add(load<u32>(at + (k << 2), 32), offset, weights);
    }
    return;
  }
  const bits = seen;
  const toBucket = ngramBuckets;
  const toOffset = ngramOffsets;
  let count = gramCount;
  let local = 0;
  let added = addThree(at, load<u16>(offsets), count, weights, bits, toBucket, toOffset);
  count += added & 3;
  local += added >> 2;
  added = addThree(at + 4, load<u16>(offsets, 2), count, weights, bits, toBucket, toOffset);
  count += added & 3;
  local += added >> 2;
  added = addThree(at + 8, load<u16>(offsets, 4), count, weights, bits, toBucket, toOffset);
  count += added & 3;
  local += added >> 2;
  added = addThree(at + 12, load<u16>(offsets, 6), count, weights, bits, toBucket, toOffset);
  count += added & 3;
  local += added >> 2;
  const cell = segment << 2;
  store<i32>(segmentSum + cell, load<i32>(segmentSum + cell) + local);
  store<i32>(segmentCount + cell, load<i32>(segmentCount + cell) + count - gramCount);
  sum += local;
  gramCount = count;
}

function addCharacters(length: i32, weights: usize): void {
  let i = 0;
  // Positions below `length - 4` begin all three n-grams.
  for (; i + 4 <= length - 4; i += 4) {
    hashFour(i);
    addTwelve(pointOffset + (i << 1), weights);
  }
  for (; i + 3 <= length; i += 4) {
    hashFour(i);
    for (let k = 0; k < 4 && i + k + 3 <= length; k++) {
      const offset: i32 = load<u16>(pointOffset + ((i + k) << 1));
      add(load<u32>(hashes + (k << 2)), offset, weights);
      if (i + k + 4 <= length) add(load<u32>(hashes + (k << 2), 16), offset, weights);
      if (i + k + 5 <= length) add(load<u32>(hashes + (k << 2), 32), offset, weights);
    }
  }
}

function hashWords(view: View): void {
  let count = 0;
  const tokens = view.tokenCount;
  for (let token = 0; token < tokens; token++) {
    if (load<u8>(view.tokenKind + token) == TOKEN_PUNCT) continue;
    const start: i32 = load<u16>(view.tokenStart + (token << 1));
    const end: i32 = load<u16>(view.tokenEnd + (token << 1));
    store<u32>(wordHash + (count << 2), hashWord(view.text + start, end - start));
    store<u16>(wordToken + (count << 1), token);
    store<u16>(wordOffset + (count << 1), start);
    count++;
  }
  words = count;
}

function addWords(weights: usize): void {
  const count = words;
  let i = 0;
  // Words below `count - 2` begin all three n-grams.
  for (; i + 4 <= count - 2; i += 4) {
    const from = wordHash + (i << 2);
    const first = v128.load(from);
    const two = i32x4.add(
      i32x4.mul(first, i32x4.splat(<i32>GRAM_K0)),
      i32x4.mul(v128.load(from, 4), i32x4.splat(<i32>GRAM_K1)),
    );
    const three = i32x4.add(two, i32x4.mul(v128.load(from, 8), i32x4.splat(<i32>GRAM_K2)));
    v128.store(hashes, v128.and(first, i32x4.splat(MASK)));
    v128.store(hashes, mixLanes(i32x4.add(two, i32x4.splat(<i32>WORD_SEED2))), 16);
    v128.store(hashes, mixLanes(i32x4.add(three, i32x4.splat(<i32>WORD_SEED3))), 32);
    addTwelve(wordOffset + (i << 1), weights);
  }
  for (; i < count; i++) {
    const offset: i32 = load<u16>(wordOffset + (i << 1));
    const from = wordHash + (i << 2);
    const first = load<u32>(from);
    add(first & MASK, offset, weights);
    if (i + 1 >= count) continue;
    const two = first * <u32>GRAM_K0 + load<u32>(from, 4) * <u32>GRAM_K1;
    add(mix(two + <u32>WORD_SEED2) & MASK, offset, weights);
    if (i + 2 >= count) continue;
    add(mix(two + load<u32>(from, 8) * <u32>GRAM_K2 + <u32>WORD_SEED3) & MASK, offset, weights);
  }
}
