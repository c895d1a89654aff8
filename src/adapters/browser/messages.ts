/**
 * What passes between a page and the worker that judges for it: one row per call, ask and answer.
 *
 * @module
 */
import type { Progress } from '../../checked-files.ts';
import type { FirewallErrorCode } from '../../errors.ts';
import type { Explanation, Finding, FirewallOptions, Redaction, TransformerStatus } from '../../exports.ts';
import type { Decision, Outcome, Scan, Source } from '../../types.ts';

/** A text and where it comes from. */
export interface Said {
  readonly text: string;
  readonly from: Omit<Source, 'vault'>;
}

/** What a policy makes of a text, tier 1 alone having read it. */
export interface Glance {
  readonly decision: Decision;
  /** Whether `guard` would withhold the text. */
  readonly refused: boolean;
}

/** A part of a text, and what the page's vault is to take out of it. */
export interface Part {
  readonly text: string;
  readonly redactions: readonly Redaction[];
}

/** An outcome whose text still holds the values: taking them out is left to the page's vault. */
export interface Judged {
  readonly action: Outcome['action'];
  readonly decision: Decision;
  /** The text to pass on, one after the other; strings as they are. */
  readonly text: readonly (string | Part)[];
}

export interface Calls {
  glance: { ask: Said; answer: Glance };
  inspect: { ask: Said & { readonly deadlineMs?: number }; answer: Scan };
  decide: { ask: { readonly scan: Scan }; answer: Decision };
  guard: { ask: Said & { readonly deadlineMs?: number }; answer: Judged };
  redact: { ask: Said; answer: { readonly findings: readonly Finding[]; readonly redactions: readonly Redaction[] } };
  explain: { ask: Said; answer: Explanation };
  /** Answered when tier 2 is warm, off or failed. */
  ready: { ask: object; answer: null };
}

export type Ask = {
  readonly [K in keyof Calls]: { readonly kind: 'ask'; readonly id: number; readonly call: K } & Calls[K]['ask'];
}[keyof Calls];

/** The first message of every page. */
export interface Open {
  readonly kind: 'open';
  readonly options: FirewallOptions;
  /** URL of the folder with the package's files; absent: beside the worker's script. */
  readonly base?: string;
  /** Whether workers that this page lends may have threads. */
  readonly isolated: boolean;
  /** A lock that the page holds while it lives. */
  readonly lock?: string;
}

export type ToWorker =
  | Open
  | Ask
  | { readonly kind: 'cancel'; readonly id: number }
  /** A worker that the page lent has failed. */
  | { readonly kind: 'died'; readonly worker: number; readonly reason: string }
  | { readonly kind: 'close' };

/** How the firewall in the worker fares. */
export interface WorkerStatus {
  readonly state: 'loading' | 'ready' | 'failed';
  /** Which engine judges; known once it is ready, as is the next. */
  readonly engine?: 'wasm-simd' | 'reference';
  /** Version of tier 1's weights. */
  readonly version?: string;
  readonly transformer: TransformerStatus;
  /** Why it failed, or runs otherwise than it would like. */
  readonly reason?: string;
}

/** An error that crossed between threads. */
export interface Fault {
  readonly name: string;
  readonly message: string;
  readonly code?: FirewallErrorCode;
}

export type ToPage =
  /** The script runs. `lock`: one that the worker holds while it lives. */
  | { readonly kind: 'hello'; readonly lock?: string }
  | { readonly kind: 'status'; readonly status: WorkerStatus; readonly fault?: Fault }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'answer'; readonly id: number; readonly value: Calls[keyof Calls]['answer'] }
  | { readonly kind: 'fault'; readonly id: number; readonly fault: Fault }
  /** The page is to start a worker for tier 2 and hand it the port that comes along: a shared worker cannot start any. */
  | { readonly kind: 'lend'; readonly worker: number }
  | { readonly kind: 'end'; readonly worker: number };
