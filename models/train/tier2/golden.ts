/**
 * The golden rows of tier 2: texts of our own and what the shipped model says of them, to compare every runtime with.
 *
 *     tsx models/train/tier2/golden.ts TEXTS.jsonl
 *
 * Runs the built package (`dist/`) with one thread.
 *
 * @module
 */
import { createReadStream, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Channel } from 'edgeward';
import { createFirewall } from 'edgeward';

const OUT = join(import.meta.dirname, '../../weights/tier2/golden.json');
/** One text in so many becomes a golden row. */
const EVERY = 41;

interface Text {
  readonly text: string;
  readonly channel: 'user' | 'data' | 'both';
}

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('golden: expected TEXTS.jsonl, as texts.py writes it; got no argument.');
const firewall = await createFirewall({ transformer: { backend: 'wasm', workers: 1, threads: 1 } });
await firewall.ready();
const rows: { text: string; channel: Channel; score: number; tier: number }[] = [];
let number = 0;
for await (const line of createInterface({ input: createReadStream(path) })) {
  if (number++ % EVERY !== 0) continue;
  const { text, channel: kind } = JSON.parse(line) as Text;
  const channel: Channel = kind === 'data' ? 'tool' : 'user';
  const { score, tier } = await firewall.inspect(text, { channel });
  rows.push({ text, channel, score: Number(score.toFixed(6)), tier });
}
firewall.dispose();
writeFileSync(OUT, `${JSON.stringify(rows, null, 1)}\n`);
console.error(`golden: ${rows.length} rows, ${rows.filter(({ tier }) => tier === 2).length} of them read by tier 2`);
