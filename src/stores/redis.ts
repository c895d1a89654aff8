/**
 * The store of a fleet: Redis 6 or later, through ioredis.
 *
 * A subject's record is changed by compare and set, so that the rules of `standing.ts` hold here too; what belongs to a
 * change (the strike's id, the index of bans) is written by the same script. The queue is two sorted sets, those that
 * wait and those that are leased, by when their time comes. All keys share one hash tag: in a cluster, one slot.
 *
 * @module
 */
import type { Redis } from 'ioredis';
import { FirewallError, show } from '../errors.ts';
import { afterLift, afterOrder, afterStrike, isRunning, type StandingRecord, standingAt } from './standing.ts';
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

export interface RedisStoreOptions extends StoreOptions {
  /** `redis://` or `rediss://`; defaults to `redis://localhost:6379`. */
  readonly url?: string;
  /** A client of your own instead: for TLS files, sentinels and so on. Yours to close; it should not queue while offline. */
  readonly client?: Redis;
  /** Begins every key; defaults to `{edgeward}`. Keep the braces where the server is a cluster. */
  readonly prefix?: string;
  /** How long to wait for an answer; defaults to 1,000. */
  readonly timeoutMs?: number;
}

/** Longest wait between two attempts to reach the server. */
const MAX_PAUSE_MS = 1000;

/** A strike's id is known already. */
const KNOWN = -1;
/** Somebody else was faster. */
const CONFLICT = 0;

interface Script {
  readonly keys: number;
  readonly lua: string;
}

const SCRIPTS = {
  /** keys: record, bans by beginning, bans by end, strike; values: record before, record after, lifetime, subject, beginning, end, lifetime of the strike or 0 */
  edgewardReplace: {
    keys: 4,
    lua: `
      local remember = tonumber(ARGV[7])
      if remember > 0 and redis.call('EXISTS', KEYS[4]) == 1 then return ${KNOWN} end
      if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return ${CONFLICT} end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      if ARGV[6] == '0' then
        redis.call('ZREM', KEYS[2], ARGV[4])
        redis.call('ZREM', KEYS[3], ARGV[4])
      else
        redis.call('ZADD', KEYS[2], ARGV[5], ARGV[4])
        redis.call('ZADD', KEYS[3], ARGV[6], ARGV[4])
      end
      if remember > 0 then redis.call('SET', KEYS[4], 1, 'PX', remember) end
      return 1`,
  },
  /** keys: bans by beginning, bans by end; values: now, first, last */
  edgewardBans: {
    keys: 2,
    lua: `
      for _, subject in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])) do
        redis.call('ZREM', KEYS[1], subject)
        redis.call('ZREM', KEYS[2], subject)
      end
      return redis.call('ZREVRANGE', KEYS[1], ARGV[2], ARGV[3])`,
  },
  /** keys: bodies, waiting; values: id, body, limit, now */
  edgewardEnqueue: {
    keys: 2,
    lua: `
      if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 1 then return 1 end
      if redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return 0 end
      redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
      redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1])
      return 1`,
  },
  /** keys: bodies, waiting, leased, attempts; values: now, count, end of the lease. Gives id, body, attempt, id, … */
  edgewardLease: {
    keys: 4,
    lua: `
      local function due(key) return redis.call('ZRANGEBYSCORE', key, '-inf', ARGV[1], 'WITHSCORES', 'LIMIT', 0, ARGV[2]) end
      local late = due(KEYS[3])
      for i = 1, #late, 2 do
        redis.call('ZREM', KEYS[3], late[i])
        redis.call('ZADD', KEYS[2], late[i + 1], late[i])
      end
      local taken = {}
      local waiting = due(KEYS[2])
      for i = 1, #waiting, 2 do
        local id = waiting[i]
        redis.call('ZREM', KEYS[2], id)
        redis.call('ZADD', KEYS[3], ARGV[3], id)
        taken[#taken + 1] = id
        taken[#taken + 1] = redis.call('HGET', KEYS[1], id)
        taken[#taken + 1] = redis.call('HINCRBY', KEYS[4], id, 1)
      end
      return taken`,
  },
  /** keys: bodies, leased, attempts, dead by age, dead; values: id, attempt, letter or '', now */
  edgewardFinish: {
    keys: 5,
    lua: `
      local id = ARGV[1]
      if redis.call('HGET', KEYS[3], id) ~= ARGV[2] or redis.call('ZREM', KEYS[2], id) == 0 then return 0 end
      redis.call('HDEL', KEYS[1], id)
      redis.call('HDEL', KEYS[3], id)
      if ARGV[3] ~= '' then
        redis.call('ZADD', KEYS[4], ARGV[4], id)
        redis.call('HSET', KEYS[5], id, ARGV[3])
        for _, old in ipairs(redis.call('ZRANGE', KEYS[4], 0, -${MAX_DEAD + 1})) do
          redis.call('ZREM', KEYS[4], old)
          redis.call('HDEL', KEYS[5], old)
        end
      end
      return 1`,
  },
  /** keys: waiting, leased, attempts; values: id, attempt, when */
  edgewardRetry: {
    keys: 3,
    lua: `
      if redis.call('HGET', KEYS[3], ARGV[1]) ~= ARGV[2] or redis.call('ZREM', KEYS[2], ARGV[1]) == 0 then return 0 end
      redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1])
      return 1`,
  },
  /** keys: bodies, waiting, dead by age, dead; values: id, body, now */
  edgewardRevive: {
    keys: 4,
    lua: `
      if redis.call('ZREM', KEYS[3], ARGV[1]) == 0 then return 0 end
      redis.call('HDEL', KEYS[4], ARGV[1])
      redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
      redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
      return 1`,
  },
} as const satisfies Record<string, Script>;

