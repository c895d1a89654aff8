/**
 * Trains the tagger of names: from nothing to `models/weights/names`, in some two minutes and 1 GB of memory.
 *
 *   npm run train:names -- [--data DIR] [--count N] [--epochs N]
 *
 * `DIR/train` brings harmless texts to learn from what no name is; without it generated sentences alone do. What is made
 * on the way stays in `.cache/names`, the Python environment in `.cache/python`. Run again, it writes the same bytes.
 * `npm run eval:names` measures.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '../../..');
const HERE = import.meta.dirname;
const CACHE = join(ROOT, '.cache/names');
const PYTHON_HOME = join(ROOT, '.cache/python');
const PYTHON = join(PYTHON_HOME, 'bin/python');

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: join(ROOT, '../shared/data') },
    count: { type: 'string', default: '90000' },
    epochs: { type: 'string', default: '3' },
  },
});

function run(command: string, args: readonly string[]): void {
  // Faker's lists of towns are made of sets: the same order in each run.
  const env = { ...process.env, PYTHONHASHSEED: '0' };
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', env });
  if (status !== 0)
    throw new Error(`train:names: expected ${command} ${args[0] ?? ''} to succeed; got exit status ${status}.`);
}

const python = (script: string, ...args: string[]): void => run(PYTHON, [join(HERE, script), ...args]);
const node = (script: string, ...args: string[]): void =>
  run(process.execPath, ['--import', 'tsx', join(HERE, script), ...args]);

const ready = join(PYTHON_HOME, 'ready-names');
if (!existsSync(ready)) {
  if (!existsSync(PYTHON)) run('python3', ['-m', 'venv', PYTHON_HOME]);
  run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--requirement', join(HERE, 'requirements.txt')]);
  writeFileSync(ready, '');
}
python('generate.py', CACHE, '--count', options.count);
node('rows.ts', CACHE, resolve(options.data));
python('train.py', CACHE, '--epochs', options.epochs);
node('pack.ts', CACHE, join(ROOT, 'models/weights/names'));
