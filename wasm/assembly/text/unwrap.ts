/**
 * Puts decoded text in place of every encoded run of a view.
 *
 * One pass from left to right. A run is replaced only when what it decodes to reads as text
 * (`readable.ts`), so hashes, keys, images and ordinary words stay as they are. A run's bytes
 * all map to the whole run; an escaped character maps to its own escape.
 */
import {
  DECODER_ASCII85,
  DECODER_BASE32,
  DECODER_BASE64,
  DECODER_BINARY,
  DECODER_ENTITY,
  DECODER_ESCAPE,
  DECODER_HEX,
  DECODER_MORSE,
  DECODER_PERCENT,
} from '../abi';
import { View } from '../view';
import { byteAt, halfAt, setByte, setHalf } from './bytes';
import { decodeAscii85 } from './decode-ascii85';
import {
  CLASS_BASE32,
  CLASS_BASE64,
  CLASS_BINARY,
  CLASS_HEX,
  decodeDigits,
  digitClasses,
  hexValue,
} from './decode-digits';
import { escapedByte, escapedSequence, escapePoint, readEntity, readUnicodeEscape } from './decode-escapes';
import { decodeMorse, morseOutEnd, morseRawEnd, morseSymbol } from './decode-morse';
import { readableEnd } from './readable';

/** Digits of a run in one piece: base64, base32 and hexadecimal. */
const MIN_DIGITS: i32 = 16;
/** Binary digits in one piece, and digits of a blank-divided run of binary or hexadecimal groups. */
const MIN_BINARY: i32 = 24;
const MIN_PAIRS: i32 = 6;
/** Characters of ascii85 without its brackets. */
const MIN_ASCII85: i32 = 20;
/** Escapes a view must hold before any of its kind is undone. */
const MIN_ESCAPES: i32 = 3;
const MIN_ENTITIES: i32 = 2;

/** The run `scanRun` read: its end before padding, and behind it. */
let runDigitsEnd: i32 = 0;
let runEnd: i32 = 0;
/** End of its first line, without padding: all there is when no second line belongs to the run. */
let runFirstEnd: i32 = 0;
let runDigits: i32 = 0;
/** Alphabets all its digits belong to. */
let runClasses: i32 = 0;

/** The view being read, the one being written, how much of that there is, and the decoders used. */
let source: View = changetype<View>(0);
let target: View = changetype<View>(0);
let raw: usize = 0;
let out: usize = 0;
let at: i32 = 0;
let used: i32 = 0;
/** Start of the raw bytes that stay as they are but are not copied yet. */
let pending: i32 = 0;

/**
 * @param to overwritten: raw text, spans, `decoders` and `depth`; its text and statistics are left to normalize
 * @returns false when nothing was decoded; `to` is then undefined
 * @complexity linear in `from.rawLen`
 */
