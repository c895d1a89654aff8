/**
 * The caller's own rules: compiled when a firewall is made, with everything that takes loaded only then.
 *
 * @module
 */
import type { RuleMeta } from '../../engine/pack.ts';
import { createNormalizer } from '../../engine/reference/normalize.ts';
import { compileSection } from './compile.ts';
import { createFold } from './fold.ts';
import { OWN_ROOM } from './limits.ts';
import type { Severity } from './types.ts';

export interface OwnRules {
  readonly section: Uint8Array;
  readonly meta: readonly RuleMeta[];
}

/** What a hit of the caller's own rule makes a text score: above the default `block` for high and critical, below `verify` for low. */
export const OWN_SCORES: Readonly<Record<Severity, number>> = { low: 0.3, medium: 0.65, high: 0.85, critical: 0.99 };

/**
 * @param rules as the caller gave them, unchecked
 * @param foldSection bytes of section FOLD
 * @throws {RuleError} code `FW_RULE`, naming rule, column and what was expected
 */
export function compileOwnRules(rules: unknown, foldSection: Uint8Array): OwnRules {
  const { buffer, byteOffset, byteLength } = foldSection;
  const fold = createFold(createNormalizer(new DataView(buffer, byteOffset, byteLength)));
  const compiled = compileSection(rules, { fold, room: OWN_ROOM });
  const meta = compiled.rules.map(({ id, family, severity, lang }) => ({
    id,
    family,
    severity,
    lang,
    score: OWN_SCORES[severity],
  }));
  return { section: compiled.section, meta };
}

/** A plain text as a pattern that matches it: special characters escaped, blanks as blanks. */
export function phrase(text: string): string {
  return text
    .trim()
    .replace(/[\\|{}*?()[\]^]/g, '\\$&')
    .replace(/\.\.(?=\d)/g, '. .')
    .replace(/\s+/g, ' ');
}
