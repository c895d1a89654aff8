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

/** From this probability on a text counts as an attack. */
const ATTACK = 0.5;

/** @param features in the order of FEATURES */
export function stack(features: readonly number[], head: HeadName): Verification {
  const { bias, weights } = WEIGHTS[head];
  const score = logistic(FEATURES.reduce((sum, name, i) => sum + (weights[name] ?? 0) * features[i]!, bias));
  const attack = score >= ATTACK;
  return { attack, score, reason: attack ? 'deep/attack' : 'deep/harmless' };
}
