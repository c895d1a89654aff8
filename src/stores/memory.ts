/**
 * The store of one process: forgets everything when it ends.
 *
 * @module
 */
import { FirewallError } from '../errors.ts';
import { afterLift, afterOrder, afterStrike, type StandingRecord, standingAt } from './standing.ts';
import {
  type DeadLetter,
  type Job,
  type Lease,
  MAX_DEAD,
  REMEMBERED_MS,
  type Store,
  type StoreOptions,
} from './store.ts';

interface Held extends Job {
  attempt: number;
  /** When it comes again. */
  due: number;
  leased: boolean;
}

/** Subjects are looked through for what may be forgotten when there are twice as many as the last time. */
const FIRST_SWEEP = 1024;

export function createMemoryStore({ now = Date.now }: StoreOptions = {}): Store {
  const records = new Map<string, StandingRecord>();
  /** Strike id -> when it was counted, oldest first. */
  const counted = new Map<string, number>();
  const jobs = new Map<string, Held>();
  /** Oldest first. */
  const dead = new Map<string, DeadLetter>();
  let sweepAt = FIRST_SWEEP;
  let closed = false;

  function keep(subject: string, record: StandingRecord): void {
    records.set(subject, record);
    if (records.size < sweepAt) return;
    for (const [other, { forgetAt }] of records) if (now() >= forgetAt) records.delete(other);
    sweepAt = Math.max(FIRST_SWEEP, 2 * records.size);
  }

  function forgetCounted(): void {
    for (const [id, at] of counted) {
      if (now() - at < REMEMBERED_MS) return;
      counted.delete(id);
    }
  }

  /** The job, if this lease still holds it. */
  function heldBy({ id, attempt }: Lease): Held | undefined {
    const held = jobs.get(id);
    return held?.attempt === attempt && held.leased ? held : undefined;
  }

  function alive(): void {
    if (closed) throw new FirewallError('FW_DISPOSED', 'memory store: it was closed');
  }

  return {
    name: 'memory',
    durable: false,
    async standing(subject) {
      alive();
      return standingAt(records.get(subject), now());
    },
    async strike(subject, strike, terms) {
      alive();
      forgetCounted();
      const fresh = !counted.has(strike.id);
      if (fresh) {
        counted.set(strike.id, now());
        keep(subject, afterStrike(records.get(subject), strike, terms, now()));
      }
      return { standing: standingAt(records.get(subject), now()), fresh };
    },
    async ban(subject, order) {
      alive();
      const record = afterOrder(records.get(subject), order, now());
      keep(subject, record);
      return record.ban;
    },
    async lift(subject) {
      alive();
      const record = records.get(subject);
      const { ban } = standingAt(record, now());
      if (record !== undefined && ban !== undefined) keep(subject, afterLift(record, now()));
      return ban;
    },
    async bans(limit, offset = 0) {
      alive();
      return [...records]
        .flatMap(([subject, record]) => {
          const { ban } = standingAt(record, now());
          return ban === undefined ? [] : [{ subject, ...ban }];
        })
        .sort((a, b) => b.since - a.since || (a.subject < b.subject ? -1 : 1))
        .slice(offset, offset + limit);
    },
    async enqueue(job, limit) {
      alive();
      if (jobs.has(job.id)) return true;
      if (jobs.size >= limit) return false;
      jobs.set(job.id, { id: job.id, body: job.body, attempt: 0, due: now(), leased: false });
      return true;
    },
    async lease(count, leaseMs) {
      alive();
      const leases: Lease[] = [];
      for (const held of jobs.values()) {
        if (leases.length >= count) break;
        if (held.due > now()) continue;
        held.attempt++;
        held.due = now() + leaseMs;
        held.leased = true;
        leases.push({ id: held.id, body: held.body, attempt: held.attempt });
      }
      return leases;
    },
    async ack(lease) {
      alive();
      return heldBy(lease) !== undefined && jobs.delete(lease.id);
    },
    async retry(lease, afterMs) {
      alive();
      const held = heldBy(lease);
      if (held === undefined) return false;
      held.due = now() + afterMs;
      held.leased = false;
      return true;
    },
    async bury(lease, reason) {
      alive();
      if (heldBy(lease) === undefined) return false;
      jobs.delete(lease.id);
      dead.set(lease.id, { id: lease.id, body: lease.body, attempts: lease.attempt, reason, at: now() });
      if (dead.size > MAX_DEAD) dead.delete(dead.keys().next().value!);
      return true;
    },
    async counts() {
      alive();
      const leased = [...jobs.values()].filter((held) => held.leased && held.due > now()).length;
      return { waiting: jobs.size - leased, leased, dead: dead.size };
    },
    async deadLetters(limit) {
      alive();
      return [...dead.values()].reverse().slice(0, limit);
    },
    async revive(id) {
      alive();
      const letter = dead.get(id);
      if (letter === undefined) return false;
      dead.delete(id);
      jobs.set(id, { id, body: letter.body, attempt: 0, due: now(), leased: false });
      return true;
    },
    async close() {
      closed = true;
    },
  };
}
