/**
 * The golden rows of tier 2: texts of our own and what the shipped model says of them, to compare every runtime with.
 *
 *     tsx test/conformance/golden.ts TEXTS.jsonl
 *
 * Runs the built package (`dist/`) with one thread.
 *
 * @module
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { createFirewall } from 'edgeward';
import { type GoldenRow, inspectAll } from './tier2.ts';

const OUT = join(import.meta.dirname, '../../models/weights/tier2/golden.json');
/** One text in so many becomes a golden row. */
const EVERY = 331;

interface Text {
  readonly text: string;
  readonly channel: 'user' | 'data' | 'both';
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('golden: expected TEXTS.jsonl, as texts.py writes it; got no argument.');
const firewall = await createFirewall({ transformer: { backend: 'wasm', workers: 1, threads: 1 } });
await firewall.ready();
const rows: GoldenRow[] = [];
let number = 0;
for await (const line of createInterface({ input: createReadStream(path) })) {
  if (number++ % EVERY !== 0) continue;
  const { text, channel: kind } = JSON.parse(line) as Text;
  const channel = kind === 'data' ? 'tool' : 'user';
  const [verdict] = await inspectAll(firewall, [[text, channel]]);
  rows.push({ text, channel, verdict: verdict! });
}
firewall.dispose();
writeFileSync(OUT, `${JSON.stringify(rows, null, 1)}\n`);
const read = rows.filter(({ verdict }) => verdict.tier === 2).length;
console.error(`golden: ${rows.length} rows, ${read} of them read by tier 2`);
