/**
 * Bytes as the automata see them, and code point sets as byte sequences.
 *
 * Automata over bytes run over *symbols*: a permutation of the 256 bytes that puts all
 * separators first and all word bytes after them. "Any separator" and "any word
 * byte", by far the most frequent classes, are one range each that way. Automata
 * over words share the separators and number words where the word bytes would be.
 *
 * @module
 */
/** A set of code points: sorted, disjoint, inclusive ranges. */
export type CodePoints = readonly (readonly [low: number, high: number])[];

/** `[a-z0-9_]` and every byte of a multi-byte character. */
export function isWordByte(byte: number): boolean {
  return byte >= 0x80 || byte === 0x5f || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);
}

/** Byte to symbol, shape [256]: separators in byte order, then word bytes in byte order. */
export const SYMBOL_OF: Uint8Array = symbols();

/** Symbols below this are separators. */
export const SEPARATORS: number = [...Array(256).keys()].filter((byte) => !isWordByte(byte)).length;

function symbols(): Uint8Array {
  const table = new Uint8Array(256);
  let next = 0;
  for (const wanted of [false, true]) {
    for (let byte = 0; byte < 256; byte++) if (isWordByte(byte) === wanted) table[byte] = next++;
  }
  return table;
}

export function utf8(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

export type ByteRange = readonly [low: number, high: number];

/**
 * Sequences of byte ranges which together match exactly the UTF-8 forms of a set; surrogates are left out.
 * A set of everything beyond ASCII, as a negated class is, takes single bytes instead.
 */
export function utf8Sequences(set: CodePoints): ByteRange[][] {
  const found: ByteRange[][] = [];
  const [low, high] = set.at(-1) ?? [0, 0];
  if (low <= 0x80 && high === 0x10ffff) {
    // All that is not ASCII: any of its bytes will do, which is one state where characters would be ten.
    const ascii = set.filter(([from]) => from < 0x80).map(([from, to]): ByteRange[] => [[from, Math.min(to, 0x7f)]]);
    return [...ascii, [[0x80, 0xff]]];
  }
  for (const [low, high] of set) {
    for (const [from, to] of [
      [0, 0x7f],
      [0x80, 0x7ff],
      [0x800, 0xd7ff],
      [0xe000, 0xffff],
      [0x10000, 0x10ffff],
    ] as const) {
      if (low <= to && high >= from) split(Math.max(low, from), Math.min(high, to), found);
    }
  }
  return found;
}

/** Splits a range whose ends have encodings of one length until every byte position is a plain range. */
function split(low: number, high: number, found: ByteRange[][]): void {
  const first = utf8(String.fromCodePoint(low));
  const last = utf8(String.fromCodePoint(high));
  for (let tail = 1; tail < first.length; tail++) {
    const mask = (1 << (6 * tail)) - 1;
    if (low >> (6 * tail) === high >> (6 * tail)) continue;
    if ((low & mask) !== 0) {
      split(low, low | mask, found);
      split((low | mask) + 1, high, found);
      return;
    }
    if ((high & mask) !== mask) {
      split(low, (high & ~mask) - 1, found);
      split(high & ~mask, high, found);
      return;
    }
  }
  found.push(first.map((byte, i) => [byte, last[i] ?? byte] as const));
}

/** The code points of `set` left out of all of Unicode. `set` must be sorted and disjoint. */
export function complement(set: CodePoints): CodePoints {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [low, high] of set) {
    if (low > next) rest.push([next, low - 1]);
    next = high + 1;
  }
  if (next <= 0x10ffff) rest.push([next, 0x10ffff]);
  return rest;
}

/** Sorts and joins ranges. */
export function union(ranges: readonly (readonly [number, number])[]): CodePoints {
  const joined: [number, number][] = [];
  for (const [low, high] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = joined.at(-1);
    if (last && low <= last[1] + 1) last[1] = Math.max(last[1], high);
    else joined.push([low, high]);
  }
  return joined;
}
