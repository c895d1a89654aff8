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
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { record, table } from './measure.ts';

const ROOT = join(import.meta.dirname, '../..');
const MODEL = join(ROOT, 'models/weights/tier2/model.onnx');
const TOKENS = [16, 32, 64, 128] as const;
/** Milliseconds at 64 tokens, stated for two idle cores. */
const TARGETS: Readonly<Record<string, number>> = { 'wasm, 1 thread': 14, 'wasm, 2 threads': 8 };

interface Times {
  readonly median: number;
  readonly min: number;
  readonly n: number;
}

const WARM_MS = 2000;
const MEASURE_MS = 8000;
const LEAST_RUNS = 20;

/** Warms up, then times every length in turn, milliseconds. */
async function timeHere({ file, backend, threads }: Omit<Variant, 'name'>): Promise<Times[]> {
  const onnx = backend === 'native' ? await import('onnxruntime-node') : await import('onnxruntime-web');
  if (backend === 'wasm') onnx.env.wasm.numThreads = threads;
  const session = await onnx.InferenceSession.create(readFileSync(file), {
    executionProviders: [backend === 'native' ? 'cpu' : 'wasm'],
    graphOptimizationLevel: 'all',
    ...(backend === 'native' && { intraOpNumThreads: threads, interOpNumThreads: 1 }),
  });
  const runs = TOKENS.map((n) => {
    const ids = Int32Array.from({ length: n }, (_, i) => 1000 + ((i * 37) % 900));
    const feed = { ids: new onnx.Tensor('int32', ids, [1, n]) };
    return { n, times: [] as number[], run: () => session.run(feed) };
  });
  for (const { n, run } of runs) {
    const { heads, tokens } = await run();
    if (heads?.data.length !== 2 || tokens?.data.length !== n)
      throw new Error('bench transformer: the model has other outputs');
  }
  const warm = performance.now() + WARM_MS;
  while (performance.now() < warm) for (const { run } of runs) await run();
  const until = performance.now() + MEASURE_MS;
  while (runs[0]!.times.length < LEAST_RUNS || performance.now() < until) {
    for (const { times, run } of runs) {
      const began = performance.now();
      await run();
      times.push(performance.now() - began);
    }
  }
  return runs.map(({ times }) => {
    times.sort((a, b) => a - b);
    return { median: times[times.length >> 1]!, min: times[0]!, n: times.length };
  });
}

interface Variant {
  readonly name: string;
  readonly file: string;
  readonly backend: 'wasm' | 'native';
  readonly threads: number;
}

function time({ name, file, backend, threads }: Variant): readonly Times[] {
  const args = ['--import', 'tsx', import.meta.filename, file, backend, String(threads)];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`bench transformer: ${name} failed: ${stderr}`);
  return JSON.parse(stdout) as Times[];
}

const [child, backend, threads] = process.argv.slice(2);
if (child !== undefined) {
  const times = await timeHere({ file: child, backend: backend as Variant['backend'], threads: Number(threads) });
  console.log(JSON.stringify(times));
  process.exit(0);
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
