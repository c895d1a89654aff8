/**
 * What personal data and secrets mean: by kind, by type, by channel.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import type { Channel, Finding, Scan, Strategy } from '../types.ts';

/** `off` is not looked for; `report` is found and left alone. */
export type SensitiveAction = 'off' | 'report' | 'redact' | 'verify' | 'block';

/** The part of a policy that may differ by channel. */
export interface SensitiveActions {
  readonly pii: SensitiveAction;
  readonly secrets: SensitiveAction;
  /**
   * By type, such as `email` or `github-pat`; the kind's action holds for the others, but for `person-name`: names of
   * people are looked for only where this names them.
   */
  readonly types: Readonly<Record<string, SensitiveAction>>;
}

export interface SensitivePolicy extends SensitiveActions {
  /** Confidence from which a finding counts, in [0, 1]. */
  readonly threshold: number;
  /** The same by type. */
  readonly thresholds: Readonly<Record<string, number>>;
  /** Values that are fine, without regard to case; `*@example.org` stands for all that end so. */
  readonly allow: readonly string[];
  /** ISO 3166 countries whose numbers are looked for; all when empty. */
  readonly countries: readonly string[];
  readonly strategy: Strategy;
  readonly strategies: Readonly<Record<string, Strategy>>;
  readonly channels: Readonly<Partial<Record<Channel, Partial<SensitiveActions>>>>;
}

/** `'redact'` and the like stand for that action on both kinds. */
export type SensitiveOptions = SensitiveAction | Partial<SensitivePolicy>;

export const UNSEARCHED: SensitivePolicy = {
  pii: 'off',
  secrets: 'off',
  types: {},
  threshold: 0.5,
  thresholds: {},
  allow: [],
  countries: [],
  strategy: 'placeholder',
  strategies: {},
  channels: {},
};

const ACTIONS: readonly unknown[] = ['off', 'report', 'redact', 'verify', 'block'] satisfies SensitiveAction[];
const STRATEGIES: readonly unknown[] = ['placeholder', 'pseudonym', 'hash', 'mask', 'drop'] satisfies Strategy[];
const CHANNELS: readonly string[] = ['user', 'system', 'tool', 'retrieved', 'model'] satisfies Channel[];

/**
 * The policy a caller means.
 *
 * @throws {FirewallError} `FW_OPTIONS` when a key is unknown or a value out of range
 */
export function createSensitive(from: SensitiveOptions = {}): SensitivePolicy {
  if (typeof from === 'string') {
    const action = one('policy.sensitive', from, ACTIONS) as SensitiveAction;
    return { ...UNSEARCHED, pii: action, secrets: action };
  }
  const options = record('policy.sensitive', from);
  for (const key of Object.keys(options)) {
    if (!(key in UNSEARCHED)) throw wrong('policy.sensitive', `keys among ${Object.keys(UNSEARCHED).join(', ')}`, key);
  }
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const policy: SensitivePolicy = { ...UNSEARCHED, ...given };
  checkActions('policy.sensitive', policy);
  unit('policy.sensitive.threshold', policy.threshold);
  for (const [type, value] of Object.entries(record('policy.sensitive.thresholds', policy.thresholds))) {
    unit(`policy.sensitive.thresholds.${type}`, value);
  }
  one('policy.sensitive.strategy', policy.strategy, STRATEGIES);
  for (const [type, value] of Object.entries(record('policy.sensitive.strategies', policy.strategies))) {
    one(`policy.sensitive.strategies.${type}`, value, STRATEGIES);
  }
  for (const list of ['allow', 'countries'] as const) {
    const value: unknown = policy[list];
    if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string' || entry.trim() === '')) {
      throw wrong(`policy.sensitive.${list}`, 'an array of non-empty strings', value);
    }
  }
  // Of a name that is no code nothing would be found, without a word.
  const country = policy.countries.find((code) => !/^[A-Z]{2}$/.test(code));
  if (country !== undefined) {
    throw wrong('policy.sensitive.countries', 'ISO 3166 codes of two capitals, such as DE', country);
  }
  for (const [channel, actions] of Object.entries(record('policy.sensitive.channels', policy.channels))) {
    if (!CHANNELS.includes(channel))
      throw wrong('policy.sensitive.channels', `keys among ${CHANNELS.join(', ')}`, channel);
    checkActions(`policy.sensitive.channels.${channel}`, record(`policy.sensitive.channels.${channel}`, actions));
  }
  return policy;
}

