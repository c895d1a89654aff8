/**
 * The port of judgement over time: how subjects stand, and the texts that wait for a second opinion.
 *
 * A store knows no text and no name. Subjects come as keyed hashes and jobs as sealed bodies; both are made in
 * `src/judge/`. Every method is atomic, also between processes where the store is shared, and rejects when the store
 * cannot be reached: what that means is the caller's policy.
 *
 * Times are milliseconds since 1970, by the clock of whoever asks.
 *
 * @module
 */

/** The end of a ban without end: the last moment a `Date` can hold. */
export const FOREVER = 8.64e15;

export interface Ban {
  /** `refuse` is told no; `shadow` is answered as if nothing were, later or emptier. */
  readonly kind: 'refuse' | 'shadow';
  readonly since: number;
  /** Exclusive; `FOREVER` for a ban that only `lift` ends. */
  readonly until: number;
  /** Short and safe to log: never a part of a text. */
  readonly reason: string;
  /** Id of the strike, or of the operator's order, that brought it. */
  readonly cause: string;
}

/** How a subject stands. */
export interface Standing {
  /** Strikes against it at the moment `at`, each halved every `Terms.halfLifeMs` since. */
  readonly points: number;
  readonly at: number;
  /** Bans that are not forgotten: the step of the ladder that comes next. */
  readonly level: number;
  /** The ban that runs; absent when none does. */
  readonly ban?: Ban;
}

/** One step of the ladder that bans climb. */
export interface Step {
  readonly kind: Ban['kind'];
  /** `FOREVER` or longer bans until an operator lifts it. */
  readonly banMs: number;
}

/** When strikes become bans. */
export interface Terms {
  /** A strike counts half after this long. */
  readonly halfLifeMs: number;
  /** Points that ban. */
  readonly banAt: number;
  /** First ban, second ban, …; the last step repeats. */
  readonly ladder: readonly [Step, ...Step[]];
  /** Quiet time after the end of a ban until the ladder begins anew. */
  readonly forgetMs: number;
}

export interface Strike {
  /** Of the job that found it: the same id never counts twice. */
  readonly id: string;
  /** Usually 1. */
  readonly points: number;
  readonly reason: string;
  /** When the subject sent the text. What was sent before a ban is answered by that ban and counts no more. */
  readonly sentAt: number;
}

export interface Struck {
  readonly standing: Standing;
  /** False when a strike of this id was counted before; `standing` is as it was. */
  readonly fresh: boolean;
}

/** A ban by an operator's order. */
export interface Order {
  readonly kind: Ban['kind'];
  readonly banMs: number;
  readonly reason: string;
  readonly cause: string;
}

export interface ListedBan extends Ban {
  /** The keyed hash. */
  readonly subject: string;
}

export interface Job {
  /** Unique; the same id waits once. */
  readonly id: string;
  /** Opaque, such as a sealed text. */
  readonly body: string;
}

/** A job that one worker holds for a while. */
export interface Lease extends Job {
  /** How often it was leased, this time included. Who holds an earlier attempt has lost the job. */
  readonly attempt: number;
}

export interface DeadLetter extends Job {
  readonly attempts: number;
  readonly reason: string;
  readonly at: number;
}

/** Jobs by what is being done about them. */
export interface Counts {
  /** Their time has come, or will after a retry's delay. */
  readonly waiting: number;
  readonly leased: number;
  readonly dead: number;
}

export interface Subjects {
  /** A subject nobody knows has no points, level 0 and no ban. */
  standing(subject: string): Promise<Standing>;
  /** Counts a strike, and bans when the terms say so, in one step. */
  strike(subject: string, strike: Strike, terms: Terms): Promise<Struck>;
  /** Bans by order; replaces a ban that runs. */
  ban(subject: string, order: Order): Promise<Ban>;
  /** Ends the ban and forgives the strikes; the ladder goes down one step. @returns the ban that ran, if one did */
  lift(subject: string): Promise<Ban | undefined>;
  /** Bans that run, newest first. */
  bans(limit: number, offset?: number): Promise<readonly ListedBan[]>;
}

/** A bounded queue that delivers at least once. */
export interface Queue {
  /** @returns false when `limit` jobs or more wait or are leased: the job was not taken. A job that is here already is taken. */
  enqueue(job: Job, limit: number): Promise<boolean>;
  /** Up to `count` jobs whose time has come, oldest first; when `leaseMs` have passed they come again. */
  lease(count: number, leaseMs: number): Promise<readonly Lease[]>;
  /** Done. @returns false when the lease was lost meanwhile; so do the next two */
  ack(lease: Lease): Promise<boolean>;
  /** Comes again after this long. */
  retry(lease: Lease, afterMs: number): Promise<boolean>;
  /** Gives up: the job becomes a dead letter, of which the newest thousand are kept. */
  bury(lease: Lease, reason: string): Promise<boolean>;
  counts(): Promise<Counts>;
  /** Newest first. */
  deadLetters(limit: number): Promise<readonly DeadLetter[]>;
  /** Puts a dead letter back, with its attempts forgotten. @returns false when there is none of this id */
  revive(id: string): Promise<boolean>;
}

export interface Store extends Subjects, Queue {
  readonly name: string;
  /** Whether what it took outlives the process. */
  readonly durable: boolean;
  /** Lets go of connections and files. Every later call rejects. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Milliseconds since 1970; defaults to `Date.now`. */
  readonly now?: () => number;
}

/** Strikes are known by their id for this long: longer than any job waits. */
export const REMEMBERED_MS = 7 * 24 * 3_600_000;
/** Dead letters kept. */
export const MAX_DEAD = 1000;
