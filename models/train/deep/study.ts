/**
 * Reads rows as the deep verifier does and writes what it weighs.
 *
 *     tsx models/train/deep/study.ts ROWS.jsonl MODEL_FOLDER OUT.jsonl
 *
 * A row is `{id, head, text, …}`, of a source that the model in the folder (`manifest.json`, `model.onnx`, and
 * `tokenizer.bin` made of `vocab.txt`) has not seen. It comes out without its text and with `features`, null where the
 * verifier would not judge. Goes on where it stopped.
 *
 * @module
 */
import { appendFileSync, createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as onnx from 'onnxruntime-node';
import { HEAD_DATA, HEAD_USER } from '../../../src/engine/abi.ts';
import { readPack } from '../../../src/engine/pack.ts';
import { createWasmTokenizer } from '../../../src/engine/tokenizer.ts';
import { createWasmEngine } from '../../../src/engine/wasm.ts';
import { study } from '../../../src/scan/deep/study.ts';
import { readManifest } from '../../../src/scan/transformer/manifest.ts';
import { createOwnReader } from '../../../src/scan/transformer/own-reader.ts';
import { type Onnx, openSession } from '../../../src/scan/transformer/session.ts';

const [rowsPath, folder, outPath] = process.argv.slice(2);
if (rowsPath === undefined || folder === undefined || outPath === undefined)
  throw new Error('study: expected ROWS.jsonl MODEL_FOLDER OUT.jsonl. See the file header.');

const DIST = join(import.meta.dirname, '../../../dist');
const bytes = (path: string): Uint8Array<ArrayBuffer> => readFileSync(path) as Uint8Array<ArrayBuffer>;
const pack = readPack(bytes(join(DIST, 'tier1.bin')));
const models = {
  engine: createWasmEngine(new WebAssembly.Module(bytes(join(DIST, 'engine.wasm'))), pack),
  calibration: pack.meta.calibration,
  rules: [pack.meta.rules, []] as const,
  disabled: new Set<string>(),
};
const session = await openSession(onnx as unknown as Onnx, bytes(join(folder, 'model.onnx')), {
  backend: 'native',
  threads: 1,
});
const tokenizer = createWasmTokenizer(
  new WebAssembly.Module(bytes(join(DIST, 'tokenizer.wasm'))),
  bytes(join(folder, 'tokenizer.bin')),
);
const manifest = readManifest(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
const reader = createOwnReader(manifest, tokenizer, (ids) => session.run(ids));

interface Row {
  readonly head: 'user' | 'data';
  readonly text: string;
}

const done = existsSync(outPath) ? readFileSync(outPath, 'utf8').split('\n').length - 1 : 0;
const never = new AbortController().signal;
let number = 0;
for await (const line of createInterface({ input: createReadStream(rowsPath), crlfDelay: Number.POSITIVE_INFINITY })) {
  if (number++ < done) continue;
  const { text, ...row } = JSON.parse(line) as Row;
  const [channel, head] = row.head === 'user' ? (['user', HEAD_USER] as const) : (['retrieved', HEAD_DATA] as const);
  const features = await study(models, reader, { text, channel, head }, never);
  appendFileSync(outPath, `${JSON.stringify({ ...row, features: features ?? null })}\n`);
  if (number % 200 === 0) process.stderr.write(`study: ${number} rows\n`);
}
