/**
 * What an answer must not repeat: protected texts and canaries, in any case, spacing, disguise or encoding.
 *
 * @module
 */
import type { Decoder, Finding, Span } from '../../types.ts';
import type { Fold } from '../rules/fold.ts';
import type { View } from './bytes.ts';
import { openStretch, viewsOf } from './encoded.ts';
import { createImprint, type Imprint, type Kind, type Weighed } from './imprint.ts';
import { createLetters, type Letters, newProgress, type Progress, type Stretches, sameSymbol } from './letters.ts';
import { weigh, weighToken } from './protect.ts';
import { createTrail, type Trail } from './trail.ts';

/** A detector on a text that may grow; the contract is that of `Watch` in `src/stream/hold.ts`. */
export interface Detector {
  find(text: string, from: number): readonly Finding[];
  open(text: string, from: number): number;
  readonly context: number;
}

export interface Protected {
  /** Texts that no answer may repeat, such as the system prompt. */
  readonly texts: readonly string[];
  /** Strings that stand nowhere but in a protected text. */
  readonly canaries: readonly string[];
}

/** How often what was decoded is decoded again. */
const MAX_DEPTH = 3;
/** A shingle spread so widely, or the encoded form of one, is the most that must be seen before a place. */
const CONTEXT = 512;

const IDS: Readonly<Record<Kind, readonly [id: string, score: number]>> = {
  canary: ['output/canary', 0.99],
  text: ['output/system-prompt', 0.95],
};

interface Reading {
  readonly text: string;
  /** What was decoded before is left out. */
  readonly from: number;
  readonly findings: readonly Finding[];
  readonly open: number;
  readonly trail: Trail;
  readonly progress: Progress;
}

export interface LeakDetectors {
  /** Undefined where nothing is protected. Imprints of the last few sets of texts are kept. */
  detector(from: Protected): Detector | undefined;
  /** Counts the letters of a text that repeat some other ones, eight or more in a row, in every form and encoding. */
  repeats(texts: readonly string[]): (text: string) => number;
}

/** Imprints kept: conversations that share a system prompt share its imprint. */
const KEPT = 16;

export function createLeakDetectors(fold: Fold): LeakDetectors {
  const letters = createLetters(fold);
  const unmerged = createLetters(fold, false);
  const kept = new Map<string, Imprint>();

  function imprintOf({ texts, canaries }: Protected): Imprint {
    const key = `${canaries.join('\n')}\0${texts.join('\0')}`;
    const known = kept.get(key);
    const weighed = (): Weighed[] => [
      ...canaries.map((canary) => weighToken(canary, unmerged)),
      ...texts.map((text) => weigh(text, unmerged)),
    ];
    const imprint = known ?? createImprint(weighed(), sameSymbol);
    // The one used last stands last.
    kept.delete(key);
    kept.set(key, imprint);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return imprint;
  }

  return {
    detector(from) {
      if (from.texts.length === 0 && from.canaries.length === 0) return undefined;
      const imprint = imprintOf(from);
      let last: Reading | undefined;
      const read = (text: string, from: number): Reading => {
        if (last?.text !== text || last.from > from) last = readText(text, from, letters, imprint, last);
        return last;
      };
      return {
        context: CONTEXT,
        find: (text, from) => clipped(read(text, from).findings, from),
        open: (text, from) => read(text, from).open,
      };
    },
    repeats(texts) {
      let imprint: Imprint | undefined;
      return (text) => {
        // Few answers hold a link, and few links carry anything.
        imprint ??= createImprint(
          texts.map((text) => weighToken(text, unmerged)),
          sameSymbol,
        );
        const { findings } = readText(text, 0, letters, imprint);
        return findings.reduce((sum, { spans: [span] }) => sum + span!.end - span!.start, 0);
      };
    },
  };
}

/** What a mark that began before `from` still covers: a long one is several pieces, of which the first have left. */
function clipped(findings: readonly Finding[], from: number): readonly Finding[] {
  if (from === 0) return findings;
  return findings.flatMap((finding): Finding[] => {
    const { start, end } = finding.spans[0]!;
    if (start >= from) return [finding];
    return end > from ? [{ ...finding, spans: [{ start: from, end }] }] : [];
  });
}

