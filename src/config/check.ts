/**
 * A configuration, checked; what is wrong is said with its path, what was expected, and what came.
 *
 * @module
 */
import type { z } from 'zod';
import { FirewallError, show } from '../errors.ts';
import { CONFIG, type Config } from './schema.ts';

type Issue = z.core.$ZodIssue;

/** Mistakes named in one message. */
const MOST_NAMED = 5;

/**
 * @param where the file's name, for messages
 * @throws {FirewallError} `FW_CONFIG`
 */
export function checkConfig(where: string, value: unknown): Config {
  const said = CONFIG.safeParse(value, { reportInput: true });
  if (said.success) return said.data;
  const mistakes = said.error.issues
    .flatMap((issue) => deepest(issue, []))
    .map(({ issue, path }) => mistake(issue, path, value));
  const more = mistakes.length > MOST_NAMED ? `; and ${mistakes.length - MOST_NAMED} more` : '';
  throw new FirewallError('FW_CONFIG', `${where}: ${mistakes.slice(0, MOST_NAMED).join('; ')}${more}`);
}

interface Placed {
  readonly issue: Issue;
  readonly path: readonly PropertyKey[];
}

/** Of a value that may have several forms, the mistakes within the form that it comes nearest to. */
function deepest(issue: Issue, before: readonly PropertyKey[]): Placed[] {
  const path = [...before, ...issue.path];
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ issue, path }];
  const forms = issue.errors.map((issues) => issues.flatMap((one) => deepest(one, path)));
  const depth = (form: readonly Placed[]): number =>
    Math.max(...form.map(({ issue: one, path: at }) => at.length + (one.code === 'unrecognized_keys' ? 1 : 0)));
  const best = forms.reduce((most, form) => (depth(form) > depth(most) ? form : most));
  return depth(best) > path.length ? best : [{ issue, path }];
}

function mistake(issue: Issue, path: readonly PropertyKey[], root: unknown): string {
  const at = path.length === 0 ? 'the configuration' : dotted(path);
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.map((key) => `"${key}"`).join(', ');
    return `${at} has no key ${names}`;
  }
  const got = valueAt(root, path);
  return `${at} must be ${expected(issue)}; got ${got === undefined ? 'nothing' : show(typeof got === 'object' ? JSON.stringify(got) : got)}`;
}

function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return NAMES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1
        ? show(issue.values[0])
        : `one of ${issue.values.map((value) => show(value)).join(', ')}`;
    case 'too_small':
      return issue.origin === 'string' || issue.origin === 'array'
        ? `${issue.origin === 'array' ? 'an array' : 'a string'} that is not empty`
        : `${issue.inclusive === false ? 'above' : 'at least'} ${issue.minimum}`;
    case 'too_big':
      return `at most ${issue.maximum}`;
    case 'invalid_key':
      return 'an object with the keys user, system, tool, retrieved or model';
    case 'invalid_union':
      return [...new Set(issue.errors.flat().map((one) => expected(one)))].join(', or ');
    default:
      return issue.message;
  }
}

const NAMES: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a string',
};

function dotted(path: readonly PropertyKey[]): string {
  return path
    .map((step, i) => (typeof step === 'number' ? `[${step}]` : `${i === 0 ? '' : '.'}${String(step)}`))
    .join('');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[step] : undefined,
    root,
  );
}
