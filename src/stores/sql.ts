/**
 * The store in SQL, for whoever runs SQLite: a file on one machine, or a Durable Object.
 *
 * @module
 */
import { afterLift, afterOrder, afterStrike, type StandingRecord, standingAt } from './standing.ts';
import {
  type Ban,
  type Counts,
  type DeadLetter,
  type Job,
  type Lease,
  type ListedBan,
  MAX_DEAD,
  type Order,
  REMEMBERED_MS,
  type Standing,
  type Strike,
  type Struck,
  type Terms,
} from './store.ts';

/** How SQLite is reached: synchronously, in both places. */
export interface Sql {
  /** Rows that a statement gives. */
  all<Row>(statement: string, ...values: readonly (string | number)[]): readonly Row[];
  /** Runs `work` as one transaction that nobody writes beside. */
  atomic<T>(work: () => T): T;
}

/** `Store`'s calls as they are where SQLite is: without waiting. */
export interface SqlStore {
  standing(subject: string): Standing;
  strike(subject: string, strike: Strike, terms: Terms): Struck;
  ban(subject: string, order: Order): Ban;
  lift(subject: string): Ban | undefined;
  bans(limit: number, offset?: number): readonly ListedBan[];
  enqueue(job: Job, limit: number): boolean;
  lease(count: number, leaseMs: number): readonly Lease[];
  ack(lease: Lease): boolean;
  retry(lease: Lease, afterMs: number): boolean;
  bury(lease: Lease, reason: string): boolean;
  counts(): Counts;
  deadLetters(limit: number): readonly DeadLetter[];
  revive(id: string): boolean;
  /** When the next job comes, or comes back; absent when there is none. */
  nextDue(): number | undefined;
}

/** Statements that make the tables, each run once. */
export const SCHEMA: readonly string[] = [
  `CREATE TABLE IF NOT EXISTS standings (
    subject TEXT PRIMARY KEY, record TEXT NOT NULL, since REAL NOT NULL, until REAL NOT NULL, forget_at REAL NOT NULL
  ) WITHOUT ROWID`,
  'CREATE INDEX IF NOT EXISTS standings_forget_at ON standings (forget_at)',
  'CREATE INDEX IF NOT EXISTS standings_until ON standings (until)',
  'CREATE TABLE IF NOT EXISTS strikes (id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID',
  'CREATE INDEX IF NOT EXISTS strikes_at ON strikes (at)',
  `CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, due REAL NOT NULL, attempt INTEGER NOT NULL, leased INTEGER NOT NULL
  )`,
  'CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due, number)',
  `CREATE TABLE IF NOT EXISTS dead (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL
  )`,
];

const HELD = 'id = ? AND attempt = ? AND leased = 1';

