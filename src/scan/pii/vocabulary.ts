/**
 * Which words of which lists stand where in a text, each stretch of it read once.
 *
 * @module
 */

/** A word or phrase of one or more lists. */
interface Entry {
  /** What follows the letters or the unit it is filed under. */
  readonly rest: string;
  /** A phrase that begins a word in scripts that divide words by blanks. */
  readonly opensWord: boolean;
  readonly lists: Set<readonly string[]>;
}

/** A word that is on some list, at its place. */
interface Mark {
  readonly start: number;
  readonly end: number;
  readonly lists: ReadonlySet<readonly string[]>;
}

/** Filed under their leading ASCII letters, or under their first unit. */
const BY_LETTERS = new Map<string, Entry[]>();
const BY_UNIT = new Map<number, Entry[]>();
const KNOWN = new Set<readonly string[]>();

function learn(list: readonly string[]): void {
  KNOWN.add(list);
  for (const phrase of list) {
    const letters = /^[a-z]+/.exec(phrase)?.[0] ?? '';
    const rest = phrase.slice(Math.max(1, letters.length));
    const entries = letters === '' ? filed(BY_UNIT, phrase.charCodeAt(0)) : filed(BY_LETTERS, letters);
    const entry = entries.find((one) => one.rest === rest);
    if (entry !== undefined) entry.lists.add(list);
    else entries.push({ rest, opensWord: isSpaced(phrase.charCodeAt(0)), lists: new Set([list]) });
  }
}

function filed<Key>(map: Map<Key, Entry[]>, key: Key): Entry[] {
  let entries = map.get(key);
  if (entries === undefined) {
    entries = [];
    map.set(key, entries);
  }
  return entries;
}

export interface Vocabulary {
  /**
   * Looks for words of a list between two places.
   *
   * A phrase's blank also stands for `_`, `-` and the capital of `phoneNumber`.
   *
   * @returns where the last one ends that lies within, -1 when none does
   */
  last(list: readonly string[], from: number, to: number): number;
}

/** How far behind a place the text is read on when it is asked about. */
const AHEAD = 64;

/** @complexity every unit of the text is read once where places are asked about in ascending order */
export function openVocabulary(text: string): Vocabulary {
  let small: string | undefined;
  let marks: Mark[] = [];
  /** Words that begin in `[readFrom, readTo)` are among the marks. */
  let readFrom = 0;
  let readTo = 0;
  let known = 0;

  function read(from: number, to: number): void {
    small ??= lowerCase(text);
    if (KNOWN.size !== known || from < readFrom || from > readTo) {
      known = KNOWN.size;
      marks = [];
      readFrom = from;
      readTo = from;
    }
    let at = readTo;
    const stop = Math.min(to, text.length);
    while (at < stop) {
      const unit = small.charCodeAt(at);
      if (isSmall(unit)) {
        const start = at++;
        while (isSmall(small.charCodeAt(at)) && !isCapital(text.charCodeAt(at), text.charCodeAt(at - 1))) at++;
        const entries = at - start <= 24 ? BY_LETTERS.get(small.slice(start, at)) : undefined;
        if (entries !== undefined && opens(start)) mark(entries, start, at);
      } else {
        if (unit >= 0x80) {
          const entries = BY_UNIT.get(unit);
          if (entries !== undefined) mark(entries, at, at + 1);
        }
        at++;
      }
    }
    readTo = Math.max(readTo, at);
  }

  /** Whether a word of Latin letters begins here. */
  function opens(start: number): boolean {
    return !isLatin(small!.charCodeAt(start - 1)) || isCapital(text.charCodeAt(start), text.charCodeAt(start - 1));
  }

  function mark(entries: readonly Entry[], start: number, at: number): void {
    for (const { rest, opensWord, lists } of entries) {
      if (opensWord && isSpaced(small!.charCodeAt(start - 1))) continue;
      const end = restEnd(rest, at);
      // "formal" is no "form", but "phone2" and "phoneNumber" are a phone's.
      if (end < 0 || (isSmall(small!.charCodeAt(end - 1)) && isLatin(small!.charCodeAt(end)) && !opens(end))) continue;
      marks.push({ start, end, lists });
    }
  }

  /** Where `rest` ends that begins at `at`; -1 when something else stands there. */
  function restEnd(rest: string, at: number): number {
    let end = at;
    for (let i = 0; i < rest.length; i++) {
      const want = rest.charCodeAt(i);
      const unit = small!.charCodeAt(end);
      if (unit === want) end++;
      else if (want !== 32) return -1;
      else if (unit === 95 || unit === 45 || unit === 0xa0 || unit === 10) end++;
      else if (!isCapital(text.charCodeAt(end), text.charCodeAt(end - 1))) return -1;
    }
    return end;
  }

  return {
    last(list, from, to) {
      if (!KNOWN.has(list)) learn(list);
      if (KNOWN.size !== known || from < readFrom || to > readTo) read(from, to + AHEAD);
      // Behind the last mark that begins before `to`.
      let low = 0;
      let high = marks.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (marks[middle]!.start < to) low = middle + 1;
        else high = middle;
      }
      let best = -1;
      for (let i = low - 1; i >= 0 && marks[i]!.start >= from; i--) {
        const { start, end, lists } = marks[i]!;
        if (start < best) break;
        if (end <= to && end > best && lists.has(list)) best = end;
      }
      return best;
    },
  };
}

/** Small letters, unit by unit: no letter changes its length. */
function lowerCase(text: string): string {
  const small = text.toLowerCase();
  if (small.length === text.length) return small;
  return Array.from(text, (point) => {
    const one = point.toLowerCase();
    return one.length === point.length ? one : point;
  }).join('');
}

function isSmall(unit: number): boolean {
  return unit >= 97 && unit <= 122;
}

/** A letter of the Latin alphabet, those with marks too; text in small letters. */
function isLatin(unit: number): boolean {
  return isSmall(unit) || (unit >= 0xc0 && unit < 0x250 && unit !== 0xd7 && unit !== 0xf7);
}

/** A letter of a script that divides words by blanks, beyond ASCII. */
function isSpaced(unit: number): boolean {
  return unit >= 0xc0 && unit < 0x590 && unit !== 0xd7 && unit !== 0xf7;
}

/** A capital behind a small letter begins a word: `phoneNumber`. */
function isCapital(unit: number, before: number): boolean {
  return unit >= 65 && unit <= 90 && isSmall(before);
}
