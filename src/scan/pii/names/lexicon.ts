/**
 * Which words are names of people somewhere, as a set of 24-bit hashes.
 *
 * @module
 */

/** What a word may be; bits. */
export const FIRST_NAME = 1;
export const LAST_NAME = 2;
/** An ordinary word too, in small letters: May, Will, Rose. */
export const ORDINARY = 4;
/** A town or a country. */
export const PLACE = 8;

export interface Lexicon {
  /** Bits of the word whose hash this is. */
  kinds(hash: number): number;
}

const HASH_BITS = 24;

/** FNV-1a over UTF-16 units. */
export function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}

/** @returns ascending hashes as differences in seven-bit groups, each followed by its kinds */
export function packLexicon(words: ReadonlyMap<string, number>): Uint8Array {
  const byHash = new Map<number, number>();
  for (const [word, kinds] of words) {
    const hash = hashWord(word) >>> (32 - HASH_BITS);
    byHash.set(hash, (byHash.get(hash) ?? 0) | kinds);
  }
  const hashes = [...byHash.keys()].sort((a, b) => a - b);
  const bytes: number[] = [];
  let last = 0;
  for (const hash of hashes) {
    let rest = hash - last;
    last = hash;
    while (rest > 127) {
      bytes.push((rest & 127) | 128);
      rest >>>= 7;
    }
    bytes.push(rest);
  }
  return Uint8Array.from([...bytes, ...hashes.map((hash) => byHash.get(hash)!)]);
}

/** @param count how many words the bytes hold */
export function openLexicon(bytes: Uint8Array, count: number): Lexicon {
  const slots = 1 << Math.max(4, Math.ceil(Math.log2(Math.max(1, count) * 2)));
  // hash + 1 in the upper bits, kinds in the lower ones; 0 is free
  const table = new Uint32Array(slots);
  let at = 0;
  let hash = 0;
  const hashes = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let shift = 0;
    let byte = 0;
    do {
      byte = bytes[at++]!;
      hash += (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    hashes[i] = hash;
  }
  for (let i = 0; i < count; i++) {
    let slot = hashes[i]! & (slots - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (slots - 1);
    table[slot] = ((hashes[i]! << 8) | 0x10 | bytes[at + i]!) >>> 0;
  }
  return {
    kinds(full) {
      const wanted = full >>> (32 - HASH_BITS);
      for (let slot = wanted & (slots - 1); table[slot] !== 0; slot = (slot + 1) & (slots - 1)) {
        if (table[slot]! >>> 8 === wanted) return table[slot]! & 15;
      }
      return 0;
    },
  };
}
