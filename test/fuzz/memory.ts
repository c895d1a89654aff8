/**
 * Scans for a long time and watches memory: the heap and linear memory must end where they began.
 *
 *   npm run fuzz:memory [-- --count N]      default 1,000,000; needs --expose-gc
 *
 * The exit status is 1 when the heap's floor rises by more than `ALLOWED_BYTES` from
 * the first tenth to the last.
 *
 * @module
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { openEngines } from '../engine/harness/engines.ts';
import { channelOf, createChecks } from './checks.ts';
import { createInputs } from './inputs.ts';

const SAMPLES = 10;
const ALLOWED_BYTES = 1 << 20;
/** Inputs made beforehand and scanned in turn, so that making them does not disturb the heap. */
const POOL = 2000;
const SEED = 1;

const { values } = parseArgs({ options: { count: { type: 'string', default: '1000000' } } });
const count = Number(values.count);
if (!(count >= SAMPLES)) throw new Error(`memory: --count must be at least ${SAMPLES}; got "${values.count}"`);
const { gc } = globalThis;
if (gc === undefined) throw new Error('memory: expected node --expose-gc');

const engines = openEngines();
const checks = createChecks(engines);
const inputs = createInputs(SEED);
const pool = Array.from({ length: POOL }, (_, i) => inputs(i));

function heap(): number {
  gc!();
  gc!();
  return process.memoryUsage().heapUsed;
}

function scans(from: number, to: number): void {
  for (let i = from; i < to; i++) {
    const wrong = checks.scan(pool[i % POOL]!, channelOf(i));
    if (wrong !== undefined) throw new Error(`memory: input ${i % POOL} of seed ${SEED}: ${wrong}`);
  }
}

scans(0, POOL); // compiles and fills caches
const linear = engines.memoryBytes();
const floors: number[] = [];
const began = performance.now();
for (let sample = 0; sample < SAMPLES; sample++) {
  scans(Math.floor((sample * count) / SAMPLES), Math.floor(((sample + 1) * count) / SAMPLES));
  floors.push(heap());
  const mb = (bytes: number): string => (bytes / 1048576).toFixed(2);
  const done = Math.floor(((sample + 1) * count) / SAMPLES);
  console.log(
    `${done} scans: heap ${mb(floors[sample]!)} MiB, linear memory ${mb(engines.memoryBytes())} MiB, resident ${mb(process.memoryUsage().rss)} MiB`,
  );
}
const rise = floors[SAMPLES - 1]! - floors[0]!;
const flat = rise <= ALLOWED_BYTES && engines.memoryBytes() === linear;
console.log(
  `memory: ${flat ? 'flat' : 'GROWS'}, heap ${rise >= 0 ? '+' : ''}${rise} bytes from the first tenth to the last, ${((performance.now() - began) / 1000).toFixed(0)} s, Node ${process.version}, ${cpus()[0]?.model.trim()}`,
);
process.exitCode = flat ? 0 : 1;
