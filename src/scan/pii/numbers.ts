/**
 * Digits in groups, against the layouts of all number types at once.
 *
 * @module
 */
import type { NumberType } from './number-types.ts';
import type { Reading, Report } from './reading.ts';

/** Groups of digits in a row, a single separator between each two. */
export interface Cluster {
  /** Offsets, one per group. */
  readonly starts: readonly number[];
  readonly ends: readonly number[];
  /** What stands behind each group: a blank, hyphen, full stop or slash as its code, 0 for anything else. */
  readonly separators: readonly number[];
  readonly end: number;
}

const BLANK = 0x20;
const HYPHEN = 0x2d;

/** All blanks are one, and all dashes; 0 where groups are not divided. */
function separator(unit: number): number {
  if (unit === BLANK || unit === HYPHEN || unit === 0x2e || unit === 0x2f) return unit;
  if (unit < 0x80) return 0;
  if (unit === 0xa0 || unit === 0x2007 || unit === 0x2009 || unit === 0x202f) return BLANK;
  return (unit >= 0x2010 && unit <= 0x2013) || unit === 0x2212 ? HYPHEN : 0;
}

export function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
}

export function isLetter(unit: number): boolean {
  return (unit | 32) >= 97 && (unit | 32) <= 122;
}

/** @param start where a digit stands that none precedes */
export function readCluster(text: string, start: number): Cluster {
  const starts: number[] = [];
  const ends: number[] = [];
  const separators: number[] = [];
  let at = start;
  for (;;) {
    starts.push(at);
    while (isDigit(text.charCodeAt(at))) at++;
    ends.push(at);
    const divider = separator(text.charCodeAt(at));
    if (divider === 0 || !isDigit(text.charCodeAt(at + 1))) {
      separators.push(0);
      return { starts, ends, separators, end: at };
    }
    separators.push(divider);
    at++;
  }
}

interface Branch {
  readonly types: NumberType[];
  /** By `step`. */
  readonly next: Map<number, Branch>;
}

const branch = (): Branch => ({ types: [], next: new Map() });

/** A group and what stands before it, as one number. */
function step(divider: number, length: number): number {
  return divider * 256 + Math.min(length, 255);
}

/**
 * @returns reports every number type whose layout, check and context hold in a cluster, and to `suspect` those that
 * only their record tells
 */
export function createNumbers(
  types: readonly NumberType[],
): (reading: Reading, cluster: Cluster, report: Report, suspect: Report) => void {
  const root = branch();
  for (const type of types) {
    for (const layout of type.layouts) {
      let at = root;
      for (const [, divider, length] of layout.matchAll(/([-./ ]?)(\d+)/g)) {
        const key = step(divider === '' ? 0 : divider!.charCodeAt(0), Number(length));
        let next = at.next.get(key);
        if (next === undefined) {
          next = branch();
          at.next.set(key, next);
        }
        at = next;
      }
      at.types.push(type);
    }
  }

  return function numbers(reading, cluster, report, suspect) {
    const { starts, ends, separators } = cluster;
    for (let first = 0; first < starts.length; first++) {
      let at = root.next.get(step(0, ends[first]! - starts[first]!));
      if (at === undefined || !opensAt(reading, cluster, first)) continue;
      for (let last = first; at !== undefined; last++) {
        if (at.types.length > 0 && closesAt(reading.text, cluster, last)) {
          const digits = digitsOf(reading.text, cluster, first, last);
          for (const type of at.types) judge(type, reading, digits, starts[first]!, ends[last]!, report, suspect);
        }
        if (last + 1 === starts.length) break;
        at = at.next.get(step(separators[last]!, ends[last + 1]! - starts[last + 1]!));
      }
    }
  };
}

function digitsOf(text: string, { starts, ends }: Cluster, first: number, last: number): string {
  let digits = '';
  for (let i = first; i <= last; i++) digits += text.slice(starts[i]!, ends[i]!);
  return digits;
}

function judge(
  type: NumberType,
  reading: Reading,
  digits: string,
  start: number,
  end: number,
  report: Report,
  suspect: Report,
): void {
  if (type.check !== undefined && !type.check(digits)) return;
  let score = type.alone ?? 0;
  if (type.words !== undefined && type.near !== undefined) {
    const nearness = reading.near(type.words, start, end);
    if (nearness > 0) score = Math.max(score, type.near - 0.2 * (1 - nearness));
  }
  if (score > 0) report(type.type, start, end, score);
  else if (type.record?.check(digits)) suspect(type.type, start, end, type.record.score);
}

/** Whether a number may begin with this group: not inside a longer number, word, decimal or amount. */
function opensAt({ text, before: unitBefore }: Reading, { starts, separators }: Cluster, first: number): boolean {
  if (first > 0) return separators[first - 1] === BLANK;
  const start = starts[0]!;
  const before = unitBefore(start);
  if (isLetter(before) || before === 0x24 || before === 0x20ac || before === 0xa3) return false;
  // The decimals of 0,1234 and the version in x-1234-…
  if ((before === 0x2e || before === 0x2c) && isDigit(text.charCodeAt(start - 2))) {
    return before === 0x2c && (starts.length > 1 || !isThousands(text, start));
  }
  return !(before === 0x2d && isWord(text.charCodeAt(start - 2)));
}

/** The same for its end. */
function closesAt(text: string, { ends, separators }: Cluster, last: number): boolean {
  if (separators[last] !== 0) return separators[last] === BLANK;
  const end = ends[last]!;
  const after = text.charCodeAt(end);
  if (isLetter(after) || after === 0x25 || after === 0x5f) return false;
  if (after === 0x2c) return ends.length > 1 || !isThousands(text, end + 1);
  return !(after === 0x2d && isWord(text.charCodeAt(end + 1)));
}

/** Three digits and no more, as behind the comma of 1,234,567. */
function isThousands(text: string, at: number): boolean {
  return (
    isDigit(text.charCodeAt(at)) &&
    isDigit(text.charCodeAt(at + 1)) &&
    isDigit(text.charCodeAt(at + 2)) &&
    !isDigit(text.charCodeAt(at + 3))
  );
}

function isWord(unit: number): boolean {
  return isLetter(unit) || isDigit(unit) || unit === 0x5f;
}
