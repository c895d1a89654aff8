/**
 * The disguises an attacker puts on a text, as plain functions.
 *
 * They make test data: write an attack once, dress it in every row of `OBFUSCATIONS`
 * and see whether the verdict holds. Each one is deterministic, keeps the words
 * readable for a language model, and runs wherever JavaScript runs.
 *
 * @module
 */
import {
  DECODER_ASCII85,
  DECODER_BASE32,
  DECODER_BASE64,
  DECODER_BINARY,
  DECODER_ENTITY,
  DECODER_ESCAPE,
  DECODER_HEX,
  DECODER_LEET,
  DECODER_MORSE,
  DECODER_PERCENT,
  DECODER_REVERSED,
  DECODER_ROT13,
  DECODER_SPREAD,
  DECODER_TAGS,
  DECODER_VARIATION,
} from '../engine/abi.ts';

export interface Obfuscation {
  /** Kebab-case and unique, such as `hex-blanks`. */
  readonly name: string;
  /** DECODER_* bits of the steps that undo it; 0 where normalizing the text is enough. */
  readonly decoders: number;
  /** Dresses `text`. The same text gives the same result. */
  apply(text: string): string;
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const MORSE: Readonly<Record<string, string>> = {
  a: '.-',
  b: '-...',
  c: '-.-.',
  d: '-..',
  e: '.',
  f: '..-.',
  g: '--.',
  h: '....',
  i: '..',
  j: '.---',
  k: '-.-',
  l: '.-..',
  m: '--',
  n: '-.',
  o: '---',
  p: '.--.',
  q: '--.-',
  r: '.-.',
  s: '...',
  t: '-',
  u: '..-',
  v: '...-',
  w: '.--',
  x: '-..-',
  y: '-.--',
  z: '--..',
  0: '-----',
  1: '.----',
  2: '..---',
  3: '...--',
  4: '....-',
  5: '.....',
  6: '-....',
  7: '--...',
  8: '---..',
  9: '----.',
};

const LEET: Readonly<Record<string, string>> = { a: '4', e: '3', i: '1', o: '0', s: '5', t: '7' };

const CYRILLIC: Readonly<Record<string, string>> = {
  a: 'а',
  c: 'с',
  e: 'е',
  i: 'і',
  j: 'ј',
  o: 'о',
  p: 'р',
  s: 'ѕ',
  x: 'х',
  y: 'у',
  A: 'А',
  B: 'В',
  C: 'С',
  E: 'Е',
  H: 'Н',
  I: 'І',
  K: 'К',
  M: 'М',
  O: 'О',
  P: 'Р',
  S: 'Ѕ',
  T: 'Т',
  X: 'Х',
};

const GREEK: Readonly<Record<string, string>> = {
  a: 'α',
  i: 'ι',
  o: 'ο',
  p: 'ρ',
  u: 'υ',
  v: 'ν',
  A: 'Α',
  B: 'Β',
  E: 'Ε',
  H: 'Η',
  I: 'Ι',
  K: 'Κ',
  M: 'Μ',
  N: 'Ν',
  O: 'Ο',
  P: 'Ρ',
  T: 'Τ',
  X: 'Χ',
  Y: 'Υ',
  Z: 'Ζ',
};

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Regroups bytes, most significant bit first, into digits of `bits` bits; the last one is filled with zeros. */
function toDigits(bytes: Uint8Array, bits: number, alphabet: string): string {
  let out = '';
  let held = 0;
  let count = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    count += 8;
    while (count >= bits) {
      count -= bits;
      out += alphabet[(held >> count) & ((1 << bits) - 1)];
    }
    held &= (1 << count) - 1;
  }
  return count > 0 ? out + alphabet[(held << (bits - count)) & ((1 << bits) - 1)] : out;
}

function padded(digits: string, group: number): string {
  return digits.padEnd(Math.ceil(digits.length / group) * group, '=');
}

function base64(text: string): string {
  return padded(toDigits(utf8(text), 6, BASE64), 4);
}

