/**
 * The process that `crash.ts` kills: guards texts in doubt, verifies them, bans now and then, and says so.
 *
 * @module
 */
import { writeSync } from 'node:fs';
import { type Driver, openCrash, type Said } from './crash.ts';

const [driver, place, round] = process.argv.slice(2) as [Driver, string, string];
const { judgement } = await openCrash(driver, place);

/** Written at once: what is in a buffer dies with the process. */
const say = (what: keyof Said, subject: string): void => {
  writeSync(1, `${what} ${subject}\n`);
};

/** @returns whether it was let through and taken for verification */
async function isTaken(subject: string, text: string): Promise<boolean> {
  return (await judgement.guard(text, { subject })).job !== undefined;
}

for (let number = 1; ; number++) {
  const subject = `${round}-${number}`;
  if (number % 10 === 0) {
    await judgement.ban(subject);
    say('banned', subject);
  } else if (number % 3 === 0) {
    if ((await isTaken(subject, 'one zorb')) && (await isTaken(subject, 'another zorb'))) say('twice', subject);
  } else if (await isTaken(subject, 'a zorb')) say('once', subject);
  await new Promise((resolve) => setImmediate(resolve));
}