export function unwrap(from: View, to: View): bool {
  const len = from.rawLen;
  if (!mayHold(from.raw, len)) return false;
  source = from;
  target = to;
  raw = from.raw;
  out = to.raw;
  at = 0;
  pending = 0;
  used = 0;

  const percents = countEscapes(len, 0x25) >= MIN_ESCAPES;
  const escapes = countEscapes(len, 0x5c) >= MIN_ESCAPES;
  const entities = countEscapes(len, 0x26) >= MIN_ENTITIES;
  // A run of several groups, letters or lines that failed is not tried again from its second one on.
  let triedGroups: i32 = 0;
  let triedMorse: i32 = 0;
  let triedLines: i32 = 0;

  let i: i32 = 0;
  while (i < len) {
    const byte = byteAt(raw, i);
    if (byte <= 0x20) {
      i += 1;
      continue;
    }
    const tokenStart = i == 0 || byteAt(raw, i - 1) <= 0x20;

    if (i >= triedMorse && (tokenStart || isQuote(byteAt(raw, i - 1))) && morseSymbol(raw, i, len) != 0) {
      decodeMorse(raw, i, len, out, spot(i));
      const stop = morseRawEnd;
      if (stop > i && readableEnd(out, spot(i), morseOutEnd, true) >= 0) {
        keep(morseOutEnd, i, stop, DECODER_MORSE);
        i = stop;
        continue;
      }
      triedMorse = stop;
    }

    if (i >= triedGroups && (digitClasses(byte) & CLASS_HEX) != 0 && (i == 0 || digitClasses(byteAt(raw, i - 1)) == 0)) {
      const binaryEnd = groupsEnd(raw, i, len, 8);
      if (binaryEnd > i && digits(i, i, binaryEnd, binaryEnd, 1, DECODER_BINARY)) {
        i = binaryEnd;
        continue;
      }
      const hexEnd = groupsEnd(raw, i, len, 2);
      if (hexEnd > i && digits(i, i, hexEnd, hexEnd, 4, DECODER_HEX)) {
        i = hexEnd;
        continue;
      }
      triedGroups = max(binaryEnd, hexEnd);
    }

    if (byte == 0x3c && i + 1 < len && byteAt(raw, i + 1) == 0x7e) {
      const close = closing(raw, i + 2, len);
      if (close > 0) {
        const stop = decodeAscii85(raw, i + 2, close, out, spot(i));
        const textEnd = stop < 0 ? -1 : readableEnd(out, spot(i), stop, false);
        if (textEnd >= 0) {
          keep(textEnd, i, close + 2, DECODER_ASCII85);
          i = close + 2;
          continue;
        }
      }
    }

    if (digitClasses(byte) != 0) {
      scanRun(raw, i, len, i >= triedLines);
      if (runDigits >= MIN_DIGITS) {
        if (decodeRun(i, runDigitsEnd, runEnd, runDigits, runClasses)) {
          i = runEnd;
          continue;
        }
        // The second line may have been a word that only looked like more of the same.
        if (runFirstEnd < runDigitsEnd && runFirstEnd - i >= MIN_DIGITS) {
          if (decodeRun(i, runFirstEnd, runFirstEnd, runFirstEnd - i, runClasses)) {
            i = runFirstEnd;
            continue;
          }
        }
        triedLines = max(triedLines, runDigitsEnd);
      }
    }

    if (tokenStart) {
      let start = i;
      let end = i + 1;
      while (end < len && byteAt(raw, end) > 0x20) end += 1;
      const tokenEnd = end;
      if (isQuote(byte) && byteAt(raw, end - 1) == byte) {
        start += 1;
        end -= 1;
      }
      if (end - start >= MIN_ASCII85) {
        const stop = decodeAscii85(raw, start, end, out, spot(i));
        const textEnd = stop < 0 ? -1 : readableEnd(out, spot(i), stop, false);
        if (textEnd >= 0) {
          keep(textEnd, i, tokenEnd, DECODER_ASCII85);
          i = tokenEnd;
          continue;
        }
      }
    }

    if (byte == 0x25 && percents) {
      const count = escapedSequence(raw, i, len, 1);
      for (let k: i32 = 0; k < count; k += 1) {
        setByte(out, spot(i), escapedByte(raw, i, len, 1));
        keep(spot(i) + 1, i, i + 3, DECODER_PERCENT);
        i += 3;
      }
      if (count > 0) continue;
    }
    if (byte == 0x26 && entities) {
      const length = readEntity(raw, i, len);
      if (length > 0) {
        keep(writePoint(out, spot(i), escapePoint), i, i + length, DECODER_ENTITY);
        i += length;
        continue;
      }
    }
    if (byte == 0x5c && escapes) {
      const length = readUnicodeEscape(raw, i, len);
      if (length > 0) {
        keep(writePoint(out, spot(i), escapePoint), i, i + length, DECODER_ESCAPE);
        i += length;
        continue;
      }
      const count = escapedSequence(raw, i, len, 2);
      for (let k: i32 = 0; k < count; k += 1) {
        setByte(out, spot(i), escapedByte(raw, i, len, 2));
        keep(spot(i) + 1, i, i + 4, DECODER_ESCAPE);
        i += 4;
      }
      const latin = count > 0 ? -1 : escapedByte(raw, i, len, 2);
      if (latin >= 0xa0) {
        keep(writePoint(out, spot(i), latin), i, i + 4, DECODER_ESCAPE);
        i += 4;
      }
      if (count > 0 || latin >= 0xa0) continue;
    }

    let end = i + 1;
    if (digitClasses(byte) != 0) while (end < len && digitClasses(byteAt(raw, end)) != 0) end += 1;
    i = end;
  }

  if (used == 0) return false;
  flush(len);
  to.rawLen = at;
  to.textLen = 0;
  to.tokenCount = 0;
  to.decoders = from.decoders | <u32>used;
  to.depth = from.depth + 1;
  return true;
}

