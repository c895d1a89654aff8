/**
 * What the charts draw, from plain arrays of scores.
 *
 * @module
 */

/** Texts whose score lies in `[from, from + 1 / BINS)`. */
export interface Bin {
  readonly from: number;
  readonly attacks: number;
  readonly harmless: number;
  readonly unlabeled: number;
}

/** What a threshold at `score` flags. */
export interface RocPoint {
  readonly score: number;
  /** Share of the harmless texts, in [0, 1]. */
  readonly falsePositives: number;
  /** Share of the attacks, in [0, 1]. */
  readonly recall: number;
}

export interface Scored {
  readonly score: number;
  /** 1 attack, 0 harmless, `null` unknown. */
  readonly label: 0 | 1 | null;
}

export const BINS = 40;

export function histogram(rows: readonly Scored[]): readonly Bin[] {
  const bins = Array.from({ length: BINS }, (_, i) => ({ from: i / BINS, attacks: 0, harmless: 0, unlabeled: 0 }));
  for (const { score, label } of rows) {
    const bin = bins[Math.min(BINS - 1, Math.floor(score * BINS))]!;
    if (label === 1) bin.attacks++;
    else if (label === 0) bin.harmless++;
    else bin.unlabeled++;
  }
  return bins;
}

/**
 * Every threshold that changes something, strictest first; from (0, 0) to (1, 1).
 *
 * @returns empty without attacks or without harmless texts
 * @complexity O(n log n)
 */
export function roc(rows: readonly Scored[]): readonly RocPoint[] {
  const sorted = rows.filter(({ label }) => label !== null).sort((a, b) => b.score - a.score);
  const attacks = sorted.reduce((sum, { label }) => sum + label!, 0);
  const harmless = sorted.length - attacks;
  if (attacks === 0 || harmless === 0) return [];
  const points: RocPoint[] = [{ score: 1, falsePositives: 0, recall: 0 }];
  let found = 0;
  let wrong = 0;
  sorted.forEach(({ score, label }, i) => {
    if (label === 1) found++;
    else wrong++;
    // A threshold cannot part texts of one score.
    if (sorted[i + 1]?.score === score) return;
    points.push({ score, falsePositives: wrong / harmless, recall: found / attacks });
  });
  return points;
}

/**
 * The area under the curve: the chance that an attack scores above a harmless text, ties half.
 *
 * @returns `null` for no curve
 */
export function area(points: readonly RocPoint[]): number | null {
  if (points.length === 0) return null;
  let sum = 0;
  for (let i = 1; i < points.length; i++) {
    const [before, point] = [points[i - 1]!, points[i]!];
    sum += ((point.falsePositives - before.falsePositives) * (point.recall + before.recall)) / 2;
  }
  return sum;
}

/** As many points as a screen shows: the corners stay, and of what lies between only what moves visibly. */
export function thinned(points: readonly RocPoint[], step = 0.004): readonly RocPoint[] {
  const kept: RocPoint[] = [];
  for (const [i, point] of points.entries()) {
    const last = kept.at(-1);
    const moved =
      last === undefined ||
      point.recall - last.recall >= step ||
      // The axis is logarithmic: near zero, little is much.
      point.falsePositives - last.falsePositives >= step * Math.max(last.falsePositives, 0.01);
    if (moved || i === points.length - 1) kept.push(point);
  }
  return kept;
}
