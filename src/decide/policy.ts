/**
 * What counts as too much: thresholds, lists and what the grey band means.
 *
 * Scores are calibrated so that 0.6 and 0.8 mean the same on every channel; the
 * model card (`models/README.md`) says what each cost in false positives on
 * sources the models never saw.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import type { Channel } from '../types.ts';
import { CLOSED, createOutput, GUARDED, type OutputOptions, type OutputPolicy } from './output.ts';
import { createSensitive, type SensitiveOptions, type SensitivePolicy, UNSEARCHED } from './sensitive.ts';

export interface Thresholds {
  /** Block at or above this score, in [0, 1]. */
  readonly block: number;
  /** Doubt at or above this score. At most `block`. */
  readonly verify: number;
}

export type Failing = 'open' | 'closed';

/** What it means when something that should have looked could not: `'open'` lets the text pass, `'closed'` does not. */
export interface Failures {
  /** A degraded scan: `'closed'` treats it as `verify`, `'open'` as if it were whole. */
  readonly onDegraded: Failing;
  /** A text of high risk in the grey band, and no verifier, or none that answers in time. */
  readonly onUnverified: Failing;
  /** A text that should be verified later, and no place in the queue. */
  readonly onFull: Failing;
}

/** What differs on a channel. */
export interface ChannelPolicy extends Thresholds, Partial<Failures> {}

export interface Policy extends Thresholds, Failures {
  readonly name: string;
  /** What the grey band between `verify` and `block` means where a call states no risk: `'allow'` is low, `'block'` high. */
  readonly onGrey: 'allow' | 'block';
  /** Milliseconds that a text of high risk waits for a verifier. */
  readonly verifyTimeoutMs: number;
  /** True: everything is judged and reported, nothing is blocked. */
  readonly observe: boolean;
  /** Thresholds that differ by channel, and what differs with them. */
  readonly channels: Readonly<Partial<Record<Channel, ChannelPolicy>>>;
  /** Whole texts that are always allowed; compared without case, and with white space collapsed. */
  readonly allow: readonly string[];
  /** Phrases that always block, wherever they stand and however they are spaced, cased or encoded. */
  readonly deny: readonly string[];
  /** Ids of rules to leave out of the findings, such as `patterns/authority/sudo`. */
  readonly disable: readonly string[];
  /** Personal data and secrets: what is looked for, and what is done about it. Nothing by default. */
  readonly sensitive: SensitivePolicy;
  /** What is looked for in answers, on the channel `model`, and what is done about it. */
  readonly output: OutputPolicy;
}

export type PresetName = 'strict' | 'balanced' | 'monitor';

/** A preset, changed where the caller says so. */
export interface PolicyOptions extends Partial<Omit<Policy, 'name' | 'sensitive' | 'output'>> {
  /** The preset to start from. Defaults to `'balanced'`. */
  readonly preset?: PresetName;
  readonly sensitive?: SensitiveOptions;
  readonly output?: OutputOptions;
}

const BALANCED: Policy = {
  name: 'balanced',
  block: 0.8,
  verify: 0.6,
  onGrey: 'allow',
  onDegraded: 'open',
  onUnverified: 'closed',
  onFull: 'open',
  verifyTimeoutMs: 2000,
  observe: false,
  channels: {},
  allow: [],
  deny: [],
  disable: [],
  sensitive: UNSEARCHED,
  output: GUARDED,
};

export const PRESETS: Readonly<Record<PresetName, Policy>> = {
  strict: {
    ...BALANCED,
    name: 'strict',
    block: 0.6,
    verify: 0.4,
    onGrey: 'block',
    onDegraded: 'closed',
    onFull: 'closed',
    output: CLOSED,
  },
  balanced: BALANCED,
  monitor: { ...BALANCED, name: 'monitor', observe: true },
};

const FAILURES = ['onDegraded', 'onUnverified', 'onFull'] as const satisfies readonly (keyof Failures)[];
const CHANNEL_KEYS: readonly string[] = ['verify', 'block', ...FAILURES];
/** A day: longer waits are a mistake in the unit. */
const LONGEST_WAIT_MS = 86_400_000;
const CHANNELS: readonly string[] = ['user', 'system', 'tool', 'retrieved', 'model'] satisfies readonly Channel[];
const KEYS: readonly string[] = ['preset', ...Object.keys(BALANCED).filter((key) => key !== 'name')];