/** Where in `out` the raw byte `i` would be copied to: decoders write there, and nothing is lost when they fail. */
// @ts-ignore: decorator
@inline
function spot(i: i32): i32 {
  return at + i - pending;
}

/** Copies everything pending before `end`. */
function flush(end: i32): void {
  const size = <usize>(end - pending);
  const to = <usize>at;
  const from = <usize>pending;
  memory.copy(out + to, raw + from, size);
  memory.copy(target.rawStart + (to << 1), source.rawStart + (from << 1), size << 1);
  memory.copy(target.rawEnd + (to << 1), source.rawEnd + (from << 1), size << 1);
  at += end - pending;
  pending = end;
}

/** Maps what was decoded, `out[spot(start), stop)`, to `raw[start, end)` and goes on from there. */
function keep(stop: i32, start: i32, end: i32, decoder: i32): void {
  const spanStart = halfAt(source.rawStart, start);
  const spanEnd = halfAt(source.rawEnd, end - 1);
  flush(start);
  for (let k = at; k < stop; k += 1) {
    setHalf(target.rawStart, k, spanStart);
    setHalf(target.rawEnd, k, spanEnd);
  }
  at = stop;
  pending = end;
  used |= decoder;
}

/** Decodes the digits of `bits` bits in `[first, digitsEnd)` in the place of `[start, end)`; false when they hold no text. */
function digits(start: i32, first: i32, digitsEnd: i32, end: i32, bits: i32, decoder: i32): bool {
  const to = spot(start);
  let stop = decodeDigits(raw, first, digitsEnd, bits, out, to);
  // The block may start in the middle of a character.
  let cut: i32 = 0;
  if (first < 4) while (cut < 3 && to + cut < stop && (byteAt(out, to + cut) & 0xc0) == 0x80) cut += 1;
  if (cut > 0) {
    memory.copy(out + <usize>to, out + <usize>(to + cut), <usize>(stop - to - cut));
    stop -= cut;
  }
  const textEnd = readableEnd(out, to, stop, false);
  if (textEnd < 0) return false;
  keep(textEnd, start, end, decoder);
  return true;
}

/** Tries the alphabets all digits of a run belong to, the smallest first. */
function decodeRun(start: i32, digitsEnd: i32, end: i32, count: i32, classes: i32): bool {
  if ((classes & CLASS_BINARY) != 0 && count >= MIN_BINARY) {
    if (digits(start, start, digitsEnd, end, 1, DECODER_BINARY)) return true;
  }
  if ((classes & CLASS_HEX) != 0 && digits(start, start, digitsEnd, end, 4, DECODER_HEX)) return true;
  if ((classes & CLASS_BASE32) != 0 && digits(start, start, digitsEnd, end, 5, DECODER_BASE32)) return true;
  if (digits(start, start, digitsEnd, end, 6, DECODER_BASE64)) return true;
  if (start != 0) return false;
  // The block may start in the middle of four digits.
  for (let phase: i32 = 1; phase < 4; phase += 1) {
    if (digits(start, phase, digitsEnd, end, 6, DECODER_BASE64)) return true;
  }
  return false;
}

function isQuote(byte: i32): bool {
  return byte == 0x22 || byte == 0x27 || byte == 0x60;
}

/** How many escapes start with `mark` (`%`, `&` or a backslash), up to three. */
function countEscapes(len: i32, mark: i32): i32 {
  let count: i32 = 0;
  for (let i: i32 = 0; i < len && count < MIN_ESCAPES; i += 1) {
    if (byteAt(raw, i) != mark) continue;
    const found =
      mark == 0x25
        ? escapedByte(raw, i, len, 1) >= 0
        : mark == 0x26
          ? readEntity(raw, i, len) > 0
          : readUnicodeEscape(raw, i, len) > 0 || escapedByte(raw, i, len, 2) >= 0;
    if (found) count += 1;
  }
  return count;
}

