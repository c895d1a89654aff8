/**
 * What is loaded when a policy asks about answers.
 *
 * @module
 */
import { createNormalizer } from '../../engine/reference/normalize.ts';
import type { Destination } from '../../types.ts';
import { createFold } from '../rules/fold.ts';
import { createLeakDetectors, type Detector } from './leak.ts';
import { createLinkDetector } from './links.ts';
import { createRefusalDetector } from './refusal.ts';
import type { TranslationDetectors } from './translated.ts';
import { createUnsafeDetector } from './unsafe.ts';

export interface OutputKinds {
  readonly leaks: boolean;
  readonly canaries: boolean;
  readonly links: boolean;
  readonly unsafe: boolean;
  readonly refusals: boolean;
  readonly goesTo: readonly Destination[];
  readonly hosts?: readonly string[];
}

/** What an answer is compared with. */
export interface Known {
  readonly protect: readonly string[];
  readonly canaries: readonly string[];
  readonly conversation: readonly string[];
}

/** Makes the detectors of one answer. */
export type OutputDetectors = (known: Known) => readonly Detector[];

/**
 * @param foldSection bytes of section FOLD
 * @param translations what finds protected texts in other languages; without it they are not looked for
 */
export function createOutputDetectors(
  foldSection: Uint8Array,
  kinds: OutputKinds,
  translations?: TranslationDetectors,
): OutputDetectors {
  const { buffer, byteOffset, byteLength } = foldSection;
  const fold = createFold(createNormalizer(new DataView(buffer, byteOffset, byteLength)));
  const leaks = createLeakDetectors(fold);
  return ({ protect, canaries, conversation }) => {
    const detectors: Detector[] = [];
    const leak = leaks.detector({ texts: kinds.leaks ? protect : [], canaries: kinds.canaries ? canaries : [] });
    if (leak !== undefined) detectors.push(leak);
    const translation = protect.length > 0 ? translations?.detector(protect) : undefined;
    if (translation !== undefined) detectors.push(translation);
    if (kinds.links) {
      const { hosts } = kinds;
      const repeats = leaks.repeats(conversation);
      detectors.push(createLinkDetector(fold, { ...(hosts && { hosts }), conversation, repeats }));
    }
    if (kinds.unsafe && kinds.goesTo.length > 0) detectors.push(createUnsafeDetector(kinds.goesTo));
    if (kinds.refusals) detectors.push(createRefusalDetector());
    return detectors;
  };
}
