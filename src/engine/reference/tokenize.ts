/**
 * Tokenize: normalized text to words, solo code points and punctuation.
 *
 * A word is a maximal run of `[a-z0-9_]` and bytes from 0x80 on, broken before and after every solo code point of
 * a script written without blanks, which is a token of its own. Every other visible byte, 0x01 included, is a
 * punctuation token; white space is none. After MAX_TOKENS tokens the rest is ignored.
 *
 * @module
 */
import { MAX_TOKENS, TOKEN_PUNCT, TOKEN_SOLO, TOKEN_WORD } from '../abi.ts';
import type { View } from './view.ts';

/** Ranges of solo code points, half-open: Thai and Lao, Myanmar, Khmer, Kana, Han. */
const SOLO: readonly (readonly [from: number, to: number])[] = [
  [0x0e00, 0x0f00],
  [0x1000, 0x10a0],
  [0x1780, 0x1800],
  [0x3040, 0x3100],
  [0x3400, 0xa000],
  [0xf900, 0xfb00],
  [0x20000, 0x40000],
];

/** Fills `tokenStart`, `tokenEnd`, `tokenKind` and `tokenCount` from `text`. */
export function tokenize(view: View): void {
  const { text, textLen, tokenStart, tokenEnd, tokenKind } = view;
  let count = 0;
  let word = -1; // where the open word began
  const push = (start: number, end: number, kind: number): void => {
    if (count === MAX_TOKENS) return;
    tokenStart[count] = start;
    tokenEnd[count] = end;
    tokenKind[count] = kind;
    count++;
  };

  for (let at = 0; at < textLen; ) {
    const byte = text[at] ?? 0;
    const solo = byte < 0xe0 ? 0 : soloLength(text, at, textLen);
    if (solo === 0 && isWordByte(byte)) {
      if (word < 0) word = at;
      at++;
      continue;
    }
    if (word >= 0) push(word, at, TOKEN_WORD);
    word = -1;
    if (solo > 0) push(at, at + solo, TOKEN_SOLO);
    else if (byte !== 0x20 && byte !== 0x0a) push(at, at + 1, TOKEN_PUNCT);
    at += solo || 1;
  }
  if (word >= 0) push(word, textLen, TOKEN_WORD);
  view.tokenCount = count;
}

function isWordByte(byte: number): boolean {
  return byte >= 0x80 || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
}

/** Bytes of the solo code point whose lead byte, at least 0xE0, stands at `at`; 0 where another stands there. */
function soloLength(text: Uint8Array, at: number, end: number): number {
  const first = text[at] ?? 0;
  const length = first < 0xf0 ? 3 : 4;
  if (at + length > end) return 0;
  let code = first & (length === 3 ? 0x0f : 0x07);
  for (let i = 1; i < length; i++) code = (code << 6) | ((text[at + i] ?? 0) & 0x3f);
  return SOLO.some(([from, to]) => code >= from && code < to) ? length : 0;
}
