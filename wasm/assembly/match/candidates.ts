/**
 * Where personal data or a secret may stand, sixteen bytes at a time.
 *
 * Raw text is cut into chunks at white space and brackets. A chunk that holds a
 * digit, `@`, `:` or `=`, is long, or is all capitals is a candidate; so is a row of
 * small words that may be a seed phrase. Prose has next to none. What a candidate
 * is, the recognizers in `src/scan/pii` and `src/scan/secrets` say.
 *
 * `src/engine/reference/candidates.ts` finds the same in the same order.
 */
import { MAX_RAW } from '../abi';
import { reserve, View } from '../view';
import {
  CANDIDATE_ASSIGN,
  CANDIDATE_AT,
  CANDIDATE_CAPITALS,
  CANDIDATE_DIGIT,
  CANDIDATE_LONG,
  CANDIDATE_ROW,
  CANDIDATE_WORDS,
  LONG_BYTES,
  WORD_GAP,
  WORD_MAX,
  WORD_MIN,
  WORD_ROW,
} from './candidates-abi';

// A chunk and the delimiter behind it take two bytes at least; a row of words replaces its words.
const rows = reserve((MAX_RAW / 2 + 1) * CANDIDATE_ROW);
let count = 0;
let words = 0;
let wordsStart = 0;
let wordsEnd = 0;

export function candidateRows(): usize {
  return rows;
}

// @ts-ignore: decorator
@inline
function emit(start: i32, end: i32, flags: i32): void {
  const row = rows + count * CANDIDATE_ROW;
  store<u16>(row, start);
  store<u16>(row, end, 2);
  store<u16>(row, flags, 4);
  count++;
}

function endWords(): void {
  if (words >= WORD_ROW) emit(wordsStart, wordsEnd, CANDIDATE_WORDS);
  words = 0;
}

/** @param odd bit 0: a byte that is no small letter; bit 1: one that is neither capital nor digit; bit 2: one beyond ASCII */
function close(start: i32, end: i32, flags: i32, odd: i32): void {
  const length = end - start;
  if ((odd & 1) == 0 && length >= WORD_MIN && length <= WORD_MAX) {
    if (words > 0 && start - wordsEnd > WORD_GAP) endWords();
    if (words == 0) wordsStart = start;
    wordsEnd = end;
    words++;
    return;
  }
  endWords();
  if (length >= LONG_BYTES && (odd & 4) == 0) flags |= CANDIDATE_LONG;
  if ((odd & 2) == 0 && (length == 8 || length == 11)) flags |= CANDIDATE_CAPITALS;
  if (flags != 0) emit(start, end, flags);
}

/** Writes the candidates of a view's raw text, ascending; returns their number. */
export function findCandidates(view: View): i32 {
  // Per nibble a bit for every group of delimiters; a byte in one group by both nibbles is a delimiter.
  const low = i8x16(19, 1, 3, 1, 1, 1, 1, 3, 3, 3, 1, 45, 47, 41, 5, 33);
  const high = i8x16(1, 1, 2, 4, 0, 8, 16, 32, 0, 0, 0, 0, 0, 0, 0, 0);
  const nibble = i8x16.splat(15);
  const length = view.rawLen;
  count = 0;
  words = 0;
  let start = -1;
  let flags = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 16) {
    const bytes = v128.load(view.raw + at);
    const groups = v128.and(
      i8x16.swizzle(low, v128.and(bytes, nibble)),
      i8x16.swizzle(high, i8x16.shr_u(bytes, 4)),
    );
    const digit = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x30)), i8x16.splat(10));
    const capital = i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x41)), i8x16.splat(26));
    let inside = i8x16.bitmask(i8x16.eq(groups, i8x16.splat(0)));
    if (length - at < 16) inside &= (1 << (length - at)) - 1;
    const digits = i8x16.bitmask(digit);
    const ats = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x40)));
    const assigns = i8x16.bitmask(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x3a)), i8x16.eq(bytes, i8x16.splat(0x3d))),
    );
    const notSmall = ~i8x16.bitmask(i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(0x61)), i8x16.splat(26)));
    const notCapital = ~i8x16.bitmask(v128.or(digit, capital));
    const foreign = i8x16.bitmask(bytes);
    let i = 0;
    while (true) {
      if (start < 0) {
        const rest = inside >> i;
        if (rest == 0) break;
        i += ctz(rest);
        start = at + i;
        flags = 0;
        odd = 0;
      }
      const rest = ~inside >> i;
      const stop = min(16, i + ctz(rest));
      const part = ((1 << stop) - 1) & ~((1 << i) - 1);
      if ((digits & part) != 0) flags |= CANDIDATE_DIGIT;
      if ((ats & part) != 0) flags |= CANDIDATE_AT;
      if ((assigns & part) != 0) flags |= CANDIDATE_ASSIGN;
      if ((notSmall & part) != 0) odd |= 1;
      if ((notCapital & part) != 0) odd |= 2;
      if ((foreign & part) != 0) odd |= 4;
      if (stop == 16) break;
      close(start, at + stop, flags, odd);
      start = -1;
      i = stop;
    }
  }
  if (start >= 0) close(start, length, flags, odd);
  endWords();
  return count;
}
