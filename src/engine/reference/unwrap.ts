/**
 * Puts decoded text in place of every encoded run of a view.
 *
 * One pass from left to right. A run is replaced only when what it decodes to reads as text
 * (`readable.ts`), so hashes, keys, images and ordinary words stay as they are. A run's bytes
 * all map to the whole run; an escaped character maps to its own escape.
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
  DECODER_MORSE,
  DECODER_PERCENT,
} from '../abi.ts';
import { decodeAscii85 } from './decode-ascii85.ts';
import {
  CLASS_BASE32,
  CLASS_BASE64,
  CLASS_BINARY,
  CLASS_HEX,
  decodeDigits,
  digitClasses,
  hexValue,
} from './decode-digits.ts';
import { escapedByte, escapedSequence, readEntity, readUnicodeEscape } from './decode-escapes.ts';
import { decodeMorse, morseSymbol } from './decode-morse.ts';
import { readableEnd } from './readable.ts';
import type { View } from './view.ts';

/** Digits of a run in one piece: base64, base32 and hexadecimal. */
const MIN_DIGITS = 16;
/** Binary digits in one piece, and digits of a blank-divided run of binary or hexadecimal groups. */
const MIN_BINARY = 24;
const MIN_PAIRS = 6;
/** Characters of ascii85 without its brackets. */
const MIN_ASCII85 = 20;
/** Escapes a view must hold before any of its kind is undone. */
const MIN_ESCAPES = 3;
const MIN_ENTITIES = 2;

/** Digits from `start` on, with the padding behind them and line breaks between lines of one length. */
interface Run {
  /** Behind the last digit, before padding. */
  readonly digitsEnd: number;
  readonly end: number;
  /** End of the first line, without padding: all there is when no second line belongs to the run. */
  readonly firstEnd: number;
  readonly digits: number;
  /** Alphabets all digits belong to. */
  readonly classes: number;
}

/**
 * @param to overwritten: raw text, spans, `decoders` and `depth`; its text and statistics are left to normalize
 * @returns false when nothing was decoded; `to` is then undefined
 * @complexity linear in `from.rawLen`
 */
