/**
 * Takes spans out of a text.
 *
 * @module
 */
import type { Span } from '../types.ts';

/**
 * @param spans in any order, overlapping or not: those that overlap become one
 * @param words what stands in place of each
 * @param keep what becomes of the parts between; by default they stay as they are
 */
export function remove(
  text: string,
  spans: readonly Span[],
  words: string,
  keep: (part: string, start: number) => string = (part) => part,
): string {
  let out = '';
  let at = 0;
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= at) continue;
    if (start >= at) out += keep(text.slice(at, start), at) + words;
    at = end;
  }
  return out + keep(text.slice(at), at);
}
