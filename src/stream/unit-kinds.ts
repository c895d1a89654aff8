/**
 * What a unit is to the cutting of a growing text into pieces.
 *
 * @module
 */

// Kinds of units, as bits.
export const SPACE = 1;
export const SMALL = 2;
export const CAPITAL = 4;
export const DIGIT = 8;
/** Signs of addresses, assignments and escapes. */
export const MARK = 16;
/** Behind these the words beside a number belong to something else. */
export const STOP = 32;
/** Signs that are seldom in words. */
export const ODD = 64;
/** Signs that open something with white space in it: an object, an element, a key's armor. */
export const OPENER = 128;
export const OTHER = 256;
export const FOREIGN = 512;

export const KINDS = new Uint16Array(256).fill(OTHER);
KINDS.fill(FOREIGN, 128);
KINDS.fill(SPACE, 0, 33);
KINDS.fill(DIGIT, 48, 58);
KINDS.fill(CAPITAL, 65, 91);
KINDS.fill(SMALL, 97, 123);
for (const sign of '@:=%&\\~') KINDS[sign.charCodeAt(0)] = MARK;
for (const sign of '.,;|') KINDS[sign.charCodeAt(0)] = STOP;
for (const sign of '$^+_#/') KINDS[sign.charCodeAt(0)] = ODD;
for (const sign of '{<-') KINDS[sign.charCodeAt(0)] = OPENER;

/** Digits and letters in disguise, and what is invisible: read plain by the search. */
export function isDisguised(unit: number): boolean {
  return (
    (unit >= 0xff01 && unit <= 0xff5e) ||
    (unit >= 0x200b && unit <= 0x200f) ||
    unit === 0xad ||
    unit === 0x2060 ||
    unit === 0xfeff ||
    isForeignDigit(unit)
  );
}

export function isForeignDigit(unit: number): boolean {
  return (
    (unit >= 0x660 && unit <= 0x669) ||
    (unit >= 0x6f0 && unit <= 0x6f9) ||
    (unit >= 0x966 && unit <= 0x96f) ||
    (unit >= 0x9e6 && unit <= 0x9ef) ||
    (unit >= 0xff10 && unit <= 0xff19)
  );
}

/** Punctuation of scripts that write without blanks. */
export function isForeignStop(unit: number): boolean {
  return (
    (unit >= 0x3000 && unit <= 0x3002) ||
    (unit >= 0x300a && unit <= 0x300f) ||
    unit === 0xff01 ||
    unit === 0xff0c ||
    unit === 0xff1b ||
    unit === 0xff1f
  );
}

export function isDigitLike(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || isForeignDigit(unit);
}
