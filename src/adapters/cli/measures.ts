/**
 * What an evaluation counts. All pure, all on plain arrays.
 *
 * @module
 */

/**
 * The chance that an attack scores above a harmless text, ties half.
 *
 * @returns in [0, 1]; `null` when either side is empty
 * @complexity O(n log n)
 * @see Mann & Whitney (1947), On a Test of Whether one of Two Random Variables is Stochastically Larger than the Other
 */
export function areaUnderCurve(positives: readonly number[], negatives: readonly number[]): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  let wins = 0;
  let below = 0;
  for (const { harmless, attacks } of byScore(positives, negatives)) {
    wins += attacks * (below + harmless / 2);
    below += harmless;
  }
  return wins / (positives.length * negatives.length);
}

/**
 * The largest share of attacks a threshold can flag while it flags at most `rate` of the harmless texts.
 *
 * @param rate in [0, 1]
 * @returns in [0, 1]; `null` when either side is empty
 * @complexity O(n log n)
 */
export function recallAtRate(positives: readonly number[], negatives: readonly number[], rate: number): number | null {
  if (positives.length === 0 || negatives.length === 0) return null;
  let flagged = 0;
  let wrong = 0;
  for (const { harmless, attacks } of byScore(positives, negatives).reverse()) {
    wrong += harmless;
    if (wrong > rate * negatives.length) break;
    flagged += attacks;
  }
  return flagged / positives.length;
}

/**
 * The value below or at which a share of the values lie, by nearest rank.
 *
 * @param share in (0, 1]
 * @returns `null` for no values
 */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

interface Tie {
  readonly score: number;
  harmless: number;
  attacks: number;
}

/** Texts of one score counted together, lowest first: a threshold cannot part them. */
function byScore(positives: readonly number[], negatives: readonly number[]): Tie[] {
  const ties = new Map<number, Tie>();
  const count = (score: number, key: 'harmless' | 'attacks'): void => {
    const tie = ties.get(score) ?? { score, harmless: 0, attacks: 0 };
    tie[key]++;
    ties.set(score, tie);
  };
  for (const score of negatives) count(score, 'harmless');
  for (const score of positives) count(score, 'attacks');
  return [...ties.values()].sort((a, b) => a.score - b.score);
}
