/**
 * Tier 2 on one text: which pieces the model reads, in what order, and what their readings make of tier 1's verdict.
 *
 * @module
 */
import { HEAD_USER } from '../../engine/abi.ts';
import type { Channel, Decoder, Finding, Span } from '../../types.ts';
import { MODEL_FINDING, type ScannerModels, scanText, type Tier1 } from '../scanner.ts';
import { type Passage, passagesOf } from './passages.ts';
import type { HeadName, Missed, Piece, Reader, Reading } from './reader.ts';

export interface Tier2 {
  readonly findings: readonly Finding[];
  readonly score: number;
  /** Pieces the model has read. */
  readonly read: number;
  /** Where pieces stand that it should have read and has not; sorted, merged. */
  readonly unseen: readonly Span[];
}

export interface Budget {
  /** Pieces to read at most. */
  readonly maxWindows: number;
  /** Pieces of one text under way at once. */
  readonly atOnce: number;
  /** Ends the reading: what is not read by then stays unseen. */
  readonly stop: AbortSignal;
}

/** Probabilities nearer to 0 or 1 than this count as this near, so that logits stay finite. */
const CERTAIN = 1e-6;

/** The name a head has in a transformer's manifest and in findings. */
export function headName(head: number): HeadName {
  return head === HEAD_USER ? 'user' : 'data';
}

/** Log-odds of a probability, within ±13.8. */
export function logitOf(probability: number): number {
  const p = Math.min(1 - CERTAIN, Math.max(CERTAIN, probability));
  return Math.log(p / (1 - p));
}

/** True where tier 1 may answer alone. */
export function isSettled(reader: Reader, head: number, { modelScore }: Tier1): boolean {
  const { below, above } = reader.heads[headName(head)].settle;
  const logit = logitOf(modelScore);
  return logit < below || logit > above;
}

/** One piece of one passage, waiting. */
interface Ask {
  readonly passage: Passage;
  readonly piece: Piece;
  /** Tier 1's log-odds: the worst are read first. */
  readonly worry: number;
}

interface Answer extends Ask {
  readonly reading: Reading;
}

/**
 * @param tier1 what tier 1 said of the same text
 * @returns tier 1's own score, and everything unseen, where no piece could be read
 * @throws {Error} when the model or the worker it runs in fails
 */
export async function readText(
  models: ScannerModels,
  reader: Reader,
  { text, channel, head }: { readonly text: string; readonly channel: Channel; readonly head: number },
  tier1: Tier1,
  budget: Budget,
): Promise<Tier2> {
  const asks = asksOf(models, reader, text, channel, head);
  const { answers, missed } = await readAll(reader, asks, budget);
  const unseen = merged(missed.map(({ passage, piece }) => spanOf(passage, piece)));
  const name = headName(head);
  const [worst] = answers.toSorted((a, b) => b.reading[name] - a.reading[name]);
  if (worst === undefined) return { findings: [], score: tier1.score, read: 0, unseen };

  const combined = reader.heads[name].combine(logitOf(tier1.modelScore), worst.reading[name]);
  // The caller's own rules speak for themselves: no model may overrule them.
  const score = tier1.score > tier1.modelScore ? Math.max(combined, tier1.score) : combined;
  const findings = combined < MODEL_FINDING ? [] : [findingOf(reader, name, worst, answers, combined)];
  return { findings, score, read: answers.length, unseen };
}

/** The pieces tier 1 has not cleared, worst first; the worst one is always among them. */
function asksOf(models: ScannerModels, reader: Reader, text: string, channel: Channel, head: number): Ask[] {
  const { below } = reader.heads[headName(head)].settle;
  const { passages, blocks } = passagesOf(models, text, channel, head);
  const open = blocks.filter(({ score }) => logitOf(score) >= below);
  const asks = passages.flatMap((passage): Ask[] => {
    const pieces = reader.cut(passage.text);
    if (passage.score !== undefined) {
      const worry = logitOf(passage.score);
      return pieces.map((piece) => ({ passage, piece, worry }));
    }
    if (pieces.length === 1) return [{ passage, piece: pieces[0]!, worry: Number.POSITIVE_INFINITY }];
    return pieces
      .filter((piece) => open.some(({ start, end }) => start < piece.end && piece.start < end))
      .map((piece) => {
        const { modelScore } = scanText(models, text.slice(piece.start, piece.end), channel);
        return { passage, piece, worry: logitOf(modelScore) };
      });
  });
  asks.sort((a, b) => b.worry - a.worry);
  return asks.filter(({ worry }, i) => i === 0 || worry >= below);
}

/** Reads within the budget, a few pieces at once, so that a long text leaves room for others. */
async function readAll(
  reader: Reader,
  asks: readonly Ask[],
  { maxWindows, atOnce, stop }: Budget,
): Promise<{ readonly answers: readonly Answer[]; readonly missed: readonly Ask[] }> {
  const answers: Answer[] = [];
  const missed: Ask[] = asks.slice(maxWindows);
  const queue = asks.slice(0, maxWindows);
  let refused: Missed | undefined;
  async function lane(): Promise<void> {
    for (let ask = queue.shift(); ask !== undefined; ask = queue.shift()) {
      const reading = refused ?? (stop.aborted ? 'stopped' : await reader.read(ask.piece, stop));
      if (typeof reading === 'string') {
        refused = reading;
        missed.push(ask);
      } else answers.push({ ...ask, reading });
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, lane));
  return { answers, missed };
}

function findingOf(reader: Reader, name: HeadName, worst: Answer, answers: readonly Answer[], score: number): Finding {
  const marked = worst.passage.span === undefined ? markedSpans(reader, worst.passage, answers) : [];
  const decoders: readonly Decoder[] = worst.passage.decoders;
  const spans = marked.length > 0 ? marked : [spanOf(worst.passage, worst.piece)];
  return { id: `transformer/${name}`, category: 'injection', score, spans, decoders };
}

/** Runs of tokens above the threshold, over all pieces of a passage that were read. */
function markedSpans(reader: Reader, passage: Passage, answers: readonly Answer[]): Span[] {
  const spans: Span[] = [];
  for (const { piece, reading, passage: of } of answers) {
    if (of !== passage || piece.tokens === undefined || reading.tokens === undefined) continue;
    const { starts, ends } = piece.tokens;
    let open: { start: number; end: number } | undefined;
    for (const [i, logit] of reading.tokens.entries()) {
      if (!(logit > reader.spanThreshold)) open = undefined;
      else if (open !== undefined) open.end = ends[i]!;
      else {
        open = { start: starts[i]!, end: ends[i]! };
        spans.push(open);
      }
    }
  }
  return merged(spans);
}

/** In the caller's text. */
function spanOf({ span }: Passage, { start, end }: Piece): Span {
  return span ?? { start, end };
}

/** Sorted; overlapping and touching spans become one. */
export function merged(spans: readonly Span[]): Span[] {
  const out: { start: number; end: number }[] = [];
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    const last = out.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else out.push({ start, end });
  }
  return out;
}
