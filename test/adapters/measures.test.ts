import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { areaUnderCurve, percentile, recallAtRate } from '../../src/adapters/cli/measures.ts';

describe('area under the curve', () => {
  test.each([
    ['apart', [3, 4], [1, 2], 1],
    ['the wrong way round', [1, 2], [3, 4], 0],
    ['all ties', [1, 1], [1, 1, 1], 0.5],
    ['one tie', [1, 2], [0, 1], 0.875],
    ['no attacks', [], [1], null],
    ['no harmless texts', [1], [], null],
  ])('%s', (_what, positives, negatives, want) => {
    expect(areaUnderCurve(positives, negatives)).toBe(want);
  });

  test('is the share of pairs in order, ties half', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(scores, scores, (positives, negatives) => {
        const wins = positives.flatMap((p) => negatives.map((n): number => (p > n ? 1 : p === n ? 0.5 : 0)));
        expect(areaUnderCurve(positives, negatives)).toBeCloseTo(wins.reduce((a, b) => a + b, 0) / wins.length, 12);
      }),
    );
  });
});

describe('recall at a rate of false positives', () => {
  const HUNDRED = Array.from({ length: 100 }, (_, i) => i);
  test.each([
    ['one of a hundred may be wrong', [98.5, 99.5], HUNDRED, 0.01, 1],
    ['two would have to be', [97.5, 99.5], HUNDRED, 0.01, 0.5],
    ['none may', [98.5, 99.5], HUNDRED, 0.001, 0.5],
    ['a tie cannot be parted', [99, 99], HUNDRED, 0.001, 0],
    ['all may', [0], HUNDRED, 1, 1],
    ['no attacks', [], HUNDRED, 0.01, null],
    ['no harmless texts', [1], [], 0.01, null],
  ])('%s', (_what, positives, negatives, rate, want) => {
    expect(recallAtRate(positives, negatives, rate)).toBe(want);
  });

  test('is what the best threshold reaches', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(scores, scores, fc.double({ min: 0, max: 1, noNaN: true }), (positives, negatives, rate) => {
        const share = (values: readonly number[], threshold: number): number =>
          values.filter((v) => v >= threshold).length / values.length;
        const allowed = Array.from({ length: 11 }, (_, i) => i).filter(
          (t) => negatives.filter((v) => v >= t).length <= rate * negatives.length,
        );
        expect(recallAtRate(positives, negatives, rate)).toBeCloseTo(
          Math.max(0, ...allowed.map((t) => share(positives, t))),
          12,
        );
      }),
    );
  });
});

describe('percentile, by nearest rank', () => {
  test.each([
    [[5], 0.5, 5],
    [[1, 2, 3, 4], 0.5, 2],
    [[4, 3, 2, 1], 0.5, 2],
    [[10, 9, 100], 0.99, 100],
    [Array.from({ length: 200 }, (_, i) => i + 1), 0.99, 198],
    [[1, 2], 1, 2],
    [[], 0.5, null],
  ])('%j at %d', (values, share, want) => {
    expect(percentile(values, share)).toBe(want);
  });
});
