import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_UNITS } from '../../src/engine/abi.ts';
import { blockEnd, nextBlockStart, OVERLAP } from '../../src/text/blocks.ts';

interface Block {
  readonly start: number;
  readonly end: number;
}

function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; ; ) {
    const end = blockEnd(text, start);
    blocks.push({ start, end });
    if (end === text.length) return blocks;
    start = nextBlockStart(text, end);
  }
}

const STEP = MAX_UNITS - OVERLAP;

describe('blocks', () => {
  test.each([
    ['nothing', 0, 1],
    ['one unit', 1, 1],
    ['a whole block', MAX_UNITS, 1],
    ['one unit more', MAX_UNITS + 1, 2],
    ['two blocks and their overlap', MAX_UNITS + STEP, 2],
    ['one unit more than that', MAX_UNITS + STEP + 1, 3],
    ['ten million', 10_000_000, Math.ceil((10_000_000 - OVERLAP) / STEP)],
  ])('%s', (_what, length, count) => {
    const blocks = blocksOf('a'.repeat(length));
    expect(blocks).toHaveLength(count);
    expect(blocks.at(-1)!.end).toBe(length);
  });

  const PAIR = '😀';
  test.each(Array.from({ length: 5 }, (_, shift) => shift))(
    'a pair at the edge stays whole, shifted by %i',
    (shift) => {
      const text = 'a'.repeat(shift) + PAIR.repeat(MAX_UNITS);
      for (const { start, end } of blocksOf(text)) {
        expect(end - start).toBeLessThanOrEqual(MAX_UNITS);
        expect(text.slice(start, end)).not.toMatch(/\p{Cs}/u);
      }
    },
  );

  test('any text: blocks cover it, advance, stay small, overlap enough, and split no pair', () => {
    const units = fc.array(fc.constantFrom('a', ' ', PAIR, '\ud83d', '\ude00'), { maxLength: 40 });
    fc.assert(
      fc.property(units, fc.integer({ min: 0, max: 12_000 }), (odd, length) => {
        const text = odd.join('').repeat(Math.ceil(length / Math.max(1, odd.length)));
        const blocks = blocksOf(text);
        expect(blocks[0]!.start).toBe(0);
        blocks.forEach(({ start, end }, i) => {
          expect(end - start).toBeLessThanOrEqual(MAX_UNITS);
          const next = blocks[i + 1];
          if (next === undefined) return;
          expect(next.start).toBeGreaterThan(start);
          expect(end - next.start).toBeGreaterThanOrEqual(OVERLAP);
          const isPair = (at: number): boolean => text.codePointAt(at - 1)! > 0xffff;
          expect(isPair(end)).toBe(false);
          expect(isPair(next.start)).toBe(false);
        });
      }),
      { numRuns: 200 },
    );
  });
});
