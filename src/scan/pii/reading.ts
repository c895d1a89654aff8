/**
 * What recognizers read: a text and the words around a place in it.
 *
 * @module
 */
import { openTables } from './tables.ts';
import { openVocabulary, type Vocabulary } from './vocabulary.ts';

/** Told once per find. Scores are confidences in [0, 1]. */
export type Report = (type: string, start: number, end: number, score: number) => void;

export interface Reading {
  readonly text: string;
  /**
   * Whether one of the words stands just before `[start, end)`, in the heading of its column, or directly behind it.
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
/** How near a column's heading stands to what is in the column. */
const HEADING = 0.9;

export function openReading(text: string): Reading {
  const vocabulary = openVocabulary(text);
  const tables = openTables(text);
  let headings: Vocabulary | undefined;
  let at = -1;
  let from = 0;
  let heading: { readonly start: number; readonly end: number } | undefined;
  let behindAt = -1;
  let stop = 0;
  return {
    text,
    before(place) {
      const unit = text.charCodeAt(place - 1);
      const escaped = (unit === 0x6e || unit === 0x72 || unit === 0x74) && text.charCodeAt(place - 2) === 0x5c;
      return escaped ? 10 : unit;
    },
    near(words, start, end) {
      if (start !== at) {
        at = start;
        from = windowStart(text, start);
        heading = tables.heading(start);
      }
      const found = vocabulary.last(words, from, start);
      if (found >= 0) return 1 - (0.5 * (start - found)) / BEFORE;
      if (heading !== undefined) {
        headings ??= openVocabulary(text);
        if (headings.last(words, heading.start, heading.end) >= 0) return HEADING;
      }
      if (end !== behindAt) {
        behindAt = end;
        stop = behindEnd(text, end);
      }
      return vocabulary.last(words, end, stop) >= 0 ? 0.5 : 0;
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

/** What stands in the next line, field or sentence speaks of something else. */
function behindEnd(text: string, end: number): number {
  const most = Math.min(text.length, end + BEHIND);
  for (let i = end; i < most; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 10 || unit === 44 || unit === 46 || unit === 59 || unit === 124) return i;
  }
  return most;
}
