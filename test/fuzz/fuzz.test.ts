/** A small share of `npm run fuzz`, always the same inputs, and everything that ever failed. */
import { expect, test } from 'vitest';
import { openEngines, trainedPack } from '../engine/harness/engines.ts';
import { channelOf, createChecks } from './checks.ts';
import { readCorpus } from './corpus.ts';
import { createInputs } from './inputs.ts';

const SEED = 1;
const COUNT = 5000;
/** Every how manyth input the reference engine reads too. */
const COMPARE = 5;

const checks = createChecks(openEngines());
const trained = createChecks(openEngines(trainedPack()));

test('the corpus holds', () => {
  for (const { name, text, channel } of readCorpus()) {
    expect(checks.scan(text, channel), name).toBeUndefined();
    expect(checks.compare(text, channel), name).toBeUndefined();
  }
});

test(`${COUNT} inputs of seed ${SEED}`, () => {
  const inputs = createInputs(SEED);
  const lengths = new Set<number>();
  for (let i = 0; i < COUNT; i++) {
    const [text, channel] = [inputs(i), channelOf(i)];
    lengths.add(text.length);
    expect(checks.scan(text, channel), `input ${i}`).toBeUndefined();
    if (i % COMPARE !== 0) continue;
    expect(checks.compare(text, channel), `input ${i}`).toBeUndefined();
    expect(trained.compare(text, channel), `input ${i}, trained weights`).toBeUndefined();
  }
  // Or the generator has come to make one text over and over.
  expect(lengths.size).toBeGreaterThan(500);
});
