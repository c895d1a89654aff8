/**
 * Bytes read as the text they may be, each with the place it was decoded from.
 *
 * @module
 */
import type { Decoder } from '../../types.ts';

/** What a stretch of a text, or the whole of it, reads as. */
export interface View {
  readonly text: string;
  /** Of unit `i` of `text`, the half-open span in the text it was decoded from. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly decoder: Decoder;
  /** Where, in the text it was decoded from, more text could make another letter of it; undefined when the stretch is over. */
  readonly open: number | undefined;
  /** Units of `text` that stay whatever follows, where the stretch may go on: a number cut in two reads as another one. */
  readonly settled: number;
}

/** No byte of text. */
export const NO_TEXT = 0xff;
const NONE = new Int32Array(0);
/** What was decoded of a longer stretch is let go of. */
const KEPT_UNITS = 1 << 16;
/** Shorter pieces of text among bytes that are none hide nothing. */
const MIN_TEXT = 8;

/** Reads bytes as UTF-8 and keeps what may be text: decoded from a wrong place, or of what was never encoded, next to nothing. */
export interface Bytes {
  push(byte: number, start: number, end: number): void;
  /** What was pushed so far stays; what comes next is what the text says as long as nothing follows. The first call counts. */
  settle(): void;
  /**
   * Gives what was pushed, and begins anew.
   *
   * @param open where the first byte begins that may still change or come; undefined when the stretch is over
   */
  finish(decoder: Decoder, open: number | undefined): View;
}

/** @param least characters in a row that are kept */
export function newBytes(least = MIN_TEXT): Bytes {
  let units = new Uint16Array(64);
  let starts = new Int32Array(64);
  let ends = new Int32Array(64);
  let length = 0;
  /** Where the piece of text begins that is going on. */
  let piece = 0;
  let point = 0;
  let missing = 0;
  let from = 0;
  let pieceStart = -1;
  /** Units that stay, -1 until it is said; and where the text behind them begins that was pushed by then. */
  let settled = -1;
  let settledOpen = Infinity;

  function put(unit: number, start: number, end: number): void {
    if (length === units.length) {
      units = grown(units, new Uint16Array(2 * length));
      starts = grown(starts, new Int32Array(2 * length));
      ends = grown(ends, new Int32Array(2 * length));
    }
    if (length === piece) pieceStart = start;
    units[length] = unit;
    starts[length] = start;
    ends[length++] = end;
  }

  function noText(start: number, end: number): void {
    if (length - piece < least) length = piece;
    else put(0xfffd, start, end);
    piece = length;
  }

  function settle(): void {
    if (settled >= 0) return;
    // A piece too short to be kept may grow.
    const isShort = length - piece < least;
    settled = isShort ? piece : length;
    if (isShort && length > piece) settledOpen = pieceStart;
    if (missing > 0) settledOpen = Math.min(settledOpen, from);
  }

  return {
    push(byte, start, end) {
      if (missing > 0) {
        if ((byte & 0xc0) === 0x80) {
          point = (point << 6) | (byte & 0x3f);
          if (--missing > 0) return;
          if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) noText(from, end);
          else if (point > 0xffff) {
            put(0xd800 + ((point - 0x10000) >> 10), from, end);
            put(0xdc00 + (point & 0x3ff), from, end);
          } else put(point, from, end);
          return;
        }
        missing = 0;
        noText(from, start);
      }
      if (byte < 0x80) {
        // What writes two bytes for each letter writes zeros.
        if (byte >= 0x20 || byte === 0 || byte === 9 || byte === 10 || byte === 13) put(byte, start, end);
        else noText(start, end);
      } else if (byte < 0xc2 || byte > 0xf4) noText(start, end);
      else {
        missing = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
        point = byte & (0x3f >> missing);
        from = start;
      }
    },
    settle,
    finish(decoder, open) {
      settle();
      if (length - piece < least) length = piece;
      const where = {
        decoder,
        open: open === undefined ? undefined : Math.min(open, settledOpen),
        settled: open === undefined ? length : settled,
      };
      const view: View =
        length === 0
          ? { text: '', starts: NONE, ends: NONE, ...where }
          : {
              text: textOf(units.subarray(0, length)),
              starts: starts.slice(0, length),
              ends: ends.slice(0, length),
              ...where,
            };
      length = piece = missing = 0;
      settled = -1;
      settledOpen = Infinity;
      if (units.length > KEPT_UNITS) {
        units = new Uint16Array(64);
        starts = new Int32Array(64);
        ends = new Int32Array(64);
      }
      return view;
    },
  };
}

function textOf(units: Uint16Array): string {
  let text = '';
  // As many arguments as any engine takes.
  for (let at = 0; at < units.length; at += 4096) text += String.fromCharCode(...units.subarray(at, at + 4096));
  return text;
}

function grown<T extends Uint16Array | Int32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** Kept, because most stretches are short and hold nothing; whoever pushes finishes before anybody else does. */
export const BYTES = newBytes();
