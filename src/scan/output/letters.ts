/**
 * A text as its letters alone, folded, so that case, spacing, punctuation, accents, look-alikes and leetspeak make no
 * difference; and, from the same pass, the stretches that may be encoded.
 *
 * @module
 */
import { BEYOND, createUnits } from '../../text/units.ts';
import type { Fold } from '../rules/fold.ts';

/**
 * Receives letters in batches: those at `[LEAD, end)`, each with the unit of the text it begins on. The `LEAD` letters
 * before a batch stand before it; gaps stand there where a text begins.
 */
export type Sink = (symbols: Int32Array, starts: Int32Array, end: number) => void;

/** A stretch of a text whose characters all belong to an alphabet that encodes. */
export interface Run {
  readonly start: number;
  readonly end: number;
}

export interface Stretches {
  /** Digits of base64 and its kin, `MIN_RUN` at least in a row. */
  readonly digits: readonly Run[];
  /** Numbers and pairs of hexadecimal digits with what divides them, `MIN_CODES` units at least. */
  readonly codes: readonly Run[];
  /** Characters of ascii85, `MIN_ASCII85` at least in a row. */
  readonly ascii85: readonly Run[];
  /** Dots, dashes and what divides them, `MIN_MORSE` units at least. */
  readonly morse: readonly Run[];
  /** Some escape may stand in the text: it holds `%`, `&` or a backslash. */
  readonly escapes: boolean;
}

/** Stands for a gap in the letters across which nothing matches. */
export const BREAK = 0;
/** Units without a letter that make a gap. */
export const GAP_UNITS = 48;
/** Shorter runs hide fewer letters than any mark has. */
export const MIN_RUN = 16;
export const MIN_CODES = 20;
export const MIN_ASCII85 = 20;
export const MIN_MORSE = 24;

const SYMBOL = 0xff;
const DIGIT = 0x100;
const CODE = 0x200;
const ESCAPE = 0x400;
const FOREIGN = 0x800;
const ASCII85 = 0x1000;
const MORSE = 0x2000;
const LETTER_SHIFT = 15;
const LETTER = 1 << LETTER_SHIFT;
const BATCH = 2048;
/** Letters that a batch repeats from the one before. */
export const LEAD = 8;
/** Symbols one code point may fold to: a ligature's letters, or the three that a Han character counts as. */
const MOST = 8;

/** Letters that leetspeak and look-alikes confuse are one. */
const SAME: Readonly<Record<string, string>> = {
  i: 'l',
  0: 'o',
  1: 'l',
  3: 'e',
  4: 'a',
  5: 's',
  7: 't',
  '@': 'a',
  $: 's',
  '|': 'l',
};

/** What leetspeak makes of a symbol. */
export function sameSymbol(symbol: number): number {
  return symbol < 128 ? (SAME[String.fromCharCode(symbol)] ?? String.fromCharCode(symbol)).charCodeAt(0) : symbol;
}

/**
 * What each byte of `Units` is: its symbol, and flags.
 *
 * @param merged whether letters that leetspeak confuses are one
 */
