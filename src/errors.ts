/**
 * Every error this package throws on purpose.
 *
 * A verdict is never an error: a blocked prompt is a `Decision`. Errors mean the
 * caller's configuration is wrong or the engine could not start.
 *
 * Match on `code`, not on `instanceof`: two copies of the package may be loaded.
 *
 * @module
 */

const ADVICE = {
  FW_OPTIONS: 'Fix the option named in the message',
  FW_CONFIG: 'Correct the file; `edgeward/config.schema.json` describes it, and editors complete from it',
  FW_INPUT: 'Pass a string, and a channel the message lists',
  FW_RULE: 'Correct the rule named in the message; models/rules/README.md describes the language',
  FW_PACK: 'Reinstall the package, or rebuild it with `npm run build`',
  FW_MODEL:
    'Reinstall the package, or correct the folder that `transformer.model` names; models/FORMAT.md lists its files',
  FW_ENGINE: "Import the entry for this runtime, or pass `engine: 'reference'`",
  FW_STREAM: 'Look at what the upstream sends; pass `protocol` where it cannot be recognized',
  FW_VAULT: 'Pass the sealed text whole, and the key it was sealed with',
  FW_STORE: 'See that the store runs, can be reached, and that its driver is installed',
  FW_WEBHOOK: 'See that the address answers with a status from 200 to 299',
  FW_DISPOSED: 'Create a new one; what was disposed or closed cannot be used again',
} as const;

export type FirewallErrorCode = keyof typeof ADVICE;

export class FirewallError extends Error {
  override readonly name = 'FirewallError';
  readonly code: FirewallErrorCode;

  /** @param what one clause: where, what was expected, what was found. No final stop. */
  constructor(code: FirewallErrorCode, what: string, options?: ErrorOptions) {
    super(`${what}. ${ADVICE[code]}. [${code}]`, options);
    this.code = code;
  }
}

/** A value for an error message: short, one line, and never the whole of a user's text. */
export function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
