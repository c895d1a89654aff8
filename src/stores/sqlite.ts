/**
 * The store of one machine: a SQLite file that several processes may share.
 *
 * Write-ahead log; a killed process loses nothing that was taken. With `sync: 'full'` a power cut loses nothing either,
 * at the price of one disk flush for each write.
 *
 * @module
 */
import type { Database, Options } from 'libsql';
import { FirewallError, show } from '../errors.ts';
import { afterLift, afterOrder, afterStrike, type StandingRecord, standingAt } from './standing.ts';
import {
  type Ban,
  type DeadLetter,
  type Lease,
  type ListedBan,
  MAX_DEAD,
  REMEMBERED_MS,
  type Store,
  type StoreOptions,
} from './store.ts';

export interface SqliteStoreOptions extends StoreOptions {
  /** Made where there is none. */
  readonly path: string;
  /** When to wait for the disk: `normal` (default) at checkpoints, `full` at each write. */
  readonly sync?: 'normal' | 'full';
  /** How long to wait for another process that writes; defaults to 2,000. The event loop waits too. */
  readonly busyMs?: number;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS standings (
    subject TEXT PRIMARY KEY, record TEXT NOT NULL, since REAL NOT NULL, until REAL NOT NULL, forget_at REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS standings_forget_at ON standings (forget_at);
  CREATE INDEX IF NOT EXISTS standings_until ON standings (until);
  CREATE TABLE IF NOT EXISTS strikes (id TEXT PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS strikes_at ON strikes (at);
  CREATE TABLE IF NOT EXISTS jobs (
    id TEXT PRIMARY KEY, body TEXT NOT NULL, due REAL NOT NULL, attempt INTEGER NOT NULL, leased INTEGER NOT NULL
  );
  CREATE INDEX IF NOT EXISTS jobs_due ON jobs (due);
  CREATE TABLE IF NOT EXISTS dead (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE, body TEXT NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL, at REAL NOT NULL
  );`;

/**
 * @throws {FirewallError} `FW_OPTIONS` when an option is wrong, `FW_STORE` when the driver is not installed or the file
 *   cannot be opened
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { path, sync = 'normal', busyMs = 2000, now = Date.now } = options;
  if (typeof path !== 'string' || path === '') {
    throw new FirewallError('FW_OPTIONS', `createSqliteStore: path must be a file's name; got ${show(path)}`);
  }
  if (sync !== 'normal' && sync !== 'full') {
    throw new FirewallError('FW_OPTIONS', `createSqliteStore: sync must be 'normal' or 'full'; got ${show(sync)}`);
  }
  const db = await open(path, { timeout: busyMs });
  db.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${sync}`);
  db.exec(SCHEMA);

  const sql = {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    record: db.prepare('SELECT record FROM standings WHERE subject = ?'),
    keep: db.prepare('INSERT OR REPLACE INTO standings VALUES (?, ?, ?, ?, ?)'),
    forgetStandings: db.prepare('DELETE FROM standings WHERE forget_at <= ?'),
    count: db.prepare('INSERT OR IGNORE INTO strikes VALUES (?, ?)'),
    forgetStrikes: db.prepare('DELETE FROM strikes WHERE at <= ?'),
    bans: db.prepare(
      'SELECT subject, record FROM standings WHERE until > ? ORDER BY since DESC, subject LIMIT ? OFFSET ?',
    ),
    isWaiting: db.prepare('SELECT 1 FROM jobs WHERE id = ?'),
    jobs: db.prepare('SELECT count(*) AS n FROM jobs'),
    leased: db.prepare('SELECT count(*) AS n FROM jobs WHERE leased = 1 AND due > ?'),
    dead: db.prepare('SELECT count(*) AS n FROM dead'),
    enqueue: db.prepare('INSERT INTO jobs VALUES (?, ?, ?, 0, 0)'),
    // Not `due` with `get`: in libsql a statement that was read by `all` gives `get` nothing.
    isDue: db.prepare('SELECT 1 FROM jobs WHERE due <= ? LIMIT 1'),
    due: db.prepare('SELECT id, body, attempt FROM jobs WHERE due <= ? ORDER BY due, rowid LIMIT ?'),
    lease: db.prepare('UPDATE jobs SET attempt = ?, due = ?, leased = 1 WHERE id = ?'),
    finish: db.prepare('DELETE FROM jobs WHERE id = ? AND attempt = ? AND leased = 1'),
    retry: db.prepare('UPDATE jobs SET due = ?, leased = 0 WHERE id = ? AND attempt = ? AND leased = 1'),
    bury: db.prepare('INSERT OR REPLACE INTO dead (id, body, attempts, reason, at) VALUES (?, ?, ?, ?, ?)'),
    forgetDead: db.prepare('DELETE FROM dead WHERE number <= (SELECT max(number) FROM dead) - ?'),
    letters: db.prepare('SELECT id, body, attempts, reason, at FROM dead ORDER BY number DESC LIMIT ?'),
    letter: db.prepare('SELECT body FROM dead WHERE id = ?'),
    unbury: db.prepare('DELETE FROM dead WHERE id = ?'),
  };

  /** Runs `work` as one transaction that no other process writes beside. */
  async function atomic<T>(work: () => T): Promise<T> {
    alive();
    sql.begin.run();
    try {
      const result = work();
      sql.commit.run();
      return result;
    } catch (error) {
      if (db.inTransaction) sql.rollback.run();
      throw error;
    }
  }

  function alive(): void {
    if (!db.open) throw new FirewallError('FW_DISPOSED', 'sqlite store: it was closed');
  }

  function recordOf(subject: string): StandingRecord | undefined {
    const row = sql.record.get(subject) as { record: string } | undefined;
    return row && (JSON.parse(row.record) as StandingRecord);
  }

  function keep(subject: string, record: StandingRecord): void {
    const { ban } = record;
    sql.keep.run(subject, JSON.stringify(record), ban?.since ?? 0, ban?.until ?? 0, record.forgetAt);
    sql.forgetStandings.run(now());
  }

  const number = (statement: { get(...params: unknown[]): unknown }, ...params: unknown[]): number =>
    (statement.get(...params) as { n: number }).n;

  return {
    name: 'sqlite',
    durable: true,
    async standing(subject) {
      alive();
      return standingAt(recordOf(subject), now());
    },
    strike: (subject, strike, terms) =>
      atomic(() => {
        sql.forgetStrikes.run(now() - REMEMBERED_MS);
        const fresh = sql.count.run(strike.id, now()).changes > 0;
        if (fresh) keep(subject, afterStrike(recordOf(subject), strike, terms, now()));
        return { standing: standingAt(recordOf(subject), now()), fresh };
      }),
    ban: (subject, order) =>
      atomic((): Ban => {
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
    async bans(limit, offset = 0) {
      alive();
      const rows = sql.bans.all(now(), limit, offset) as { subject: string; record: string }[];
      return rows.map(
        ({ subject, record }): ListedBan => ({ subject, ...(JSON.parse(record) as { readonly ban: Ban }).ban }),
      );
    },
    enqueue: ({ id, body }, limit) =>
      atomic(() => {
        if (sql.isWaiting.get(id) !== undefined) return true;
        if (number(sql.jobs) >= limit) return false;
        sql.enqueue.run(id, body, now());
        return true;
      }),
    async lease(count, leaseMs) {
      alive();
      // Looks before it locks: most of the time nothing waits.
      if (sql.isDue.get(now()) === undefined) return [];
      return atomic(() => {
        const rows = sql.due.all(now(), count) as { id: string; body: string; attempt: number }[];
        return rows.map(({ id, body, attempt }): Lease => {
          sql.lease.run(attempt + 1, now() + leaseMs, id);
          return { id, body, attempt: attempt + 1 };
        });
      });
    },
    ack: ({ id, attempt }) => atomic(() => sql.finish.run(id, attempt).changes > 0),
    retry: ({ id, attempt }, afterMs) => atomic(() => sql.retry.run(now() + afterMs, id, attempt).changes > 0),
    bury: ({ id, body, attempt }, reason) =>
      atomic(() => {
        if (sql.finish.run(id, attempt).changes === 0) return false;
        sql.bury.run(id, body, attempt, reason, now());
        sql.forgetDead.run(MAX_DEAD);
        return true;
      }),
    async counts() {
      alive();
      const leased = number(sql.leased, now());
      return { waiting: number(sql.jobs) - leased, leased, dead: number(sql.dead) };
    },
    async deadLetters(limit) {
      alive();
      return (sql.letters.all(limit) as DeadLetter[]).map(({ id, body, attempts, reason, at }) => ({
        id,
        body,
        attempts,
        reason,
        at,
      }));
    },
    revive: (id) =>
      atomic(() => {
        const letter = sql.letter.get(id) as { body: string } | undefined;
        if (letter === undefined) return false;
        sql.unbury.run(id);
        sql.enqueue.run(id, letter.body, now());
        return true;
      }),
    async close() {
      if (db.open) db.close();
    },
  };
}

async function open(path: string, options: Options): Promise<Database> {
  let driver: typeof import('libsql');
  try {
    driver = (await import('libsql')).default as unknown as typeof import('libsql');
  } catch (cause) {
    throw new FirewallError('FW_STORE', 'createSqliteStore: it needs the package libsql; `npm install libsql`', {
      cause,
    });
  }
  try {
    return new driver(path, options);
  } catch (cause) {
    throw new FirewallError('FW_STORE', `createSqliteStore: cannot open ${show(path)}: ${show(cause)}`, { cause });
  }
}