export function unwrap(from: View, to: View): boolean {
  const raw = from.raw;
  const len = from.rawLen;
  const out = to.raw;
  let at = 0;
  let used = 0;

  const percents = countEscapes(raw, len, 0x25) >= MIN_ESCAPES;
  const escapes = countEscapes(raw, len, 0x5c) >= MIN_ESCAPES;
  const entities = countEscapes(raw, len, 0x26) >= MIN_ENTITIES;
  // A run of several groups, letters or lines that failed is not tried again from its second one on.
  let triedGroups = 0;
  let triedMorse = 0;
  let triedLines = 0;

  /** Maps `out[first, stop)` to `raw[start, end)` and goes on from there. */
  const keep = (first: number, stop: number, start: number, end: number): void => {
    const spanStart = from.rawStart[start] ?? 0;
    const spanEnd = from.rawEnd[end - 1] ?? 0;
    for (let k = first; k < stop; k += 1) {
      to.rawStart[k] = spanStart;
      to.rawEnd[k] = spanEnd;
    }
    at = stop;
  };
  const copy = (start: number, end: number): void => {
    for (let k = start; k < end; k += 1) {
      out[at] = raw[k] ?? 0;
      to.rawStart[at] = from.rawStart[k] ?? 0;
      to.rawEnd[at] = from.rawEnd[k] ?? 0;
      at += 1;
    }
  };
  /** Decodes the digits of `bits` bits in `[first, digitsEnd)` in the place of `[start, end)`; false when they hold no text. */
  const digits = (
    start: number,
    first: number,
    digitsEnd: number,
    end: number,
    bits: number,
    decoder: number,
  ): boolean => {
    let stop = decodeDigits(raw, first, digitsEnd, bits, out, at);
    // The block may start in the middle of a character.
    let cut = 0;
    if (first < 4) while (cut < 3 && at + cut < stop && ((out[at + cut] ?? 0) & 0xc0) === 0x80) cut += 1;
    if (cut > 0) {
      out.copyWithin(at, at + cut, stop);
      stop -= cut;
    }
    const textEnd = readableEnd(out, at, stop, false);
    if (textEnd < 0) return false;
    keep(at, textEnd, start, end);
    used |= decoder;
    return true;
  };
  /** Tries the alphabets all digits of a run belong to, the smallest first. */
  const decodeRun = (start: number, digitsEnd: number, end: number, count: number, classes: number): boolean => {
    if ((classes & CLASS_BINARY) !== 0 && count >= MIN_BINARY) {
      if (digits(start, start, digitsEnd, end, 1, DECODER_BINARY)) return true;
    }
    if ((classes & CLASS_HEX) !== 0 && digits(start, start, digitsEnd, end, 4, DECODER_HEX)) return true;
    if ((classes & CLASS_BASE32) !== 0 && digits(start, start, digitsEnd, end, 5, DECODER_BASE32)) return true;
    if (digits(start, start, digitsEnd, end, 6, DECODER_BASE64)) return true;
    if (start !== 0) return false;
    // The block may start in the middle of four digits.
    for (let phase = 1; phase < 4; phase += 1) {
      if (digits(start, phase, digitsEnd, end, 6, DECODER_BASE64)) return true;
    }
    return false;
  };

  let i = 0;
  while (i < len) {
    const byte = raw[i] ?? 0;
    if (byte <= 0x20) {
      copy(i, i + 1);
      i += 1;
      continue;
    }
    const tokenStart = i === 0 || (raw[i - 1] ?? 0) <= 0x20;

    if (i >= triedMorse && (tokenStart || isQuote(raw[i - 1] ?? 0)) && morseSymbol(raw, i, len) !== 0) {
      const run = decodeMorse(raw, i, len, out, at);
      if (run.rawEnd > i && readableEnd(out, at, run.outEnd, true) >= 0) {
        keep(at, run.outEnd, i, run.rawEnd);
        used |= DECODER_MORSE;
        i = run.rawEnd;
        continue;
      }
      triedMorse = run.rawEnd;
    }

    if (i >= triedGroups && digitClasses(byte) & CLASS_HEX && (i === 0 || digitClasses(raw[i - 1] ?? 0) === 0)) {
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
      triedGroups = Math.max(binaryEnd, hexEnd);
    }

    if (byte === 0x3c && i + 1 < len && raw[i + 1] === 0x7e) {
      const close = closing(raw, i + 2, len);
      if (close > 0) {
        const stop = decodeAscii85(raw, i + 2, close, out, at);
        const textEnd = stop < 0 ? -1 : readableEnd(out, at, stop, false);
        if (textEnd >= 0) {
          keep(at, textEnd, i, close + 2);
          used |= DECODER_ASCII85;
          i = close + 2;
          continue;
        }
      }
    }

    if (digitClasses(byte) !== 0) {
      const run = scanRun(raw, i, len, i >= triedLines);
      if (run.digits >= MIN_DIGITS) {
        if (decodeRun(i, run.digitsEnd, run.end, run.digits, run.classes)) {
          i = run.end;
          continue;
        }
        // The second line may have been a word that only looked like more of the same.
        if (run.firstEnd < run.digitsEnd && run.firstEnd - i >= MIN_DIGITS) {
          if (decodeRun(i, run.firstEnd, run.firstEnd, run.firstEnd - i, run.classes)) {
            i = run.firstEnd;
            continue;
          }
        }
        triedLines = Math.max(triedLines, run.digitsEnd);
      }
    }

    if (tokenStart) {
      let start = i;
      let end = i + 1;
      while (end < len && (raw[end] ?? 0) > 0x20) end += 1;
      const tokenEnd = end;
      if (isQuote(byte) && raw[end - 1] === byte) {
        start += 1;
        end -= 1;
      }
      if (end - start >= MIN_ASCII85) {
        const stop = decodeAscii85(raw, start, end, out, at);
        const textEnd = stop < 0 ? -1 : readableEnd(out, at, stop, false);
        if (textEnd >= 0) {
          keep(at, textEnd, i, tokenEnd);
          used |= DECODER_ASCII85;
          i = tokenEnd;
          continue;
        }
      }
    }

    if (byte === 0x25 && percents) {
      const count = escapedSequence(raw, i, len, 1);
      for (let k = 0; k < count; k += 1) {
        out[at] = escapedByte(raw, i, len, 1);
        keep(at, at + 1, i, i + 3);
        i += 3;
      }
      if (count > 0) {
        used |= DECODER_PERCENT;
        continue;
      }
    }
    if (byte === 0x26 && entities) {
      const { point, length } = readEntity(raw, i, len);
      if (length > 0) {
        keep(at, writePoint(out, at, point), i, i + length);
        used |= DECODER_ENTITY;
        i += length;
        continue;
      }
    }
    if (byte === 0x5c && escapes) {
      const { point, length } = readUnicodeEscape(raw, i, len);
      if (length > 0) {
        keep(at, writePoint(out, at, point), i, i + length);
        used |= DECODER_ESCAPE;
        i += length;
        continue;
      }
      const count = escapedSequence(raw, i, len, 2);
      for (let k = 0; k < count; k += 1) {
        out[at] = escapedByte(raw, i, len, 2);
        keep(at, at + 1, i, i + 4);
        i += 4;
      }
      const latin = count > 0 ? -1 : escapedByte(raw, i, len, 2);
      if (latin >= 0xa0) {
        keep(at, writePoint(out, at, latin), i, i + 4);
        i += 4;
      }
      if (count > 0 || latin >= 0xa0) {
        used |= DECODER_ESCAPE;
        continue;
      }
    }

    let end = i + 1;
    if (digitClasses(byte) !== 0) while (end < len && digitClasses(raw[end] ?? 0) !== 0) end += 1;
    copy(i, end);
    i = end;
  }

  if (used === 0) return false;
  to.rawLen = at;
  to.textLen = 0;
  to.tokenCount = 0;
  to.decoders = from.decoders | used;
  to.depth = from.depth + 1;
  return true;
}

