/**
 * The steps that train tier 2, in order: see `README.md`.
 *
 * @module
 */
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Step, Tools } from '../train.ts';

/** The folds left out in turn, two hours each. More of them make the operating points firmer. */
const ROTATIONS = [0];
/** The layers of the pretrained encoder that stay. */
const LAYERS = '0,1,3,5';

/**
 * @param root the repository
 * @param python the home of the Python environment
 * @param tier1 the cache of tier 1's training, which comes first: rows and out-of-fold margins are shared
 */
export function tier2Steps(root: string, python: string, tier1: string, tools: Tools): readonly Step[] {
  const cache = join(root, '.cache/tier2');
  mkdirSync(cache, { recursive: true });
  const cached = (name: string): string => join(cache, name);
  const out = join(root, 'models/weights/tier2');
  const rows = join(tier1, 'made.jsonl');
  const composed = join(tier1, 'composed.jsonl');
  const vocabulary = cached('vocab.txt');
  const examples = cached('examples.npz');
  const script = (name: string, ...args: string[]): void => tools.python(`tier2/${name}`, ...args);
  /** On two processes, one thread each: see `together.py`. */
  const together = (name: string, ...args: string[]): void => {
    if (!existsSync(rows)) throw new Error(`train: expected ${rows}, which tier 1's training makes; run it first.`);
    tools.run(join(python, 'bin/torchrun'), ['--nproc-per-node', '2', join(root, 'models/train/tier2', name), ...args]);
  };
  const tune = (start: string, fold: number, tokens: number, file: string): void =>
    together('tune.py', examples, vocabulary, cached(start), file, '--fold', `${fold}`, '--tokens', `${tokens}`);

  return [
    {
      name: 'python-tier2',
      makes: join(python, 'ready-tier2'),
      run: () => tools.packages('tier2/requirements.txt', 'ready-tier2'),
    },
    {
      name: 'vocabulary',
      makes: vocabulary,
      run: () => script('vocabulary.py', rows, vocabulary),
    },
    {
      name: 'examples',
      makes: examples,
      run: () => script('examples.py', vocabulary, examples, tier1, rows, composed),
    },
    {
      name: 'shrunk',
      makes: cached('shrunk.pt'),
      run: () => together('shrink.py', rows, LAYERS, cached('shrunk.pt')),
    },
    {
      name: 'start',
      makes: cached('start.pt'),
      run: () => script('start.py', cached('shrunk.pt'), vocabulary, cached('start.pt')),
    },
    ...ROTATIONS.flatMap((fold) => [
      {
        name: `rotation-${fold}`,
        makes: cached(`rotation-${fold}.pt`),
        run: () => tune('start.pt', fold, ROTATION_TOKENS, cached(`rotation-${fold}.pt`)),
      },
      {
        name: `scores-${fold}`,
        makes: cached(`scores-${fold}.npz`),
        run() {
          // Judged as it ships, in eight bits.
          const model = cached(`rotation-${fold}.onnx`);
          script('export.py', cached(`rotation-${fold}.pt`), model);
          script('score.py', examples, vocabulary, model, cached(`scores-${fold}.npz`), '--fold', `${fold}`);
        },
      },
    ]),
    {
      name: 'detector',
      makes: cached('detector.pt'),
      run: () => tune(`rotation-${ROTATIONS[0]}.pt`, -1, DETECTOR_TOKENS, cached('detector.pt')),
    },
    {
      name: 'onnx',
      makes: cached('model.onnx'),
      run: () => script('export.py', cached('detector.pt'), cached('model.onnx')),
    },
    {
      name: 'weighed',
      makes: cached('weighed'),
      run() {
        mkdirSync(out, { recursive: true });
        copyFileSync(cached('model.onnx'), join(out, 'model.onnx'));
        copyFileSync(vocabulary, join(out, 'vocab.txt'));
        script(
          'weigh.py',
          examples,
          tier1,
          join(tier1, 'rows.jsonl'),
          out,
          ...ROTATIONS.map((fold) => cached(`scores-${fold}.npz`)),
        );
        writeFileSync(cached('weighed'), '');
      },
    },
  ];
}

/** Millions of tokens a rotation sees. */
const ROTATION_TOKENS = 46;
/** More for the model that ships, which begins as the first rotation and sees the sources left out there too. */
const DETECTOR_TOKENS = 16;
