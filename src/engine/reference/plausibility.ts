/**
 * Whether letters look like words: trigram scores and a vocabulary, read from the section TRIG.
 *
 * @see models/tables/build-plausibility.ts for the bytes
 * @module
 */

/** Letters of a vocabulary word at most. */
export const MAX_WORD = 20;

/** FNV-1a over bytes, with the upper half folded into the lower. */
export function wordHash(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = start; i < end; i += 1) hash = Math.imul(hash ^ (bytes[i] ?? 0), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/** 1 to 26 for a to z, 0 for every other byte. */
export function letterOf(byte: number): number {
  const letter = byte - 96;
  return letter >= 1 && letter <= 26 ? letter : 0;
}

export interface Plausibility {
  /** How likely the letters x, y, z (`letterOf`) follow each other, in eighths of a bit against chance. */
  trigram(x: number, y: number, z: number): number;
  /** The same of x, y alone. */
  pair(x: number, y: number): number;
  /** Sum of the trigrams over a word with its edges, one per byte. */
  score(bytes: Uint8Array, start: number, end: number): number;
  /** Cost of a vocabulary word in tenths of a bit; 0 when it is none. */
  cost(bytes: Uint8Array, start: number, end: number): number;
}

export function createPlausibility(section: DataView): Plausibility {
  const slots = section.getUint32(0, true);
  const pairs = 16 + Math.ceil(27 ** 3 / 4) * 4;
  const checks = pairs + Math.ceil(27 ** 2 / 4) * 4;
  const costs = checks + slots * 2;
  const trigram = (x: number, y: number, z: number): number => section.getInt8(16 + (x * 27 + y) * 27 + z);
  return {
    trigram,
    pair: (x, y) => section.getInt8(pairs + x * 27 + y),
    score(bytes, start, end) {
      let sum = 0;
      let x = 0;
      for (let i = start; i < end; i += 1) {
        const y = letterOf(bytes[i] ?? 0);
        const z = i + 1 < end ? letterOf(bytes[i + 1] ?? 0) : 0;
        sum += trigram(x, y, z);
        x = y;
      }
      return sum;
    },
    cost(bytes, start, end) {
      const hash = wordHash(bytes, start, end);
      let slot = hash & (slots - 1);
      for (;;) {
        const price = section.getUint8(costs + slot);
        if (price === 0 || section.getUint16(checks + slot * 2, true) === hash >>> 16) return price;
        slot = (slot + 1) & (slots - 1);
      }
    },
  };
}
