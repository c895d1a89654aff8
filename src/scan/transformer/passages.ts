/**
 * The texts that tier 2 reads of one text: the text itself, what its blocks unwrap to, and the normalized form of
 * blocks whose letters are disguised.
 *
 * @module
 */
import type { CandidateView } from '../../engine/candidate.ts';
import { blockEnd, nextBlockStart } from '../../text/blocks.ts';
import type { Channel, Decoder, Span } from '../../types.ts';
import { calibrate } from '../calibrate.ts';
import { CHANNEL_BITS, decoderNames, type ScannerModels } from '../scanner.ts';

export interface Passage {
  readonly text: string;
  /** The transformations undone; empty for the text itself and its normalized form. */
  readonly decoders: readonly Decoder[];
  /** Where it stands in the caller's text. Absent for the text itself, whose offsets are the caller's. */
  readonly span?: Span;
  /** Tier 1's probability, where it has read this very passage. */
  readonly score?: number;
}

export interface Passages {
  readonly passages: readonly Passage[];
  /** Blocks of the text and tier 1's probability of each. */
  readonly blocks: readonly (Span & { readonly score: number })[];
}

/** Letters of two alphabets that share shapes, side by side; few marks between, so that time stays linear. */
const MIXED =
  /\p{Script=Latin}\p{M}{0,4}[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Armenian}]|[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Cherokee}\p{Script=Armenian}]\p{M}{0,4}\p{Script=Latin}/u;
/** Invisible and bidi characters, tags and stray variation selectors; a joiner counts between Latin letters only, since emoji, Persian and Hindi need it. */
const INVISIBLE =
  /\u034f|[\u17b4\u17b5]|[\u180b-\u180d]|[\u00ad\u061c\u115f\u1160\u180e\u200b\u2060-\u2064\u206a-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u202a-\u202e\u2066-\u2069\u{e0001}-\u{e007f}]|[\u{e0100}-\u{e01ef}]|[A-Za-z](?:\u200c|\u200d|[\ufe00-\ufe0f])+[A-Za-z]/u;
/** Letters and digits in compatibility forms: full-width, mathematical, circled, squared, small capitals, superscript. */
const FOLDED =
  /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\u2460-\u2473\u249c-\u24e9\u2776-\u2793\u1d00-\u1d7f\u{1d400}-\u{1d7ff}\u{1f110}-\u{1f149}\u{1f150}-\u{1f169}\u{1f170}-\u{1f189}]/u;

/** True of a text whose letters may look otherwise than they read. */
export function isDisguised(text: string): boolean {
  return MIXED.test(text) || INVISIBLE.test(text) || FOLDED.test(text);
}

/**
 * @param head HEAD_USER or HEAD_DATA
 * @complexity linear in `text.length`
 */
export function passagesOf(models: ScannerModels, text: string, channel: Channel, head: number): Passages {
  const passages: Passage[] = [{ text, decoders: [] }];
  const blocks: (Span & { score: number })[] = [];
  const calibration = models.calibration[head]!;
  for (let start = 0; ; ) {
    const end = blockEnd(text, start);
    const block = text.slice(start, end);
    const { views } = models.engine.scan(block, head, CHANNEL_BITS[channel]);
    const scores = views.map(({ forest }) => calibrate(calibration, forest));
    blocks.push({ start, end, score: Math.max(...scores) });
    const disguised = isDisguised(block);
    if (views.length > 1 || disguised) {
      const traced = models.engine.trace(block, head, CHANNEL_BITS[channel]).views;
      const read = traced.length > 1 ? models.engine.candidates(block) : [];
      for (const [i, view] of traced.entries()) {
        if ((i === 0 && !disguised) || view.text === '') continue;
        const run = runOf(read, view.decoders) ?? { start: 0, end: block.length };
        passages.push({
          text: view.text,
          decoders: decoderNames(view.decoders),
          span: { start: start + run.start, end: start + run.end },
          score: scores[i]!,
        });
      }
    }
    if (end === text.length) return { passages, blocks };
    start = nextBlockStart(text, end);
  }
}

/** Characters of a decoded view whose source is longer than any character: they came out of an encoded run. */
const ENCODED_UNITS = 3;

/** The stretch of the block that a decoded view was made of; `undefined` where the whole block was. */
function runOf(views: readonly CandidateView[], decoders: number): Span | undefined {
  const spans = decoders === 0 ? undefined : views.find((view) => view.decoders === decoders)?.spans;
  if (spans === undefined) return undefined;
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (const [i, start] of spans.start.entries()) {
    const end = spans.end[i]!;
    if (end - start < ENCODED_UNITS) continue;
    from = Math.min(from, start);
    to = Math.max(to, end);
  }
  return from < to ? { start: from, end: to } : undefined;
}
