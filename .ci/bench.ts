/**
 * Runs the benchmarks, each in a process of its own so that none warms up another.
 *
 *   npm run bench [-- NAME…]      only files whose name contains a NAME
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SUFFIX = '.bench.ts';

const names = process.argv.slice(2);
const all = readdirSync(join(ROOT, 'test/bench'))
  .filter((file) => file.endsWith(SUFFIX))
  .sort();
const chosen = all.filter((file) => names.length === 0 || names.some((name) => file.includes(name)));
if (chosen.length === 0) {
  const known = all.map((file) => file.slice(0, -SUFFIX.length)).join(', ');
  throw new Error(`bench: no benchmark is named ${names.join(' or ')}; there are ${known || 'none'}`);
}

let failed = 0;
for (const file of chosen) {
  console.log(`\n# ${file.slice(0, -SUFFIX.length)}`);
  const { status } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', join('test/bench', file)], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (status !== 0) failed++;
}
process.exitCode = failed > 0 ? 1 : 0;
