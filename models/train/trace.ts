/**
 * Runs the shipped engine over rows and writes what it saw as matrices; `views.py` reads them and lists the files.
 *
 *     tsx models/train/trace.ts --rows ROWS.jsonl --out FOLDER [--head user|data] [--linear LIN.bin]
 *                               [--forest GBM.bin] [--fold K] [--without-ngrams] [--reference]
 *
 * Without `--linear` the linear model says nothing: n-grams, hits and every other feature are right even so.
 * `--fold K` reads only the rows that fold K validates: with the weights that never saw them their linear margins are
 * as honest as those of new texts. Rows trained in every fold are left out then. `--reference` runs the plain
 * TypeScript engine, which sees the same and is slower.
 *
 * @module
 */
import { closeSync, createReadStream, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ABI_VERSION, HEAD_DATA, HEAD_USER, NGRAM_BUCKETS } from '../../src/engine/abi.ts';
import { readPack } from '../../src/engine/pack.ts';
import { createReferenceEngine } from '../../src/engine/reference/engine.ts';
import { DENSE_COUNT, FEATURES } from '../../src/engine/schema.ts';
import { createWasmEngine } from '../../src/engine/wasm.ts';
import { blockEnd, nextBlockStart } from '../../src/text/blocks.ts';
import { buildPack, untrained } from '../build-pack.ts';

/** Channel bits whose rules apply: user text for head `user`, tool and retrieved text for head `data`. */
const CHANNELS = { user: 1, data: 4 | 8 } as const;
/** Bytes gathered before they are written. */
const CHUNK = 1 << 22;

interface Row {
  readonly text: string;
  readonly fold: number;
}

/** Appends typed arrays to one file, in large pieces. */
function createColumn(path: string): { push(values: ArrayBufferView): void; close(): void } {
  const file = openSync(path, 'w');
  const chunk = Buffer.alloc(CHUNK);
  let used = 0;
  function flush(): void {
    writeSync(file, chunk, 0, used);
    used = 0;
  }
  return {
    push(values) {
      const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
      if (used + bytes.byteLength > CHUNK) flush();
      bytes.copy(chunk, used);
      used += bytes.byteLength;
    },
    close() {
      flush();
      closeSync(file);
    },
  };
}

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string' },
    out: { type: 'string' },
    head: { type: 'string', default: 'user' },
    linear: { type: 'string' },
    forest: { type: 'string' },
    fold: { type: 'string' },
    'without-ngrams': { type: 'boolean', default: false },
    reference: { type: 'boolean', default: false },
  },
});
if (options.rows === undefined || options.out === undefined || (options.head !== 'user' && options.head !== 'data')) {
  throw new Error('trace: expected --rows FILE --out FOLDER and --head user or data. See the file header.');
}
const head = options.head === 'user' ? HEAD_USER : HEAD_DATA;
const channels = CHANNELS[options.head];
const fold = options.fold === undefined ? undefined : Number(options.fold);

const start = untrained();
const models = { ...start.models };
if (options.linear !== undefined) models[head === HEAD_USER ? 'LIN0' : 'LIN1'] = readFileSync(options.linear);
if (options.forest !== undefined) models[head === HEAD_USER ? 'GBM0' : 'GBM1'] = readFileSync(options.forest);
const pack = readPack(buildPack({ ...start, models }));
const wasm = () => new WebAssembly.Module(readFileSync(join(import.meta.dirname, '../../dist/engine.wasm')));
const engine = options.reference ? createReferenceEngine(pack) : createWasmEngine(wasm(), pack);

mkdirSync(options.out, { recursive: true });
const column = (name: string) => createColumn(join(options.out as string, name));
const columns = {
  row: column('row.i32'),
  block: column('block.i32'),
  decoders: column('decoders.u32'),
  forest: column('forest.f64'),
  indptr: column('indptr.i64'),
  indices: column('indices.i32'),
  dense: column('dense.f32'),
  hitptr: column('hitptr.i64'),
  hits: column('hits.i32'),
};

let views = 0;
let grams = 0n;
let hitCount = 0n;
columns.indptr.push(BigInt64Array.of(0n));
columns.hitptr.push(BigInt64Array.of(0n));

function traceBlock(row: number, block: number, text: string): void {
  const { views: seen, scan } = engine.trace(text, head, channels);
  seen.forEach((view, index) => {
    views++;
    columns.row.push(Int32Array.of(row));
    columns.block.push(Int32Array.of(block));
    columns.decoders.push(Uint32Array.of(view.decoders));
    columns.forest.push(Float64Array.of(view.forest));
    columns.dense.push(view.dense);
    if (!options['without-ngrams']) {
      columns.indices.push(Uint32Array.from(view.ngrams));
      grams += BigInt(view.ngrams.length);
    }
    columns.indptr.push(BigInt64Array.of(grams));
    const rules = new Set(scan.hits.filter((hit) => hit.view === index).map((hit) => hit.rule));
    columns.hits.push(Int32Array.from(rules));
    hitCount += BigInt(rules.size);
    columns.hitptr.push(BigInt64Array.of(hitCount));
  });
}

let number = 0;
for await (const line of createInterface({
  input: createReadStream(options.rows),
  crlfDelay: Number.POSITIVE_INFINITY,
})) {
  const row = JSON.parse(line) as Row;
  if (fold === undefined || row.fold === fold) {
    let from = 0;
    for (let block = 0; ; block++) {
      const to = blockEnd(row.text, from);
      traceBlock(number, block, row.text.slice(from, to));
      if (to === row.text.length) break;
      from = nextBlockStart(row.text, to);
    }
  }
  number++;
  if (number % 20_000 === 0) process.stderr.write(`  traced ${number} rows, ${views} views\n`);
}
for (const { close } of Object.values(columns)) close();
const shape = {
  abi: ABI_VERSION,
  views,
  denseCount: DENSE_COUNT,
  buckets: NGRAM_BUCKETS,
  features: FEATURES.map(({ name }) => name),
  rules: pack.meta.rules.map(({ id }) => id),
};
writeFileSync(join(options.out, 'shape.json'), JSON.stringify(shape));
process.stderr.write(`trace: ${number} rows, ${views} views, ${grams} n-grams in ${options.out}\n`);
