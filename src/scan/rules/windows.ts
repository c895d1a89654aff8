/**
 * The prefilter's plan: in which order it knows the literals, and what it looks for of those that may stand inside a word.
 *
 * @module
 */

import type { SectionEntry, SectionLiteral } from '../../engine/rule-section.ts';
import { frequency } from './rarity.ts';

export const WINDOW_BYTES = 4;
export const BUCKETS = 8;

interface Unplanned {
  readonly bytes: string;
  readonly anchored: boolean;
  readonly entries: readonly SectionEntry[];
}

/** Puts literals in the section's order, with a window and a bucket for each. */
export function planLiterals(literals: readonly Unplanned[]): SectionLiteral[] {
  const anchored = literals
    .filter((literal) => literal.anchored)
    .sort((a, b) => windowLength(b) - windowLength(a) || compare(a.bytes, b.bytes))
    .map((literal) => ({ ...literal, windowOffset: 0, bucket: 0 }));
  const floating = literals
    .filter((literal) => !literal.anchored)
    .map((literal) => ({ ...literal, windowOffset: rarestWindow(literal.bytes) }));
  return [...anchored, ...dealBuckets(floating)];
}

function windowLength({ bytes }: Unplanned): number {
  return Math.min(bytes.length, WINDOW_BYTES);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function rarestWindow(bytes: string): number {
  let best = 0;
  let least = Infinity;
  for (let offset = 0; offset <= Math.max(0, bytes.length - WINDOW_BYTES); offset++) {
    const often = frequency(bytes.slice(offset, offset + WINDOW_BYTES));
    if (often < least) [best, least] = [offset, often];
  }
  return best;
}

/**
 * Groups literals so that each bucket's nibble masks stay narrow.
 *
 * Windows with a byte beyond ASCII go together: they cost nothing on ASCII text;
 * so do windows of three bytes, whose fourth byte may be any. The others are
 * sorted, so that a bucket shares its first letters, and cut evenly.
 */
function dealBuckets(literals: readonly (Unplanned & { readonly windowOffset: number })[]): SectionLiteral[] {
  const windowOf = (literal: { bytes: string; windowOffset: number }) =>
    literal.bytes.slice(literal.windowOffset, literal.windowOffset + WINDOW_BYTES);
  const kindOf = (window: string) =>
    [...window].some((character) => character.charCodeAt(0) >= 0x80) ? 2 : window.length < WINDOW_BYTES ? 1 : 0;
  const groups = [0, 1, 2].map((kind) =>
    literals
      .filter((literal) => kindOf(windowOf(literal)) === kind)
      .sort((a, b) => compare(windowOf(a), windowOf(b)) || compare(a.bytes, b.bytes)),
  );
  const [plain = [], short = [], foreign = []] = groups;
  const plainBuckets = BUCKETS - Math.min(1, short.length) - Math.min(1, foreign.length);
  return [
    ...plain.map((literal, i) => ({ ...literal, bucket: Math.floor((i * plainBuckets) / plain.length) })),
    ...short.map((literal) => ({ ...literal, bucket: plainBuckets })),
    ...foreign.map((literal) => ({ ...literal, bucket: BUCKETS - 1 })),
  ];
}
