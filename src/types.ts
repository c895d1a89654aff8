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
  /**
   * The conversation's vault, so that a value keeps its placeholder from one text to the next; by default each text has
   * its own. Values go into it on the channel `model` too, as of an answer that goes back to the model; on its way to the
   * user an answer is guarded by `guardAnswer` or as a stream, which bring the user's values back and keep others' out.
   */
  readonly vault?: Vault;
  /** On the channel `model`: texts that the answer must not repeat, such as the system prompt. */
  readonly protect?: readonly string[];
  /** On the channel `model`: words that stand in the system prompt and nowhere else, as `createCanary` makes them. */
  readonly canaries?: readonly string[];
  /** On the channel `model`: what was said so far. Links in the answer that carry pieces of it carry data out. */
  readonly conversation?: readonly string[];
  /** How much hangs on a text in the grey band; the policy's `onGrey` says where nobody does. */
  readonly risk?: Risk;
}

/** Of a text in the grey band: `low` passes it now, to be verified later; `high` waits for a verdict, or refuses. */
export type Risk = 'low' | 'high';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a finding points at: a kind of attack (the rule families, and `injection` for the trained model's own opinion), what an answer should not hold where it goes (`unsafe`), personal data, or a secret. */
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
  | 'custom'
  | 'unsafe'
  | 'pii'
  | 'secret';

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
  /** Probability in [0, 1] that a text with this finding is an attack; of personal data and secrets, confidence that they are what the id says. */
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

/** A second opinion. */
export interface Verification {
  readonly attack: boolean;
  /** Probability in [0, 1] that the text is an attack. */
  readonly score: number;
  /** Short, and safe to log: never a part of the text. */
  readonly reason: string;
}

export interface Decision {
  readonly action: Action;
  /** The policy clause that spoke, such as `threshold/block`. */
  readonly reason: string;
  readonly scan: Scan;
  /** The verifier's opinion, where it was waited for; it has the last word on the grey band. */
  readonly verification?: Verification;
}

/** A second opinion that was wanted and is not to be had. */
export interface Unverified {
  /** `missing`: there is no verifier; `silent`: it gave no verdict in time; `full`: no place in the queue. */
  readonly why: 'missing' | 'silent' | 'full';
  /** What the policy makes of it: `open` lets the text pass, `closed` does not. */
  readonly fails: 'open' | 'closed';
}

/** What the host should now do: the decision carried out as far as text allows. */
export interface Outcome {
  readonly action: 'allow' | 'block';
  /** The text to pass on. Empty when blocked. */
  readonly text: string;
  readonly decision: Decision;
  /** Holds what was taken out of `text`; its `restore` puts it back into the answer. Absent when nothing was. */
  readonly vault?: Vault;
  /** Set where a verdict was needed and missing. */
  readonly unverified?: Unverified;
}

/**
 * What a value becomes: `placeholder` `[EMAIL_1]`; `pseudonym` another value of the same form; `hash` a keyed hash,
 * the same for the same value and key; `mask` stars; `drop` nothing. Only the first two come back.
 */
export type Strategy = 'placeholder' | 'pseudonym' | 'hash' | 'mask' | 'drop';

/** Where an answer goes, if not to a reader: what is dangerous in it depends on that. */
export type Destination = 'html' | 'shell' | 'sql' | 'terminal' | 'spreadsheet';

/** A place in a text and what stands there. */
export interface Redaction extends Span {
  /** Such as `email`; its capitals are the placeholder's label. */
  readonly type: string;
  /** Defaults to `'placeholder'`. */
  readonly strategy?: Strategy;
}

/** Takes values out of texts and puts them back: one for a request or a conversation, never one for two people. */
export interface Vault {
  /** How many values it holds. */
  readonly size: number;
  /**
   * Replaces every span. Text outside them stays as it is, JSON stays JSON and a URL a URL.
   *
   * @throws {FirewallError} `FW_INPUT` for a span outside the text, or spans that overlap
   */
  redact(text: string, redactions: readonly Redaction[]): string;
  /** Puts the values back, also where a model changed a placeholder's case or spacing. Unknown placeholders stay. */
  restore(text: string): string;
  /** Puts the values back into every string of a JSON value, names included: arguments of a tool call, for one. */
  restoreIn<T>(value: T): T;
  /**
   * The vault, encrypted (AES-GCM) to travel with a conversation; `openVault` of `edgeward/vault` opens it.
   *
   * @param key 16 or 32 bytes, or an AES-GCM key
   */
  seal(key: Uint8Array<ArrayBuffer> | CryptoKey): Promise<string>;
}

/** A place in a text, and the value that comes back there. */
export interface Restoration extends Span {
  readonly value: string;
}

/** What a vault of this process can also say, so that values come back into a text that is still growing. */
export interface StreamingVault extends Vault {
  /** Where `restore` would put something back, and what; ascending and apart. */
  restorations(text: string): readonly Restoration[];
  /**
   * Where the first piece begins that more text could still make a restoration, or another one; `text.length` when
   * there is none. What comes back before it stays as it is, whatever follows.
   */
  openAt(text: string): number;
  /** Whether this very value was taken out of a text, whatever its case and separators. */
  holds(value: string): boolean;
}
