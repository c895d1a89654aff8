/**
 * What the benchmarks share: timing variants side by side, the machine's name, dated records.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

const RECORDS = join(import.meta.dirname, 'records');

export interface Timing {
  /** Microseconds of one call. */
  readonly median: number;
  readonly p99: number;
}

export interface Variant {
  readonly name: string;
  /** Measured calls; a tenth as many warm up. Slow variants need fewer. */
  readonly calls: number;
  /** One call on the `i`th of the texts; what it returns is used, so that no engine may skip the work. */
  run(i: number): number;
}

const ROUNDS = 20;
let sink = 0;

/** @returns the value at share `q` of ascending `sorted` */
function quantile(sorted: Float64Array, q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;
}

/**
 * Times every call of every variant. They take turns in short rounds, so that a slow moment of the machine meets all of them.
 */
export function measure<Name extends string>(
  variants: readonly (Variant & { readonly name: Name })[],
): Record<Name, Timing> {
  for (const { calls, run } of variants) {
    for (let i = 0; i < Math.ceil(calls / 10); i++) sink = (sink + run(i)) | 0;
  }
  const times = variants.map(({ calls }) => new Float64Array(calls));
  for (let turn = 0; turn < ROUNDS; turn++) {
    variants.forEach(({ calls, run }, v) => {
      const to = Math.floor(((turn + 1) * calls) / ROUNDS);
      for (let i = Math.floor((turn * calls) / ROUNDS); i < to; i++) {
        const began = performance.now();
        sink = (sink + run(i)) | 0;
        times[v]![i] = (performance.now() - began) * 1000;
      }
    });
  }
  const entries = variants.map(({ name }, v): [string, Timing] => {
    const sorted = times[v]!.sort();
    return [name, { median: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) }];
  });
  return Object.fromEntries(entries) as Record<Name, Timing>;
}

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly node: string;
  readonly commit: string;
  /** ISO 8601, UTC. */
  readonly date: string;
}

function git(...args: string[]): string {
  try {
    return execFileSync('git', args, {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

export function machine(): Machine {
  const processors = cpus();
  const commit = git('rev-parse', '--short', 'HEAD') || 'unknown';
  return {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    node: process.version,
    commit: git('status', '--porcelain', '--', 'src', 'wasm', 'models') === '' ? commit : `${commit}, changed`,
    date: new Date().toISOString(),
  };
}

/** Writes `records/DATE-NAME.json`; a second run of a day replaces the first. */
export function record(name: string, results: unknown): void {
  const on = machine();
  mkdirSync(RECORDS, { recursive: true });
  const file = join(RECORDS, `${on.date.slice(0, 10)}-${name}.json`);
  writeFileSync(file, `${JSON.stringify({ name, machine: on, results }, round, 2)}\n`);
  console.log(`\n${on.cpu}, ${on.cores} cores, Node ${on.node}, commit ${on.commit}`);
}

function round(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}

/** Prints rows in columns, the first to the left and the others to the right. */
export function table(rows: readonly (readonly string[])[]): void {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  for (const row of rows) {
    console.log(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  '));
  }
}