/**
 * The policy a caller means.
 *
 * @throws {FirewallError} `FW_OPTIONS` when a key is unknown or a value out of range
 */
export function createPolicy(from: PresetName | PolicyOptions = 'balanced'): Policy {
  const options: PolicyOptions = typeof from === 'string' ? { preset: from } : from;
  if (!isRecord(options)) throw wrong('policy', 'a preset name or an object', from);
  for (const key of Object.keys(options)) {
    if (!KEYS.includes(key)) throw wrong('policy', `keys among ${KEYS.join(', ')}`, key);
  }
  const { preset: presetName = 'balanced', ...changes } = options;
  if (!Object.hasOwn(PRESETS, presetName)) throw wrong('policy.preset', oneOf(Object.keys(PRESETS)), presetName);
  const preset = PRESETS[presetName];
  const given = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
  const policy: Policy = {
    ...preset,
    ...given,
    sensitive: createSensitive(changes.sensitive),
    output: createOutput(preset.output, changes.output),
  };
  assertThresholds('policy', policy);
  assertOneOf('policy.onGrey', policy.onGrey, ['allow', 'block']);
  assertFailures('policy', policy);
  assertWait(policy.verifyTimeoutMs);
  if (typeof policy.observe !== 'boolean') throw wrong('policy.observe', 'a boolean', policy.observe);
  for (const list of ['allow', 'deny', 'disable'] as const) {
    const value: unknown = policy[list];
    if (!Array.isArray(value) || value.some((entry) => typeof entry !== 'string' || entry.trim() === '')) {
      throw wrong(`policy.${list}`, 'an array of non-empty strings', value);
    }
  }
  if (!isRecord(policy.channels)) throw wrong('policy.channels', 'an object of thresholds by channel', policy.channels);
  for (const [channel, thresholds] of Object.entries(policy.channels)) {
    if (!CHANNELS.includes(channel)) throw wrong('policy.channels', `keys among ${CHANNELS.join(', ')}`, channel);
    const path = `policy.channels.${channel}`;
    assertThresholds(path, thresholds);
    for (const key of Object.keys(thresholds)) {
      if (!CHANNEL_KEYS.includes(key)) throw wrong(path, `keys among ${CHANNEL_KEYS.join(', ')}`, key);
    }
    assertFailures(path, thresholds);
  }
  return policy;
}

/** What a failure means on a channel. */
export function failing(policy: Policy, channel: Channel, failure: keyof Failures): Failing {
  return policy.channels[channel]?.[failure] ?? policy[failure];
}

function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function assertThresholds(path: string, thresholds: Thresholds): void {
  if (!isRecord(thresholds)) throw wrong(path, 'an object with verify and block', thresholds);
  for (const key of ['verify', 'block'] as const) {
    const value: unknown = thresholds[key];
    if (!(typeof value === 'number' && value >= 0 && value <= 1)) {
      throw wrong(`${path}.${key}`, 'a number in [0, 1]', value);
    }
  }
  if (thresholds.verify > thresholds.block) {
    throw wrong(`${path}.verify`, `at most ${path}.block (${thresholds.block})`, thresholds.verify);
  }
}

function assertFailures(path: string, failures: Partial<Failures>): void {
  for (const key of FAILURES) {
    if (failures[key] !== undefined) assertOneOf(`${path}.${key}`, failures[key], ['open', 'closed']);
  }
}

function assertWait(value: unknown): void {
  if (!(typeof value === 'number' && value >= 0 && value <= LONGEST_WAIT_MS)) {
    throw wrong('policy.verifyTimeoutMs', `a number of milliseconds from 0 to ${LONGEST_WAIT_MS}`, value);
  }
}

function assertOneOf(path: string, value: unknown, values: readonly string[]): void {
  if (!values.includes(value as string)) throw wrong(path, oneOf(values), value);
}

function oneOf(values: readonly string[]): string {
  return `one of ${values.map((value) => `'${value}'`).join(', ')}`;
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `createFirewall: ${path} must be ${expected}; got ${show(got)}`);
}
