/**
 * The error of a rule that cannot be compiled.
 *
 * @module
 */

/**
 * A rule is malformed. The message reads *rule, column: expected; got*.
 *
 * Match on `code`, not on `instanceof`: two copies of the package may be loaded.
 */
export class RuleError extends Error {
  override readonly name = 'RuleError';
  readonly code = 'FW_RULE';
  /** The rule's id, or `parts/<name>`, or `rules` where no single rule is at fault. */
  readonly rule: string;
  /** One-based column in the pattern; 0 where the fault is not in a pattern. */
  readonly column: number;

  /** @param what one clause: what was expected, what was found. No final stop. */
  constructor(rule: string, column: number, what: string) {
    super(`rule ${rule}${column > 0 ? `, column ${column}` : ''}: ${what}. [FW_RULE]`);
    this.rule = rule;
    this.column = column;
  }
}
