/**
 * What passes between the page and the worker that judges a file.
 *
 * @module
 */
import type { Action, Channel } from 'edgeward';
import type { EngineChoice } from '../judge.ts';
import type { PolicyDraft } from '../policy.ts';
import type { Bin, RocPoint } from './curve.ts';

export interface Run {
  readonly kind: 'run';
  readonly file: Blob;
  /** One, or two to compare. */
  readonly policies: readonly PolicyDraft[];
  readonly engine: EngineChoice;
  /** Whether the transformer reads too, where it is installed. */
  readonly tier2: boolean;
  /** Holds rows that name none. */
  readonly channel: Channel;
}

export type ToWorker = Run | { readonly kind: 'stop' } | { readonly kind: 'export'; readonly format: ExportFormat };

export type ExportFormat = 'jsonl' | 'csv';

export interface BadLine {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
}

/** How one policy did. Rates are `null` where nothing was counted. */
export interface PolicyReport {
  readonly actions: Readonly<Record<Action, number>>;
  /** Share of the attacks that it does not simply allow, redaction aside. */
  readonly recall: number | null;
  /** The same of harmless texts. */
  readonly falsePositives: number | null;
}

export interface KindReport {
  readonly kind: string;
  readonly attacks: number;
  readonly harmless: number;
  readonly unlabeled: number;
  /** By policy: flagged among the attacks, and among the harmless. */
  readonly flagged: readonly { readonly attacks: number; readonly harmless: number; readonly unlabeled: number }[];
}

/** A row worth a look. */
export interface Example {
  readonly line: number;
  readonly kind: string;
  readonly score: number;
  readonly excerpt: string;
}

export interface Report {
  readonly lines: number;
  readonly judged: number;
  readonly blank: number;
  /** The first hundred of `badCount`. */
  readonly bad: readonly BadLine[];
  readonly badCount: number;
  readonly attacks: number;
  readonly harmless: number;
  /** Milliseconds of judging, reading included. */
  readonly ms: number;
  /** True: the run was stopped before the file's end. */
  readonly stopped: boolean;
  readonly bins: readonly Bin[];
  readonly roc: readonly RocPoint[];
  readonly auc: number | null;
  readonly policies: readonly PolicyReport[];
  readonly kinds: readonly KindReport[];
  /** Rows on which two policies differ. */
  readonly changed: number;
  /** Attacks with the lowest scores among those that pass. */
  readonly missed: readonly Example[];
  /** Harmless texts with the highest scores among those that do not. */
  readonly mistaken: readonly Example[];
}

export type FromWorker =
  | { readonly kind: 'progress'; readonly judged: number; readonly bytes: number; readonly total: number }
  | { readonly kind: 'report'; readonly report: Report }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'export'; readonly blob: Blob; readonly format: ExportFormat };
