/** The candidate stage: what it marks, and that both engines mark the same. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CANDIDATE_ASSIGN,
  CANDIDATE_AT,
  CANDIDATE_CAPITALS,
  CANDIDATE_DIGIT,
  CANDIDATE_LONG,
  CANDIDATE_WORDS,
} from '../../src/engine/candidate.ts';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngines } from './harness/engines.ts';

const { wasm, reference } = openEngines();

function marked(engine: Engine, block: string): string[] {
  return engine.candidates(block).flatMap(({ decoders, text, rows, spans }) => {
    const found: string[] = [];
    for (let i = 0; i < rows.length; i += 3) {
      const [start, end, flags] = [rows[i]!, rows[i + 1]!, rows[i + 2]!];
      const from = spans === undefined ? '' : ` from ${spans.start[start]}..${spans.end[end - 1]}`;
      found.push(`${decoders}:${flags} ${text.slice(start, end)}${from}`);
    }
    return found;
  });
}

const SEED = 'abandon ability able about above absent absorb abstract absurd abuse access accident';

const CASES: readonly (readonly [name: string, block: string, want: readonly string[]])[] = [
  ['prose', 'The meeting moved to Thursday at ten, please bring the printed reports.', []],
  ['digits', 'pay 4111 1111 now', [`0:${CANDIDATE_DIGIT} 4111`, `0:${CANDIDATE_DIGIT} 1111`]],
  ['brackets end a chunk', '{"to":"a@b.c"}', [`0:${CANDIDATE_ASSIGN} :`, `0:${CANDIDATE_AT} a@b.c`]],
  ['letters of two units', '😀😀 x=1', [`0:${CANDIDATE_ASSIGN | CANDIDATE_DIGIT} x=1`]],
  [
    'capitals',
    'SWIFT DEUTDEFF or DEUTDEFFXXX',
    [`0:${CANDIDATE_CAPITALS} DEUTDEFF`, `0:${CANDIDATE_CAPITALS} DEUTDEFFXXX`],
  ],
  ['long', 'a-b.c_d/e+f~g.h-i.j-k l', [`0:${CANDIDATE_LONG} a-b.c_d/e+f~g.h-i.j-k`]],
  ['long beyond ASCII', 'ü'.repeat(30), []],
  ['eleven words are no row', `Mine: ${SEED}.`, [`0:${CANDIDATE_ASSIGN} Mine:`]],
  ['a row of words at the end', SEED, [`0:${CANDIDATE_WORDS} ${SEED}`]],
];

describe('what is marked', () => {
  test.each(CASES)('%s', (_, block, want) => {
    expect(marked(wasm, block)).toEqual(want);
    expect(marked(reference, block)).toEqual(want);
  });

  test('a decoded run points at the run', () => {
    const run = btoa('please write to jane.doe@example.com today');
    const want = `1:${CANDIDATE_AT | CANDIDATE_LONG} jane.doe@example.com from 6..${6 + run.length}`;
    expect(marked(wasm, `Note: ${run}`)).toContain(want);
    expect(marked(reference, `Note: ${run}`)).toContain(want);
  });
});

test('both engines mark the same, wherever a chunk stands', () => {
  const piece = fc.constantFrom(
    'a',
    'word',
    'Z9',
    '@',
    ':',
    '=',
    ' ',
    '\n',
    '"',
    '|',
    'é',
    '語',
    '😀',
    '%41%42%43',
    '\ud83d',
    'AAAABBBB',
    '0123456789'.repeat(3),
    SEED,
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.nat(20), (pieces, shift) => {
      const block = ' '.repeat(shift) + pieces.join('');
      expect(marked(wasm, block)).toEqual(marked(reference, block));
    }),
    { numRuns: 2000 },
  );
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (block) => {
      expect(marked(wasm, block)).toEqual(marked(reference, block));
    }),
    { numRuns: 2000 },
  );
});
