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
    bias: -1.3028,
    weights: {
      worst: 0.1043,
      plain: 0.1022,
      other: 0.0948,
    },
    attack: 0.6191,
  },
  data: {
    bias: -2.1528,
    weights: {
      worst: 0.1367,
      plain: 0.1385,
      other: 0.1471,
    },
    attack: 0.648,
  },
};
