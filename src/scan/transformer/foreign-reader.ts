/**
 * Any text classifier as a reader: pieces of text in, the probability of its attack labels out.
 *
 * It has no thresholds for when tier 1 may answer alone, so it reads every text, and the higher of the two
 * probabilities counts.
 *
 * @module
 */
import { FirewallError } from '../../errors.ts';
import { logistic } from '../calibrate.ts';
import type { Logits } from './messages.ts';
import type { Resolved } from './options.ts';
import type { HeadRule, Missed, Piece, Reader } from './reader.ts';

/** UTF-16 units of a piece: a few hundred tokens of most languages; the worker halves what holds more than its model reads. */
const PIECE_UNITS = 1200;
const OVERLAP_UNITS = 200;

const RULE: HeadRule = {
  settle: { below: Number.NEGATIVE_INFINITY, above: Number.POSITIVE_INFINITY },
  combine: (tier1, transformer) => logistic(Math.max(tier1, transformer)),
};

export function createForeignReader(
  version: string,
  run: (text: string, stop: AbortSignal) => Promise<Logits | Missed>,
): Reader {
  return {
    version,
    heads: { user: RULE, data: RULE },
    spanThreshold: Number.POSITIVE_INFINITY,
    cut: cutUnits,
    async read({ feed }, stop) {
      const said = await run(feed as string, stop);
      return typeof said === 'string' ? said : { user: said.heads[0]!, data: said.heads[1]! };
    },
  };
}

/** @throws {FirewallError} `FW_OPTIONS` when there are none: no model says by itself which of its labels is bad */
export function foreignLabels({ labels, model }: Resolved): readonly string[] {
  if (labels === undefined)
    throw new FirewallError(
      'FW_OPTIONS',
      `createFirewall: transformer.labels must name the labels of ${model} that mean an attack; got none`,
    );
  return labels;
}

/** Overlapping pieces, cut at white space where there is some. */
function cutUnits(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + PIECE_UNITS >= text.length ? text.length : cutBefore(text, start + PIECE_UNITS);
    pieces.push({ start, end, feed: text.slice(start, end) });
    if (end === text.length) break;
    start = cutBefore(text, end - OVERLAP_UNITS);
  }
  return pieces;
}

/** The last place at or before `at`, at most half an overlap away, behind white space; never between two surrogates. */
function cutBefore(text: string, at: number): number {
  for (let i = at; i > at - OVERLAP_UNITS / 2; i--) if (/\s/.test(text[i - 1]!)) return i;
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}
