/**
 * Trains the models: from the data folder to `models/weights/`.
 *
 *     npm run train -- [--tier 1|2] [--data DIR] [--from STEP] [--list]
 *
 * Steps leave their results in `.cache/train` and are skipped when they are there, so that a broken run goes on where
 * it stopped; `--from STEP` does that step and all later ones again. Tier 2 needs tier 1's rows and margins, so that
 * tier 1 is trained first. The first step makes a Python environment in
 * `.cache/python` from `requirements.txt`.
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ABI_VERSION } from '../../src/engine/abi.ts';
import { SCHEMA_VERSION } from '../../src/engine/schema.ts';
import { tier2Steps } from './tier2/steps.ts';

const ROOT = join(import.meta.dirname, '../..');
const HERE = import.meta.dirname;
const CACHE = join(ROOT, '.cache/train');
const PYTHON_HOME = join(ROOT, '.cache/python');
const PYTHON = join(PYTHON_HOME, 'bin/python');
const FOLDS = [0, 1, 2, 3, 4];
const HEADS = ['user', 'data'] as const;

const { values: options } = parseArgs({
  options: {
    tier: { type: 'string', default: '1' },
    data: { type: 'string', default: join(ROOT, '../shared/data') },
    from: { type: 'string' },
    list: { type: 'boolean', default: false },
  },
});
const data = resolve(options.data);

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0)
    throw new Error(
      `train: expected ${command} ${args[0] ?? ''} to succeed; got exit status ${status}. Fix it and run again: finished steps are kept.`,
    );
}

const python = (script: string, ...args: string[]): void => run(PYTHON, [join(HERE, script), ...args]);
const node = (script: string, ...args: string[]): void =>
  run(process.execPath, ['--import', 'tsx', join(HERE, script), ...args]);
const cached = (name: string): string => join(CACHE, name);

export interface Step {
  readonly name: string;
  /** What exists when the step is done. */
  readonly makes: string;
  run(): void;
}

export interface Tools {
  run(command: string, args: readonly string[]): void;
  python(script: string, ...args: string[]): void;
  /** Installs a requirements file into the Python environment and leaves a marker. */
  packages(requirements: string, marker: string): void;
}

function packages(requirements: string, marker: string): void {
  if (!existsSync(PYTHON)) run('python3', ['-m', 'venv', PYTHON_HOME]);
  run(PYTHON, ['-m', 'pip', 'install', '--quiet', '--requirement', join(HERE, requirements)]);
  writeFileSync(join(PYTHON_HOME, marker), '');
}

const MADE = cached('made.jsonl');
const TEXTS = cached('texts.jsonl');
const COMPOSED = cached('composed.jsonl');
const ROWS = cached('rows.jsonl');
const VIEWS = cached('views');

const tier1Steps: readonly Step[] = [
  {
    name: 'python',
    makes: join(PYTHON_HOME, 'ready'),
    run: () => packages('requirements.txt', 'ready'),
  },
  { name: 'engine', makes: join(ROOT, 'dist/engine.wasm'), run: () => run('npm', ['run', 'build:wasm']) },
  { name: 'sources', makes: cached('sources.jsonl'), run: () => python('prepare.py', data, cached('sources.jsonl')) },
  { name: 'generated', makes: cached('generated.jsonl'), run: () => python('generate.py', cached('generated.jsonl')) },
  {
    name: 'made',
    makes: MADE,
    run: () => node('augment.ts', cached('sources.jsonl'), cached('generated.jsonl'), MADE),
  },
  { name: 'texts', makes: TEXTS, run: () => python('texts.py', TEXTS) },
  { name: 'composed', makes: COMPOSED, run: () => python('compose.py', MADE, TEXTS, COMPOSED) },
  { name: 'rows', makes: ROWS, run: () => python('mix.py', MADE, COMPOSED, ROWS) },
  { name: 'views', makes: join(VIEWS, 'shape.json'), run: () => node('trace.ts', '--rows', ROWS, '--out', VIEWS) },
  ...HEADS.map((head) => ({
    name: `linear-${head}`,
    makes: cached(`linear-${head}.npz`),
    run: () => python('linear.py', '--head', head, '--rows', ROWS, '--views', VIEWS, '--out', CACHE),
  })),
  ...HEADS.flatMap((head) =>
    FOLDS.map((fold) => {
      const out = cached(`views-${head}-fold${fold}`);
      const linear = cached(`linear-${head}-fold${fold}.bin`);
      const args = [
        '--rows',
        ROWS,
        '--out',
        out,
        '--head',
        head,
        '--linear',
        linear,
        '--fold',
        String(fold),
        '--without-ngrams',
      ];
      return {
        name: `views-${head}-fold${fold}`,
        makes: join(out, 'shape.json'),
        run: () => node('trace.ts', ...args),
      };
    }),
  ),
  ...HEADS.map((head) => ({
    name: `forest-${head}`,
    makes: cached(`forest-${head}.npz`),
    run() {
      const views = FOLDS.map((fold) => cached(`views-${head}-fold${fold}`));
      python('forest.py', '--head', head, '--rows', ROWS, '--out', CACHE, '--views', ...views);
    },
  })),
  {
    name: 'calibration',
    makes: cached('calibrated'),
    run() {
      writeFileSync(cached('schema.json'), JSON.stringify({ abiVersion: ABI_VERSION, schemaVersion: SCHEMA_VERSION }));
      python('calibrate.py', '--rows', ROWS, '--cache', CACHE, '--data', data, '--out', join(ROOT, 'models/weights'));
      writeFileSync(cached('calibrated'), '');
    },
  },
  { name: 'golden', makes: cached('golden'), run: () => node('golden.ts') },
];

if (options.tier !== '1' && options.tier !== '2')
  throw new Error(`train: expected --tier 1 or 2; got ${options.tier}.`);
const steps = options.tier === '1' ? tier1Steps : tier2Steps(ROOT, PYTHON_HOME, CACHE, { run, python, packages });

if (options.list) {
  for (const { name, makes } of steps) console.log(`${existsSync(makes) ? 'done' : 'open'}  ${name}`);
} else {
  if (!existsSync(join(data, 'train'))) {
    throw new Error(
      `train: expected training files in ${join(data, 'train')}; the folder is absent. Pass it with --data DIR.`,
    );
  }
  mkdirSync(CACHE, { recursive: true });
  const again = steps.findIndex(({ name }) => name === options.from);
  if (options.from !== undefined && again < 0) {
    throw new Error(`train: expected --from one of ${steps.map(({ name }) => name).join(', ')}; got ${options.from}.`);
  }
  if (again >= 0) for (const { makes } of steps.slice(again)) rmSync(makes, { force: true });
  for (const step of steps) {
    if (existsSync(step.makes)) continue;
    const began = Date.now();
    console.log(`train: ${step.name}`);
    step.run();
    console.log(`train: ${step.name} took ${Math.round((Date.now() - began) / 1000)} s`);
  }
}
