/**
 * Rules as people write them: the nouns.
 *
 * @module
 */

export type Severity = 'low' | 'medium' | 'high' | 'critical';
export type RuleChannel = 'user' | 'system' | 'tool' | 'retrieved' | 'model';

/** One rule of a `*.yaml` file, or of a user's own list. `models/rules/README.md` teaches the patterns. */
export interface RuleSource {
  /** `family/name`. */
  readonly id: string;
  readonly severity: Severity;
  /** ISO 639-1, or `any`. */
  readonly lang?: string;
  /** Default: user, tool, retrieved. */
  readonly channels?: readonly RuleChannel[];
  /** Any of these patterns will do. */
  readonly match: string | readonly string[];
  /** Each must occur as well. */
  readonly near?: readonly ConditionSource[];
  /** None may occur. */
  readonly unless?: readonly ConditionSource[];
  /** Texts the rule must hit, and harmless ones it must not. */
  readonly hits?: readonly string[];
  readonly nearMisses?: readonly string[];
}

/** A pattern within so many words of the match (default 12), or anywhere in the text. */
export type ConditionSource =
  | string
  | { readonly pattern: string | readonly string[]; readonly within?: number | 'text' };
