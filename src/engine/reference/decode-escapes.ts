/**
 * Percent triples, HTML entities, and the \u, \x and \n escapes of program text: one character each.
 *
 * @module
 */
import { hexValue } from './decode-digits.ts';
import { secondFits, sequenceLength } from './readable.ts';

/** One escape: its code point, -1 for none, and its length in bytes, then 0. */
export interface Escape {
  readonly point: number;
  readonly length: number;
}

/** Names of entities, each followed by what it stands for; accents are dropped, as normalizing would. */
export const ENTITY_NAMES =
  'amp&lt<gt>quot"apos\'nbsp Tab\tNewLine\ncolon:comma,period.excl!quest?lpar(rpar)lsqb[rsqb]lbrack[rbrack]' +
  'lcub{rcub}lbrace{rbrace}verbar|vert|sol/bsol\\num#dollar$percnt%ast*plus+equals=hyphen-dash-ndash-mdash-' +
  'lowbar_grave`commat@semi;lsquo\'rsquo\'ldquo"rdquo"ensp emsp thinsp ';
const ACCENTS = 'acute.grave.circ.uml.tilde.cedil.ring.';

const NONE: Escape = { point: -1, length: 0 };

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Reads `digits` hexadecimal digits exactly; -1 when there are fewer. */
function fixedHex(raw: Uint8Array, at: number, end: number, digits: number): number {
  if (at + digits > end) return -1;
  let value = 0;
  for (let k = 0; k < digits; k += 1) {
    const digit = hexValue(raw[at + k] ?? 0);
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Tab, line breaks and everything from blank on, surrogates excepted: what an escape may stand for. */
function isText(point: number): boolean {
  if (point < 0x20) return point === 0x09 || point === 0x0a || point === 0x0d;
  return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

/** `%41` where `prefix` is 1, `\x41` where it is 2: the byte, -1 for none. */
export function escapedByte(raw: Uint8Array, at: number, end: number, prefix: number): number {
  if (at + prefix + 2 > end) return -1;
  if (prefix === 1 ? raw[at] !== 0x25 : raw[at] !== 0x5c || raw[at + 1] !== 0x78) return -1;
  return fixedHex(raw, at + prefix, end, 2);
}

/** How many escaped bytes in a row, from `at` on, make one UTF-8 character; 0 when they make none. */
export function escapedSequence(raw: Uint8Array, at: number, end: number, prefix: number): number {
  const lead = escapedByte(raw, at, end, prefix);
  if (lead < 0) return 0;
  const size = sequenceLength(lead);
  if (size === 1) return isText(lead) ? 1 : 0;
  for (let k = 1; k < size; k += 1) {
    const next = escapedByte(raw, at + k * (prefix + 2), end, prefix);
    if (next < 0 || (k === 1 ? !secondFits(lead, next) : (next & 0xc0) !== 0x80)) return 0;
  }
  return size;
}

/** What `\n`, `\r`, `\t`, `\"`, `\/` and `\\` stand for; -1 for another letter. A glued `n` would hide the word behind it. */
function simpleEscape(letter: number): number {
  if (letter === 0x6e) return 0x0a;
  if (letter === 0x72) return 0x0d;
  if (letter === 0x74) return 0x09;
  return letter === 0x22 || letter === 0x2f || letter === 0x5c ? letter : -1;
}

/** `\u0041`, `\u{41}`, `\U00000041`, pairs of surrogates, and `\n` with its kin. */
export function readUnicodeEscape(raw: Uint8Array, at: number, end: number): Escape {
  if (raw[at] !== 0x5c || at + 2 > end) return NONE;
  const simple = simpleEscape(raw[at + 1] ?? 0);
  if (simple >= 0) return { point: simple, length: 2 };
  if (at + 5 > end) return NONE;
  if (raw[at + 1] === 0x55) {
    const point = fixedHex(raw, at + 2, end, 8);
    return point >= 0 && isText(point) ? { point, length: 10 } : NONE;
  }
  if (raw[at + 1] !== 0x75) return NONE;
  if (raw[at + 2] === 0x7b) {
    let point = 0;
    let i = at + 3;
    while (i < end && i < at + 9) {
      const digit = hexValue(raw[i] ?? 0);
      if (digit < 0) break;
      point = point * 16 + digit;
      i += 1;
    }
    return i > at + 3 && i < end && raw[i] === 0x7d && isText(point) ? { point, length: i + 1 - at } : NONE;
  }
  const unit = fixedHex(raw, at + 2, end, 4);
  if (unit < 0) return NONE;
  if (unit >= 0xd800 && unit <= 0xdbff && at + 12 <= end && raw[at + 6] === 0x5c && raw[at + 7] === 0x75) {
    const low = fixedHex(raw, at + 8, end, 4);
    if (low >= 0xdc00 && low <= 0xdfff)
      return { point: 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), length: 12 };
  }
  return isText(unit) ? { point: unit, length: 6 } : NONE;
}

/** `&#65;`, `&#x41;` (the semicolon may be missing) and the common names. */
export function readEntity(raw: Uint8Array, at: number, end: number): Escape {
  if (raw[at] !== 0x26) return NONE;
  return at + 1 < end && raw[at + 1] === 0x23 ? readNumericEntity(raw, at, end) : readNamedEntity(raw, at, end);
}

function readNumericEntity(raw: Uint8Array, at: number, end: number): Escape {
  const hex = at + 2 < end && ((raw[at + 2] ?? 0) | 0x20) === 0x78;
  const first = hex ? at + 3 : at + 2;
  let i = first;
  let point = 0;
  while (i < end && i < first + 8) {
    const digit = hexValue(raw[i] ?? 0);
    if (digit < 0 || (!hex && digit > 9)) break;
    point = point * (hex ? 16 : 10) + digit;
    i += 1;
  }
  if (i === first || !isText(point)) return NONE;
  if (i < end && raw[i] === 0x3b) i += 1;
  return { point, length: i - at };
}

function readNamedEntity(raw: Uint8Array, at: number, end: number): Escape {
  let i = at + 1;
  while (i < end && i < at + 9 && isLetter(raw[i] ?? 0)) i += 1;
  if (i >= end || raw[i] !== 0x3b || i < at + 3) return NONE;
  const point = named(raw, at + 1, i, ENTITY_NAMES);
  if (point >= 0) return { point, length: i + 1 - at };
  return named(raw, at + 2, i, ACCENTS) >= 0 ? { point: raw[at + 1] ?? 0, length: i + 1 - at } : NONE;
}

/** Finds `raw[start, end)` among names that are each followed by one character that is no letter. */
function named(raw: Uint8Array, start: number, end: number, names: string): number {
  let k = 0;
  while (k < names.length) {
    let i = start;
    let equal = true;
    while (isLetter(names.charCodeAt(k))) {
      if (i >= end || raw[i] !== names.charCodeAt(k)) equal = false;
      i += 1;
      k += 1;
    }
    if (equal && i === end) return names.charCodeAt(k);
    k += 1;
  }
  return -1;
}