function byteTable(merged: boolean): Uint16Array {
  const table = new Uint16Array(256);
  table[BEYOND] = FOREIGN;
  for (let unit = 0; unit < 128; unit++) {
    const character = String.fromCharCode(unit).toLowerCase();
    const symbol = merged ? String.fromCharCode(sameSymbol(character.charCodeAt(0))) : character;
    if (/[a-z0-9]/.test(symbol)) table[unit]! |= symbol.charCodeAt(0) | LETTER;
    if (/[a-z0-9+/_-]/.test(character)) table[unit]! |= DIGIT;
    if (/[0-9a-fxu\s,:;.{}\\%&#[\]()/|_-]/.test(character)) table[unit]! |= CODE;
    if (/[%&\\]/.test(character)) table[unit]! |= ESCAPE;
    if (unit >= 0x21 && unit <= 0x75) table[unit]! |= ASCII85;
    if (/[.\-_/|\s]/.test(character)) table[unit]! |= MORSE;
  }
  return table;
}

export interface Letters {
  /**
   * Feeds every letter of a text to the sink, in order.
   *
   * @param progress of a reading whose text this one continues; it is brought up to date
   * @returns the stretches that may be encoded, those that reach the text's end included, however short those are
   * @complexity linear in the text's length; memory does not depend on it
   */
  read(text: string, sink: Sink, progress?: Progress): Stretches;
}

/** How far a reading came, so that a text that has grown is not read from its beginning. */
export interface Progress {
  /** Units read; a pair of surrogates that the text's end cut is read again whole. */
  length: number;
  lastAt: number;
  flags: number;
  readonly runs: Readonly<Record<Alphabet, Stretch>>;
  /** The last `LEAD` letters, and where they begin. */
  readonly symbols: Int32Array;
  readonly starts: Int32Array;
}

type Alphabet = 'digits' | 'codes' | 'ascii85' | 'morse';

/** Stretches of one alphabet, and where the one begins that reaches the end of what was read. */
interface Stretch {
  readonly done: Run[];
  from: number;
}

const ALPHABETS: readonly (readonly [alphabet: Alphabet, flag: number, least: number])[] = [
  ['digits', DIGIT, MIN_RUN],
  ['codes', CODE, MIN_CODES],
  ['ascii85', ASCII85, MIN_ASCII85],
  ['morse', MORSE, MIN_MORSE],
];

export function newProgress(): Progress {
  const stretch = (): Stretch => ({ done: [], from: 0 });
  const runs = { digits: stretch(), codes: stretch(), ascii85: stretch(), morse: stretch() };
  return {
    length: 0,
    lastAt: 0,
    flags: 0,
    runs,
    symbols: new Int32Array(LEAD).fill(BREAK),
    starts: new Int32Array(LEAD),
  };
}

/**
 * @param fold what a code point reads as, by the engine's own table
 * @param merged false: letters that leetspeak confuses stay apart
 */
export function createLetters(fold: Fold, merged = true): Letters {
  const table = byteTable(merged);
  const foreign = new Map<number, readonly number[]>();

  /** The symbols of a code point beyond ASCII. */
  function symbolsOf(point: number): readonly number[] {
    let symbols = foreign.get(point);
    if (symbols === undefined) {
      symbols = foldPoint(point);
      // A text of every code point there is must not fill the memory.
      if (foreign.size < 20_000) foreign.set(point, symbols);
    }
    return symbols;
  }

  function foldPoint(point: number): readonly number[] {
    const hidden = hiddenByte(point);
    if (hidden !== undefined) return hidden < 128 && table[hidden]! >= LETTER ? [table[hidden]! & SYMBOL] : [];
    const symbols: number[] = [];
    for (const character of fold(point)) {
      const code = character.codePointAt(0)!;
      if (code < 128) {
        const symbol = table[code]! & SYMBOL;
        if (symbol !== 0) symbols.push(symbol);
      } else if (isSolo(code)) symbols.push(code, code + 0x200000, code + 0x400000);
      else if (/[\p{L}\p{N}]/u.test(character)) symbols.push(code);
    }
    return symbols.slice(0, MOST);
  }

  const symbols = new Int32Array(LEAD + BATCH + MOST + 1);
  const starts = new Int32Array(LEAD + BATCH + MOST + 1);
  /** Where the batch ends in both. */
  let end = LEAD;

  const units = createUnits();

  function read(text: string, sink: Sink, progress = newProgress()): Stretches {
    const from = progress.length;
    const last = text.charCodeAt(text.length - 1);
    const isCut = last >= 0xd800 && last <= 0xdbff;
    const length = isCut ? text.length - 1 : text.length;
    const bytes = units.of(text, from);
    let { flags, lastAt } = progress;
    symbols.set(progress.symbols);
    starts.set(progress.starts);
    for (let at = from; at < length; ) {
      const until = Math.min(length, at + BATCH);
      const seen = readPlainly(bytes, at, until);
      if ((seen & FOREIGN) !== 0 || hasGap(bytes, lastAt, at, until)) {
        ({ at, lastAt } = readSlowly(text, bytes, lastAt, at, until));
      } else {
        if (end > LEAD) lastAt = starts[end - 1]!;
        at = until;
      }
      flags |= seen;
      sink(symbols, starts, end);
      symbols.copyWithin(0, end - LEAD, end);
      starts.copyWithin(0, end - LEAD, end);
    }
    progress.symbols.set(symbols.subarray(0, LEAD));
    progress.starts.set(starts.subarray(0, LEAD));
    Object.assign(progress, { length, flags, lastAt });
    const stretches: Record<Alphabet, readonly Run[]> = { digits: [], codes: [], ascii85: [], morse: [] };
    for (const [alphabet, flag, least] of ALPHABETS) {
      const run = progress.runs[alphabet];
      run.from = addRuns(run.done, bytes, flag, least, run.from, from, length);
      // What reaches the text's end is a stretch however short it is; half a pair ends it.
      const isOpen = length - run.from >= (isCut ? least : 1);
      stretches[alphabet] = isOpen ? [...run.done, { start: run.from, end: length }] : run.done;
    }
    return { ...stretches, escapes: (flags & ESCAPE) !== 0 };
  }

  /** Fills a batch with the letters there are if all is ASCII. @returns the flags of its units */
  function readPlainly(bytes: Uint8Array, first: number, until: number): number {
    let last = LEAD;
    let seen = 0;
    // Without a branch for each unit: prose has its blanks where no processor foresees them.
    for (let at = first; at < until; at++) {
      const row = table[bytes[at]!]!;
      symbols[last] = row & SYMBOL;
      starts[last] = at;
      last += row >>> LETTER_SHIFT;
      seen |= row;
    }
    end = last;
    return seen;
  }

  /** Fills a batch with gaps or units beyond ASCII. @returns where it ended, which is in no pair, and its last letter or gap */
  function readSlowly(text: string, bytes: Uint8Array, lastAt: number, first: number, until: number) {
    end = LEAD;
    let at = first;
    for (; at < until && end < LEAD + BATCH; at++) {
      const unit = bytes[at]!;
      const known = unit === BEYOND ? undefined : table[unit]! & SYMBOL;
      const point = known === undefined ? text.codePointAt(at)! : unit;
      const several = known === undefined ? symbolsOf(point) : undefined;
      if (known !== undefined && known !== 0) {
        symbols[end] = known;
        starts[end++] = at;
        lastAt = at;
      } else if (several !== undefined && several.length > 0) {
        for (const symbol of several) {
          symbols[end] = symbol;
          starts[end++] = at;
        }
        lastAt = at;
      } else if (at - lastAt > GAP_UNITS) {
        symbols[end] = BREAK;
        starts[end++] = at;
        lastAt = at;
      }
      if (point > 0xffff) at++;
    }
    return { at, lastAt };
  }

  /**
   * Whether more than `GAP_UNITS` units in a row are no letter. Looks at few of them.
   *
   * @param lastAt the last letter or gap before `first`
   */
  function hasGap(bytes: Uint8Array, lastAt: number, first: number, until: number): boolean {
    for (let letter = lastAt; letter + GAP_UNITS + 1 < until; ) {
      let at = letter + GAP_UNITS + 1;
      while (at > letter && at >= first && table[bytes[at]!]! < LETTER) at--;
      if (at === letter || at < first) return true;
      letter = at;
    }
    return false;
  }

  /**
   * Adds every stretch of units that have a flag, `least` at least in a row, that ends before the text does. Leaps by
   * `least` units, so that prose, whose words are shorter, is not looked at unit by unit.
   *
   * @param start where the stretch begins that reaches `from`
   * @returns where the stretch begins that reaches the text's end
   */
  function addRuns(
    runs: Run[],
    bytes: Uint8Array,
    flag: number,
    least: number,
    start: number,
    from: number,
    length: number,
  ): number {
    // Units before `good` and from `start` on have the flag.
    let good = from;
    for (;;) {
      const last = Math.min(start + least, length) - 1;
      let at = last;
      while (at >= good && (table[bytes[at]!]! & flag) !== 0) at--;
      if (at >= good) {
        start = at + 1;
        good = last + 1;
        continue;
      }
      good = Math.max(good, last + 1);
      while (good < length && (table[bytes[good]!]! & flag) !== 0) good++;
      if (good >= length) return start;
      runs.push({ start, end: good });
      start = good = good + 1;
    }
  }

  return { read };
}

/** What a tag or a variation selector smuggles. */
function hiddenByte(point: number): number | undefined {
  if (point >= 0xe0000 && point <= 0xe007f) return point - 0xe0000;
  if (point >= 0xfe00 && point <= 0xfe0f) return point - 0xfe00;
  return point >= 0xe0100 && point <= 0xe01ef ? point - 0xe0100 + 16 : undefined;
}

/** Scripts without blanks between words: a character says as much as half a word. */
function isSolo(code: number): boolean {
  return (
    (code >= 0x3040 && code <= 0x30ff) ||
    (code >= 0x3400 && code <= 0x9fff) ||
    (code >= 0xac00 && code <= 0xd7af) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0x20000 && code <= 0x3ffff)
  );
}