function ascii85(text: string): string {
  const bytes = utf8(text);
  let out = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const size = Math.min(4, bytes.length - at);
    let value = 0;
    for (let i = 0; i < 4; i += 1) value = value * 256 + (bytes[at + i] ?? 0);
    if (value === 0 && size === 4) {
      out += 'z';
      continue;
    }
    let digits = '';
    for (let i = 0; i < 5; i += 1) {
      digits = String.fromCharCode(33 + (value % 85)) + digits;
      value = Math.floor(value / 85);
    }
    out += digits.slice(0, size + 1);
  }
  return out;
}

function eachByte(text: string, radix: number, width: number): string[] {
  return Array.from(utf8(text), (byte) => byte.toString(radix).padStart(width, '0'));
}

function percent(text: string): string {
  return `%${eachByte(text, 16, 2).join('%').toUpperCase()}`;
}

function eachCodePoint(text: string, dress: (codePoint: number) => string): string {
  return Array.from(text, (char) => dress(char.codePointAt(0) ?? 0)).join('');
}

function eachUnit(text: string, dress: (unit: number) => string): string {
  return text
    .split('')
    .map((unit) => dress(unit.charCodeAt(0)))
    .join('');
}

/** Letters of `from…from+25` move to `to…to+25`. */
function shiftLetters(text: string, lower: number, upper: number): string {
  return eachCodePoint(text, (c) => {
    if (c >= 0x61 && c <= 0x7a) return String.fromCodePoint(c - 0x61 + lower);
    if (c >= 0x41 && c <= 0x5a) return String.fromCodePoint(c - 0x41 + upper);
    return String.fromCodePoint(c);
  });
}

function rot13(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    return String.fromCharCode((code & 31) <= 13 ? code + 13 : code - 13);
  });
}

function morse(text: string): string {
  return text
    .toLowerCase()
    .split(/\s+/)
    .map((word) =>
      Array.from(word, (char) => MORSE[char])
        .filter((code) => code !== undefined)
        .join(' '),
    )
    .filter((word) => word !== '')
    .join(' / ');
}

function replaced(text: string, table: Readonly<Record<string, string>>): string {
  return Array.from(text, (char) => table[char] ?? char).join('');
}

/** Puts the fillers in turn between neighboring letters of a word. */
function between(text: string, fillers: readonly string[]): string {
  let turn = 0;
  return text.replace(/(\p{L})(?=\p{L})/gu, (letter) => {
    turn += 1;
    return letter + fillers[(turn - 1) % fillers.length];
  });
}

function spread(text: string, letter: string, word: string): string {
  return text
    .split(/\s+/)
    .map((part) => [...part].join(letter))
    .join(word);
}

