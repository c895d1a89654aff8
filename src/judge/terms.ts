/**
 * When strikes become bans, and what is wrong with terms that cannot work.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import type { Step, Terms } from '../stores/store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Two verified attacks within about ten hours ban: ten minutes, then an hour, a day, a week. */
export const TERMS: Terms = {
  halfLifeMs: 24 * HOUR,
  banAt: 1.5,
  ladder: [
    { kind: 'refuse', banMs: 10 * MINUTE },
    { kind: 'refuse', banMs: HOUR },
    { kind: 'refuse', banMs: 24 * HOUR },
    { kind: 'refuse', banMs: 7 * 24 * HOUR },
  ],
  forgetMs: 30 * 24 * HOUR,
};

/** @throws {FirewallError} `FW_OPTIONS` */
export function createTerms(changes: Partial<Terms> = {}): Terms {
  const unknown = Object.keys(changes).find((key) => !Object.hasOwn(TERMS, key));
  if (unknown !== undefined) throw wrong('terms', `keys among ${Object.keys(TERMS).join(', ')}`, unknown);
  const terms: Terms = { ...TERMS, ...changes };
  for (const key of ['halfLifeMs', 'banAt', 'forgetMs'] as const) checkPositive(`terms.${key}`, terms[key]);
  const ladder: readonly Step[] = terms.ladder;
  if (!Array.isArray(ladder) || ladder.length === 0) throw wrong('terms.ladder', 'a list of steps', ladder);
  for (const [i, { kind, banMs }] of ladder.entries()) {
    if (kind !== 'refuse' && kind !== 'shadow')
      throw wrong(`terms.ladder[${i}].kind`, "one of 'refuse', 'shadow'", kind);
    checkPositive(`terms.ladder[${i}].banMs`, banMs);
  }
  return terms;
}

/** @throws {FirewallError} `FW_OPTIONS` unless `value` is a number above 0 */
export function checkPositive(path: string, value: unknown): void {
  if (!(typeof value === 'number' && value > 0)) throw wrong(path, 'a number above 0', value);
}

/** @throws {FirewallError} `FW_OPTIONS` unless `value` is a finite number, 0 or above */
export function checkNatural(path: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0 && Number.isFinite(value)))
    throw wrong(path, 'a number, 0 or above', value);
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `openJudgement: ${path} must be ${expected}; got ${show(got)}`);
}
