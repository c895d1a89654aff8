/**
 * From margins to probabilities.
 *
 * @module
 */
import type { Calibration } from '../engine/pack.ts';

/**
 * @param margin log-odds as the forest gives them, any real
 * @returns calibrated probability in [0, 1]
 * @complexity O(knots)
 */
export function calibrate({ margins, logits }: Calibration, margin: number): number {
  let i = 1;
  while (i < margins.length - 1 && margin > margins[i]!) i++;
  const [x0, x1, y0, y1] = [margins[i - 1]!, margins[i]!, logits[i - 1]!, logits[i]!];
  return logistic(y0 + ((y1 - y0) * (margin - x0)) / (x1 - x0));
}

export function logistic(logit: number): number {
  return 1 / (1 + Math.exp(-logit));
}