/** A text inside a text: places are those of the outermost one, and so is `open`. */
interface Layer extends Omit<View, 'decoder'> {
  readonly decoders: readonly Decoder[];
}

/**
 * @param from where the part begins that is asked about
 * @param last the reading of a text that this one may continue; it is used up
 */
function readText(text: string, from: number, letters: Letters, imprint: Imprint, last?: Reading): Reading {
  const goesOn = last !== undefined && text.slice(0, last.text.length) === last.text; // faster than startsWith
  const { trail, progress } = goesOn ? last : { trail: createTrail(imprint), progress: newProgress() };
  const stretches = letters.read(text, trail.feed, progress);
  const marks: Found[] = trail.marks().map((mark) => ({
    ...mark,
    start: mark.first,
    end: mark.last + (text.codePointAt(mark.last)! > 0xffff ? 2 : 1),
  }));
  let open = openOf(text, stretches, trail);
  for (const view of viewsOf(text, stretches, from)) readLayer({ ...view, decoders: [view.decoder] }, 1, true);
  return { text, from, findings: findingsOf(marks), open, trail, progress };

  /** @param tells whether what it holds is told, or only what is open asked for */
  function readLayer(layer: Layer, depth: number, tells: boolean): void {
    const { starts, ends, decoders, settled } = layer;
    if (layer.open !== undefined && settled < layer.text.length) {
      // All of it says what is found; what is open is said by the part to which more text only adds.
      if (tells) readLayer({ ...layer, open: undefined }, depth, true);
      readLayer({ ...layer, text: layer.text.slice(0, settled) }, depth, false);
      return;
    }
    if (layer.open === undefined && !tells) return;
    open = Math.min(open, layer.open ?? open);
    if (layer.text === '') return;
    const trail = createTrail(imprint);
    const stretches = letters.read(layer.text, trail.feed);
    if (tells) {
      for (const { kind, first, last, decoders: orders } of trail.marks()) {
        marks.push({ kind, start: starts[first]!, end: ends[last]!, decoders: [...decoders, ...orders] });
      }
    }
    if (layer.open !== undefined) open = Math.min(open, starts[openOf(layer.text, stretches, trail)] ?? open);
    if (depth === MAX_DEPTH) return;
    for (const view of viewsOf(layer.text, stretches)) {
      const isOpen = layer.open !== undefined && view.open !== undefined;
      readLayer(
        {
          text: view.text,
          starts: view.starts.map((at) => starts[at]!),
          ends: view.ends.map((at) => ends[at - 1]!),
          decoders: decoders.includes(view.decoder) ? decoders : [...decoders, view.decoder],
          open: isOpen ? (starts[view.open] ?? layer.open) : undefined,
          settled: view.settled,
        },
        depth + 1,
        tells,
      );
    }
  }
}

/** Where letters, or a stretch that is too short to be decoded yet, begin that more text may go on with. */
function openOf(text: string, stretches: Stretches, trail: Trail): number {
  const last = text.charCodeAt(text.length - 1);
  const whole = last >= 0xd800 && last <= 0xdbff ? text.length - 1 : text.length;
  return Math.min(whole, trail.open() ?? whole, openStretch(text, stretches));
}

interface Found extends Span {
  readonly kind: Kind;
  readonly decoders: readonly Decoder[];
}

/** Of the same letters seen in two readings the longer mark is told; of two equal ones the plainer. */
function findingsOf(marks: readonly Found[]): Finding[] {
  const ascending = [...marks].sort(
    (a, b) => a.start - b.start || b.end - a.end || a.decoders.length - b.decoders.length,
  );
  const ends: Record<Kind, number> = { text: 0, canary: 0 };
  return ascending.flatMap(({ kind, start, end, decoders }): Finding[] => {
    if (end <= ends[kind]) return [];
    ends[kind] = end;
    const [id, score] = IDS[kind];
    return [{ id, category: 'extraction', score, spans: [{ start, end }], decoders }];
  });
}
