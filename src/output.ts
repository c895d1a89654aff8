/**
 * Composition of what is looked for in answers: detectors, policy and what is taken out.
 *
 * @module
 */
import { type OutputPolicy, outputAction, REMOVED } from './decide/output.ts';
import { FirewallError, show } from './errors.ts';
import type { Detector } from './scan/output/leak.ts';
import type { OutputDetectors } from './scan/output/module.ts';
import type { Watch } from './stream/hold.ts';
import type { Channel, Finding, Outcome, Source, Span } from './types.ts';

export interface Output {
  /**
   * What the policy wants to know of an answer; empty and free on other channels.
   *
   * @throws {FirewallError} `FW_INPUT` when `protect`, `canaries` or `conversation` are no arrays of strings, or a canary is too short
   */
  find(text: string, channel: Channel, from: Source): readonly Finding[];
  /** The same for an answer that grows. */
  watches(from: Source): readonly Watch[];
  /** What the policy takes out of an answer that may pass. */
  removals(outcome: Outcome): readonly Span[];
}

/** Shorter ones are no proof. */
const SHORTEST_CANARY = 8;

/** @param foldSection bytes of section FOLD, once they are there */
export async function openOutput(
  policy: OutputPolicy,
  observe: boolean,
  foldSection: Promise<Uint8Array>,
): Promise<Output> {
  const detectors = await load(policy, foldSection);

  function detectorsFor(from: Source): readonly Detector[] {
    const { protect = [], canaries = [], conversation = [] } = from;
    strings('protect', protect);
    strings('conversation', conversation);
    for (const canary of strings('canaries', canaries)) {
      if (canary.replace(/[^\p{L}\p{N}]/gu, '').length >= SHORTEST_CANARY) continue;
      throw new FirewallError(
        'FW_INPUT',
        `canaries: every canary must have at least ${SHORTEST_CANARY} letters or digits; got one of ${canary.length} characters`,
      );
    }
    return detectors({ protect, canaries, conversation });
  }

  return {
    find(text, channel, from) {
      if (channel !== 'model' || text === '') return [];
      return detectorsFor(from).flatMap((detector) => detector.find(text, 0));
    },
    watches: (from) =>
      detectorsFor(from).map((detector) => ({
        ...detector,
        treat(finding) {
          const action = observe ? 'report' : outputAction(finding, policy);
          if (action === 'block') return { cut: finding.id };
          return action === 'redact' ? { replace: REMOVED } : 'report';
        },
      })),
    removals({ action, decision: { scan } }) {
      if (observe || action === 'block' || scan.channel !== 'model' || scan.listed === 'allow') return [];
      return scan.findings
        .filter((finding) => outputAction(finding, policy) === 'redact')
        .flatMap(({ spans }) => spans);
    },
  };
}

async function load(policy: OutputPolicy, foldSection: Promise<Uint8Array>): Promise<OutputDetectors> {
  const { goesTo, hosts } = policy;
  const kinds = {
    leaks: policy.leaks !== 'off',
    translations: policy.translations !== 'off',
    canaries: policy.canaries !== 'off',
    links: policy.links !== 'off',
    unsafe: policy.unsafe !== 'off' && goesTo.length > 0,
    refusals: policy.refusals !== 'off',
  };
  if (!Object.values(kinds).includes(true)) return () => [];
  const [{ createOutputDetectors }, fold, lexicon] = await Promise.all([
    import('./scan/output/module.ts'),
    foldSection,
    kinds.translations ? import('./scan/output/translated.ts') : undefined,
  ]);
  const translations = lexicon?.createTranslationDetectors();
  return createOutputDetectors(fold, { ...kinds, goesTo, ...(hosts && { hosts }) }, translations);
}

function strings(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw new FirewallError('FW_INPUT', `${name} must be an array of strings; got ${show(value)}`);
}
