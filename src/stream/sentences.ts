/**
 * Rules and denied phrases in a text that grows: sentence by sentence.
 *
 * A rule has no beginning that could be held back alone, in all its disguises; so the sentence that is being written
 * waits for its end. What a rule matches across sentences is found in whole texts only.
 *
 * @module
 */
import type { Finding } from '../types.ts';
import { MAX_CONTEXT, type Treatment, type Watch } from './hold.ts';

/** Where a sentence ends: behind its mark when white space follows, and at every line break. */
const BORDER = /[.!?…](?=\s)|[。！？\n]/g;

/**
 * @param find what the rules say of one sentence; pure
 * @param treat what becomes of it
 */
export function createSentenceWatch(
  find: (sentence: string) => readonly Finding[],
  treat: (finding: Finding) => Treatment,
): Watch {
  return {
    context: MAX_CONTEXT,
    treat,
    find(text, from) {
      const findings: Finding[] = [];
      let start = 0;
      for (const end of [...bordersOf(text), text.length]) {
        if (end > from && end > start) {
          for (const finding of find(text.slice(start, end))) {
            const spans = finding.spans.map((span) => ({ start: start + span.start, end: start + span.end }));
            findings.push({ ...finding, spans });
          }
        }
        start = end;
      }
      return findings;
    },
    open: (text) => bordersOf(text).at(-1) ?? 0,
  };
}

function bordersOf(text: string): number[] {
  return Array.from(text.matchAll(BORDER), ({ index }) => index + 1);
}
