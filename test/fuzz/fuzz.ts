/**
 * Fuzzes tier 1: nothing throws, hangs, grows or lies, and both engines say the same.
 *
 *   npm run fuzz [-- --count N --seconds S --seed N --compare N --weights W --input I]
 *
 * Replays the corpus, then runs inputs of the seed until `--count` or `--seconds` is
 * reached. `--compare N` asks the reference engine about every Nth input (1, the
 * default: all; 0: none). `--weights` says of which pack: `random`, `trained`, or `both`,
 * the default, which takes every input through both. `--input I` runs that one input of the seed and prints it. A
 * failing input goes into `corpus/`; the exit status is then 1.
 *
 * @module
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { SingleBar } from 'cli-progress';
import type { Channel } from '../../src/types.ts';
import { openEngines, randomPack, trainedPack } from '../engine/harness/engines.ts';
import { type Checks, channelOf, createChecks } from './checks.ts';
import { keep, readCorpus } from './corpus.ts';
import { createInputs } from './inputs.ts';

/** Longer than any input may take on the busiest machine. */
const SLOW_MS = 5000;
const HANG_MS = 60_000;
const MAX_FAILURES = 20;

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: 'Infinity' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    compare: { type: 'string', default: '1' },
    weights: { type: 'string', default: 'both' },
    input: { type: 'string' },
  },
});

function number(name: 'count' | 'seconds' | 'seed' | 'compare' | 'input', text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0))
    throw new Error(`fuzz: --${name} must be a number, at least 0; got "${text}"`);
  return value;
}

const count = number('count', values.count);
const seconds = number('seconds', values.seconds);
const seed = number('seed', values.seed);
const every = number('compare', values.compare);

const PACKS = { random: randomPack, trained: trainedPack };

function packs(): [name: string, checks: Checks][] {
  const wanted = Object.entries(PACKS).filter(([name]) => values.weights === 'both' || values.weights === name);
  if (wanted.length === 0) throw new Error(`fuzz: --weights must be random, trained or both; got "${values.weights}"`);
  return wanted.map(([name, open]) => [name, createChecks(openEngines(open()))]);
}

/** Ends the process when one input takes longer than `HANG_MS`: the scan is synchronous, so only another thread can tell. */
function watch(): { readonly at: Int32Array; stop(): Promise<number> } {
  const at = new Int32Array(new SharedArrayBuffer(4));
  const source = `
    const { workerData: { at, seed, limit } } = require('node:worker_threads');
    const { writeSync } = require('node:fs');
    let [last, since] = [-1, Date.now()];
    setInterval(() => {
      const now = Atomics.load(at, 0);
      if (now !== last) [last, since] = [now, Date.now()];
      else if (Date.now() - since > limit) {
        writeSync(2, 'fuzz: seed ' + seed + ', input ' + now + ' hangs\\n');
        process.kill(process.pid, 'SIGKILL');
      }
    }, 1000);`;
  const worker = new Worker(source, { eval: true, workerData: { at, seed, limit: HANG_MS } });
  worker.unref();
  return { at, stop: () => worker.terminate() };
}

console.log(`fuzz: seed ${seed}`);
const inputs = createInputs(seed);
const allChecks = packs();
let failures = 0;
let compared = 0;
let slowestMs = 0;

function fault(text: string, channel: Channel, compare: boolean): string | undefined {
  try {
    for (const [name, checks] of allChecks) {
      const began = performance.now();
      const wrong = checks.scan(text, channel);
      const ms = performance.now() - began;
      slowestMs = Math.max(slowestMs, ms);
      if (wrong !== undefined) return `${name} weights: ${wrong}`;
      if (ms > SLOW_MS) return `${name} weights: ${Math.round(ms)} ms`;
      const parted = compare ? checks.compare(text, channel) : undefined;
      if (parted !== undefined) return `${name} weights: ${parted}`;
    }
    if (compare) compared++;
    return undefined;
  } catch (error) {
    return `threw ${error instanceof Error ? error.stack : String(error)}`;
  }
}

function report(name: string, wrong: string): void {
  failures++;
  process.stderr.write(`\nfuzz: ${name}: ${wrong}\n`);
}

const corpus = readCorpus();
for (const { name, text, channel } of corpus) {
  const wrong = fault(text, channel, true);
  if (wrong !== undefined) report(`corpus/${name}`, wrong);
}
console.log(`fuzz: ${corpus.length} of the corpus replayed, ${failures} fail`);

if (values.input !== undefined) {
  const i = number('input', values.input);
  console.log(JSON.stringify(inputs(i)));
  console.log(fault(inputs(i), channelOf(i), true) ?? 'nothing wrong');
} else {
  await loop();
}
process.exitCode = failures > 0 ? 1 : 0;

async function loop(): Promise<void> {
  const bar = new SingleBar({
    format: '{bar} {value}/{total}  {rate}/s  {failures} failures  {eta_formatted} left',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    etaBuffer: 1000,
  });
  const watchdog = watch();
  const began = performance.now();
  const elapsed = (): number => (performance.now() - began) / 1000;
  compared = 0;
  let units = 0;
  let done = 0;
  bar.start(count, 0, { rate: 0, failures });
  for (; done < count && elapsed() < seconds && failures < MAX_FAILURES; done++) {
    Atomics.store(watchdog.at, 0, done);
    const [text, channel] = [inputs(done), channelOf(done)];
    units += text.length;
    const wrong = fault(text, channel, every > 0 && done % every === 0);
    if (wrong !== undefined) report(`seed ${seed}, input ${done}, kept as ${keep(text, channel, wrong)}`, wrong);
    // Where no terminal shows the bar, a line now and then does.
    if (!process.stderr.isTTY && done > 0 && done % 100_000 === 0) {
      console.log(`fuzz: ${done} inputs, ${elapsed().toFixed(0)} s, ${failures} failures`);
    }
    if (done % 1000 === 0) bar.update(done, { rate: Math.round(done / Math.max(elapsed(), 0.001)), failures });
  }
  bar.stop();
  await watchdog.stop();
  const took = elapsed();
  console.log(
    [
      `fuzz: ${done} inputs (${(units / 1e6).toFixed(1)} million code units) in ${took.toFixed(0)} s, ${compared} compared with the reference engine, ${allChecks.map(([name]) => name).join(' and ')} weights`,
      `slowest scan ${slowestMs.toFixed(1)} ms, ${failures} failures`,
      `Node ${process.version}, ${cpus()[0]?.model.trim()}`,
    ].join('\n'),
  );
}
