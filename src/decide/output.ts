/**
 * What is done about an answer that leaks, links or misfits.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import type { Destination, Finding, Scan } from '../types.ts';

/** `off` is not looked for; `report` is found and left alone. */
export type OutputAction = 'off' | 'report' | 'redact' | 'block';

/** Holds on the channel `model` alone. */
export interface OutputPolicy {
  /** Protected texts in the answer, such as the system prompt: `protect` of the source names them. */
  readonly leaks: OutputAction;
  /**
   * The same texts translated; off in every preset. Finds two in three of whole system prompts, fewer of excerpts, and
   * flags one in 300 answers that are about the same assistant and harmless. Loads a lexicon of thirteen languages.
   */
  readonly translations: OutputAction;
  /** Canaries in the answer: `canaries` of the source names them. */
  readonly canaries: OutputAction;
  /** Links that carry data out, lead to odd hosts or run code. */
  readonly links: OutputAction;
  /** What is dangerous where the answer goes. */
  readonly unsafe: OutputAction;
  /** Answers that refuse, or tell what they were told. Never more than a report. */
  readonly refusals: 'off' | 'report';
  /** Nowhere by default: then nothing is unsafe. */
  readonly goesTo: readonly Destination[];
  /** Hosts that links may lead to, such as `example.com` or, for all below it, `*.example.com`; any when absent. */
  readonly hosts?: readonly string[];
}

/** An action stands for itself on leaks, canaries and links. */
export type OutputOptions = OutputAction | Partial<OutputPolicy>;

export const GUARDED: OutputPolicy = {
  leaks: 'redact',
  translations: 'off',
  canaries: 'block',
  links: 'redact',
  unsafe: 'report',
  refusals: 'off',
  goesTo: [],
};
export const CLOSED: OutputPolicy = { ...GUARDED, leaks: 'block', links: 'block', unsafe: 'block' };

/** What stands in place of what was taken out. */
export const REMOVED = '[removed]';

const ACTIONS: readonly unknown[] = ['off', 'report', 'redact', 'block'] satisfies OutputAction[];
const DESTINATIONS: readonly unknown[] = ['html', 'shell', 'sql', 'terminal', 'spreadsheet'] satisfies Destination[];
const KINDS = ['leaks', 'translations', 'canaries', 'links', 'unsafe'] as const;
const KEYS: readonly string[] = [...Object.keys(GUARDED), 'hosts'];

/**
 * The policy a caller means.
 *
 * @param preset what holds where the caller says nothing
 * @throws {FirewallError} `FW_OPTIONS` when a key is unknown or a value out of range
 */
export function createOutput(preset: OutputPolicy, from: OutputOptions = {}): OutputPolicy {
  if (typeof from === 'string') {
    const action = one('policy.output', from, ACTIONS) as OutputAction;
    return { ...preset, leaks: action, canaries: action, links: action };
  }
  if (typeof from !== 'object' || from === null || Array.isArray(from)) {
    throw wrong('policy.output', `an object, or one of ${quoted(ACTIONS)}`, from);
  }
  for (const key of Object.keys(from)) {
    if (!KEYS.includes(key)) throw wrong('policy.output', `keys among ${KEYS.join(', ')}`, key);
  }
  const given = Object.fromEntries(Object.entries(from).filter(([, value]) => value !== undefined));
  const policy: OutputPolicy = { ...preset, ...given };
  for (const kind of KINDS) one(`policy.output.${kind}`, policy[kind], ACTIONS);
  one('policy.output.refusals', policy.refusals, ['off', 'report']);
  list('policy.output.goesTo', policy.goesTo).forEach((value, i) => {
    one(`policy.output.goesTo[${i}]`, value, DESTINATIONS);
  });
  if (policy.hosts !== undefined) {
    list('policy.output.hosts', policy.hosts).forEach((value, i) => {
      if (typeof value !== 'string' || !/^(?:\*\.)?[^\s/*:@]+$|^\*$/.test(value)) {
        throw wrong(`policy.output.hosts[${i}]`, `a host such as 'example.com' or '*.example.com'`, value);
      }
    });
  }
  return policy;
}

/** The part of the policy that a finding falls under; undefined for findings of other scanners. */
function kindOf({ id }: Finding): (typeof KINDS)[number] | 'refusals' | undefined {
  if (!id.startsWith('output/')) return undefined;
  if (id === 'output/system-prompt') return 'leaks';
  if (id === 'output/translated-prompt') return 'translations';
  if (id === 'output/canary') return 'canaries';
  if (id.startsWith('output/link-')) return 'links';
  return id === 'output/refusal' || id === 'output/policy-echo' ? 'refusals' : 'unsafe';
}

export function outputAction(finding: Finding, policy: OutputPolicy): OutputAction {
  const kind = kindOf(finding);
  return kind === undefined ? 'off' : policy[kind];
}

const NO_ACTIONS: ReadonlySet<OutputAction> = new Set();

/** Every action that some finding of a scan calls for. */
export function outputActions(scan: Scan, policy: OutputPolicy): ReadonlySet<OutputAction> {
  if (scan.findings.length === 0) return NO_ACTIONS;
  const called = new Set<OutputAction>();
  for (const finding of scan.findings) called.add(outputAction(finding, policy));
  return called;
}

function list(path: string, value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(path, 'an array', value);
  return value;
}

function one(path: string, value: unknown, values: readonly unknown[]): unknown {
  if (!values.includes(value)) throw wrong(path, `one of ${quoted(values)}`, value);
  return value;
}

function quoted(values: readonly unknown[]): string {
  return values.map((known) => `'${known}'`).join(', ');
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `createFirewall: ${path} must be ${expected}; got ${show(got)}`);
}