type Run = (...keysAndValues: readonly (string | number)[]) => Promise<unknown>;

/**
 * Resolves also while the server is away: calls reject until it is back.
 *
 * @throws {FirewallError} `FW_OPTIONS` when an option is wrong, `FW_STORE` when ioredis is not installed
 */
export async function createRedisStore(options: RedisStoreOptions = {}): Promise<Store> {
  const { prefix = '{edgeward}', now = Date.now } = options;
  const client = options.client ?? (await connect(options));
  for (const [name, { keys, lua }] of Object.entries(SCRIPTS)) {
    client.defineCommand(name, { numberOfKeys: keys, lua });
  }
  const run = client as unknown as Readonly<Record<keyof typeof SCRIPTS, Run>>;
  const key = (...names: readonly string[]): string => [prefix, ...names].join(':');
  const [bodies, waiting, leased, attempts] = [key('jobs'), key('waiting'), key('leased'), key('attempts')];
  const [deadByAge, dead] = [key('dead-by-age'), key('dead')];
  const [bansBySince, bansByUntil] = [key('bans-by-since'), key('bans-by-until')];

  /** @returns undefined when nothing changed: `step` saw no need, or the strike is known */
  async function change<T extends StandingRecord>(
    subject: string,
    step: (before: StandingRecord | undefined) => T | undefined,
    strikeId?: string,
  ): Promise<T | undefined> {
    const record = key('subject', subject);
    const strike = key('strike', strikeId ?? '');
    for (;;) {
      const before = await client.get(record);
      const after = step(parse(before));
      if (after === undefined) return undefined;
      const lifetime = Math.max(1, Math.ceil(after.forgetAt - now()));
      const ban = after.ban !== undefined && isRunning(after.ban, now()) ? after.ban : { since: 0, until: 0 };
      const keys = [record, bansBySince, bansByUntil, strike];
      const remember = strikeId === undefined ? 0 : REMEMBERED_MS;
      const values = [before ?? '', JSON.stringify(after), lifetime, subject, ban.since, ban.until, remember];
      const result = await run.edgewardReplace(...keys, ...values);
      if (result === KNOWN) return undefined;
      if (result !== CONFLICT) return after;
    }
  }

  async function finish({ id, attempt }: Lease, letter: string): Promise<boolean> {
    const keys = [bodies, leased, attempts, deadByAge, dead];
    return (await run.edgewardFinish(...keys, id, attempt, letter, now())) === 1;
  }

  const standing = async (subject: string) => standingAt(parse(await client.get(key('subject', subject))), now());

  return {
    name: 'redis',
    durable: true,
    standing,
    async strike(subject, strike, terms) {
      const after = await change(subject, (before) => afterStrike(before, strike, terms, now()), strike.id);
      return after === undefined
        ? { standing: await standing(subject), fresh: false }
        : { standing: standingAt(after, now()), fresh: true };
    },
    async ban(subject, order) {
      return (await change(subject, (before) => afterOrder(before, order, now())))!.ban;
    },
    async lift(subject) {
      let lifted: Ban | undefined;
      await change(subject, (before) => {
        lifted = standingAt(before, now()).ban;
        return before !== undefined && lifted !== undefined ? afterLift(before, now()) : undefined;
      });
      return lifted;
    },
    async bans(limit, offset = 0) {
      const range = [now(), offset, offset + limit - 1];
      const subjects = (await run.edgewardBans(bansBySince, bansByUntil, ...range)) as string[];
      if (subjects.length === 0) return [];
      const records = await client.mget(subjects.map((subject) => key('subject', subject)));
      return subjects.flatMap((subject, i): ListedBan[] => {
        const { ban } = standingAt(parse(records[i]!), now());
        return ban === undefined ? [] : [{ subject, ...ban }];
      });
    },
    async enqueue({ id, body }, limit) {
      return (await run.edgewardEnqueue(bodies, waiting, id, body, limit, now())) === 1;
    },
    async lease(count, leaseMs) {
      const taken = await run.edgewardLease(bodies, waiting, leased, attempts, now(), count, now() + leaseMs);
      const flat = taken as (string | number)[];
      return Array.from({ length: flat.length / 3 }, (_, i): Lease => {
        const [id, body, attempt] = flat.slice(3 * i, 3 * i + 3) as [string, string, number];
        return { id, body, attempt };
      });
    },
    ack: (lease) => finish(lease, ''),
    async retry({ id, attempt }, afterMs) {
      return (await run.edgewardRetry(waiting, leased, attempts, id, attempt, now() + afterMs)) === 1;
    },
    bury(lease, reason) {
      const { id, body, attempt } = lease;
      const letter: DeadLetter = { id, body, attempts: attempt, reason, at: now() };
      return finish(lease, JSON.stringify(letter));
    },
    async counts() {
      const [jobs, held, late, letters] = await Promise.all([
        client.hlen(bodies),
        client.zcard(leased),
        client.zcount(leased, '-inf', now()),
        client.zcard(deadByAge),
      ]);
      return { waiting: jobs - held + late, leased: held - late, dead: letters };
    },
    async deadLetters(limit) {
      if (limit < 1) return [];
      const ids = await client.zrevrange(deadByAge, 0, limit - 1);
      if (ids.length === 0) return [];
      const letters = await client.hmget(dead, ...ids);
      return letters.flatMap((letter) => (letter === null ? [] : [JSON.parse(letter) as DeadLetter]));
    },
    async revive(id) {
      const letter = await client.hget(dead, id);
      if (letter === null) return false;
      const { body } = JSON.parse(letter) as DeadLetter;
      return (await run.edgewardRevive(bodies, waiting, deadByAge, dead, id, body, now())) === 1;
    },
    async close() {
      if (options.client === undefined) client.disconnect();
    },
  };
}

