/**
 * Texts to vocabulary ids: the module, its reference and `AutoTokenizer` of `@xenova/transformers`, side by side.
 *
 *   npm run bench -- tokenizer      TOKENIZER_VOCABULARY=FILE for another vocabulary than the model's
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAutoTokenizer } from '../../models/eval/auto-tokenizer.ts';
import { buildTokenizer, readVocabulary } from '../../models/tables/build-tokenizer.ts';
import { createReferenceTokenizer } from '../../src/engine/reference/wordpiece.ts';
import { createWasmTokenizer } from '../../src/engine/tokenizer.ts';
import { smallVocabulary } from '../engine/tokenizer-harness.ts';
import { LOADS } from './loads.ts';
import { measure, record, table } from './measure.ts';

const ROOT = join(import.meta.dirname, '../..');
const CALLS = 4000;
const SLOW_CALLS = 400;
const UNITS = [200, 2000];

const file = process.env['TOKENIZER_VOCABULARY'] ?? join(ROOT, 'models/weights/tier2/vocab.txt');
const vocabulary = existsSync(file) ? readVocabulary(file) : smallVocabulary();
const tables = buildTokenizer(vocabulary);
const module = new WebAssembly.Module(new Uint8Array(readFileSync(join(ROOT, 'dist/tokenizer.wasm'))));
const wasm = createWasmTokenizer(module, tables);
const reference = createReferenceTokenizer(tables);
const auto = await openAutoTokenizer(vocabulary);

const us = (value: number): string => value.toFixed(1);
const rows = [];
for (const { name, texts } of LOADS) {
  for (const units of UNITS) {
    const all = texts(units, 64);
    const text = (i: number): string => all[i % all.length]!;
    for (const one of all) {
      if (wasm.encode(one).ids.join() !== auto(one).join()) throw new Error(`bench: ${name}: the ids differ`);
    }
    const timings = measure([
      { name: 'wasm', calls: CALLS, run: (i) => wasm.encode(text(i)).ids.length },
      { name: 'reference', calls: SLOW_CALLS, run: (i) => reference.encode(text(i)).ids.length },
      { name: 'auto', calls: SLOW_CALLS, run: (i) => auto(text(i)).length },
    ]);
    rows.push({ load: name, units, ...timings });
  }
}

console.log(`string in, ids out; µs; ${vocabulary.length} entries\n`);
table([
  ['text', 'units', 'wasm', 'p99', 'reference', 'AutoTokenizer', 'times wasm'],
  ...rows.map(({ load, units, wasm: w, reference: r, auto: a }) => [
    load,
    String(units),
    ...[us(w.median), us(w.p99), us(r.median), us(a.median), (a.median / w.median).toFixed(0)],
  ]),
]);
record('tokenizer', { vocabulary: vocabulary.length, calls: CALLS, microseconds: rows });
