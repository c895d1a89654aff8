/**
 * A text read without haste: every window, every decoded view, and the worst stretch once more cut in other ways. What
 * was read becomes a short row of numbers that `stacker.ts` weighs.
 *
 * @module
 */

import { blockEnd } from '../../text/blocks.ts';
import type { Channel, Span } from '../../types.ts';
import type { ScannerModels } from '../scanner.ts';
import { CHANNEL_BITS } from '../scanner.ts';
import { headName } from '../transformer/cascade.ts';
import { passagesOf } from '../transformer/passages.ts';
import type { HeadName, Piece, Reader, Reading } from '../transformer/reader.ts';
import { halvesOf, sentencesOf, withoutQuotes, withoutSpans } from './segments.ts';

/** Windows of one text, decoded ones included, above which there is no verdict: some 45,000 tokens. */
const MOST_WINDOWS = 512;
const MOST_SENTENCES = 12;
/** Log-odds that stand for what was not there to read, and the bounds of all others. */
const NOTHING = -8;
const BOUND = 12;

/** What `stacker.ts` weighs, in this order. Log-odds unless said otherwise; those of the channel's own head, unless `other`. */
export const FEATURES = [
  'tier1', // tier 1's own
  'worst', // largest of all windows and views
  'other', // the other head's largest
  'plain', // largest of the text's windows as they stand
  'second', // second largest of these; the largest where there is but one
  'mean', // mean of these
  'decoded', // largest of decoded views
  'firstHalf',
  'secondHalf',
  'sentence', // largest of the worst window's sentences
  'sentenceMean',
  'sentencesBad', // share of these above 0
  'unquoted', // the worst window without what it quotes, less the worst window
  'marked', // what the token head marks, read alone
  'unmarked', // the worst window without it, less the worst window
  'tokenMax', // largest logit of a token
  'tokenShare', // share of the worst window's tokens that are marked
  'tokenTop', // mean of the ten largest
  'rules', // logarithm of one more than the rules that hit the worst stretch
  'contexts', // the same of rules that speak of harmless surroundings
  'length', // natural logarithm of UTF-16 units
  'windows', // natural logarithm of their number
] as const;

export type FeatureName = (typeof FEATURES)[number];

export interface Asked {
  readonly text: string;
  readonly channel: Channel;
  /** HEAD_USER or HEAD_DATA. */
  readonly head: number;
  /** Tier 1's log-odds. */
  readonly tier1: number;
}

/**
 * @returns in the order of FEATURES; `undefined` where the text cannot be read as a whole: nothing in it to read, too
 *   much of it, a full queue, or `stop`
 * @throws {Error} when the model or the worker it runs in fails
 * @complexity one run of the model per window, and some twenty more
 */
