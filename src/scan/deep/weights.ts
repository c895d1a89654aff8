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
    bias: -1.4679,
    weights: {
      worst: 0.1111,
      plain: 0.1062,
      other: 0.1042,
    },
    attack: 0.6263,
  },
  data: {
    bias: -2.4526,
    weights: {
      worst: 0.1565,
      plain: 0.1536,
      other: 0.1655,
    },
    attack: 0.6725,
  },
};
