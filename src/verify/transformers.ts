/**
 * A local text classifier as verifier: any model in the layout of `@xenova/transformers`, or of this package's tier 2,
 * in worker threads of its own.
 *
 * @module
 */

import { FirewallError, show } from '../errors.ts';
import { logistic } from '../scan/calibrate.ts';
import { resolveOptions, type TransformerOptions } from '../scan/transformer/options.ts';
import type { Open, Opened } from '../scan/transformer/stage.ts';
import type { Verifier } from './verifier.ts';

export interface TransformersOptions
  extends Required<Pick<TransformerOptions, 'model'>>,
    Pick<TransformerOptions, 'labels' | 'workers' | 'maxQueue'> {
  /** Probability from which a text counts as an attack. Defaults to 0.5. */
  readonly threshold?: number;
  /** Pieces of one text, of some 1,200 UTF-16 units each, above which there is no verdict. Defaults to 64. */
  readonly maxPieces?: number;
}

/**
 * Loads the model first: resolves when it is warm.
 *
 * @throws {FirewallError} `FW_OPTIONS` when an option or a label is wrong, `FW_MODEL` when files are missing
 * @throws {Error} of the library's own when the model cannot be loaded
 */
export async function openTransformersVerifier(open: Open, options: TransformersOptions): Promise<Verifier> {
  const { threshold = 0.5, maxPieces = 64, ...rest } = options;
  if (!(typeof threshold === 'number' && threshold >= 0 && threshold <= 1))
    throw wrong('threshold', 'a number in [0, 1]', threshold);
  if (!(Number.isInteger(maxPieces) && maxPieces >= 1)) throw wrong('maxPieces', 'a whole number from 1 on', maxPieces);
  if (typeof rest.model !== 'string') throw wrong('model', 'the folder or the id of a model', rest.model);
  const opened = await open(resolveOptions({ workers: 1, ...rest })!);
  if ('absent' in opened) throw new FirewallError('FW_MODEL', `transformersVerifier: ${opened.absent}`);
  await opened.warm.catch((error: unknown) => {
    opened.dispose();
    throw error;
  });
  return verifierOf(opened, threshold, maxPieces);
}

function verifierOf({ reader, dispose }: Opened, threshold: number, maxPieces: number): Verifier {
  return {
    name: 'transformers',
    async verify({ text, channel, signal = new AbortController().signal }) {
      signal.throwIfAborted();
      if (channel === 'system' || channel === 'model' || text.trim() === '') return undefined;
      const pieces = reader.cut(text);
      if (pieces.length === 0 || pieces.length > maxPieces) return undefined;
      let worst = Number.NEGATIVE_INFINITY;
      for (const piece of pieces) {
        const reading = await reader.read(piece, signal).catch(() => 'failed' as const);
        signal.throwIfAborted();
        if (typeof reading === 'string') return undefined;
        worst = Math.max(worst, channel === 'user' ? reading.user : reading.data);
      }
      const score = logistic(worst);
      const attack = score >= threshold;
      return { attack, score, reason: attack ? 'transformers/attack' : 'transformers/harmless' };
    },
    async close() {
      dispose();
    },
  };
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `transformersVerifier: ${path} must be ${expected}; got ${show(got)}`);
}
