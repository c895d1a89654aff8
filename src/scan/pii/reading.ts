/**
 * What recognizers read: a text and the words around a place in it.
 *
 * @module
 */

/** Told once per find. Scores are confidences in [0, 1]. */
export type Report = (type: string, start: number, end: number, score: number) => void;

export interface Reading {
  readonly text: string;
  /**
   * Whether one of the words stands just before `[start, end)`, or directly behind it.
   *
   * @param words in small letters; those of ASCII letters count as whole words only
   * @returns 1 beside the place, falling to 0.5 at the far end of the window; 0 when none is there
   */
  near(words: readonly string[], start: number, end: number): number;
  /** The UTF-16 unit before a place; a line break where `\\n` or the like is written out, as in JSON. */
  before(at: number): number;
}

const BEFORE = 56;
const BEHIND = 20;

/** Words as they are compared: whole words of ASCII letters by a set, all else by search. */
interface Lookup {
  readonly singles: ReadonlySet<string>;
  readonly phrases: readonly string[];
  /** Phrases with letters beyond ASCII, for windows that have some. */
  readonly foreign: readonly string[];
}

const LOOKUPS = new WeakMap<readonly string[], Lookup>();

function lookupOf(words: readonly string[]): Lookup {
  let lookup = LOOKUPS.get(words);
  if (lookup === undefined) {
    const singles = words.filter((word) => /^[a-z]+$/.test(word));
    const phrases = words.filter((word) => !/^[a-z]+$/.test(word));
    const isForeign = (phrase: string): boolean => /[\u0080-\uffff]/.test(phrase);
    lookup = {
      singles: new Set(singles),
      phrases: phrases.filter((phrase) => !isForeign(phrase)),
      foreign: phrases.filter(isForeign),
    };
    LOOKUPS.set(words, lookup);
  }
  return lookup;
}

/** A stretch of text beside a place, in small letters, and its words of ASCII letters. */
interface Window {
  readonly text: string;
  /** Last first, with where each ends. */
  readonly words: readonly (readonly [word: string, end: number])[];
  readonly isAscii: boolean;
}

const NOTHING: Window = { text: '', words: [], isAscii: true };

function openWindow(text: string): Window {
  const words: [string, number][] = [];
  let end = text.length;
  while (end > 0) {
    while (end > 0 && !small(text.charCodeAt(end - 1))) end--;
    let start = end;
    while (start > 0 && small(text.charCodeAt(start - 1))) start--;
    if (start < end) words.push([text.slice(start, end), end]);
    end = start;
  }
  return { text, words, isAscii: !/[\u0080-\uffff]/.test(text) };
}

/** Where the last of the words ends in a window; -1 when none is there. */
function lastEnd({ text, words, isAscii }: Window, { singles, phrases, foreign }: Lookup): number {
  let best = -1;
  for (const [word, end] of words) {
    if (!singles.has(word)) continue;
    best = end;
    break;
  }
  for (const list of isAscii ? [phrases] : [phrases, foreign]) {
    for (const phrase of list) {
      const index = lastPhrase(text, phrase);
      if (index >= 0) best = Math.max(best, index + phrase.length);
    }
  }
  return best;
}

export function openReading(text: string): Reading {
  let at = -1;
  let before = NOTHING;
  let behindAt = -1;
  let behind = NOTHING;
  return {
    text,
    before(place) {
      const unit = text.charCodeAt(place - 1);
      const escaped = (unit === 0x6e || unit === 0x72 || unit === 0x74) && text.charCodeAt(place - 2) === 0x5c;
      return escaped ? 10 : unit;
    },
    near(words, start, end) {
      const lookup = lookupOf(words);
      if (start !== at) {
        at = start;
        before = openWindow(text.slice(windowStart(text, start), start).toLowerCase());
      }
      const found = lastEnd(before, lookup);
      if (found >= 0) return 1 - (0.5 * (before.text.length - found)) / BEFORE;
      if (end !== behindAt) {
        behindAt = end;
        const next = text.slice(end, end + BEHIND).toLowerCase();
        // What stands in the next line or sentence speaks of something else.
        const stop = next.search(/[\n.;,|]/);
        behind = openWindow(stop < 0 ? next : next.slice(0, stop));
      }
      return lastEnd(behind, lookup) >= 0 ? 0.5 : 0;
    },
  };
}

/** What is said of a number before this one is not said of this one: the window begins behind it. */
function windowStart(text: string, start: number): number {
  const least = Math.max(0, start - BEFORE);
  let digits = 0;
  for (let i = start - 1; i >= least; i--) {
    const unit = text.charCodeAt(i);
    if (unit >= 48 && unit <= 57) {
      if (++digits === 3) return i + 3;
    } else if (unit !== 45 && unit !== 46 && unit !== 47 && unit !== 32) digits = 0;
  }
  return least;
}

function lastPhrase(window: string, phrase: string): number {
  let index = window.lastIndexOf(phrase);
  while (index >= 0) {
    const open = !isInside(window, index - 1, phrase, 0);
    if (open && !isInside(window, index + phrase.length, phrase, phrase.length - 1)) return index;
    index = index === 0 ? -1 : window.lastIndexOf(phrase, index - 1);
  }
  return -1;
}

/** True when the window goes on with an ASCII letter where the phrase has one too: inside a longer word. */
function isInside(window: string, at: number, phrase: string, edge: number): boolean {
  return small(window.charCodeAt(at)) && small(phrase.charCodeAt(edge));
}

function small(unit: number): boolean {
  return unit >= 97 && unit <= 122;
}
