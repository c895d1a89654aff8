/**
 * What the person at the keyboard can put right: exit status 2 and one line, no stack.
 *
 * @module
 */

export const EXIT = { allow: 0, block: 1, fault: 2 } as const;

export class CliError extends Error {
  override readonly name = 'CliError';
}

/** True of errors whose message says all: this package's own, and those of files that cannot be opened. */
export function isExpected(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return error instanceof CliError || code.startsWith('FW_');
}

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'no such file'],
  ['EACCES', 'permission denied'],
  ['EPERM', 'permission denied'],
  ['EISDIR', 'is a directory, expected a file'],
]);

/** The fault of a file that could not be read or written, naming it; any other error as it is. */
export function fileFault(command: string, path: string, error: unknown): unknown {
  const reason = error instanceof Error && 'code' in error ? REASONS.get(error.code) : undefined;
  return reason === undefined ? error : new CliError(`${command}: ${path}: ${reason}`, { cause: error });
}
