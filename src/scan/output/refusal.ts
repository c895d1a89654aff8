/**
 * Answers that refuse, and answers that tell what they were told.
 *
 * @module
 */
import type { Category, Finding } from '../../types.ts';
import type { Detector } from './leak.ts';

const SCORE = 0.8;
/** Looked for ahead of a place, so that what is found there does not depend on what was found before it. */
const SHAPES: readonly (readonly [id: string, category: Category, shape: RegExp])[] = [
  [
    'refusal',
    'unsafe',
    /\b(?=(i(?:'m| am)? (?:sorry|afraid),? (?:but )?(?:i )?(?:can(?:'t|not)|am (?:unable|not able)|won't)|i (?:can(?:'t|not)|won't|am unable to|am not able to) (?:help|assist|comply|provide|share|discuss|reveal|disclose|fulfil|do that|answer)|as an ai (?:language )?model|(?:it|that) (?:would be|is) against my|tut mir leid,? aber|je suis désolée?,? mais|lo siento,? pero no))/gi,
  ],
  [
    'policy-echo',
    'extraction',
    /\b(?=(my (?:system )?(?:instructions|prompt|guidelines|rules|programming) (?:say|state|tell|require|prohibit|forbid|are|is|include|do not|don't)|i (?:was|am|have been|'ve been) (?:instructed|told|configured|programmed|prompted) (?:to|not to|that)|(?:according to|per|under|based on) my (?:system )?(?:instructions|prompt|guidelines|rules|configuration)|(?:here is|here's|this is|these are) my (?:system )?(?:prompt|instructions)|meine (?:anweisungen|richtlinien|vorgaben) (?:sagen|lauten|besagen|verbieten)))/gi,
  ],
];
/** No shape is longer. */
const REACH = 80;

export function createRefusalDetector(): Detector {
  return {
    context: REACH + 1,
    find(text) {
      const plain = text.replaceAll('’', "'");
      return SHAPES.flatMap(([id, category, shape]) => {
        let covered = 0;
        return [...plain.matchAll(shape)].flatMap(({ index, 1: match }): Finding[] => {
          const isInside = index < covered;
          covered = Math.max(covered, index + match!.length);
          if (isInside) return [];
          const spans = [{ start: index, end: index + match!.length }];
          return [{ id: `output/${id}`, category, score: SCORE, spans, decoders: [] }];
        });
      });
    },
    // Reported only: nothing has to be held back for it, but what is told must not change.
    open: (text) => Math.max(0, text.length - REACH),
  };
}
