/**
 * What `npm run eval -- …` runs: a measurement of this repository by its name, or the command line's on any file.
 *
 *   npm run eval -- pii [options]          as `npm run eval:pii -- [options]`
 *   npm run eval -- FILE.jsonl… [options]  as `edgeward eval FILE.jsonl… [options]`
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const [first = '', ...rest] = process.argv.slice(2);
const part = join(ROOT, 'models/eval', `${first}.ts`);
const isPart = /^[a-z-]+$/.test(first) && existsSync(part) && !existsSync(first);
const args = isPart
  ? ['--import', 'tsx', part, ...rest]
  : [join(ROOT, 'dist/cli.js'), 'eval', ...process.argv.slice(2)];
process.exitCode = spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1;
