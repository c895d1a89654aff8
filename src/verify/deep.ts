/**
 * The embedded verifier: tier 2's model without haste. How its readings are weighed is learned, see
 * `models/train/deep`.
 *
 * @module
 */
import { stack } from '../scan/deep/stacker.ts';
import { study } from '../scan/deep/study.ts';
import { headOf, type ScannerModels } from '../scan/scanner.ts';
import { headName } from '../scan/transformer/cascade.ts';
import type { Stage } from '../scan/transformer/stage.ts';
import type { Channel } from '../types.ts';
import type { Verification } from './verifier.ts';

/**
 * @returns `undefined` where tier 2 is off, failed or busy, or is a model of another make, and on channels that no model judges
 * @throws the reason of `signal`, when it aborts
 */
export async function verifyDeeply(
  models: ScannerModels,
  stage: Stage,
  { text, channel }: { readonly text: string; readonly channel: Channel },
  signal: AbortSignal = new AbortController().signal,
): Promise<Verification | undefined> {
  signal.throwIfAborted();
  const head = headOf(channel);
  if (head === undefined) return undefined;
  const reader = await stage.reader(signal);
  signal.throwIfAborted();
  if (reader === undefined || !Number.isFinite(reader.spanThreshold)) return undefined;
  const features = await study(models, reader, { text, channel, head }, signal).catch(() => undefined);
  signal.throwIfAborted();
  return features && stack(features, headName(head));
}
