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

export function openReading(text: string): Reading {
  let at = -1;
  let before = '';
  let behindAt = -1;
  let behind = '';
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
        before = text.slice(Math.max(0, start - BEFORE), start).toLowerCase();
        // What is said of a number before this one is not said of this one.
        const number = /\d[-/. ]?\d[-/. ]?\d\D*$/.exec(before);
        if (number !== null) before = before.slice(number.index + 3);
      }
      let best = 0;
      for (const word of words) {
        const index = lastWord(before, word);
        if (index < 0) continue;
        best = Math.max(best, 1 - (0.5 * (before.length - index - word.length)) / BEFORE);
      }
      if (best > 0) return best;
      if (end !== behindAt) {
        behindAt = end;
        behind = text.slice(end, end + BEHIND).toLowerCase();
        // What stands in the next line or sentence speaks of something else.
        const stop = behind.search(/[\n.;,|]/);
        if (stop >= 0) behind = behind.slice(0, stop);
      }
      return words.some((word) => lastWord(behind, word) >= 0) ? 0.5 : 0;
    },
  };
}

function lastWord(window: string, word: string): number {
  let index = window.lastIndexOf(word);
  while (index >= 0) {
    if (!isLetter(window, index - 1, word, 0) && !isLetter(window, index + word.length, word, word.length - 1))
      return index;
    index = index === 0 ? -1 : window.lastIndexOf(word, index - 1);
  }
  return -1;
}

/** True when the window goes on with an ASCII letter where the word has one too: inside a longer word. */
function isLetter(window: string, at: number, word: string, edge: number): boolean {
  return small(window.charCodeAt(at)) && small(word.charCodeAt(edge));
}

function small(unit: number): boolean {
  return unit >= 97 && unit <= 122;
}
