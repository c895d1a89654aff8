/**
 * The symbol of a word: its own where rules name it, else that of the longest stem it begins with.
 *
 * Words and stems lie in one hash table by their bytes. A stem is looked for length
 * by length, with a bit set in front that refuses nearly all.
 */
import { PADDING } from '../abi';
import { reserve } from '../view';

const ROW_BYTES = 16;
const FILTER_BYTES = 8192;
const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;
const IS_STEM = 1;
const IS_WORD = 2;

@unmanaged
export class Words {
  /**
   * Open addressing by hash, rows of u64 first eight bytes, u16 length (0: empty), u16 symbol as a word and u16 as a
   * stem (0: none), u16 place of all bytes in `letters`, in eights.
   */
  rows: usize;
  /** Bits that a hash is shifted right by. */
  shift: u32;
  letters: usize;
  /** Bit set over hashes of stems. */
  stems: usize;
  /** Bytes of the longest word and of the longest stem. */
  longest: i32;
  longestStem: i32;
  /** The symbol of a word that begins as none does; and the one behind the last. */
  unknown: u32;
  end: u32;
  wordRoom: i32;
  letterRoom: i32;
}

/** Room for so many words of so many bytes together. */
export function newWords(count: i32, letters: i32): Words {
  const words = changetype<Words>(reserve(offsetof<Words>()));
  let bits = 4;
  while (1 << bits < count * 2) bits++;
  words.shift = 64 - bits;
  words.wordRoom = count;
  words.letterRoom = letters;
  words.rows = reserve(ROW_BYTES << bits);
  words.letters = reserve(letters + count * 8 + PADDING);
  words.stems = reserve(FILTER_BYTES);
  return words;
}

/**
 * Reads the words of a section.
 *
 * @param first the symbol of the first
 * @returns false when they do not fit
 */
export function loadWords(words: Words, count: i32, letters: i32, from: usize, end: usize, first: u32): bool {
  if (<u32>count > <u32>words.wordRoom || <u32>letters > <u32>words.letterRoom) return false;
  memory.fill(words.rows, 0, ROW_BYTES << (64 - words.shift));
  memory.fill(words.stems, 0, FILTER_BYTES);
  words.longest = 0;
  words.longestStem = 0;
  words.unknown = first;
  let symbol = first;
  let next = from + (<usize>count << 1);
  let to = words.letters;
  let before = to;
  let left = letters;
  for (let i = 0; i < count; i++) {
    const shared: i32 = load<u8>(from + (i << 1));
    const bits: i32 = load<u8>(from + (i << 1), 1);
    const own = bits >> 2;
    const length = shared + own;
    left -= length;
    if (left < 0 || next + own > end) return false;
    store<u64>(to + (length & ~7), 0);
    memory.copy(to, before, shared);
    memory.copy(to + shared, next, own);
    next += own;
    const stem = bits & IS_STEM ? symbol++ : 0;
    const word = bits & IS_WORD ? symbol++ : 0;
    before = to;
    if (length == 0) continue;
    addWord(words, to, length, word, stem);
    words.longest = max(words.longest, length);
    if (stem != 0) words.longestStem = max(words.longestStem, length);
    to += (length + 7) & ~7;
  }
  words.end = symbol;
  return next == end && left == 0 && symbol < 0xffff;
}

function addWord(words: Words, at: usize, length: i32, word: u32, stem: u32): void {
  const hash = hashOf(at, length);
  const mask = (<usize>1 << (64 - words.shift)) - 1;
  let slot = <usize>(hash >>> words.shift);
  while (load<u16>(words.rows + slot * ROW_BYTES, 8) != 0) slot = (slot + 1) & mask;
  const row = words.rows + slot * ROW_BYTES;
  store<u64>(row, chunkOf(at, length));
  store<u16>(row, <u16>length, 8);
  store<u16>(row, <u16>word, 10);
  store<u16>(row, <u16>stem, 12);
  store<u16>(row, <u16>((at - words.letters) >>> 3), 14);
  if (stem == 0) return;
  const bit = <u32>(hash >>> 48);
  store<u8>(words.stems + (bit >>> 3), load<u8>(words.stems + (bit >>> 3)) | (<u8>1 << <u8>(bit & 7)));
}

/** Up to eight bytes, zeros behind. */
// @ts-ignore: decorator
@inline
function chunkOf(at: usize, length: i32): u64 {
  return length < 8 ? load<u64>(at) & ((<u64>1 << (<u64>length << 3)) - 1) : load<u64>(at);
}

// @ts-ignore: decorator
@inline
function mix(hash: u64, chunk: u64): u64 {
  return (rotl(hash, 31) ^ chunk) * MULTIPLIER;
}

function hashOf(at: usize, length: i32): u64 {
  let hash = mix(0, chunkOf(at, length));
  for (let i = 8; i < length; i += 8) hash = mix(hash, chunkOf(at + i, length - i));
  return hash;
}

/** The row of these bytes, or 0. */
function find(words: Words, at: usize, length: i32, hash: u64): usize {
  const mask = (<usize>1 << (64 - words.shift)) - 1;
  const chunk = chunkOf(at, length);
  let slot = <usize>(hash >>> words.shift);
  let row = words.rows + slot * ROW_BYTES;
  for (let size: i32 = load<u16>(row, 8); size != 0; size = load<u16>(row, 8)) {
    const isHere = size == length && load<u64>(row) == chunk;
    if (isHere && isSame(words.letters + (<usize>load<u16>(row, 14) << 3), at, length)) return row;
    slot = (slot + 1) & mask;
    row = words.rows + slot * ROW_BYTES;
  }
  return 0;
}

/** Compares what stands behind the first eight bytes. */
// @ts-ignore: decorator
@inline
function isSame(a: usize, b: usize, length: i32): bool {
  for (let i = 8; i < length; i += 8) if (chunkOf(a + i, length - i) != chunkOf(b + i, length - i)) return false;
  return true;
}

/** The symbol of the word token at `at`. */
export function symbolOfWord(words: Words, at: usize, length: i32): u32 {
  if (length <= words.longest) {
    const row = find(words, at, length, hashOf(at, length));
    if (row != 0) {
      const word: u32 = load<u16>(row, 10);
      return word != 0 ? word : load<u16>(row, 12);
    }
  }
  const limit = min(length, words.longestStem);
  let symbol = words.unknown;
  let before: u64 = 0;
  for (let size = 1; size <= limit; size++) {
    const done = (size - 1) & ~7;
    if (size > 8 && done == size - 1) before = mix(before, load<u64>(at + done - 8));
    const hash = mix(before, chunkOf(at + done, size - done));
    const bit = <u32>(hash >>> 48);
    if (((load<u8>(words.stems + (bit >>> 3)) >>> (bit & 7)) & 1) == 0) continue;
    const row = find(words, at, size, hash);
    if (row != 0 && load<u16>(row, 12) != 0) symbol = load<u16>(row, 12);
  }
  return symbol;
}
