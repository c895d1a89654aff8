/**
 * What the deep verifier learned: written by `models/train/deep/fit.py`.
 *
 * @module
 */
import type { HeadName } from '../transformer/reader.ts';
import type { FeatureName } from './study.ts';

export interface HeadWeights {
  readonly bias: number;
  readonly weights: Readonly<Partial<Record<FeatureName, number>>>;
}

export const WEIGHTS: Readonly<Record<HeadName, HeadWeights>> = {
  user: { bias: 0, weights: { tier1: 0.5, worst: 0.5 } },
  data: { bias: 0, weights: { tier1: 0.5, worst: 0.5 } },
};