/** The end of the digits at `start`; with `lines`, a line break is passed when a whole line of digits, no longer, follows. */
function scanRun(raw: usize, start: i32, len: i32, lines: bool): void {
  let classes = CLASS_BASE64 | CLASS_HEX | CLASS_BASE32 | CLASS_BINARY;
  let digits: i32 = 0;
  // The x of 0x is no digit of the alphabet that follows.
  let i = start + 1 < len && byteAt(raw, start) == 0x30 && (byteAt(raw, start + 1) | 0x20) == 0x78 ? start + 2 : start;
  let lineStart = start;
  let firstEnd: i32 = 0;
  for (;;) {
    while (i < len) {
      const mine = digitClasses(byteAt(raw, i));
      if (mine == 0) break;
      classes &= mine;
      i += 1;
    }
    digits += i - lineStart;
    if (firstEnd == 0) firstEnd = i;
    const line = i - lineStart;
    if (!lines || line < MIN_DIGITS || line != firstEnd - start) break;
    let next = i;
    if (next < len && byteAt(raw, next) == 0x0d) next += 1;
    if (next >= len || byteAt(raw, next) != 0x0a) break;
    next += 1;
    let end = next;
    while (end < len && end - next <= line && digitClasses(byteAt(raw, end)) != 0) end += 1;
    const whole = end >= len || byteAt(raw, end) == 0x0d || byteAt(raw, end) == 0x0a || byteAt(raw, end) == 0x3d || isQuote(byteAt(raw, end));
    if (end == next || end - next > line || !whole) break;
    lineStart = next;
    i = next;
  }
  const digitsEnd = i;
  while (i < len && i < digitsEnd + 6 && byteAt(raw, i) == 0x3d) i += 1;
  runDigitsEnd = digitsEnd;
  runEnd = i;
  runFirstEnd = firstEnd;
  runDigits = digits;
  runClasses = classes;
}

/**
 * The end of at least three groups of eight binary digits, or six pairs of hexadecimal ones (each may have
 * `0x` before it), divided by one or two of blank, line break, comma, colon and semicolon; `start` when there are fewer.
 */
function groupsEnd(raw: usize, start: i32, len: i32, size: i32): i32 {
  let i = start;
  let end = start;
  let groups: i32 = 0;
  for (;;) {
    if (size == 2 && i + 1 < len && byteAt(raw, i) == 0x30 && (byteAt(raw, i + 1) | 0x20) == 0x78) i += 2;
    const stop = i + size;
    if (stop > len) break;
    while (i < stop) {
      const byte = byteAt(raw, i);
      if (size == 8 ? byte != 0x30 && byte != 0x31 : hexValue(byte) < 0) break;
      i += 1;
    }
    if (i < stop || (i < len && digitClasses(byteAt(raw, i)) != 0)) break;
    groups += 1;
    end = i;
    const first = i;
    while (i < len && i < first + 2 && isDivider(byteAt(raw, i))) i += 1;
    if (i == first) break;
  }
  return groups >= (size == 8 ? MIN_BINARY / 8 : MIN_PAIRS) ? end : start;
}

function isDivider(byte: i32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x2c || byte == 0x3a || byte == 0x3b;
}

/** Where `~>` stands; -1 when the run ends without it. */
function closing(raw: usize, start: i32, len: i32): i32 {
  for (let i = start; i + 1 < len; i += 1) {
    const byte = byteAt(raw, i);
    if (byte == 0x7e) return byteAt(raw, i + 1) == 0x3e ? i : -1;
    if (byte > 0x7a) return -1;
  }
  return -1;
}

/**
 * Whether any run or escape may be in the text, sixteen bytes at a time; over-reports, never under-reports.
 *
 * Every run long enough to be decoded leaves a mark in a whole vector: sixteen bytes of ASCII without a blank
 * (base64 and its kin, ascii85), two neighboring pairs of hexadecimal digits, eight binary digits, five dots and
 * dashes in three vectors. Escapes are counted by their first byte.
 */