function parse(record: string | null): StandingRecord | undefined {
  return record === null ? undefined : (JSON.parse(record) as StandingRecord);
}

async function connect({ url = 'redis://localhost:6379', timeoutMs = 1000 }: RedisStoreOptions): Promise<Redis> {
  if (!URL.canParse(url) || !/^rediss?:$/.test(new URL(url).protocol)) {
    throw new FirewallError(
      'FW_OPTIONS',
      `createRedisStore: url must begin with redis:// or rediss://; got ${show(url)}`,
    );
  }
  let Client: typeof Redis;
  try {
    ({ Redis: Client } = await import('ioredis'));
  } catch (cause) {
    throw new FirewallError('FW_STORE', 'createRedisStore: it needs the package ioredis; `npm install ioredis`', {
      cause,
    });
  }
  const settings = {
    lazyConnect: true,
    // A request must not wait for a server that is away: the policy says what then.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: timeoutMs,
    commandTimeout: timeoutMs,
    retryStrategy: (attempt: number) => Math.min(MAX_PAUSE_MS, 25 * 2 ** Math.min(attempt, 10)),
  };
  const client = new Client(url, settings);
  // Every call that fails says so itself.
  client.on('error', () => undefined);
  await client.connect().catch(() => undefined);
  return client;
}
