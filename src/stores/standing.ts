/**
 * The rules of strikes and bans, as pure functions from one record to the next: every driver applies these.
 *
 * @module
 */
import { type Ban, FOREVER, type Order, type Standing, type Strike, type Terms } from './store.ts';

/** What a store keeps of a subject. The ban may have ended; it tells what it has answered for. */
export interface StandingRecord extends Standing {
  /** When nothing of this counts any more, and the record may be dropped. */
  readonly forgetAt: number;
}

/** After so many half-lives a strike is worth a thousandth. */
const FADED_HALF_LIVES = 10;

/** How a subject stands at a moment, without what has ended. */
export function standingAt(record: StandingRecord | undefined, now: number): Standing {
  if (record === undefined || now >= record.forgetAt) return { points: 0, at: now, level: 0 };
  const { points, at, level, ban } = record;
  return { points, at, level, ...(ban !== undefined && isRunning(ban, now) && { ban }) };
}

/** One strike more. Reaching `banAt` bans, climbs one step and begins at no points. */
export function afterStrike(
  before: StandingRecord | undefined,
  { id, points, reason, sentAt }: Strike,
  terms: Terms,
  now: number,
): StandingRecord {
  const known = before !== undefined && now < before.forgetAt ? before : undefined;
  const answered = known?.ban !== undefined && sentAt <= known.ban.since;
  if (known !== undefined && answered) return known;
  const level = known?.level ?? 0;
  const sum = points + (known === undefined ? 0 : known.points * 0.5 ** ((now - known.at) / terms.halfLifeMs));
  const forgetAt = Math.max(known?.forgetAt ?? 0, endOf(now, FADED_HALF_LIVES * terms.halfLifeMs));
  if (sum < terms.banAt) {
    return { points: sum, at: now, level, ...(known?.ban && { ban: known.ban }), forgetAt };
  }
  const { kind, banMs } = terms.ladder[Math.min(level, terms.ladder.length - 1)]!;
  const ban: Ban = { kind, since: now, until: endOf(now, banMs), reason, cause: id };
  return { points: 0, at: now, level: level + 1, ban, forgetAt: Math.max(forgetAt, endOf(ban.until, terms.forgetMs)) };
}

/** An operator's ban: the ladder stays where it is. */
export function afterOrder(
  before: StandingRecord | undefined,
  { kind, banMs, reason, cause }: Order,
  now: number,
): StandingRecord & { readonly ban: Ban } {
  const { level } = standingAt(before, now);
  const ban: Ban = { kind, since: now, until: endOf(now, banMs), reason, cause };
  return { points: 0, at: now, level, ban, forgetAt: Math.max(before?.forgetAt ?? 0, ban.until) };
}

/** The ban ends and its step of the ladder is given back. What was sent before it stays answered. */
export function afterLift(before: StandingRecord, now: number): StandingRecord {
  const { level, ban } = before;
  return {
    points: 0,
    at: now,
    level: Math.max(0, level - 1),
    ...(ban && { ban: { ...ban, until: Math.min(ban.until, now) } }),
    forgetAt: before.forgetAt,
  };
}

/** By its end alone: another process's clock may be ahead. */
export function isRunning({ until }: Ban, now: number): boolean {
  return now < until;
}

function endOf(since: number, lengthMs: number): number {
  return Math.min(FOREVER, since + lengthMs);
}