function mayHold(raw: usize, len: i32): bool {
  let carry: i32 = 0;
  let percents: i32 = 0;
  let entities: i32 = 0;
  let slashes: i32 = 0;
  let tildes: i32 = 0;
  let symbols0: i32 = 0;
  let symbols1: i32 = 0;
  const blank = i8x16.splat(0x20);
  for (let i: i32 = 0; i < len; i += 16) {
    const v = v128.load(raw + <usize>i);
    // Signed: bytes from 0x80 on end a run as blanks do.
    const blanks = i8x16.bitmask(i8x16.le_s(v, blank));
    if (carry + (blanks == 0 ? 16 : ctz(blanks)) >= MIN_DIGITS) return true;
    carry = clz(blanks) - 16;

    const marks = v128.or(
      v128.or(i8x16.eq(v, i8x16.splat(0x25)), i8x16.eq(v, i8x16.splat(0x26))),
      v128.or(i8x16.eq(v, i8x16.splat(0x5c)), i8x16.eq(v, i8x16.splat(0x7e))),
    );
    if (v128.any_true(marks)) {
      percents += popcnt(i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x25))));
      entities += popcnt(i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x26))));
      slashes += popcnt(i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x5c))));
      tildes += popcnt(i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x7e))));
      if (percents >= MIN_ESCAPES || entities >= MIN_ENTITIES || slashes >= MIN_ESCAPES || tildes >= 2) return true;
    }

    const dots = v128.or(
      v128.or(i8x16.eq(v, i8x16.splat(0x2e)), i8x16.eq(v, i8x16.splat(0x2d))),
      v128.or(
        i8x16.eq(v, i8x16.splat(0x5f)),
        v128.or(i8x16.eq(v, i8x16.splat(<i8>0xe2)), i8x16.eq(v, i8x16.splat(<i8>0xc2))),
      ),
    );
    const symbols = popcnt(i8x16.bitmask(dots));
    if (symbols + symbols0 + symbols1 >= 5) return true;
    symbols0 = symbols1;
    symbols1 = symbols;

    const ones = i8x16.eq(v128.and(v, i8x16.splat(<i8>0xfe)), i8x16.splat(0x30));
    if (v128.any_true(ones)) {
      if (popcnt(i8x16.bitmask(ones)) >= 8) return true;
      // 0x before a pair: the digits are then not where the next test looks. 0 may end this vector, x start the next.
      const zeros = i8x16.bitmask(i8x16.eq(v, i8x16.splat(0x30)));
      const ex = i8x16.bitmask(i8x16.eq(v128.or(v, blank), i8x16.splat(0x78)));
      if (((zeros << 1) & ex) != 0) return true;
      if ((zeros & 0x8000) != 0 && (byteAt(raw, i + 16) | 0x20) == 0x78) return true;
    }

    const letter = i8x16.sub(v128.or(v, blank), i8x16.splat(0x61));
    const figure = i8x16.sub(v, i8x16.splat(0x30));
    const hex = i8x16.bitmask(v128.or(i8x16.lt_u(letter, i8x16.splat(6)), i8x16.lt_u(figure, i8x16.splat(10))));
    const punctuation = v128.or(i8x16.eq(v, i8x16.splat(0x2c)), i8x16.eq(v128.and(v, i8x16.splat(<i8>0xfe)), i8x16.splat(0x3a)));
    const dividers = blanks | i8x16.bitmask(punctuation);
    const pairs = dividers & (hex >> 1) & (hex >> 2) & (dividers >> 3);
    if ((pairs & ((pairs >> 3) | (pairs >> 4))) != 0) return true;
  }
  return false;
}

/** Writes a code point as UTF-8 and returns the end. */
export function writePoint(out: usize, at: i32, point: i32): i32 {
  if (point < 0x80) {
    setByte(out, at, point);
    return at + 1;
  }
  const size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (let k = size - 1; k > 0; k -= 1) {
    setByte(out, at + k, 0x80 | (point & 0x3f));
    point >>= 6;
  }
  setByte(out, at, ((0xf00 >> size) & 0xff) | point);
  return at + size;
}
