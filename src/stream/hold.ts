/**
 * What watches a text that grows: detectors that can say, of a text that is not finished, what is found and what is
 * still open.
 *
 * @module
 */
import type { Finding } from '../types.ts';

/**
 * What becomes of a finding: `'report'` tells and lets it pass, `cut` ends the text just before it (the string is the
 * reason, such as `output/canary`), `replace` puts other words in its place.
 */
export type Treatment = 'report' | { readonly cut: string } | { readonly replace: string };

/**
 * One detector on a text that grows.
 *
 * `text` is a window of the stream: at most `context` units that have left, then everything that has not, up to the
 * newest unit. The contract that makes a guarded stream equal to the guarded whole: whatever text may follow, findings
 * of `find(text)` that start before `open(text)` stay as they are and no other one will start there; and both answers
 * are the same for every window that holds `context` units before the place in question, and before what was found that
 * close before it: a long leak is several findings, and where it began has a say in where it goes on.
 */
export interface Watch {
  /**
   * Everything found in `text`; offsets into it.
   *
   * @param from where the part begins that has not left; findings that start before it may be missing
   */
  find(text: string, from: number): readonly Finding[];
  /**
   * Where the earliest piece begins about which a longer text could still change `find`'s answer; `text.length` when
   * nothing is open. A piece longer than `MAX_PIECE` is not waited for.
   */
  open(text: string, from: number): number;
  /** Units of text that has left which a verdict may look back at; at most `MAX_CONTEXT`. */
  readonly context: number;
  /** Defaults to `'report'`. `text` is the window the finding's offsets point into. */
  treat?(finding: Finding, text: string): Treatment;
}

/** The longest piece that a watch is waited for, in UTF-16 units: the beginning of a longer one may leave. */
export const MAX_PIECE = 3072;
/** The most that a verdict may look back, in UTF-16 units. */
export const MAX_CONTEXT = 512;
/** How much of findings that follow each other is kept, in UTF-16 units; in so much of a leak its beginning has no say any more. */
export const MAX_CHAIN = 4096;
