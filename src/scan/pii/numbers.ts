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
  /** What stands behind each group, as layouts write it; '' behind the last. */
  readonly separators: readonly string[];
  readonly end: number;
}

const SEPARATORS: ReadonlyMap<number, string> = new Map(
  [
    [' ', ' \u00a0\u2007\u2009\u202f'],
    ['-', '-\u2010\u2011\u2012\u2013\u2212'],
    ['.', '.'],
    ['/', '/'],
  ].flatMap(([plain, all]) => [...all!].map((one): [number, string] => [one.charCodeAt(0), plain!])),
);

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
  const separators: string[] = [];
  let at = start;
  for (;;) {
    starts.push(at);
    while (isDigit(text.charCodeAt(at))) at++;
    ends.push(at);
    const separator = SEPARATORS.get(text.charCodeAt(at));
    if (separator === undefined || !isDigit(text.charCodeAt(at + 1))) {
      separators.push('');
      return { starts, ends, separators, end: at };
    }
    separators.push(separator);
    at++;
  }
}

interface Branch {
  readonly types: NumberType[];
  /** By the separator and the length of the next group, such as `-4`. */
  readonly next: Map<string, Branch>;
}

const branch = (): Branch => ({ types: [], next: new Map() });

/** @returns reports every number type whose layout, check and context hold in a cluster */
export function createNumbers(
  types: readonly NumberType[],
): (reading: Reading, cluster: Cluster, report: Report) => void {
  const root = branch();
  for (const type of types) {
    for (const layout of type.layouts) {
      let at = root;
      for (const [step] of layout.matchAll(/[-./ ]?\d+/g)) {
        let next = at.next.get(step);
        if (next === undefined) {
          next = branch();
          at.next.set(step, next);
        }
        at = next;
      }
      at.types.push(type);
    }
  }

  return function numbers(reading, cluster, report) {
    const { starts, ends, separators } = cluster;
    for (let first = 0; first < starts.length; first++) {
      if (!opensAt(reading, cluster, first)) continue;
      let at = root;
      let digits = '';
      for (let last = first; last < starts.length; last++) {
        const length = ends[last]! - starts[last]!;
        const step = last === first ? String(length) : separators[last - 1]! + length;
        const next = at.next.get(step);
        if (next === undefined) break;
        at = next;
        digits += reading.text.slice(starts[last]!, ends[last]!);
        if (at.types.length === 0 || !closesAt(reading.text, cluster, last)) continue;
        for (const type of at.types) judge(type, reading, digits, starts[first]!, ends[last]!, report);
      }
    }
  };
}

function judge(type: NumberType, reading: Reading, digits: string, start: number, end: number, report: Report): void {
  if (type.check !== undefined && !type.check(digits)) return;
  let score = type.alone ?? 0;
  if (type.words !== undefined && type.near !== undefined) {
    const nearness = reading.near(type.words, start, end);
    if (nearness > 0) score = Math.max(score, type.near - 0.2 * (1 - nearness));
  }
  if (score > 0) report(type.type, start, end, score);
}

/** Whether a number may begin with this group: not inside a longer number, word, decimal or amount. */
function opensAt({ text, before: unitBefore }: Reading, { starts, separators }: Cluster, first: number): boolean {
  if (first > 0) return separators[first - 1] === ' ';
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
  const separator = separators[last]!;
  if (separator !== '') return separator === ' ';
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
