/**
 * Kills workers in the middle of their work and counts what is left: no accepted job may be lost, no strike counted
 * twice, no ban forgotten.
 *
 *   npm run crash -- [--rounds 50] [--store sqlite|redis]
 *
 * Each round starts a worker on what the rounds before have left, lets it hand in and verify texts for a moment, and
 * ends it with SIGKILL; every third round of Redis ends the server so too. What the worker says of a job (`accepted`)
 * or a ban it says on its standard output after the store has taken it.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createRedisStore } from '../../src/stores/redis.ts';
import { createSqliteStore } from '../../src/stores/sqlite.ts';
import type { Store, Terms } from '../../src/stores/store.ts';
import { startRedis } from './redis-server.ts';

export type Driver = 'sqlite' | 'redis';

export interface CrashReport {
  readonly accepted: number;
  readonly kills: number;
  /** Accepted jobs that were neither verified nor left to be. */
  readonly lost: readonly string[];
  /** Subjects with more or fewer points than texts of theirs were verified. */
  readonly miscounted: readonly string[];
  /** Bans that were told and are gone. */
  readonly unbanned: readonly string[];
  /** Jobs that were verified more than once, as they may be. */
  readonly repeated: number;
}

/** Nothing fades and no ban ends while the test runs. */
export const CRASH_TERMS: Terms = {
  halfLifeMs: Number.POSITIVE_INFINITY,
  banAt: 1_000_000,
  ladder: [{ kind: 'refuse', banMs: Number.POSITIVE_INFINITY }],
  forgetMs: 1,
};

export function openDriver(driver: Driver, place: string): Promise<Store> {
  return driver === 'sqlite' ? createSqliteStore({ path: place }) : createRedisStore({ url: place, timeoutMs: 10_000 });
}

/** A worker holds a job this long; short, so that the rounds find again what the killed have held. */
export const LEASE_MS = 300;

export async function crash(driver: Driver, rounds: number): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeward-crash-'));
  const server = driver === 'redis' ? await startRedis() : undefined;
  const place = server?.url ?? join(folder, 'store.db');
  const said = { accepted: [] as string[], banned: [] as string[] };
  let kills = 0;
  for (let round = 0; round < rounds; round++) {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('crash-worker.ts', import.meta.url)), driver, place, `${round}`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = once(child, 'exit');
    let jobs = 0;
    // From the 40th line of its work on, at a moment that differs from round to round.
    const enough = 40 + ((round * 37) % 60);
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, id] = line.split(' ') as ['accepted' | 'banned', string];
      said[what].push(id);
      if (++jobs === enough) {
        child.kill('SIGKILL');
        kills++;
        if (server !== undefined && round % 3 === 2) {
          await server.kill();
          kills++;
        }
      }
    }
    await exited;
    if (jobs < enough) throw new Error(`crash: the worker of round ${round} ended by itself after ${jobs} lines`);
    if (server !== undefined && round % 3 === 2) await server.start();
  }
  const store = await openDriver(driver, place);
  const report = await account(store, said.accepted, said.banned);
  await store.close();
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
  return { ...report, kills };
}

/** Verifies what is left, then compares. The body of a job is its subject, and every job is an attack. */
async function account(
  store: Store,
  accepted: readonly string[],
  banned: readonly string[],
): Promise<Omit<CrashReport, 'kills'>> {
  const verifiedBy = new Map<string, number>();
  let repeated = 0;
  for (;;) {
    const leases = await store.lease(100, 60_000);
    const { waiting, leased } = await store.counts();
    if (leases.length === 0 && waiting + leased === 0) break;
    if (leases.length === 0) await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 4));
    for (const lease of leases) {
      if (lease.attempt > 1) repeated++;
      await store.strike(lease.body, strikeOf(lease.id), CRASH_TERMS);
      await store.ack(lease);
    }
  }
  const lost: string[] = [];
  for (const id of accepted) {
    // The store knows a strike of this job, or the job was lost.
    const { fresh } = await store.strike('probe', strikeOf(id), CRASH_TERMS);
    if (fresh) lost.push(id);
    else verifiedBy.set(subjectOf(id), (verifiedBy.get(subjectOf(id)) ?? 0) + 1);
  }
  const miscounted: string[] = [];
  for (const [subject, jobs] of verifiedBy) {
    const { points } = await store.standing(subject);
    // Jobs that were taken and could not be told any more count too.
    const told = Math.round(points) - jobs;
    if (told !== (await untold(store, subject, accepted))) miscounted.push(subject);
  }
  const unbanned: string[] = [];
  for (const subject of banned) if ((await store.standing(subject)).ban === undefined) unbanned.push(subject);
  return { accepted: accepted.length, lost, miscounted, unbanned, repeated };
}

/** How many jobs of a subject were taken without a word: found by their ids, which are counted up in each round. */
async function untold(store: Store, subject: string, accepted: readonly string[]): Promise<number> {
  const known = new Set(accepted);
  let found = 0;
  for (const id of nextIds(accepted)) {
    if (known.has(id) || subjectOf(id) !== subject) continue;
    const { fresh } = await store.strike('probe', strikeOf(id), CRASH_TERMS);
    if (!fresh) found++;
  }
  return found;
}

/** In each round, the ids after the last that was told. */
function nextIds(accepted: readonly string[]): string[] {
  const last = new Map<string, number>();
  for (const id of accepted) {
    const [round, number] = id.split('-') as [string, string];
    last.set(round, Math.max(last.get(round) ?? 0, Number(number)));
  }
  return [...last].flatMap(([round, number]) => Array.from({ length: 16 }, (_, i) => `${round}-${number + 1 + i}`));
}

export function strikeOf(id: string) {
  return { id, points: 1, reason: 'verdict', sentAt: Number.MAX_SAFE_INTEGER };
}

export function subjectOf(id: string): string {
  return `subject-${Number(id.split('-')[1]) % 5}`;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '50' }, store: { type: 'string' } } });
  for (const driver of ['sqlite', 'redis'] as const) {
    if (values.store !== undefined && values.store !== driver) continue;
    const { lost, miscounted, unbanned, ...rest } = await crash(driver, Number(values.rounds));
    const faults = { lost: lost.length, miscounted: miscounted.length, unbanned: unbanned.length };
    console.log(driver, { ...rest, ...faults });
    if (Object.values(faults).some((n) => n > 0)) process.exitCode = 1;
  }
}