/** What holds on a channel. */
export function actionsOn(policy: SensitivePolicy, channel: Channel): SensitiveActions {
  const { pii, secrets, types } = policy;
  const own = policy.channels[channel];
  return own === undefined ? policy : { pii, secrets, ...own, types: { ...types, ...own.types } };
}

/** What is looked for. */
export interface Searched {
  readonly pii: boolean;
  readonly secrets: boolean;
  /** Names of people, and streets of more forms, by the trained tagger. */
  readonly names: boolean;
}

/** Names of people, which are looked for only where `types` names them: they take weights of their own, and are guessed. */
export const PERSON_NAME = 'person-name';

/** Which kinds must be looked for: those with an action, of their own or of a type. */
export function searched({ pii, secrets, types }: SensitiveActions): Searched {
  const some = Object.values(types).some((action) => action !== 'off');
  const names = (types[PERSON_NAME] ?? 'off') !== 'off';
  return { pii: pii !== 'off' || some, secrets: secrets !== 'off' || some, names };
}

/** The type a finding's id names: `email` of `pii/email`. Undefined for findings of attacks. */
export function sensitiveType({ id, category }: Finding): string | undefined {
  return category === 'pii' || category === 'secret' ? id.slice(id.indexOf('/') + 1) : undefined;
}

export function actionOf(finding: Finding, { pii, secrets, types }: SensitiveActions): SensitiveAction {
  const type = sensitiveType(finding);
  if (type === undefined) return 'off';
  return types[type] ?? (finding.category === 'pii' ? pii : secrets);
}

const NO_ACTIONS: ReadonlySet<SensitiveAction> = new Set();

/** Every action that some finding of a scan calls for. */
export function sensitiveActions(scan: Scan, policy: SensitivePolicy): ReadonlySet<SensitiveAction> {
  if (scan.findings.length === 0) return NO_ACTIONS;
  const actions = actionsOn(policy, scan.channel);
  const called = new Set<SensitiveAction>();
  for (const finding of scan.findings) called.add(actionOf(finding, actions));
  return called;
}

/** True of a value the allow list names. */
export function isAllowed(value: string, { allow }: SensitivePolicy): boolean {
  if (allow.length === 0) return false;
  const low = value.toLowerCase();
  return allow.some((entry) => {
    const wanted = entry.toLowerCase();
    return wanted.startsWith('*') ? low.endsWith(wanted.slice(1)) : low === wanted;
  });
}

function checkActions(path: string, actions: Partial<SensitiveActions>): void {
  for (const kind of ['pii', 'secrets'] as const) {
    if (actions[kind] !== undefined) one(`${path}.${kind}`, actions[kind], ACTIONS);
  }
  for (const [type, value] of Object.entries(record(`${path}.types`, actions.types ?? {}))) {
    one(`${path}.types.${type}`, value, ACTIONS);
  }
}

function record<T>(path: string, value: T): T & object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(path, 'an object', value);
  return value;
}

function unit(path: string, value: unknown): void {
  if (!(typeof value === 'number' && value >= 0 && value <= 1)) throw wrong(path, 'a number in [0, 1]', value);
}

function one(path: string, value: unknown, values: readonly unknown[]): unknown {
  if (!values.includes(value)) throw wrong(path, `one of ${values.map((known) => `'${known}'`).join(', ')}`, value);
  return value;
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `createFirewall: ${path} must be ${expected}; got ${show(got)}`);
}
