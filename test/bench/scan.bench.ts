/**
 * The whole of tier 1: a string into `firewall.scan`, a scan out.
 *
 * The reference engine and a naive guard (a dozen regular expressions over the
 * normalized text, no model) run beside it. Then long and adversarial texts, to see
 * that time grows no faster than the text.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { buildPack, readTrained } from '../../models/build-pack.ts';
import type { Firewall } from '../../src/firewall.ts';
import { openFirewall, randomPack } from '../engine/harness/engines.ts';
import { LOADS, LONG } from './loads.ts';
import { measure, record, type Timing, table } from './measure.ts';

const TRAINED = existsSync(join(import.meta.dirname, '../../models/weights/manifest.json'));
const WINDOWS = 61;
const CALLS = 3000;
/** The reference engine's: it is slower. */
const SLOW_CALLS = 200;

/** Microseconds; the targets are stated for an idle machine. */
const TARGETS: Readonly<Record<number, number>> = { 200: 30, 2000: 200 };
const TARGET_P99 = 500;

const NAIVE = [
  /(ignore|disregard|forget)\s+(all\s+|any\s+)?(the\s+|your\s+)?(previous|prior|above|earlier)/i,
  /(reveal|show|print|repeat)\s+(me\s+)?(your|the)\s+(system\s+)?(prompt|instructions)/i,
  /you\s+are\s+now\s+\w+/i,
  /\bact\s+as\b/i,
  /\bpretend\s+(to\s+be|you)/i,
  /\bDAN\b/,
  /\bjailbreak/i,
  /without\s+(any\s+)?restrictions/i,
  /<\|im_start\|>|\[INST\]|###\s*system/i,
  /developer\s+mode/i,
  /do\s+anything\s+now/i,
  /!\[[^\]]*\]\(https?:/i,
];

function naive(text: string): number {
  const plain = text.normalize('NFKC');
  let hits = 0;
  for (const pattern of NAIVE) if (pattern.test(plain)) hits++;
  return hits;
}

// One compiled pack for both, the trained one where there is one.
const bytes = TRAINED ? buildPack(readTrained()) : randomPack();
const wasm = await openFirewall('wasm', bytes);
const reference = await openFirewall('reference', bytes);

function checked(name: string, text: string): void {
  const said = (firewall: Firewall): string => {
    const { findings, score, degraded } = firewall.scan(text);
    return JSON.stringify({ findings, score, degraded });
  };
  if (said(wasm) !== said(reference))
    throw new Error(`bench ${name}: the engines differ: ${said(wasm)} and ${said(reference)}`);
}

const flat = (firewall: Firewall, text: string): number => {
  const { score, findings } = firewall.scan(text);
  return findings.length + (score > 0.5 ? 1 : 0);
};

const us = (value: number): string => value.toFixed(value < 100 ? 1 : 0);

// --- short texts --------------------------------------------------------------------------------------------

interface Row {
  readonly load: string;
  readonly units: number;
  readonly wasm: Timing;
  readonly reference: Timing;
  readonly naive: Timing;
}

const rows: Row[] = [];
for (const units of [200, 2000]) {
  for (const { name, attack, texts } of LOADS) {
    const all = texts(units, WINDOWS);
    for (const text of all) checked(name, text);
    const found = all.filter((text) => wasm.scan(text).findings.some(({ id }) => id.startsWith('patterns/'))).length;
    if (attack && found < all.length / 2) throw new Error(`bench ${name}: rules hit ${found} of ${all.length} texts`);
    const text = (i: number): string => all[i % WINDOWS]!;
    const timings = measure([
      { name: 'wasm', calls: CALLS, run: (i) => flat(wasm, text(i)) },
      { name: 'reference', calls: SLOW_CALLS, run: (i) => flat(reference, text(i)) },
      { name: 'naive', calls: CALLS, run: (i) => naive(text(i)) },
    ]);
    rows.push({ load: name, units, ...timings });
  }
}

console.log(`string in, scan out; µs; ${TRAINED ? 'trained' : 'random'} weights\n`);
table([
  ['text', 'units', 'wasm', 'p99', 'reference', 'p99', 'naive', 'p99', 'target'],
  ...rows.map(({ load, units, wasm: w, reference: r, naive: n }) => [
    load,
    String(units),
    ...[us(w.median), us(w.p99), us(r.median), us(r.p99), us(n.median), us(n.p99)],
    `${TARGETS[units]} / ${TARGET_P99}`,
  ]),
]);

// --- long texts ---------------------------------------------------------------------------------------------

const SIZES = [10_000, 100_000, 1_000_000, 10_000_000];

interface Growth {
  readonly load: string;
  /** Nanoseconds per UTF-16 code unit, by size. */
  readonly nsPerUnit: readonly number[];
}

/** The fastest of several scans: whatever else the machine does only ever adds. */
function nsPerUnit(text: string): number {
  const times: number[] = [];
  const began = performance.now();
  while (times.length < 3 || (times.length < 200 && performance.now() - began < 300)) {
    const start = performance.now();
    flat(wasm, text);
    times.push(performance.now() - start);
    if (performance.now() - began > 3000) break;
  }
  return (Math.min(...times) * 1e6) / text.length;
}

const growth: Growth[] = [];
for (const { name, text } of LONG) {
  checked(name, text(10_000));
  growth.push({ load: name, nsPerUnit: SIZES.map((size) => nsPerUnit(text(size))) });
}

console.log('\ngrowth; ns per UTF-16 code unit\n');
table([
  ['text', '10 k', '100 k', '1 M', '10 M', '10 M / 10 k', '10 M in ms'],
  ...growth.map(({ load, nsPerUnit: ns }) => [
    load,
    ...ns.map((value) => value.toFixed(1)),
    (ns[3]! / ns[0]!).toFixed(2),
    (ns[3]! * 10).toFixed(0),
  ]),
]);

record('scan', {
  weights: TRAINED ? 'trained' : 'random',
  calls: CALLS,
  microseconds: rows,
  growth: { sizes: SIZES, rows: growth },
});
