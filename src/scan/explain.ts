/**
 * Why a text scored as it did, for people.
 *
 * The n-grams' shares of the linear margin are exact. A feature's share of the
 * forest's margin is what the margin loses when that feature alone takes the
 * value it has in an ordinary harmless text; such shares need not add up.
 *
 * @module
 */
import { HEAD_DATA } from '../engine/abi.ts';
import type { ViewTrace } from '../engine/engine.ts';
import type { Pack } from '../engine/pack.ts';
import { createForest, type Forest } from '../engine/reference/forest.ts';
import { FEATURES } from '../engine/schema.ts';
import { blockEnd, nextBlockStart } from '../text/blocks.ts';
import type { Channel, Decoder, Finding, Span } from '../types.ts';
import { calibrate } from './calibrate.ts';
import { CHANNEL_BITS, decoderNames, headOf, type ScannerModels, scanText } from './scanner.ts';

export interface NgramShare {
  /** The text at the n-gram's first occurrence, a few characters either way. */
  readonly around: string;
  readonly span: Span;
  /** Log-odds it adds to the linear margin. */
  readonly weight: number;
}

export interface FeatureShare {
  /** Name as in the feature schema. */
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  /** Log-odds the forest's margin loses without it. */
  readonly weight: number;
}

export interface ViewExplanation {
  readonly decoders: readonly Decoder[];
  /** The text as the engine read it, normalized. */
  readonly text: string;
  /** Calibrated probability of this view. */
  readonly score: number;
  readonly linearMargin: number;
  readonly forestMargin: number;
  /** Strongest first, at most ten of either sign. */
  readonly ngrams: readonly NgramShare[];
  readonly features: readonly FeatureShare[];
}

export interface Explanation {
  readonly findings: readonly Finding[];
  readonly score: number;
  /** The views of the block with the highest score, the plain text first. */
  readonly views: readonly ViewExplanation[];
}

const STRONGEST = 10;
const CONTEXT_UNITS = 6;

/** Scans, then traces the worst block. */
export function explainText(models: ScannerModels, pack: Pack, text: string, channel: Channel): Explanation {
  const { findings, score } = scanText(models, text, channel);
  const head = headOf(channel);
  if (head === undefined || text.length === 0) return { findings, score, views: [] };
  const calibration = models.calibration[head]!;
  const forest = createForest(sectionView(pack, head === HEAD_DATA ? 'GBM1' : 'GBM0'));
  const ordinary = Float32Array.from(pack.meta.ordinary[head]!);

  const start = worstBlock(models, text, head, CHANNEL_BITS[channel]);
  const block = text.slice(start, blockEnd(text, start));
  const { views } = models.engine.trace(block, head, CHANNEL_BITS[channel]);
  return {
    findings,
    score,
    views: views.map((view) => ({
      decoders: decoderNames(view.decoders),
      text: view.text,
      score: calibrate(calibration, view.forest),
      linearMargin: view.linear,
      forestMargin: view.forest,
      ngrams: ngramShares(models, view, head, block, start),
      features: featureShares(forest, ordinary, view),
    })),
  };
}

function worstBlock(models: ScannerModels, text: string, head: number, channels: number): number {
  let worst = 0;
  let highest = Number.NEGATIVE_INFINITY;
  for (let start = 0; ; ) {
    const end = blockEnd(text, start);
    for (const { forest } of models.engine.scan(text.slice(start, end), head, channels).views) {
      if (forest > highest) [highest, worst] = [forest, start];
    }
    if (end === text.length) return worst;
    start = nextBlockStart(text, end);
  }
}

function ngramShares(
  models: ScannerModels,
  view: ViewTrace,
  head: number,
  block: string,
  offset: number,
): NgramShare[] {
  const norm = Math.sqrt(view.ngrams.length);
  const all = Array.from(view.ngrams, (bucket, i) => ({
    at: view.ngramAt[i]!,
    weight: models.engine.weight(head, bucket) / norm,
  }));
  return strongest(all).map(({ at, weight }) => ({
    around: block.slice(Math.max(0, at - CONTEXT_UNITS), at + 2 * CONTEXT_UNITS),
    span: { start: offset + at, end: offset + Math.min(block.length, at + 2 * CONTEXT_UNITS) },
    weight,
  }));
}

function featureShares(forest: Forest, ordinary: Float32Array, view: ViewTrace): FeatureShare[] {
  const features = view.dense.slice();
  const all = FEATURES.map(({ name, unit }, i) => {
    const value = features[i]!;
    features[i] = ordinary[i]!;
    const weight = view.forest - forest(features);
    features[i] = value;
    return { name, unit, value, weight };
  });
  return strongest(all);
}

/** Up to ten of the heaviest either way, positive first. */
function strongest<T extends { readonly weight: number }>(all: readonly T[]): T[] {
  const sorted = all.filter(({ weight }) => weight !== 0).sort((a, b) => b.weight - a.weight);
  const up = sorted.filter(({ weight }) => weight > 0).slice(0, STRONGEST);
  const down = sorted.filter(({ weight }) => weight < 0).slice(-STRONGEST);
  return [...up, ...down];
}

function sectionView(pack: Pack, code: string): DataView {
  const bytes = pack.section(code);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
