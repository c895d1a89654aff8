/**
 * Cuts a text into the blocks the engine reads one at a time.
 *
 * Blocks overlap, so that whatever is shorter than the overlap stands whole in
 * one of them; memory is bounded and time linear whatever the text's length.
 *
 * @module
 */
import { MAX_UNITS } from '../engine/abi.ts';

/** Code units two neighboring blocks share: longer than any rule match. */
export const OVERLAP = 512;

/**
 * The end of the block that starts at `start`: at most `MAX_UNITS` code units on, never between two surrogates.
 *
 * @complexity O(1)
 */
export function blockEnd(text: string, start: number): number {
  const end = start + MAX_UNITS;
  if (end >= text.length) return text.length;
  return splitsPair(text, end) ? end - 1 : end;
}

/** The start of the block after one that ends at `end < text.length`. */
export function nextBlockStart(text: string, end: number): number {
  const start = end - OVERLAP;
  return splitsPair(text, start) ? start - 1 : start;
}

function splitsPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0xdc00 || unit > 0xdfff) return false;
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff;
}
