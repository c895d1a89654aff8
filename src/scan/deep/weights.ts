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
  user: {
    bias: -6.3454,
    weights: {
      tier1: 0.3255,
      worst: 0.2029,
      plain: 0.3785,
      mean: 0.0723,
      decoded: 0.1014,
      firstHalf: 0.0369,
      secondHalf: 0.0386,
      sentenceMean: -0.1434,
      sentencesBad: -0.5043,
      unquoted: 0.2129,
      unmarked: 0.0659,
      tokenShare: -1.4,
      tokenTop: 0.0549,
      rules: 0.5356,
      contexts: 0.035,
      length: 1.0195,
      windows: -3.2383,
    },
  },
  data: {
    bias: -10.7825,
    weights: {
      tier1: 0.0836,
      worst: 0.0066,
      other: 0.3157,
      plain: 0.1811,
      second: 0.0122,
      decoded: 0.1901,
      secondHalf: 0.0024,
      sentence: 0.0691,
      sentenceMean: -0.3762,
      sentencesBad: 1.2883,
      unquoted: 0.1782,
      unmarked: 0.1002,
      tokenShare: -0.3478,
      tokenTop: 0.3549,
      rules: 1.3879,
      contexts: -0.8903,
      length: 1.6101,
      windows: -4.3222,
    },
  },
};
