/**
 * What becomes of a text that was let through in doubt: a verdict, a strike, a ban; and the loop that asks for it.
 *
 * A job is done after everything it led to is in the store and told. A worker that is killed on the way leaves its
 * lease to run out; whoever takes the job then finds the strike counted, and tells again.
 *
 * @module
 */
import type { Lease, Store, Terms } from '../stores/store.ts';
import { verdictOf } from '../verify/ask.ts';
import type { Verifier } from '../verify/verifier.ts';
import type { Listener } from './event.ts';
import type { Secrets } from './secrets.ts';

export interface WorkerOptions {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly verifier: Verifier;
  readonly terms: Terms;
  readonly tell: Listener;
  /** The subject's standing changed. */
  readonly onStanding: (subject: string) => void;
  readonly now: () => number;
  /** Jobs at once. */
  readonly concurrency: number;
  readonly verifyTimeoutMs: number;
  readonly leaseMs: number;
  readonly maxAttempts: number;
  /** How often to look for jobs that other processes have put in. */
  readonly pollMs: number;
  /** Of the pause after the first attempt; it doubles with each, up to an hour. */
  readonly retryMs: number;
}

export interface Worker {
  /** Looks now: a job has come. */
  wake(): void;
  /** Begins to look for jobs by itself. */
  start(): void;
  /** Does what is due, until nothing is or `signal` aborts. @returns how many jobs were looked at */
  work(signal?: AbortSignal): Promise<number>;
  /** Takes no more jobs, and gives those in hand so long; then they go back. */
  stop(withinMs: number): Promise<void>;
}

const LONGEST_PAUSE_MS = 3_600_000;

export function createWorker(options: WorkerOptions): Worker {
  const { store, secrets, verifier, terms, tell, onStanding, now } = options;
  const stopped = new AbortController();
  /** Ends what is in hand. */
  const abandoned = new AbortController();
  const inHand = new Set<Promise<void>>();
  let running: Promise<void> | undefined;
  let woken = false;
  let wakeUp = (): void => {};

  function wake(): void {
    woken = true;
    wakeUp();
  }

  async function handle(lease: Lease): Promise<void> {
    const { id, attempt } = lease;
    const one = secrets.open(id, lease.body);
    if (one === undefined) return bury(lease, 'sealed with another key');
    if (attempt > options.maxAttempts) return bury(lease, 'its worker ended each time');
    const { text, channel, subject, sentAt } = one;
    const began = now();
    const request = { text, channel, signal: abandoned.signal };
    const verdict = await verdictOf(verifier, request, options.verifyTimeoutMs);
    if (verdict === undefined) return again(lease, 'no verdict');
    const { attack, score, reason } = verdict;
    const about = { job: id, ...(subject !== undefined && { subject }) };
    await tell({
      id: `${id}/verified`,
      at: now(),
      type: 'verified',
      ...about,
      attack,
      score,
      reason,
      verifyMs: now() - began,
    });
    if (attack && subject !== undefined) {
      const { standing } = await store.strike(subject, { id, points: 1, reason, sentAt }, terms);
      onStanding(subject);
      const { points, ban } = standing;
      await tell({ id: `${id}/struck`, at: now(), type: 'struck', job: id, subject, points });
      if (ban?.cause === id) await tell({ id: `${id}/banned`, at: now(), type: 'banned', subject, ban });
    }
    await store.ack(lease);
  }

  async function again(lease: Lease, reason: string): Promise<void> {
    if (lease.attempt >= options.maxAttempts) return bury(lease, reason);
    const pauseMs = Math.min(LONGEST_PAUSE_MS, options.retryMs * 2 ** (lease.attempt - 1));
    // Between half of it and all, so that what failed together does not come again together.
    await store.retry(lease, pauseMs * (0.5 + Math.random() / 2));
  }

  async function bury(lease: Lease, reason: string): Promise<void> {
    if (!(await store.bury(lease, reason))) return;
    const { id, attempt } = lease;
    await tell({ id: `${id}/buried`, at: now(), type: 'buried', job: id, attempts: attempt, reason });
  }

  /** Never rejects: what fails here comes again, by a retry or when its lease has run out. */
  async function take(lease: Lease): Promise<void> {
    try {
      await handle(lease);
    } catch (error) {
      const given = abandoned.signal.aborted ? store.retry(lease, 0) : again(lease, failureOf(error));
      await given.catch(() => undefined);
    }
  }

  /** Takes as many jobs as there are hands free. @returns how many */
  async function takeSome(): Promise<number> {
    const free = options.concurrency - inHand.size;
    if (free <= 0) return 0;
    const leases = await store.lease(free, options.leaseMs);
    for (const lease of leases) {
      const taken: Promise<void> = take(lease).finally(() => {
        inHand.delete(taken);
        wake();
      });
      inHand.add(taken);
    }
    return leases.length;
  }

  async function pause(ms: number): Promise<void> {
    if (woken) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    wakeUp = () => {};
  }

  async function loop(): Promise<void> {
    while (!stopped.signal.aborted) {
      woken = false;
      const taken = await takeSome().catch(() => 0);
      if (taken === 0) await pause(options.pollMs * (0.5 + Math.random()));
    }
  }

  async function work(signal?: AbortSignal): Promise<number> {
    let looked = 0;
    while (!signal?.aborted && !stopped.signal.aborted) {
      const taken = await takeSome();
      looked += taken;
      if (taken === 0 && inHand.size === 0) break;
      if (inHand.size > 0) await Promise.race(inHand);
    }
    return looked;
  }

  return {
    wake,
    start() {
      running ??= loop();
    },
    work,
    async stop(withinMs) {
      if (!store.durable && running !== undefined) {
        // What is not done is lost: nobody else has it.
        await work(AbortSignal.timeout(withinMs)).catch(() => 0);
      }
      stopped.abort();
      wake();
      await running;
      const timer = setTimeout(() => abandoned.abort(), store.durable ? withinMs : 0);
      await Promise.all(inHand);
      clearTimeout(timer);
    },
  };
}

function failureOf(error: unknown): string {
  return error instanceof Error ? error.name : 'failed';
}
