/**
 * Tokenize: normalized text to words, solo code points and punctuation.
 *
 * `src/engine/reference/tokenize.ts` says it plainly; this does the same. Sixteen bytes without a lead byte from
 * 0xE0 on are cut with bit masks: word edges where the mask of word bytes changes, punctuation bit by bit.
 */
import { MAX_TOKENS, TOKEN_PUNCT, TOKEN_SOLO, TOKEN_WORD } from '../abi';
import { View } from '../view';

/** Fills `tokenStart`, `tokenEnd`, `tokenKind` and `tokenCount` from `text`. */
export function tokenize(view: View): void {
  const text = view.text;
  const textLen = view.textLen;
  const starts = view.tokenStart;
  const ends = view.tokenEnd;
  const kinds = view.tokenKind;
  let count: i32 = 0;
  let word: i32 = -1; // where the open word began
  let at: i32 = 0;

  while (at < textLen && count < MAX_TOKENS) {
    const chunk = v128.load(text + at);
    const wide = i8x16.bitmask(i8x16.ge_u(chunk, i8x16.splat(<i8>0xe0)));
    const width = min(ctz(wide | 0x10000), textLen - at);
    if (width > 0) {
      const valid = (1 << width) - 1;
      const letter = i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x61)), i8x16.splat(26));
      const digit = i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x30)), i8x16.splat(10));
      const other = v128.or(i8x16.eq(chunk, i8x16.splat(0x5f)), i8x16.lt_s(chunk, i8x16.splat(0)));
      const blank = v128.or(i8x16.eq(chunk, i8x16.splat(0x20)), i8x16.eq(chunk, i8x16.splat(0x0a)));
      const words = i8x16.bitmask(v128.or(v128.or(letter, digit), other)) & valid;
      const puncts = ~words & ~i8x16.bitmask(blank) & valid;
      // Bit i of `edges`: byte i is a word byte and the one before is not, or the other way round.
      const edges = (words ^ ((words << 1) | (word >= 0 ? 1 : 0))) & valid;
      let events = edges | puncts;
      while (events != 0) {
        const bit = ctz(events);
        const flag = 1 << bit;
        events &= events - 1;
        const here = at + bit;
        if (edges & flag) {
          if (words & flag) {
            word = here;
            continue;
          }
          count = push(starts, ends, kinds, count, word, here, TOKEN_WORD);
          word = -1;
        }
        if (puncts & flag) count = push(starts, ends, kinds, count, here, here + 1, TOKEN_PUNCT);
      }
      at += width;
      continue;
    }
    const solo = soloLength(text + at, textLen - at);
    if (solo == 0) {
      // A lead byte of another script; the bytes behind it are word bytes whatever they are.
      if (word < 0) word = at;
      at++;
      continue;
    }
    if (word >= 0) count = push(starts, ends, kinds, count, word, at, TOKEN_WORD);
    word = -1;
    count = push(starts, ends, kinds, count, at, at + solo, TOKEN_SOLO);
    at += solo;
  }
  if (word >= 0) count = push(starts, ends, kinds, count, word, textLen, TOKEN_WORD);
  view.tokenCount = count;
}

/** Writes a token unless there are MAX_TOKENS already; returns how many there are. */
// @ts-ignore: decorator
@inline
function push(starts: usize, ends: usize, kinds: usize, count: i32, start: i32, end: i32, kind: i32): i32 {
  if (count == MAX_TOKENS) return count;
  const at = <usize>count << 1;
  store<u16>(starts + at, <u16>start);
  store<u16>(ends + at, <u16>end);
  store<u8>(kinds + count, <u8>kind);
  return count + 1;
}

/** Bytes of the solo code point whose lead byte, at least 0xE0, stands at `at`; 0 where another stands there. */
// @ts-ignore: decorator
@inline
function soloLength(at: usize, left: i32): i32 {
  const first = <i32>load<u8>(at);
  const second = <i32>load<u8>(at, 1) & 0x3f;
  const third = <i32>load<u8>(at, 2) & 0x3f;
  if (first < 0xf0) {
    if (left < 3) return 0;
    const code = ((first & 0x0f) << 12) | (second << 6) | third;
    if (code >= 0x3400) return code < 0xa000 || (code >= 0xf900 && code < 0xfb00) ? 3 : 0;
    if (code >= 0x3040) return code < 0x3100 ? 3 : 0;
    if (code >= 0x1780) return code < 0x1800 ? 3 : 0;
    if (code >= 0x1000) return code < 0x10a0 ? 3 : 0;
    return code >= 0x0e00 && code < 0x0f00 ? 3 : 0;
  }
  if (left < 4) return 0;
  const code = ((first & 0x07) << 18) | (second << 12) | (third << 6) | (<i32>load<u8>(at, 3) & 0x3f);
  return code >= 0x20000 && code < 0x40000 ? 4 : 0;
}
