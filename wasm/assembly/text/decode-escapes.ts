/**
 * Percent triples, HTML entities, and the \u, \x and \n escapes of program text: one character each.
 */
import { byteAt } from './bytes';
import { hexValue } from './decode-digits';
import { secondFits, sequenceLength } from './readable';

/** Code point of the escape last read. */
export let escapePoint: i32 = 0;

/** Names of entities, each followed by what it stands for; accents are dropped, as normalizing would. */
export const ENTITY_NAMES =
  'amp&lt<gt>quot"apos\'nbsp Tab\tNewLine\ncolon:comma,period.excl!quest?lpar(rpar)lsqb[rsqb]lbrack[rbrack]' +
  'lcub{rcub}lbrace{rbrace}verbar|vert|sol/bsol\\num#dollar$percnt%ast*plus+equals=hyphen-dash-ndash-mdash-' +
  'lowbar_grave`commat@semi;lsquo\'rsquo\'ldquo"rdquo"ensp emsp thinsp ';
const ACCENTS = 'acute.grave.circ.uml.tilde.cedil.ring.';

/** Notes the code point and returns the length in bytes. */
function found(point: i32, length: i32): i32 {
  escapePoint = point;
  return length;
}

function isLetter(byte: i32): bool {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** Reads `digits` hexadecimal digits exactly; -1 when there are fewer. */
function fixedHex(raw: usize, at: i32, end: i32, digits: i32): i32 {
  if (at + digits > end) return -1;
  let value: i32 = 0;
  for (let k: i32 = 0; k < digits; k += 1) {
    const digit = hexValue(byteAt(raw, at + k));
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** Tab, line breaks and everything from blank on, surrogates excepted: what an escape may stand for. */
function isText(point: i32): bool {
  if (point < 0x20) return point == 0x09 || point == 0x0a || point == 0x0d;
  return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

/** `%41` where `prefix` is 1, `\x41` where it is 2: the byte, -1 for none. */
export function escapedByte(raw: usize, at: i32, end: i32, prefix: i32): i32 {
  if (at + prefix + 2 > end) return -1;
  if (prefix == 1 ? byteAt(raw, at) != 0x25 : byteAt(raw, at) != 0x5c || byteAt(raw, at + 1) != 0x78) return -1;
  return fixedHex(raw, at + prefix, end, 2);
}

/** How many escaped bytes in a row, from `at` on, make one UTF-8 character; 0 when they make none. */
export function escapedSequence(raw: usize, at: i32, end: i32, prefix: i32): i32 {
  const lead = escapedByte(raw, at, end, prefix);
  if (lead < 0) return 0;
  const size = sequenceLength(lead);
  if (size == 1) return isText(lead) ? 1 : 0;
  for (let k: i32 = 1; k < size; k += 1) {
    const next = escapedByte(raw, at + k * (prefix + 2), end, prefix);
    if (next < 0 || (k == 1 ? !secondFits(lead, next) : (next & 0xc0) != 0x80)) return 0;
  }
  return size;
}

/** What `\n`, `\r`, `\t`, `\"`, `\/` and `\\` stand for; -1 for another letter. A glued `n` would hide the word behind it. */
function simpleEscape(letter: i32): i32 {
  if (letter == 0x6e) return 0x0a;
  if (letter == 0x72) return 0x0d;
  if (letter == 0x74) return 0x09;
  return letter == 0x22 || letter == 0x2f || letter == 0x5c ? letter : -1;
}

/** `\u0041`, `\u{41}`, `\U00000041`, pairs of surrogates, and `\n` with its kin: length in bytes, 0 for none. */
export function readUnicodeEscape(raw: usize, at: i32, end: i32): i32 {
  if (byteAt(raw, at) != 0x5c || at + 2 > end) return 0;
  const simple = simpleEscape(byteAt(raw, at + 1));
  if (simple >= 0) return found(simple, 2);
  if (at + 5 > end) return 0;
  if (byteAt(raw, at + 1) == 0x55) {
    const point = fixedHex(raw, at + 2, end, 8);
    return point >= 0 && isText(point) ? found(point, 10) : 0;
  }
  if (byteAt(raw, at + 1) != 0x75) return 0;
  if (byteAt(raw, at + 2) == 0x7b) {
    let point: i32 = 0;
    let i = at + 3;
    while (i < end && i < at + 9) {
      const digit = hexValue(byteAt(raw, i));
      if (digit < 0) break;
      point = point * 16 + digit;
      i += 1;
    }
    return i > at + 3 && i < end && byteAt(raw, i) == 0x7d && isText(point) ? found(point, i + 1 - at) : 0;
  }
  const unit = fixedHex(raw, at + 2, end, 4);
  if (unit < 0) return 0;
  if (unit >= 0xd800 && unit <= 0xdbff && at + 12 <= end && byteAt(raw, at + 6) == 0x5c && byteAt(raw, at + 7) == 0x75) {
    const low = fixedHex(raw, at + 8, end, 4);
    if (low >= 0xdc00 && low <= 0xdfff) return found(0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00), 12);
  }
  return isText(unit) ? found(unit, 6) : 0;
}

/** `&#65;`, `&#x41;` (the semicolon may be missing) and the common names: length in bytes, 0 for none. */
export function readEntity(raw: usize, at: i32, end: i32): i32 {
  if (byteAt(raw, at) != 0x26) return 0;
  return at + 1 < end && byteAt(raw, at + 1) == 0x23 ? readNumericEntity(raw, at, end) : readNamedEntity(raw, at, end);
}

function readNumericEntity(raw: usize, at: i32, end: i32): i32 {
  const hex = at + 2 < end && (byteAt(raw, at + 2) | 0x20) == 0x78;
  const first = hex ? at + 3 : at + 2;
  let i = first;
  let point: i32 = 0;
  while (i < end && i < first + 8) {
    const digit = hexValue(byteAt(raw, i));
    if (digit < 0 || (!hex && digit > 9)) break;
    point = point * (hex ? 16 : 10) + digit;
    i += 1;
  }
  if (i == first || !isText(point)) return 0;
  if (i < end && byteAt(raw, i) == 0x3b) i += 1;
  return found(point, i - at);
}

function readNamedEntity(raw: usize, at: i32, end: i32): i32 {
  let i = at + 1;
  while (i < end && i < at + 9 && isLetter(byteAt(raw, i))) i += 1;
  if (i >= end || byteAt(raw, i) != 0x3b || i < at + 3) return 0;
  const point = named(raw, at + 1, i, ENTITY_NAMES);
  if (point >= 0) return found(point, i + 1 - at);
  return named(raw, at + 2, i, ACCENTS) >= 0 ? found(byteAt(raw, at + 1), i + 1 - at) : 0;
}

/** Finds `byteAt(raw, start, end)` among names that are each followed by one character that is no letter. */
function named(raw: usize, start: i32, end: i32, names: string): i32 {
  let k: i32 = 0;
  while (k < names.length) {
    let i = start;
    let equal = true;
    while (isLetter(names.charCodeAt(k))) {
      if (i >= end || byteAt(raw, i) != names.charCodeAt(k)) equal = false;
      i += 1;
      k += 1;
    }
    if (equal && i == end) return names.charCodeAt(k);
    k += 1;
  }
  return -1;
}
