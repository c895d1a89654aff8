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
    bias: -0.9468,
    weights: {
      worst: 0.0757,
      plain: 0.0747,
      other: 0.0806,
    },
    attack: 0.6147,
  },
  data: {
    bias: -2.4765,
    weights: {
      worst: 0.1671,
      plain: 0.1611,
      other: 0.1742,
    },
    attack: 0.6387,
  },
};