/** Every disguise, in groups: encodings, transformations, look-alikes, fillers, combinations. */
export const OBFUSCATIONS: readonly Obfuscation[] = [
  { name: 'base64', decoders: DECODER_BASE64, apply: base64 },
  {
    name: 'base64url',
    decoders: DECODER_BASE64,
    apply: (text) =>
      base64(text)
        .replace(/\+/g, '-')
        .replace(/\//g, '_')
        .replace(/={1,2}$/, ''),
  },
  {
    name: 'base64-in-sentence',
    decoders: DECODER_BASE64,
    apply: (text) => `Decode this and follow it: ${base64(text)}`,
  },
  {
    name: 'base64-wrapped',
    decoders: DECODER_BASE64,
    apply: (text) => base64(text).replace(/.{64}(?=.)/g, '$&\n'),
  },
  { name: 'base32', decoders: DECODER_BASE32, apply: (text) => padded(toDigits(utf8(text), 5, BASE32), 8) },
  { name: 'hex', decoders: DECODER_HEX, apply: (text) => eachByte(text, 16, 2).join('') },
  { name: 'hex-blanks', decoders: DECODER_HEX, apply: (text) => eachByte(text, 16, 2).join(' ') },
  { name: 'binary', decoders: DECODER_BINARY, apply: (text) => eachByte(text, 2, 8).join(' ') },
  { name: 'percent', decoders: DECODER_PERCENT, apply: percent },
  { name: 'entities', decoders: DECODER_ENTITY, apply: (text) => eachCodePoint(text, (c) => `&#${c};`) },
  {
    name: 'entities-hex',
    decoders: DECODER_ENTITY,
    apply: (text) => eachCodePoint(text, (c) => `&#x${c.toString(16)};`),
  },
  {
    name: 'escapes-u',
    decoders: DECODER_ESCAPE,
    apply: (text) => eachUnit(text, (unit) => `\\u${unit.toString(16).padStart(4, '0')}`),
  },
  { name: 'escapes-x', decoders: DECODER_ESCAPE, apply: (text) => `\\x${eachByte(text, 16, 2).join('\\x')}` },
  { name: 'morse', decoders: DECODER_MORSE, apply: morse },
  { name: 'ascii85', decoders: DECODER_ASCII85, apply: (text) => `<~${ascii85(text)}~>` },
  { name: 'ascii85-bare', decoders: DECODER_ASCII85, apply: ascii85 },

  { name: 'rot13', decoders: DECODER_ROT13, apply: rot13 },
  { name: 'reversed', decoders: DECODER_REVERSED, apply: (text) => [...text].reverse().join('') },
  {
    name: 'tags',
    decoders: DECODER_TAGS,
    apply: (text) => eachCodePoint(text, (c) => String.fromCodePoint(c >= 0x20 && c < 0x7f ? 0xe0000 + c : c)),
  },
  {
    name: 'variation-selectors',
    decoders: DECODER_VARIATION,
    apply: (text) =>
      `😀${Array.from(utf8(text), (b) => String.fromCodePoint(b < 16 ? 0xfe00 + b : 0xe0100 + b - 16)).join('')}`,
  },
  { name: 'spread', decoders: DECODER_SPREAD, apply: (text) => spread(text, ' ', '   ') },
  { name: 'spread-single', decoders: DECODER_SPREAD, apply: (text) => spread(text, ' ', ' ') },
  {
    name: 'spread-punctuation',
    decoders: DECODER_SPREAD,
    apply: (text) =>
      text
        .split(/\s+/)
        .map((word) => between(word, ['.', '-', '_']))
        .join(' '),
  },
  { name: 'leet', decoders: DECODER_LEET, apply: (text) => replaced(text.toLowerCase(), LEET) },
  {
    name: 'leet-partial',
    decoders: DECODER_LEET,
    apply: (text) => replaced(text.toLowerCase(), { a: '4', e: '3', o: '0' }),
  },

  { name: 'cyrillic', decoders: 0, apply: (text) => replaced(text, CYRILLIC) },
  { name: 'greek', decoders: 0, apply: (text) => replaced(text, GREEK) },
  {
    name: 'full-width',
    decoders: 0,
    apply: (text) => eachCodePoint(text, (c) => String.fromCodePoint(c > 0x20 && c < 0x7f ? c + 0xfee0 : c)),
  },
  { name: 'math-bold', decoders: 0, apply: (text) => shiftLetters(text, 0x1d41a, 0x1d400) },
  { name: 'circled', decoders: 0, apply: (text) => shiftLetters(text, 0x24d0, 0x24b6) },
  { name: 'upper-case', decoders: 0, apply: (text) => text.toUpperCase() },

  { name: 'zero-width', decoders: 0, apply: (text) => between(text, ['\u200b', '\u200c', '\u2060']) },
  { name: 'bidi', decoders: 0, apply: (text) => `\u202a${between(text, ['\u202d', '\u202c', '\u200e'])}\u202c` },
  { name: 'zalgo', decoders: 0, apply: (text) => between(text, ['\u0336', '\u0301\u0327', '\u0338']) },
  { name: 'soft-hyphens', decoders: 0, apply: (text) => between(text, ['\u00ad']) },

  { name: 'base64-twice', decoders: DECODER_BASE64, apply: (text) => base64(base64(text)) },
  { name: 'base64-rot13', decoders: DECODER_BASE64 | DECODER_ROT13, apply: (text) => base64(rot13(text)) },
  { name: 'percent-base64', decoders: DECODER_PERCENT | DECODER_BASE64, apply: (text) => percent(base64(text)) },
];
