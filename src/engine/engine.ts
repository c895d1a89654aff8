/**
 * The seam: what both engines offer to the scanner.
 *
 * @module
 */
import type { CandidateView } from './candidate.ts';

/** One hit of one rule in one view. Offsets are UTF-16 code units in the block; bytes are offsets into the view's text. */
export interface RuleHit {
  /** 0: the built-in rules; 1: the caller's. */
  readonly pack: number;
  /** Index of the rule in its pack. */
  readonly rule: number;
  /** Index of the view. */
  readonly view: number;
  readonly start: number;
  readonly end: number;
  readonly startByte: number;
  readonly endByte: number;
}

export interface ViewScan {
  /** DECODER_* bits that lead from the text to this view. */
  readonly decoders: number;
  /** Margin of the linear model, log-odds. */
  readonly linear: number;
  /** Margin of the forest, log-odds: the view's verdict, not calibrated. */
  readonly forest: number;
  /** Where the linear model is most worried, in UTF-16 code units of the block. */
  readonly peakStart: number;
  readonly peakEnd: number;
}

export interface BlockScan {
  /** The block's own text first. */
  readonly views: readonly ViewScan[];
  /** By view, then in order of `startByte`. */
  readonly hits: readonly RuleHit[];
  /** A limit was met: there may be more to find. */
  readonly truncated: boolean;
}

/** Everything a view's margin was made of: for training and for `--explain`. */
export interface ViewTrace extends ViewScan {
  /** Normalized text. */
  readonly text: string;
  /** Dense features in schema order, shape `[DENSE_COUNT]`. */
  readonly dense: Float32Array;
  /** Distinct n-gram buckets in order of first occurrence. */
  readonly ngrams: Uint32Array;
  /** First UTF-16 code unit (in the block) of each n-gram's first occurrence, same length as `ngrams`. */
  readonly ngramAt: Uint16Array;
}

export interface Engine {
  readonly name: 'wasm-simd' | 'reference';
  /**
   * Reads one block.
   *
   * @param block at most `MAX_UNITS` UTF-16 code units; lone surrogates are legal and read as U+FFFD
   * @param head HEAD_USER or HEAD_DATA
   * @param channels bit mask of the channels whose rules apply: user 1, system 2, tool 4, retrieved 8, model 16
   * @complexity linear in `block.length`
   */
  scan(block: string, head: number, channels: number): BlockScan;
  /** The same, with what the margins were made of. Slow. */
  trace(
    block: string,
    head: number,
    channels: number,
  ): { readonly views: readonly ViewTrace[]; readonly scan: BlockScan };
  /**
   * Where personal data and secrets may stand in a block and in what it unwraps to, without judging it. The block
   * itself comes first. Costs nothing where nobody asks.
   *
   * @complexity linear in `block.length`
   */
  candidates(block: string): readonly CandidateView[];
  /** Weight of an n-gram bucket in a head's linear model, log-odds before length normalization. */
  weight(head: number, bucket: number): number;
  /** Replaces the caller's rules (pack 1) by a compiled `RULE` section. */
  loadRules(section: Uint8Array): void;
}
