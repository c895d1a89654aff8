/**
 * What the deep verifier learned: written by `models/train/deep/fit.py`.
 *
 * @module
 */
import type { HeadName } from '../transformer/reader.ts';
import type { FeatureName } from './study.ts';

export interface HeadWeights {
  readonly bias: number;
  readonly weights: Readonly<Record<FeatureName, number>>;
  /** Probability from which a text counts as an attack. */
  readonly attack: number;
}

export const WEIGHTS: Readonly<Record<HeadName, HeadWeights>> = {
  user: {
    bias: -0.8642,
    weights: {
      worst: 0.0895,
      plain: 0.0869,
      other: 0.0882,
    },
    attack: 0.6358,
  },
  data: {
    bias: -1.2474,
    weights: {
      worst: 0.0833,
      plain: 0.0803,
      other: 0.0957,
    },
    attack: 0.5768,
  },
};
