/**
 * The process that `crash.ts` kills: hands in jobs, works them off, bans now and then, and says so.
 *
 * @module
 */
import { writeSync } from 'node:fs';
import { CRASH_TERMS, type Driver, LEASE_MS, openDriver, strikeOf, subjectOf } from './crash.ts';

const [driver, place, round] = process.argv.slice(2) as [Driver, string, string];
const store = await openDriver(driver, place);

/** Written at once: what is in a buffer dies with the process. */
const say = (what: 'accepted' | 'banned', id: string): void => {
  writeSync(1, `${what} ${id}\n`);
};

async function handIn(): Promise<never> {
  for (let number = 1; ; number++) {
    const id = `${round}-${number}`;
    if (await store.enqueue({ id, body: subjectOf(id) }, 10_000)) say('accepted', id);
    if (number % 10 === 0) {
      const subject = `banned-${id}`;
      const strike = { ...strikeOf(`ban-${id}`), points: CRASH_TERMS.banAt };
      if ((await store.strike(subject, strike, CRASH_TERMS)).standing.ban !== undefined) say('banned', subject);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function workOff(): Promise<never> {
  for (;;) {
    for (const lease of await store.lease(3, LEASE_MS)) {
      await store.strike(lease.body, strikeOf(lease.id), CRASH_TERMS);
      // Here a worker dies most often: the strike is counted, and the job not done.
      await new Promise((resolve) => setTimeout(resolve, 2));
      await store.ack(lease);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

await Promise.all([handIn(), workOff(), workOff()]);
