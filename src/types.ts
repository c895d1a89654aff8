/**
 * The nouns every stage shares. This file imports nothing: if a type needs a
 * runtime, it belongs to the stage that owns the runtime.
 *
 * Offsets everywhere in the public API are half-open `[start, end)` UTF-16 code
 * units into the text **as the caller passed it**, so `text.slice(start, end)`
 * is always the evidence. Byte offsets exist only behind `src/engine/`.
 *
 * @module
 */

/** Who wrote a piece of text. Tool and retrieved text is data: it has no standing to instruct. System text is trusted and not judged. */
export type Channel = 'user' | 'system' | 'tool' | 'retrieved' | 'model';

/** Where a text comes from. */
export interface Source {
  /** Defaults to `'user'`. */
  readonly channel?: Channel;
}

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What kind of attack a finding points at: the rule families, and `injection` for the trained model's own opinion. */
export type Category =
  | 'injection'
  | 'override'
  | 'jailbreak'
  | 'extraction'
  | 'delimiter'
  | 'exfiltration'
  | 'tool-abuse'
  | 'authority'
  | 'encoding'
  | 'suppression'
  | 'splitting'
  | 'many-shot'
  | 'indirect'
  | 'custom';

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** A transformation undone to read a text. */
export type Decoder =
  | 'base64'
  | 'base32'
  | 'hex'
  | 'binary'
  | 'percent'
  | 'entity'
  | 'escape'
  | 'morse'
  | 'ascii85'
  | 'rot13'
  | 'reversed'
  | 'tags'
  | 'variation'
  | 'leet'
  | 'spread';

/** One reason to worry, from one scanner. */
export interface Finding {
  /** Stable id, `<scanner>/<rule>`, such as `patterns/override/ignore-previous`. Safe to log, never sent to a client. */
  readonly id: string;
  readonly category: Category;
  /** Probability in [0, 1] that a text with this finding is an attack. */
  readonly score: number;
  /** Where, sorted by `start`. A finding inside an encoded run points at the run. */
  readonly spans: readonly Span[];
  /** The transformations undone before the finding was seen, outermost first by table order; empty for plain text. */
  readonly decoders: readonly Decoder[];
}

export interface Timings {
  /** Tier 1, milliseconds of wall time. Reads 0 where the platform freezes its clock, as workerd does. */
  readonly tier1Ms: number;
  /** Tier 2, milliseconds of wall time, waiting in the queue included; absent where it was not asked. */
  readonly tier2Ms?: number;
}

export interface Scan {
  readonly findings: readonly Finding[];
  /** Calibrated probability in [0, 1] that the text is an attack, all findings together. */
  readonly score: number;
  /** The deepest tier that spoke. */
  readonly tier: 1 | 2;
  /** True when a limit cut the scan short (views, hits, windows, a deadline, a full queue), so that `score` is a lower bound. */
  readonly degraded: boolean;
  /** Parts of the text that tier 2 should have read and did not, sorted by `start`; absent when there are none. */
  readonly unseen?: readonly Span[];
  /** Set when the policy's allow or deny list names this text. */
  readonly listed?: 'allow' | 'deny';
  readonly channel: Channel;
  readonly timings: Timings;
}

export type Action = 'allow' | 'redact' | 'verify' | 'block';

export interface Decision {
  readonly action: Action;
  /** The policy clause that spoke, such as `threshold/block`. */
  readonly reason: string;
  readonly scan: Scan;
}

/** What the host should now do: the decision carried out as far as text allows. */
export interface Outcome {
  readonly action: 'allow' | 'block';
  /** The text to pass on. Empty when blocked. */
  readonly text: string;
  readonly decision: Decision;
}
