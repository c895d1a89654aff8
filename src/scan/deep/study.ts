/**
 * A text read without haste: every window and every decoded view, whatever tier 1 thinks of them, by both heads. What
 * was read becomes a short row of numbers that `stacker.ts` weighs.
 *
 * @module
 */
import type { Channel } from '../../types.ts';
import type { ScannerModels } from '../scanner.ts';
import { headName } from '../transformer/cascade.ts';
import { passagesOf } from '../transformer/passages.ts';
import type { Piece, Reader, Reading } from '../transformer/reader.ts';

/** Windows of one text, decoded ones included, above which there is no verdict: some 45,000 tokens. */
const MOST_WINDOWS = 512;
/** Log-odds are cut here. */
const BOUND = 12;

/** What `stacker.ts` weighs, in this order, log-odds. */
export const FEATURES = [
  'worst', // largest of all windows and decoded views, of the channel's own head
  'plain', // largest of the text's windows as they stand
  'other', // largest of all by the other head
] as const;

export type FeatureName = (typeof FEATURES)[number];

export interface Asked {
  readonly text: string;
  readonly channel: Channel;
  /** HEAD_USER or HEAD_DATA. */
  readonly head: number;
}

/**
 * @returns in the order of FEATURES; `undefined` where the text cannot be read as a whole: nothing in it to read, too
 *   much of it, a full queue, or `stop`
 * @throws {Error} when the model or the worker it runs in fails
 * @complexity one run of the model per window
 */
export async function study(
  models: ScannerModels,
  reader: Reader,
  { text, channel, head }: Asked,
  stop: AbortSignal,
): Promise<number[] | undefined> {
  const { passages } = passagesOf(models, text, channel, head);
  const [plain = [], ...decoded] = passages.map((passage) => reader.cut(passage.text));
  const pieces = [...plain, ...decoded.flat()];
  if (plain.length === 0 || pieces.length > MOST_WINDOWS) return undefined;
  const readings = await readAll(reader, pieces, stop);
  if (readings === undefined) return undefined;
  const own = headName(head);
  const other = own === 'user' ? 'data' : 'user';
  const features: Readonly<Record<FeatureName, number>> = {
    worst: Math.max(...readings.map((reading) => reading[own])),
    plain: Math.max(...readings.slice(0, plain.length).map((reading) => reading[own])),
    other: Math.max(...readings.map((reading) => reading[other])),
  };
  return FEATURES.map((name) => Math.min(BOUND, Math.max(-BOUND, features[name])));
}

/** One after another, so that requests which wait come first; `undefined` when one was not read. */
async function readAll(reader: Reader, pieces: readonly Piece[], stop: AbortSignal): Promise<Reading[] | undefined> {
  const readings: Reading[] = [];
  for (const piece of pieces) {
    const reading = stop.aborted ? 'stopped' : await reader.read(piece, stop);
    if (typeof reading === 'string') return undefined;
    readings.push(reading);
  }
  return readings;
}
