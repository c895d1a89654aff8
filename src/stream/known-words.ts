/**
 * Words behind which a text that grows has to wait: of seed phrases, and of the names of streets.
 *
 * @module
 */
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { BEFORE_NAME_SMALL, COUNTED, JOINERS, LAST_WORDS, SOFT_LAST_WORDS, SURE_ENDINGS } from '../scan/pii/streets.ts';

/** A word of a seed phrase. */
export const SEED = 1;
/** A small word that begins a street's name, or a post office box. */
export const KIND = 2;
/** A small word within or behind a name. */
export const JOINER = 4;

const KINDS = [...BEFORE_NAME_SMALL, ...COUNTED, 'post', 'office'];

/** Bits of words, at their hash. Another word that has the same hash waits a little, no more. */
export const WORD_BITS = new Uint8Array(1 << 18);
const NAME_BITS = new Map<string, number>();
for (const [words, bit] of [
  [wordlist, SEED],
  [KINDS, KIND],
  [[...JOINERS, ...LAST_WORDS, ...SOFT_LAST_WORDS, 'und', 'n', 'nº', 'n°', 'no'], JOINER],
] as const) {
  for (const word of words) {
    if (/^[a-z]+$/.test(word)) WORD_BITS[hashed(word)]! |= bit;
    const plain = word.replace(/^'/, '');
    if (bit !== SEED) NAME_BITS.set(plain, (NAME_BITS.get(plain) ?? 0) | bit);
  }
}
/** First letters of what stands behind a house number and before a street's name. */
export const KIND_FIRSTS: ReadonlySet<number> = new Set(KINDS.map((word) => word.charCodeAt(0)));

const NAME_UNITS = 40;

/** KIND and JOINER bits of a word of any letters. */
export function nameBits(word: string): number {
  return NAME_BITS.get(word) ?? 0;
}

/** An index into `WORD_BITS`: whoever reads small letters one by one multiplies by 31 and adds. */
export function hashed(word: string): number {
  let hash = 0;
  for (let i = 0; i < word.length; i++) hash = (Math.imul(hash, 31) + word.charCodeAt(i)) | 0;
  return hash & (WORD_BITS.length - 1);
}

export function isLetter(unit: number): boolean {
  return ((unit | 32) >= 97 && (unit | 32) <= 122) || unit >= 0xc0;
}

/** Whether a word in small letters may be a street's: `hauptstraße`. */
export function endsAsStreet(word: string): boolean {
  return SURE_ENDINGS.some((ending) => word.length > ending.length && word.endsWith(ending));
}

/** The word at a chunk's end, the sign behind it left out; apostrophes, hyphens and slashes stand within words. */
export function lastWord(chunk: string): string {
  const end = '.,;'.includes(chunk.at(-1)!) ? chunk.length - 1 : chunk.length;
  let start = end;
  while (start > 0 && end - start <= NAME_UNITS && isNameUnit(chunk.charCodeAt(start - 1))) start--;
  while (start < end && "'’/-".includes(chunk[start]!)) start++;
  // A line break that is written out, as in JSON, is no letter of the word behind it.
  if (chunk[start - 1] === '\\' && 'nrt'.includes(chunk[start]!)) start++;
  return chunk.slice(start, end);
}

function isNameUnit(unit: number): boolean {
  if (unit < 0x80) return ((unit | 32) >= 97 && (unit | 32) <= 122) || unit === 0x27 || unit === 0x2d || unit === 0x2f;
  return (unit >= 0xc0 && unit <= 0x1fff) || unit === 0xba || unit === 0xb0 || unit === 0x2019;
}