export function createSqlStore({ all, atomic }: Sql, now: () => number): SqlStore {
  function recordOf(subject: string): StandingRecord | undefined {
    const [row] = all<{ record: string }>('SELECT record FROM standings WHERE subject = ?', subject);
    return row && (JSON.parse(row.record) as StandingRecord);
  }

  function keep(subject: string, record: StandingRecord): void {
    const { ban, forgetAt } = record;
    const values = [subject, JSON.stringify(record), ban?.since ?? 0, ban?.until ?? 0, forgetAt];
    all('INSERT OR REPLACE INTO standings VALUES (?, ?, ?, ?, ?)', ...values);
    all('DELETE FROM standings WHERE forget_at <= ?', now());
  }

  function count(statement: string, ...values: readonly number[]): number {
    return all<{ n: number }>(`SELECT count(*) AS n FROM ${statement}`, ...values)[0]!.n;
  }

  function add(id: string, body: string): void {
    all('INSERT INTO jobs (id, body, due, attempt, leased) VALUES (?, ?, ?, 0, 0)', id, body, now());
  }

  function isDone({ id, attempt }: Lease): boolean {
    return all(`DELETE FROM jobs WHERE ${HELD} RETURNING id`, id, attempt).length > 0;
  }

  return {
    standing: (subject) => standingAt(recordOf(subject), now()),
    strike: (subject, strike, terms) =>
      atomic(() => {
        all('DELETE FROM strikes WHERE at <= ?', now() - REMEMBERED_MS);
        const counted = all('INSERT OR IGNORE INTO strikes VALUES (?, ?) RETURNING id', strike.id, now());
        const fresh = counted.length > 0;
        if (fresh) keep(subject, afterStrike(recordOf(subject), strike, terms, now()));
        return { standing: standingAt(recordOf(subject), now()), fresh };
      }),
    ban: (subject, order) =>
      atomic(() => {
        const record = afterOrder(recordOf(subject), order, now());
        keep(subject, record);
        return record.ban;
      }),
    lift: (subject) =>
      atomic(() => {
        const record = recordOf(subject);
        const { ban } = standingAt(record, now());
        if (record !== undefined && ban !== undefined) keep(subject, afterLift(record, now()));
        return ban;
      }),
    bans(limit, offset = 0) {
      const rows = all<{ subject: string; record: string }>(
        'SELECT subject, record FROM standings WHERE until > ? ORDER BY since DESC, subject LIMIT ? OFFSET ?',
        now(),
        limit,
        offset,
      );
      return rows.map(({ subject, record }) => ({ subject, ...(JSON.parse(record) as { readonly ban: Ban }).ban }));
    },
    enqueue: ({ id, body }, limit) =>
      atomic(() => {
        if (all('SELECT 1 FROM jobs WHERE id = ?', id).length > 0) return true;
        if (count('jobs') >= limit) return false;
        add(id, body);
        return true;
      }),
    lease(most, leaseMs) {
      // Looks before it locks: most of the time nothing waits.
      if (all('SELECT 1 FROM jobs WHERE due <= ? LIMIT 1', now()).length === 0) return [];
      return atomic(() => {
        const next = 'SELECT id, body, attempt + 1 AS attempt FROM jobs WHERE due <= ? ORDER BY due, number LIMIT ?';
        const leases = all<Lease>(next, now(), most).map(({ id, body, attempt }) => ({ id, body, attempt }));
        for (const { id, attempt } of leases) {
          all('UPDATE jobs SET attempt = ?, due = ?, leased = 1 WHERE id = ?', attempt, now() + leaseMs, id);
        }
        return leases;
      });
    },
    ack: (lease) => atomic(() => isDone(lease)),
    retry: ({ id, attempt }, afterMs) =>
      atomic(() => {
        const back = `UPDATE jobs SET due = ?, leased = 0 WHERE ${HELD} RETURNING id`;
        return all(back, now() + afterMs, id, attempt).length > 0;
      }),
    bury: (lease, reason) =>
      atomic(() => {
        if (!isDone(lease)) return false;
        const { id, body, attempt } = lease;
        const letter = 'INSERT OR REPLACE INTO dead (id, body, attempts, reason, at) VALUES (?, ?, ?, ?, ?)';
        all(letter, id, body, attempt, reason, now());
        all('DELETE FROM dead WHERE number <= (SELECT max(number) FROM dead) - ?', MAX_DEAD);
        return true;
      }),
    counts() {
      const leased = count('jobs WHERE leased = 1 AND due > ?', now());
      return { waiting: count('jobs') - leased, leased, dead: count('dead') };
    },
    deadLetters: (limit) =>
      all<DeadLetter>('SELECT id, body, attempts, reason, at FROM dead ORDER BY number DESC LIMIT ?', limit).map(
        ({ id, body, attempts, reason, at }) => ({ id, body, attempts, reason, at }),
      ),
    revive: (id) =>
      atomic(() => {
        const [letter] = all<{ body: string }>('DELETE FROM dead WHERE id = ? RETURNING body', id);
        if (letter === undefined) return false;
        add(id, letter.body);
        return true;
      }),
    nextDue: () => all<{ due: number | null }>('SELECT min(due) AS due FROM jobs')[0]?.due ?? undefined,
  };
}
