/**
 * From verdicts to counts: one text is what is written from an empty field until it is empty again.
 *
 * @module
 */
import type { Verdict } from 'edgeward/browser';
import type { Counts } from './statistics.ts';

export interface Tally {
  /** @param verdict the field's; `undefined` while a new text has none, and when it is empty */
  hear(verdict: Verdict | undefined, isEmpty: boolean): void;
}

/** @param onText a text is done with */
export function createTally(onText: (counts: Partial<Counts>) => void): Tally {
  let seen: { sensitive: boolean; attack: boolean } | undefined;
  return {
    hear(verdict, isEmpty) {
      if (isEmpty) {
        if (seen !== undefined) onText({ texts: 1, sensitive: Number(seen.sensitive), attacks: Number(seen.attack) });
        seen = undefined;
      } else if (verdict !== undefined) {
        const isSensitive = verdict.findings.some(({ category }) => category === 'pii' || category === 'secret');
        seen = {
          sensitive: isSensitive || seen?.sensitive === true,
          // Typing passes through many texts: what counts is what the last one was, once it was judged to the end.
          attack: verdict.final ? verdict.level === 'block' || verdict.level === 'verify' : seen?.attack === true,
        };
      }
    },
  };
}