export async function study(
  models: ScannerModels,
  reader: Reader,
  { text, channel, head, tier1 }: Asked,
  stop: AbortSignal,
): Promise<number[] | undefined> {
  const own = headName(head);
  const other: HeadName = own === 'user' ? 'data' : 'user';
  const { passages } = passagesOf(models, text, channel, head);
  const [plain, ...decoded] = passages.map((passage) => reader.cut(passage.text));
  if (plain === undefined || plain.length + decoded.flat().length > MOST_WINDOWS) return undefined;
  const readings = await readAll(reader, plain, stop);
  const decodedReadings = await readAll(reader, decoded.flat(), stop);
  if (readings === undefined || decodedReadings === undefined || readings.length === 0) return undefined;

  const logits = readings.map((reading) => reading[own]);
  const at = logits.indexOf(Math.max(...logits));
  const [piece, reading] = [plain[at]!, readings[at]!];
  const worstPlain = reading[own];
  const stretch = text.slice(piece.start, piece.end);
  const marks = markedSpans(reader, piece, reading);
  const largest = async (part: string | undefined): Promise<number | undefined | 'unread'> => {
    if (part === undefined || part.trim() === '') return undefined;
    const said = await readAll(reader, reader.cut(part), stop);
    if (said === undefined) return 'unread';
    return said.length === 0 ? undefined : Math.max(...said.map((one) => one[own]));
  };
  const sentences = sentencesOf(stretch, MOST_SENTENCES);
  const parts = [
    ...halvesOf(stretch),
    withoutQuotes(stretch),
    marks.length === 0 ? undefined : marks.map(({ start, end }) => text.slice(start, end)).join(' '),
    marks.length === 0
      ? undefined
      : withoutSpans(
          stretch,
          marks.map(({ start, end }) => ({ start: start - piece.start, end: end - piece.start })),
        ),
    ...(sentences.length > 1 ? sentences : []),
  ];
  const said: (number | undefined)[] = [];
  for (const part of parts) {
    const one = await largest(part);
    if (one === 'unread') return undefined;
    said.push(one);
  }
  const [firstHalf, secondHalf, unquoted, marked, unmarked, ...bySentence] = said;
  const spoken = bySentence.filter((one) => one !== undefined);
  const tokens = [...(reading.tokens ?? [])].sort((a, b) => b - a);
  const all = [...readings, ...decodedReadings];
  const hits = rulesHit(models, stretch, channel, head);
  const features: Readonly<Record<FeatureName, number>> = {
    tier1,
    worst: Math.max(...all.map((one) => one[own])),
    other: Math.max(...all.map((one) => one[other])),
    plain: worstPlain,
    second: logits.toSorted((a, b) => b - a)[1] ?? worstPlain,
    mean: mean(logits),
    decoded: decodedReadings.reduce((most, one) => Math.max(most, one[own]), NOTHING),
    firstHalf: firstHalf ?? worstPlain,
    secondHalf: secondHalf ?? worstPlain,
    sentence: spoken.length === 0 ? worstPlain : Math.max(...spoken),
    sentenceMean: spoken.length === 0 ? worstPlain : mean(spoken),
    sentencesBad: spoken.length === 0 ? Number(worstPlain > 0) : spoken.filter((one) => one > 0).length / spoken.length,
    unquoted: (unquoted ?? worstPlain) - worstPlain,
    marked: marked ?? NOTHING,
    unmarked: (unmarked ?? worstPlain) - worstPlain,
    tokenMax: tokens[0] ?? NOTHING,
    tokenShare: tokens.length === 0 ? 0 : tokens.filter((logit) => logit > reader.spanThreshold).length / tokens.length,
    tokenTop: tokens.length === 0 ? NOTHING : mean(tokens.slice(0, 10)),
    rules: Math.log1p(hits.rules),
    contexts: Math.log1p(hits.contexts),
    length: Math.log(text.length),
    windows: Math.log(plain.length),
  };
  return FEATURES.map((name) => Math.min(BOUND, Math.max(-BOUND, features[name])));
}

/** @returns `undefined` when one was not read */
async function readAll(reader: Reader, pieces: readonly Piece[], stop: AbortSignal): Promise<Reading[] | undefined> {
  const readings: Reading[] = [];
  for (const piece of pieces) {
    const reading = stop.aborted ? 'stopped' : await reader.read(piece, stop);
    if (typeof reading === 'string') return undefined;
    readings.push(reading);
  }
  return readings;
}

/** Runs of tokens that the token head marks, in the text that was cut; sorted and apart. */
function markedSpans(reader: Reader, { tokens }: Piece, { tokens: logits }: Reading): Span[] {
  if (tokens === undefined || logits === undefined) return [];
  const spans: { start: number; end: number }[] = [];
  let open: { start: number; end: number } | undefined;
  for (const [i, logit] of logits.entries()) {
    if (!(logit > reader.spanThreshold)) open = undefined;
    else if (open !== undefined) open.end = tokens.ends[i]!;
    else {
      open = { start: tokens.starts[i]!, end: tokens.ends[i]! };
      spans.push(open);
    }
  }
  return spans;
}

/** Built-in rules that hit the beginning of a stretch, each once: those for an attack, and those for surroundings. */
function rulesHit(
  models: ScannerModels,
  stretch: string,
  channel: Channel,
  head: number,
): { readonly rules: number; readonly contexts: number } {
  const { hits } = models.engine.scan(stretch.slice(0, blockEnd(stretch, 0)), head, CHANNEL_BITS[channel]);
  const met = new Set(hits.filter(({ pack }) => pack === 0).map(({ rule }) => rule));
  const contexts = [...met].filter((rule) => models.rules[0][rule]!.family === 'context').length;
  return { rules: met.size - contexts, contexts };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
