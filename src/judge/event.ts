/**
 * What judgement over time tells its host: for an audit, for counters, for webhooks. Hashes and ids, no text, no name.
 *
 * @module
 */
import type { Ban } from '../stores/store.ts';

interface Told {
  /** The same when an event is told again, as it is when a worker was killed before its job was done. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export type JudgementEvent = Told &
  (
    | {
        readonly type: 'verified';
        readonly job: string;
        readonly subject?: string;
        readonly attack: boolean;
        readonly score: number;
        readonly reason: string;
        /** From the question to the verdict. */
        readonly verifyMs: number;
      }
    | { readonly type: 'struck'; readonly job: string; readonly subject: string; readonly points: number }
    | { readonly type: 'banned' | 'lifted'; readonly subject: string; readonly ban: Ban }
    /** A job that came to nothing: it is a dead letter of the store. */
    | { readonly type: 'buried'; readonly job: string; readonly attempts: number; readonly reason: string }
    /** The store failed a call, and answers again. */
    | { readonly type: 'unreachable'; readonly reason: string }
    | { readonly type: 'reachable' }
  );

/** Awaited before a job is done: where it rejects, the job comes again. */
export type Listener = (event: JudgementEvent) => void | Promise<void>;
