/**
 * From what was read to a verdict: a weighted sum, calibrated.
 *
 * @module
 */
import type { Verification } from '../../types.ts';
import { logistic } from '../calibrate.ts';
import type { HeadName } from '../transformer/reader.ts';
import { FEATURES } from './study.ts';
import { WEIGHTS } from './weights.ts';

/** @param features in the order of FEATURES */
export function stack(features: readonly number[], head: HeadName): Verification {
  const { bias, weights, attack: from } = WEIGHTS[head];
  const score = logistic(FEATURES.reduce((sum, name, i) => sum + weights[name] * features[i]!, bias));
  const attack = score >= from;
  return { attack, score, reason: attack ? 'deep/attack' : 'deep/harmless' };
}
