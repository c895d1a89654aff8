/**
 * Kills guarded processes in the middle of their work and counts what is left: no accepted job may be lost, no strike
 * counted twice, no ban forgotten.
 *
 *   npm run crash -- [--rounds 50] [--store sqlite|redis]
 *
 * Each round starts a process that opens a judgement on what the rounds before have left, guards texts in doubt and
 * verifies them, and ends it with SIGKILL; every third round of Redis ends the server so too. What the process says of a
 * subject it says on its standard output, after the store has taken it.
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
import { createFirewall } from 'edgeward';
import { type Judgement, openJudgement } from '../../src/judgement.ts';
import { createRedisStore } from '../../src/stores/redis.ts';
import { createSqliteStore } from '../../src/stores/sqlite.ts';
import { FOREVER, type Store } from '../../src/stores/store.ts';
import { startRedis } from './redis-server.ts';

export type Driver = 'sqlite' | 'redis';

/** Subjects by what was taken of them: one attack, two of them, or an operator's ban. Each subject is named once. */
export interface Said {
  readonly once: string[];
  readonly twice: string[];
  readonly banned: string[];
}

export interface CrashReport {
  /** Jobs that were taken, as the processes said. */
  readonly accepted: number;
  readonly kills: number;
  /** Subjects of accepted jobs that no strike came of. */
  readonly lost: readonly string[];
  /** Subjects with more strikes than texts. */
  readonly miscounted: readonly string[];
  /** Subjects whose ban was told, or earned, and is gone. */
  readonly unbanned: readonly string[];
  /** Jobs that came to nothing. */
  readonly dead: number;
}

/** A killed process holds a job this long; short, so that the rounds find again what the killed have held. */
const LEASE_MS = 300;
/** Every text is in doubt, every doubt an attack; two attacks ban, nothing fades and no ban ends. */
const TERMS = {
  halfLifeMs: Number.POSITIVE_INFINITY,
  banAt: 2,
  ladder: [{ kind: 'refuse', banMs: FOREVER }],
} as const;

/** A judgement as each process opens it. */
export async function openCrash(
  driver: Driver,
  place: string,
): Promise<{ readonly judgement: Judgement; readonly store: Store }> {
  const store =
    driver === 'sqlite'
      ? await createSqliteStore({ path: place })
      : await createRedisStore({ url: place, timeoutMs: 10_000 });
  const judgement = await openJudgement({
    firewall: await createFirewall({ transformer: 'off', policy: { verify: 0, block: 1 } }),
    store,
    key: 'a key for the crash test',
    verifier: {
      name: 'zorb',
      async verify({ text }) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        return { attack: text.includes('zorb'), score: 0.99, reason: 'zorb' };
      },
    },
    terms: TERMS,
    workers: 3,
    verifyTimeoutMs: LEASE_MS - 100,
    leaseMs: LEASE_MS,
    storeTimeoutMs: 10_000,
    maxAttempts: 1000,
    retryMs: 5,
    pollMs: 5,
  });
  return { judgement, store };
}

export async function crash(driver: Driver, rounds: number): Promise<CrashReport> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeward-crash-'));
  const server = driver === 'redis' ? await startRedis() : undefined;
  const place = server?.url ?? join(folder, 'store.db');
  const said: Said = { once: [], twice: [], banned: [] };
  let kills = 0;
  for (let round = 0; round < rounds; round++) {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('crash-worker.ts', import.meta.url)), driver, place, `${round}`],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const exited = once(child, 'exit');
    let lines = 0;
    // From the 40th line of its work on, at a moment that differs from round to round.
    const enough = 40 + ((round * 37) % 60);
    for await (const line of createInterface({ input: child.stdout })) {
      const [what, subject] = line.split(' ') as [keyof Said, string];
      said[what].push(subject);
      if (++lines === enough) {
        child.kill('SIGKILL');
        kills++;
        if (server !== undefined && round % 3 === 2) {
          await server.kill();
          kills++;
        }
      }
    }
    await exited;
    if (lines < enough) throw new Error(`crash: the process of round ${round} ended by itself after ${lines} lines`);
    if (server !== undefined && round % 3 === 2) await server.start();
  }
  const report = await account(driver, place, said);
  await server?.remove();
  rmSync(folder, { recursive: true, force: true });
  return { ...report, kills };
}

/** Has what is left verified, then looks at every subject. */
async function account(driver: Driver, place: string, said: Said): Promise<Omit<CrashReport, 'kills'>> {
  const { judgement, store } = await openCrash(driver, place);
  while (await isBusy(store)) await new Promise((resolve) => setTimeout(resolve, LEASE_MS / 4));
  const [lost, miscounted, unbanned]: [string[], string[], string[]] = [[], [], []];
  for (const subject of said.once) {
    const { points, ban } = await store.standing(await judgement.hash(subject));
    if (ban !== undefined || points > 1) miscounted.push(subject);
    else if (points < 1) lost.push(subject);
  }
  for (const subject of said.twice) {
    const { points, ban } = await store.standing(await judgement.hash(subject));
    if (ban === undefined) (points < 2 ? lost : unbanned).push(subject);
  }
  for (const subject of said.banned) {
    if ((await judgement.standing(subject)).state !== 'refused') unbanned.push(subject);
  }
  const { dead } = await store.counts();
  await judgement.close();
  await store.close();
  return { accepted: said.once.length + 2 * said.twice.length, lost, miscounted, unbanned, dead };
}

async function isBusy(store: Store): Promise<boolean> {
  const { waiting, leased } = await store.counts();
  return waiting + leased > 0;
}

if (process.argv[1] === import.meta.filename) {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '50' }, store: { type: 'string' } } });
  for (const driver of ['sqlite', 'redis'] as const) {
    if (values.store !== undefined && values.store !== driver) continue;
    const { accepted, kills, lost, miscounted, unbanned, dead } = await crash(driver, Number(values.rounds));
    const faults = { lost: lost.length, miscounted: miscounted.length, unbanned: unbanned.length, dead };
    console.log(driver, { accepted, kills, ...faults });
    if (Object.values(faults).some((n) => n > 0)) process.exitCode = 1;
  }
}
