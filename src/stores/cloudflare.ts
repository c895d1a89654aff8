/**
 * The store at the edge: Durable Objects on SQLite, and a Cloudflare Queue that calls whoever verifies.
 *
 * Subjects are spread over several objects, jobs lie in one. A job is in its object before it is taken; the object's
 * alarm then rings: it sends a message to the queue bound as `EDGEWARD_QUEUE`, whose consumer calls `judgement.work()`.
 * The message says only that there is work. Retries ring when their time comes, and unanswered rings are repeated, so
 * that a lost message costs time and no job.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import { createSqlStore, SCHEMA, type SqlStore } from './sql.ts';
import { FOREVER, type ListedBan, type Store, type StoreOptions } from './store.ts';

/** What of a Durable Object's namespace is used. */
interface Objects<Id> {
  idFromName(name: string): Id;
  get(id: Id): { fetch(url: string, init: RequestInit): Promise<Response> };
}

/** What of a Durable Object's state is used. */
interface ObjectState {
  readonly storage: {
    readonly sql: { exec(statement: string, ...values: (string | number)[]): { toArray(): unknown[] } };
    transactionSync<T>(work: () => T): T;
    getAlarm(): Promise<number | null>;
    setAlarm(at: number): Promise<void>;
  };
}

interface ObjectEnv {
  readonly EDGEWARD_QUEUE?: { send(message: unknown): Promise<unknown> };
}

export interface CloudflareStoreOptions<Id> extends StoreOptions {
  /** The namespace that `EdgewardStore` is bound as. */
  readonly objects: Objects<Id>;
  /** Stores of different names have nothing in common. Defaults to `edgeward`. */
  readonly name?: string;
  /** Objects that share the subjects; fixed once there are bans. Defaults to 8. */
  readonly shards?: number;
}

type Call = Exclude<keyof SqlStore, 'nextDue'>;

/** After which time an object rings again, if nobody came. */
const RING_AGAIN_MS = 10_000;
const MAX_SHARDS = 256;

/** @throws {FirewallError} `FW_OPTIONS` when an option is wrong */
export function createCloudflareStore<Id>(options: CloudflareStoreOptions<Id>): Store {
  const { objects, name = 'edgeward', shards = 8, now = Date.now } = options;
  if (typeof objects?.idFromName !== 'function') {
    const got = show(objects);
    throw new FirewallError(
      'FW_OPTIONS',
      `createCloudflareStore: objects must be a Durable Object binding; got ${got}`,
    );
  }
  if (!Number.isInteger(shards) || shards < 1 || shards > MAX_SHARDS) {
    const got = show(shards);
    throw new FirewallError('FW_OPTIONS', `createCloudflareStore: shards must be 1 to ${MAX_SHARDS}; got ${got}`);
  }
  let closed = false;

  async function ask<C extends Call>(
    object: string,
    call: C,
    ...args: Parameters<SqlStore[C]>
  ): Promise<ReturnType<SqlStore[C]>> {
    if (closed) throw new FirewallError('FW_DISPOSED', 'cloudflare store: it was closed');
    const stub = objects.get(objects.idFromName(`${name}/${object}`));
    const body = JSON.stringify({ call, args, now: now() }, finite);
    const response = await stub.fetch('https://edgeward.store/', { method: 'POST', body });
    if (!response.ok) throw new FirewallError('FW_STORE', `cloudflare store: ${call} answered ${response.status}`);
    return ((await response.json()) as { readonly value?: unknown }).value as ReturnType<SqlStore[C]>;
  }

  /** Subjects are hashes: any character of them is as good as a die. */
  function shardOf(subject: string): string {
    let sum = 0;
    for (let i = 0; i < subject.length; i++) sum = (sum * 31 + subject.charCodeAt(i)) % 0x7fff_ffff;
    return `subjects-${sum % shards}`;
  }

  return {
    name: 'cloudflare',
    durable: true,
    standing: (subject) => ask(shardOf(subject), 'standing', subject),
    strike: (subject, strike, terms) => ask(shardOf(subject), 'strike', subject, strike, terms),
    ban: (subject, order) => ask(shardOf(subject), 'ban', subject, order),
    lift: (subject) => ask(shardOf(subject), 'lift', subject),
    async bans(limit, offset = 0) {
      const each = Array.from({ length: shards }, (_, i) => ask(`subjects-${i}`, 'bans', offset + limit));
      const all: ListedBan[] = (await Promise.all(each)).flat();
      return all.sort((a, b) => b.since - a.since || (a.subject < b.subject ? -1 : 1)).slice(offset, offset + limit);
    },
    enqueue: (job, limit) => ask('queue', 'enqueue', job, limit),
    lease: (count, leaseMs) => ask('queue', 'lease', count, leaseMs),
    ack: (lease) => ask('queue', 'ack', lease),
    retry: (lease, afterMs) => ask('queue', 'retry', lease, afterMs),
    bury: (lease, reason) => ask('queue', 'bury', lease, reason),
    counts: () => ask('queue', 'counts'),
    deadLetters: (limit) => ask('queue', 'deadLetters', limit),
    revive: (id) => ask('queue', 'revive', id),
    async close() {
      closed = true;
    },
  };
}

/** JSON knows no infinity. */
function finite(_name: string, value: unknown): unknown {
  return value === Number.POSITIVE_INFINITY ? FOREVER : value;
}

/** Calls after which a job may be due earlier than the alarm knows. */
const RINGING: ReadonlySet<Call> = new Set(['enqueue', 'retry', 'revive'] as const);

/** The Durable Object: export it from your worker, and list it under `new_sqlite_classes`. */
export class EdgewardStore {
  readonly #state: ObjectState;
  readonly #env: ObjectEnv;
  readonly #store: SqlStore;
  /** By the clock of whoever asks. */
  #now = Date.now();

  constructor(state: ObjectState, env: ObjectEnv) {
    this.#state = state;
    this.#env = env;
    const { sql } = state.storage;
    for (const statement of SCHEMA) sql.exec(statement);
    this.#store = createSqlStore(
      {
        all: <Row>(statement: string, ...values: readonly (string | number)[]) =>
          sql.exec(statement, ...values).toArray() as Row[],
        atomic: (work) => state.storage.transactionSync(work),
      },
      () => this.#now,
    );
  }

  /** Only `createCloudflareStore` calls it: an object is not reachable from outside. */
  async fetch(request: Request): Promise<Response> {
    const { call, args, now } = (await request.json()) as { call: Call; args: unknown[]; now: number };
    this.#now = now;
    const method = this.#store[call] as (...args: unknown[]) => unknown;
    const value = method(...args);
    if (RINGING.has(call)) await this.#ringWhenDue();
    return Response.json({ value });
  }

  async alarm(): Promise<void> {
    this.#now = Date.now();
    const due = this.#store.nextDue();
    if (due === undefined || this.#env.EDGEWARD_QUEUE === undefined) return;
    if (due > this.#now) return this.#state.storage.setAlarm(due);
    await this.#env.EDGEWARD_QUEUE.send({ work: true });
    await this.#state.storage.setAlarm(this.#now + RING_AGAIN_MS);
  }

  async #ringWhenDue(): Promise<void> {
    const due = this.#store.nextDue();
    if (due === undefined || this.#env.EDGEWARD_QUEUE === undefined) return;
    const { storage } = this.#state;
    const set = await storage.getAlarm();
    if (set === null || due < set) await storage.setAlarm(Math.max(due, this.#now));
  }
}
