/**
 * The store of one machine: a SQLite file that several processes may share.
 *
 * Write-ahead log; a killed process loses nothing that was taken. With `sync: 'full'` a power cut loses nothing either,
 * at the price of one disk flush for each write.
 *
 * @module
 */
import type { Database, Options, Statement } from 'libsql';
import { FirewallError, show } from '../errors.ts';
import { createSqlStore, SCHEMA, type Sql } from './sql.ts';
import type { Store, StoreOptions } from './store.ts';

export interface SqliteStoreOptions extends StoreOptions {
  /** Made where there is none. */
  readonly path: string;
  /** When to wait for the disk: `normal` (default) at checkpoints, `full` at each write. */
  readonly sync?: 'normal' | 'full';
  /** How long to wait for another process that writes; defaults to 2,000. The event loop waits too. */
  readonly busyMs?: number;
}

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
  for (const statement of SCHEMA) db.exec(statement);
  const sql = createSqlStore(sqlOf(db), now);

  /** Synchronous work as a promise: what it throws, rejects. */
  async function run<T>(work: () => T): Promise<T> {
    if (!db.open) throw new FirewallError('FW_DISPOSED', 'sqlite store: it was closed');
    return work();
  }

  return {
    name: 'sqlite',
    durable: true,
    standing: (subject) => run(() => sql.standing(subject)),
    strike: (subject, strike, terms) => run(() => sql.strike(subject, strike, terms)),
    ban: (subject, order) => run(() => sql.ban(subject, order)),
    lift: (subject) => run(() => sql.lift(subject)),
    bans: (limit, offset) => run(() => sql.bans(limit, offset)),
    enqueue: (job, limit) => run(() => sql.enqueue(job, limit)),
    lease: (count, leaseMs) => run(() => sql.lease(count, leaseMs)),
    ack: (lease) => run(() => sql.ack(lease)),
    retry: (lease, afterMs) => run(() => sql.retry(lease, afterMs)),
    bury: (lease, reason) => run(() => sql.bury(lease, reason)),
    counts: () => run(() => sql.counts()),
    deadLetters: (limit) => run(() => sql.deadLetters(limit)),
    revive: (id) => run(() => sql.revive(id)),
    async close() {
      if (db.open) db.close();
    },
  };
}

function sqlOf(db: Database): Sql {
  const prepared = new Map<string, Statement>();

  function all<Row>(statement: string, ...values: readonly (string | number)[]): readonly Row[] {
    let ready = prepared.get(statement);
    if (ready === undefined) {
      ready = db.prepare(statement);
      prepared.set(statement, ready);
    }
    if (ready.reader) return ready.all(...values) as Row[];
    ready.run(...values);
    return [];
  }

  return {
    all,
    atomic(work) {
      all('BEGIN IMMEDIATE');
      try {
        const result = work();
        all('COMMIT');
        return result;
      } catch (error) {
        if (db.inTransaction) all('ROLLBACK');
        throw error;
      }
    },
  };
}

async function open(path: string, options: Options): Promise<Database> {
  let Driver: new (path: string, options: Options) => Database;
  try {
    ({ default: Driver } = await import('libsql'));
  } catch (cause) {
    throw new FirewallError('FW_STORE', 'createSqliteStore: it needs the package libsql; `npm install libsql`', {
      cause,
    });
  }
  try {
    return new Driver(path, options);
  } catch (cause) {
    throw new FirewallError('FW_STORE', `createSqliteStore: cannot open ${show(path)}: ${show(cause)}`, { cause });
  }
}
