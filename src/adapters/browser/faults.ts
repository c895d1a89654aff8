/**
 * An error on its way between threads: what is sent of it, and what it becomes there.
 *
 * @module
 */
import { FirewallError, type FirewallErrorCode } from '../../errors.ts';
import type { Fault } from './messages.ts';

/** By its code and not by its class: the rule compiler's errors have one of their own. */
export function faultOf(error: unknown): Fault {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, code } = error as Error & { readonly code?: unknown };
  return { name, message, ...(isCode(code) && { code }) };
}

/** As this package's own error where it is one. */
export function errorOf(fault: Fault | undefined): Error {
  if (fault === undefined) return new Error('the worker failed');
  const { name, message, code } = fault;
  if (code === undefined) return Object.assign(new Error(message), { name });
  const error = new FirewallError(code, '');
  error.message = message;
  return error;
}

function isCode(code: unknown): code is FirewallErrorCode {
  return typeof code === 'string' && code.startsWith('FW_');
}
