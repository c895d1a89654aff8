/**
 * Tier 1 on a whole text: cuts it into blocks, asks the engine, gathers findings.
 *
 * @module
 */
import { HEAD_DATA, HEAD_USER } from '../engine/abi.ts';
import type { BlockScan, Engine } from '../engine/engine.ts';
import type { Calibration, RuleMeta } from '../engine/pack.ts';
import { DECODERS } from '../engine/schema.ts';
import { blockEnd, nextBlockStart } from '../text/blocks.ts';
import type { Category, Channel, Decoder, Finding, Span } from '../types.ts';
import { calibrate } from './calibrate.ts';

export interface ScannerModels {
  readonly engine: Engine;
  readonly calibration: readonly [Calibration, Calibration];
  /** Rules by pack: the built-in ones, then the caller's. */
  readonly rules: readonly [readonly RuleMeta[], readonly RuleMeta[]];
  /** Finding ids to leave out. */
  readonly disabled: ReadonlySet<string>;
}

export interface Tier1 {
  readonly findings: readonly Finding[];
  readonly score: number;
  /** The trained model's own probability, without the rules that speak for themselves. */
  readonly modelScore: number;
  readonly degraded: boolean;
}

/** A model's own opinion becomes a finding from this probability on. */
export const MODEL_FINDING = 0.4;
/** Findings reported for one text; the strongest stay. */
const MAX_FINDINGS = 256;
export const CHANNEL_BITS: Readonly<Record<Channel, number>> = { user: 1, system: 2, tool: 4, retrieved: 8, model: 16 };
const NOTHING: Tier1 = { findings: [], score: 0, modelScore: 0, degraded: false };

const PLAIN: readonly Decoder[] = [];

/** The names of the transformations behind DECODER_* bits. */
export function decoderNames(bits: number): readonly Decoder[] {
  return bits === 0 ? PLAIN : DECODERS.filter((_, bit) => (bits >>> bit) & 1);
}

/** The model head that judges a channel; `model` text (answers) is judged by rules alone, `system` text not at all. */
export function headOf(channel: Channel): number | undefined {
  if (channel === 'user') return HEAD_USER;
  return channel === 'tool' || channel === 'retrieved' ? HEAD_DATA : undefined;
}

interface Draft {
  readonly id: string;
  readonly category: Category;
  score: number;
  readonly spans: Span[];
  readonly decoders: number;
}

/**
 * @returns the text's probability: the largest over its blocks, their decoded views, and the caller's own rules
 * @complexity linear in `text.length`; memory does not depend on it, beyond the findings
 */
export function scanText(models: ScannerModels, text: string, channel: Channel): Tier1 {
  if (channel === 'system' || text.length === 0) return NOTHING;
  const drafts = new Map<string, Draft>();
  let score = 0;
  let modelScore = 0;
  let degraded = false;
  let start = 0;
  while (true) {
    const end = blockEnd(text, start);
    const whole = start === 0 && end === text.length;
    const block = models.engine.scan(
      whole ? text : text.slice(start, end),
      headOf(channel) ?? HEAD_DATA,
      CHANNEL_BITS[channel],
    );
    const said = gather(models, block, channel, start, drafts);
    score = Math.max(score, said.score);
    modelScore = Math.max(modelScore, said.modelScore);
    degraded ||= block.truncated;
    if (end === text.length) break;
    start = nextBlockStart(text, end);
  }
  return { findings: finish(drafts), score, modelScore, degraded };
}

/** Adds one block's findings to the drafts; returns the block's scores. */
function gather(
  models: ScannerModels,
  block: BlockScan,
  channel: Channel,
  offset: number,
  drafts: Map<string, Draft>,
): Pick<Tier1, 'score' | 'modelScore'> {
  let score = 0;
  const head = headOf(channel);
  if (head !== undefined) {
    for (const view of block.views) {
      const probability = calibrate(models.calibration[head]!, view.forest);
      score = Math.max(score, probability);
      if (probability < MODEL_FINDING) continue;
      const span = { start: offset + view.peakStart, end: offset + view.peakEnd };
      add(drafts, `model/${head === HEAD_USER ? 'user' : 'data'}`, 'injection', probability, span, view.decoders);
    }
  }
  const modelScore = score;
  for (const hit of block.hits) {
    const rule = models.rules[hit.pack]![hit.rule]!;
    if (rule.family === 'context') continue;
    const id = `patterns/${rule.id}`;
    if (models.disabled.has(id)) continue;
    const span = { start: offset + hit.start, end: offset + hit.end };
    add(drafts, id, rule.family as Category, rule.score, span, block.views[hit.view]!.decoders);
    // The model has weighed the built-in rules; the caller's own, and rules for answers, speak for themselves.
    if (hit.pack === 1 || head === undefined) score = Math.max(score, rule.score);
  }
  return { score, modelScore };
}

function add(
  drafts: Map<string, Draft>,
  id: string,
  category: Category,
  score: number,
  span: Span,
  decoders: number,
): void {
  const key = `${id} ${decoders}`;
  const draft = drafts.get(key);
  if (draft === undefined) {
    drafts.set(key, { id, category, score, spans: [span], decoders });
    return;
  }
  draft.score = Math.max(draft.score, score);
  if (
    !draft.spans.some(({ start, end }) => start === span.start && end === span.end) &&
    draft.spans.length < MAX_FINDINGS
  ) {
    draft.spans.push(span);
  }
}

/** Strongest first; what a plain view shows is not repeated for the decoded ones. */
function finish(drafts: ReadonlyMap<string, Draft>): Finding[] {
  const all = [...drafts.values()].sort(
    (a, b) => b.score - a.score || a.spans[0]!.start - b.spans[0]!.start || (a.id < b.id ? -1 : 1),
  );
  const findings: Finding[] = [];
  for (const { id, category, score, spans, decoders } of all) {
    if (decoders !== 0 && coveredByPlain(drafts.get(`${id} 0`), spans)) continue;
    findings.push({
      id,
      category,
      score,
      spans: spans.sort((a, b) => a.start - b.start || a.end - b.end),
      decoders: decoderNames(decoders),
    });
    if (findings.length === MAX_FINDINGS) break;
  }
  return findings;
}

function coveredByPlain(plain: Draft | undefined, spans: readonly Span[]): boolean {
  return (
    plain !== undefined && spans.every((span) => plain.spans.some((p) => p.start <= span.start && p.end >= span.end))
  );
}
