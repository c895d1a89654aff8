/**
 * Who is banned, asked before every text: remembered for a moment, so that it costs next to nothing.
 *
 * @module
 */
import type { Ban, Store } from '../stores/store.ts';
import type { Reach } from './reach.ts';

export interface Verdict {
  /** The ban that runs, as far as known. */
  readonly ban?: Ban;
  /** True when the store did not say: then a ban that was known still holds until its end. */
  readonly degraded: boolean;
}

export interface Standings {
  /** @param subject keyed hash */
  of(subject: string): Promise<Verdict>;
  /** The next question goes to the store. */
  forget(subject: string): void;
}

export interface StandingsOptions {
  readonly store: Store;
  readonly reach: Reach;
  /** How old an answer may be, milliseconds: a ban made elsewhere is unknown here no longer than this. */
  readonly staleMs: number;
  readonly now: () => number;
}

interface Known {
  readonly ban: Ban | undefined;
  readonly askedAt: number;
}

const MAX_KEPT = 10_000;

export function createStandings({ store, reach, staleMs, now }: StandingsOptions): Standings {
  /** The one that was asked for longest ago first. */
  const kept = new Map<string, Known>();

  function running({ ban }: Known): Pick<Verdict, 'ban'> {
    return ban !== undefined && now() < ban.until ? { ban } : {};
  }

  return {
    async of(subject) {
      const known = kept.get(subject);
      const askedAt = now();
      if (known !== undefined && askedAt - known.askedAt < staleMs) return { ...running(known), degraded: false };
      try {
        const { ban } = await reach.ask(() => store.standing(subject));
        kept.delete(subject);
        kept.set(subject, { ban, askedAt });
        if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value!);
        return { ...(ban && { ban }), degraded: false };
      } catch {
        // `reach` has told; here it is the answer that is missing.
        return { ...(known && running(known)), degraded: true };
      }
    },
    forget(subject) {
      const known = kept.get(subject);
      if (known !== undefined) kept.set(subject, { ...known, askedAt: Number.NEGATIVE_INFINITY });
    },
  };
}
