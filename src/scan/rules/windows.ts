/**
 * The prefilter's plan: which bytes of each literal it looks for, and in which of its eight buckets.
 *
 * @module
 */
import { frequency } from './rarity.ts';

export const WINDOW_BYTES = 4;
export const BUCKETS = 8;

export interface Window {
  readonly literal: string;
  readonly offset: number;
  /** The literal's bytes from `offset` on: four, or all three. */
  readonly bytes: string;
  readonly bucket: number;
}

/**
 * Chooses a window for every literal and deals the windows into buckets.
 *
 * @returns one per literal: windows of four bytes first, ascending by window, then by literal
 */
export function planWindows(literals: readonly string[]): Window[] {
  const chosen = chooseOffsets(literals);
  const windows = [...new Set(literals.map((literal) => windowOf(literal, chosen.get(literal) ?? 0)))];
  const buckets = dealBuckets(windows);
  return literals
    .map((literal) => {
      const offset = chosen.get(literal) ?? 0;
      const bytes = windowOf(literal, offset);
      return { literal, offset, bytes, bucket: buckets.get(bytes) ?? 0 };
    })
    .sort((a, b) => b.bytes.length - a.bytes.length || compare(a.bytes, b.bytes) || compare(a.literal, b.literal));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function windowOf(literal: string, offset: number): string {
  return literal.slice(offset, offset + WINDOW_BYTES);
}

/** Repeatedly takes the window that serves most of the literals left, at the least expected occurrences. */
function chooseOffsets(literals: readonly string[]): Map<string, number> {
  const users = new Map<string, Map<string, number>>();
  for (const literal of literals) {
    const last = Math.max(0, literal.length - WINDOW_BYTES);
    for (let offset = 0; offset <= last; offset++) {
      const bytes = windowOf(literal, offset);
      const list = users.get(bytes) ?? new Map<string, number>();
      if (!list.has(literal)) list.set(literal, offset);
      users.set(bytes, list);
    }
  }
  const chosen = new Map<string, number>();
  const left = new Set(literals);
  const price = new Map([...users.keys()].map((bytes) => [bytes, frequency(bytes) + 0.3]));
  while (left.size > 0) {
    let cheapest = '';
    let least = Infinity;
    for (const [bytes, list] of users) {
      const cost = (price.get(bytes) ?? 1) / list.size;
      if (cost < least || (cost === least && bytes < cheapest)) [cheapest, least] = [bytes, cost];
    }
    for (const [literal, offset] of users.get(cheapest) ?? []) {
      chosen.set(literal, offset);
      left.delete(literal);
    }
    users.delete(cheapest);
    for (const [bytes, list] of users) {
      for (const literal of list.keys()) if (!left.has(literal)) list.delete(literal);
      if (list.size === 0) users.delete(bytes);
    }
  }
  return chosen;
}

/**
 * Groups windows so that each bucket's nibble masks stay narrow.
 *
 * Windows with a byte beyond ASCII go together: they cost nothing on ASCII text.
 * The others are sorted, so that a bucket shares its first letters, and cut evenly.
 */
function dealBuckets(windows: readonly string[]): Map<string, number> {
  const isForeign = (bytes: string) => [...bytes].some((character) => character.charCodeAt(0) >= 0x80);
  const foreign = windows.filter(isForeign).sort(compare);
  const plain = windows.filter((bytes) => !isForeign(bytes)).sort(compare);
  const foreignBuckets = foreign.length === 0 ? 0 : plain.length === 0 ? BUCKETS : 1;
  const plainBuckets = BUCKETS - foreignBuckets;
  const buckets = new Map<string, number>();
  plain.forEach((bytes, i) => buckets.set(bytes, Math.floor((i * plainBuckets) / plain.length)));
  foreign.forEach((bytes, i) => buckets.set(bytes, plainBuckets + Math.floor((i * foreignBuckets) / foreign.length)));
  return buckets;
}
