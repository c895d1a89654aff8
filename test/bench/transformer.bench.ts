/**
 * Tier 2 alone: token ids in, logits out, in a process of its own per runtime and thread count.
 *
 *   npm run bench -- transformer
 *   BASELINE=minilm-l6.onnx npm run bench -- transformer      another model with the same input and outputs beside it
 *
 * The baseline also runs where there are no trained weights.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { record, table } from './measure.ts';

const ROOT = join(import.meta.dirname, '../..');
const MODEL = join(ROOT, 'models/weights/tier2/model.onnx');
const TOKENS = [16, 32, 64, 128] as const;
/** Milliseconds at 64 tokens, stated for two idle cores. */
const TARGETS: Readonly<Record<string, number>> = { 'wasm, 1 thread': 14, 'wasm, 2 threads': 8 };

/** One process: warms up for two seconds, then times every length in turn. Prints medians and minima, milliseconds. */
const CHILD = `
import { readFileSync } from 'node:fs';
const [file, backend, threads, lengths] = [process.argv[1], process.argv[2], Number(process.argv[3]), JSON.parse(process.argv[4])];
const onnx = await import(backend === 'native' ? 'onnxruntime-node' : 'onnxruntime-web');
if (backend === 'wasm') onnx.env.wasm.numThreads = threads;
const native = { intraOpNumThreads: threads, interOpNumThreads: 1 };
const session = await onnx.InferenceSession.create(readFileSync(file), {
  executionProviders: [backend === 'native' ? 'cpu' : 'wasm'], graphOptimizationLevel: 'all', ...(backend === 'native' && native),
});
const feeds = lengths.map((n) => ({ ids: new onnx.Tensor('int32', Int32Array.from({ length: n }, (_, i) => 1000 + ((i * 37) % 900)), [1, n]) }));
for (const [i, feed] of feeds.entries()) {
  const { heads, tokens } = await session.run(feed);
  if (heads.data.length !== 2 || tokens.data.length !== lengths[i]) throw new Error('bench transformer: the model has other outputs');
}
const times = lengths.map(() => []);
const warm = performance.now() + 2000;
while (performance.now() < warm) for (const feed of feeds) await session.run(feed);
const until = performance.now() + 8000;
while (times[0].length < 20 || performance.now() < until) {
  for (const [i, feed] of feeds.entries()) {
    const began = performance.now();
    await session.run(feed);
    times[i].push(performance.now() - began);
  }
}
const sorted = times.map((all) => all.sort((a, b) => a - b));
console.log(JSON.stringify(sorted.map((all) => ({ median: all[all.length >> 1], min: all[0], n: all.length }))));
process.exit(0);
`;

interface Variant {
  readonly name: string;
  readonly file: string;
  readonly backend: 'wasm' | 'native';
  readonly threads: number;
}

interface Times {
  readonly median: number;
  readonly min: number;
  readonly n: number;
}

function time({ name, file, backend, threads }: Variant): readonly Times[] {
  const args = ['--input-type=module', '--eval', CHILD, file, backend, String(threads), JSON.stringify(TOKENS)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`bench transformer: ${name} failed: ${stderr}`);
  return JSON.parse(stdout) as Times[];
}

const baseline = process.env['BASELINE'];
const files = [...(existsSync(MODEL) ? [MODEL] : []), ...(baseline === undefined ? [] : [baseline])];
const variants: readonly Variant[] = files.flatMap((file) =>
  (['wasm', 'native'] as const).flatMap((backend) =>
    [1, 2].map((threads) => {
      const what = `${backend}, ${threads} thread${threads === 1 ? '' : 's'}`;
      return { name: file === MODEL ? what : `baseline, ${what}`, file, backend, threads };
    }),
  ),
);

if (variants.length > 0) {
  const rows = variants.map((variant) => ({ ...variant, times: time(variant) }));
  const ms = (value: number): string => value.toFixed(2);
  const native = (file: string): readonly Times[] =>
    rows.find((row) => row.file === file && row.backend === 'native' && row.threads === 1)!.times;
  console.log('one window; milliseconds, median (minimum)\n');
  table([
    ['runtime', ...TOKENS.map((n) => `${n} tokens`), 'target at 64', '/ native at 64'],
    ...rows.map(({ name, file, times }) => [
      name,
      ...times.map(({ median, min }) => `${ms(median)} (${ms(min)})`),
      TARGETS[name]?.toString() ?? '',
      (times[2]!.median / native(file)[2]!.median).toFixed(1),
    ]),
  ]);
  record(
    'transformer',
    rows.map(({ name, times }) => ({ name, milliseconds: times.map((row, i) => ({ tokens: TOKENS[i], ...row })) })),
  );
} else console.log(`nothing to measure: ${MODEL} is not there; \`npm run train\` makes it`);
