/**
 * Whether our tokenizers say what `AutoTokenizer` of `@xenova/transformers` says, on many texts.
 *
 *   npm run eval:tokenizer -- --data DIR [--count 100000] [--vocabulary VOCAB.txt]
 *
 * Takes `count` texts from all JSONL files below DIR in turn, so that every file has its share, and compares ids.
 * Exit status 1 where one differs.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { SingleBar } from 'cli-progress';
import { createReferenceTokenizer } from '../../src/engine/reference/wordpiece.ts';
import { createWasmTokenizer, type Encoding } from '../../src/engine/tokenizer.ts';
import { buildTokenizer, readVocabulary } from '../tables/build-tokenizer.ts';
import { openAutoTokenizer } from './auto-tokenizer.ts';

const ROOT = join(import.meta.dirname, '../..');
const EXAMPLES = 10;

interface Sampled {
  readonly text: string;
  readonly file: string;
}

/** The texts of a folder's files, in turn from each, `count` at most. */
function readTexts(folder: string, count: number): Sampled[] {
  if (!existsSync(folder)) {
    throw new Error(
      `eval:tokenizer: expected a folder of JSONL files at ${folder}; there is none. Name the data folder with --data.`,
    );
  }
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  const queues = files.sort().map((file) => {
    const lines = readFileSync(join(folder, file), 'utf8').split('\n');
    return { file, lines: lines.filter((line) => line !== '').reverse() };
  });
  const texts: Sampled[] = [];
  while (texts.length < count && queues.some(({ lines }) => lines.length > 0)) {
    for (const { file, lines } of queues) {
      const line = lines.pop();
      if (line === undefined || texts.length === count) continue;
      const { text } = JSON.parse(line) as { text?: unknown };
      if (typeof text === 'string') texts.push({ text, file });
    }
  }
  return texts;
}

/** Where two lists of ids part, in words; `undefined` where they do not. */
function difference(text: string, ours: Encoding, theirs: readonly number[]): string | undefined {
  const length = Math.max(ours.ids.length, theirs.length);
  for (let i = 0; i < length; i++) {
    if (ours.ids[i] === theirs[i]) continue;
    const at = ours.starts[i] ?? text.length;
    return `entry ${i}: ${ours.ids[i]} instead of ${theirs[i]}, near ${JSON.stringify(text.slice(Math.max(0, at - 20), at + 20))}`;
  }
  return undefined;
}

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    count: { type: 'string', default: '100000' },
    vocabulary: { type: 'string', default: join(ROOT, 'models/weights/tier2/vocab.txt') },
  },
});
if (values.data === undefined) throw new Error('eval:tokenizer: expected --data DIR; got none. Name the data folder.');
const vocabulary = readVocabulary(resolve(values.vocabulary));
const tables = buildTokenizer(vocabulary);
const module = new WebAssembly.Module(new Uint8Array(readFileSync(join(ROOT, 'dist/tokenizer.wasm'))));
const tokenizers = [createWasmTokenizer(module, tables), createReferenceTokenizer(tables)];
const auto = await openAutoTokenizer(vocabulary);
const texts = readTexts(resolve(values.data), Number(values.count));

const differing = tokenizers.map(() => 0);
const examples: string[] = [];
let entries = 0;
let unknown = 0;
const bar = new SingleBar({ format: '{bar} {value}/{total} texts, {eta_formatted} left', clearOnComplete: true });
bar.start(texts.length, 0);
texts.forEach(({ text, file }, i) => {
  const theirs = auto(text);
  entries += theirs.length;
  tokenizers.forEach(({ name, encode, special }, t) => {
    const ours = encode(text);
    if (t === 0) unknown += ours.ids.filter((id) => id === special.unk).length;
    const what = difference(text, ours, theirs);
    if (what === undefined) return;
    differing[t]!++;
    if (examples.length < EXAMPLES) examples.push(`${name}, ${file}: ${what}`);
  });
  if (i % 100 === 0) bar.update(i);
});
bar.stop();

const files = new Set(texts.map(({ file }) => file)).size;
console.log(`${texts.length} texts of ${files} files, ${entries} entries, ${unknown} of them unknown`);
tokenizers.forEach(({ name }, t) => console.log(`${name}: ${differing[t]} texts differ from AutoTokenizer`));
for (const example of examples) console.log(`  ${example}`);
process.exitCode = differing.some((count) => count > 0) ? 1 : 0;
