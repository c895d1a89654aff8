/**
 * The guarded form of one growing text.
 *
 * @module
 */
import type { Decision, Finding } from '../types.ts';

/** Takes a text as it arrives, gives it back as it may leave. One for each text; not used again after `end`. */
export interface TextGuard {
  /** Takes more text, of any length and cut anywhere, also inside a surrogate pair. */
  push(text: string): Released;
  /** The text is complete: everything held back is decided. */
  end(): Released;
}

export interface Released {
  /** What may leave now; never half a surrogate pair. */
  readonly text: string;
  /** What was found in the part that was decided; spans are offsets into the text as it was pushed, from its beginning. */
  readonly findings: readonly Finding[];
  /** Set once, when the policy blocks: nothing leaves any more, and further calls return nothing. */
  readonly cut?: Decision;
}