function isQuote(byte: number): boolean {
  return byte === 0x22 || byte === 0x27 || byte === 0x60;
}

/** How many escapes start with `mark` (`%`, `&` or a backslash), up to three. */
function countEscapes(raw: Uint8Array, len: number, mark: number): number {
  let count = 0;
  for (let i = 0; i < len && count < MIN_ESCAPES; i += 1) {
    if (raw[i] !== mark) continue;
    const found =
      mark === 0x25
        ? escapedByte(raw, i, len, 1) >= 0
        : mark === 0x26
          ? readEntity(raw, i, len).length > 0
          : readUnicodeEscape(raw, i, len).length > 0 || escapedByte(raw, i, len, 2) >= 0;
    if (found) count += 1;
  }
  return count;
}

/** The end of the digits at `start`; with `lines`, a line break is passed when a whole line of digits, no longer, follows. */
function scanRun(raw: Uint8Array, start: number, len: number, lines: boolean): Run {
  let classes = CLASS_BASE64 | CLASS_HEX | CLASS_BASE32 | CLASS_BINARY;
  let digits = 0;
  // The x of 0x is no digit of the alphabet that follows.
  let i = start + 1 < len && raw[start] === 0x30 && ((raw[start + 1] ?? 0) | 0x20) === 0x78 ? start + 2 : start;
  let lineStart = start;
  let firstEnd = 0;
  for (;;) {
    while (i < len) {
      const mine = digitClasses(raw[i] ?? 0);
      if (mine === 0) break;
      classes &= mine;
      i += 1;
    }
    digits += i - lineStart;
    if (firstEnd === 0) firstEnd = i;
    const line = i - lineStart;
    if (!lines || line < MIN_DIGITS || line !== firstEnd - start) break;
    let next = i;
    if (next < len && raw[next] === 0x0d) next += 1;
    if (next >= len || raw[next] !== 0x0a) break;
    next += 1;
    let end = next;
    while (end < len && end - next <= line && digitClasses(raw[end] ?? 0) !== 0) end += 1;
    const whole = end >= len || raw[end] === 0x0d || raw[end] === 0x0a || raw[end] === 0x3d || isQuote(raw[end] ?? 0);
    if (end === next || end - next > line || !whole) break;
    lineStart = next;
    i = next;
  }
  const digitsEnd = i;
  while (i < len && i < digitsEnd + 6 && raw[i] === 0x3d) i += 1;
  return { digitsEnd, end: i, firstEnd, digits, classes };
}

/**
 * The end of at least three groups of eight binary digits, or six pairs of hexadecimal ones (each may have
 * `0x` before it), divided by one or two of blank, line break, comma, colon and semicolon; `start` when there are fewer.
 */
function groupsEnd(raw: Uint8Array, start: number, len: number, size: number): number {
  let i = start;
  let end = start;
  let groups = 0;
  for (;;) {
    if (size === 2 && i + 1 < len && raw[i] === 0x30 && ((raw[i + 1] ?? 0) | 0x20) === 0x78) i += 2;
    const stop = i + size;
    if (stop > len) break;
    while (i < stop) {
      const byte = raw[i] ?? 0;
      if (size === 8 ? byte !== 0x30 && byte !== 0x31 : hexValue(byte) < 0) break;
      i += 1;
    }
    if (i < stop || (i < len && digitClasses(raw[i] ?? 0) !== 0)) break;
    groups += 1;
    end = i;
    const first = i;
    while (i < len && i < first + 2 && isDivider(raw[i] ?? 0)) i += 1;
    if (i === first) break;
  }
  return groups >= (size === 8 ? MIN_BINARY / 8 : MIN_PAIRS) ? end : start;
}

function isDivider(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x2c || byte === 0x3a || byte === 0x3b;
}

/** Where `~>` stands; -1 when the run ends without it. */
function closing(raw: Uint8Array, start: number, len: number): number {
  for (let i = start; i + 1 < len; i += 1) {
    const byte = raw[i] ?? 0;
    if (byte === 0x7e) return raw[i + 1] === 0x3e ? i : -1;
    if (byte > 0x7a) return -1;
  }
  return -1;
}

/** Writes a code point as UTF-8 and returns the end. */
export function writePoint(out: Uint8Array, at: number, point: number): number {
  if (point < 0x80) {
    out[at] = point;
    return at + 1;
  }
  const size = point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  for (let k = size - 1; k > 0; k -= 1) {
    out[at + k] = 0x80 | (point & 0x3f);
    point >>= 6;
  }
  out[at] = ((0xf00 >> size) & 0xff) | point;
  return at + size;
}
