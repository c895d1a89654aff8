/**
 * Morse: dots and dashes, letters divided by blanks, words by a stroke, three blanks or a line break.
 */
import { byteAt, setByte } from './bytes';

/** The character of a code, read as bits from a leading one on, dash = 1: `.-` is 0b101. `~` stands for none. */
const MORSE =
  '~~etianmsurwdkgohvf~l~pjbxcyzq~~54~3~~~2&~+~~~~16=/~~~(~7~~~8~90~~~~~~~~~~~~?~~~~~"~~.~~~~@~~~\'~~-~~~~~~~~;!~)~~~~~,~~~~:~~~~~~~';

/** Letters a run must have. */
const MIN_LETTERS: i32 = 5;
/** Bytes between two letters at most. */
const MAX_GAP: i32 = 5;

/** Where the last run ended in `raw` (its start when there was none), and its decoded letters in `out`. */
export let morseRawEnd: i32 = 0;
export let morseOutEnd: i32 = 0;

/** 1 for a dot, 2 for a dash, 0 for neither; the size in bytes stands four bits higher. */
export function morseSymbol(raw: usize, at: i32, end: i32): i32 {
  const byte = byteAt(raw, at);
  if (byte == 0x2e) return 0x11;
  if (byte == 0x2d || byte == 0x5f) return 0x12;
  if (byte == 0xc2 && at + 1 < end && byteAt(raw, at + 1) == 0xb7) return 0x21;
  if (byte != 0xe2 || at + 2 >= end) return 0;
  const second = byteAt(raw, at + 1);
  const third = byteAt(raw, at + 2);
  if (second == 0x80 && third == 0xa2) return 0x31; // •
  if (second == 0x80 && (third == 0x93 || third == 0x94)) return 0x32; // – —
  return second == 0x88 && third == 0x92 ? 0x32 : 0; // −
}

/** Decodes the run of Morse letters that starts at `start`, in lower case, to `out` from `at` on. */
export function decodeMorse(raw: usize, start: i32, end: i32, out: usize, at: i32): void {
  let letters: i32 = 0;
  let rawEnd = start;
  let outEnd = at;
  let i = start;
  let gap = false;
  while (i < end) {
    let code: i32 = 1;
    while (i < end && code < 128) {
      const symbol = morseSymbol(raw, i, end);
      if (symbol == 0) break;
      code = (code << 1) | ((symbol & 15) - 1);
      i += symbol >> 4;
    }
    if (code == 1 || code >= 128) break;
    const char = MORSE.charCodeAt(code);
    if (char == 0x7e) break;
    const blank = i >= end || byteAt(raw, i) <= 0x20;
    if (!blank && byteAt(raw, i) != 0x2f && byteAt(raw, i) != 0x7c) break;
    if (gap) {
      setByte(out, outEnd, 0x20);
      outEnd += 1;
    }
    setByte(out, outEnd, char);
    outEnd += 1;
    letters += 1;
    rawEnd = i;
    let blanks: i32 = 0;
    gap = false;
    while (i < end && i < rawEnd + MAX_GAP) {
      const byte = byteAt(raw, i);
      if (byte == 0x20 || byte == 0x09) blanks += 1;
      else if (byte == 0x2f || byte == 0x7c || byte == 0x0a || byte == 0x0d) gap = true;
      else break;
      i += 1;
    }
    if (blanks >= 3) gap = true;
  }
  morseRawEnd = letters >= MIN_LETTERS ? rawEnd : start;
  morseOutEnd = letters >= MIN_LETTERS ? outEnd : at;
}
