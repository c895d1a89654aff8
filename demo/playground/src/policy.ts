/**
 * The two policies that the page holds, as their owner changes them: plain options of the package, ready to share.
 *
 * @module
 */
import type {
  Channel,
  Policy,
  PolicyOptions,
  PresetName,
  SensitiveAction,
  SensitivePolicy,
  Thresholds,
} from 'edgeward';

/** What the controls change: a preset and the owner's changes. */
export interface PolicyDraft extends PolicyOptions {
  readonly preset: PresetName;
  readonly sensitive: Partial<SensitivePolicy>;
}

/** The part of a policy that the page draws before any firewall has spoken. */
export type Rules = Pick<Policy, 'verify' | 'block' | 'onGrey' | 'onDegraded' | 'observe' | 'channels'>;

const BALANCED: Rules = {
  ...{ verify: 0.6, block: 0.8, onGrey: 'allow', onDegraded: 'open', observe: false, channels: {} },
};

/** The package's presets; a test holds them to it. */
export const PRESETS: Readonly<Record<PresetName, Rules>> = {
  balanced: BALANCED,
  strict: { ...BALANCED, verify: 0.4, block: 0.6, onGrey: 'block', onDegraded: 'closed' },
  monitor: { ...BALANCED, observe: true },
};

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

export const ACTIONS: readonly SensitiveAction[] = ['off', 'report', 'redact', 'verify', 'block'];

export const POLICY_A: PolicyDraft = { preset: 'balanced', sensitive: { pii: 'redact', secrets: 'redact' } };
export const POLICY_B: PolicyDraft = { preset: 'strict', sensitive: { pii: 'redact', secrets: 'block' } };

/** Another preset: what was changed of the old one's thresholds goes, what concerns personal data stays. */
export function withPreset({ sensitive, allow, deny }: PolicyDraft, preset: PresetName): PolicyDraft {
  return { preset, sensitive, ...(allow && { allow }), ...(deny && { deny }) };
}

/** What a draft means. */
export function rulesOf({ preset, ...changes }: PolicyDraft): Rules {
  const { verify, block, onGrey, onDegraded, observe, channels } = { ...PRESETS[preset], ...changes };
  return { verify, block, onGrey, onDegraded, observe, channels };
}

export function thresholdsOn(rules: Rules, channel: Channel): Thresholds {
  return rules.channels[channel] ?? rules;
}

/** Moves one threshold; the other gives way where they would cross. */
export function withThreshold(draft: PolicyDraft, moved: 'verify' | 'block', to: number): PolicyDraft {
  const { verify, block } = rulesOf(draft);
  return moved === 'verify'
    ? { ...draft, verify: to, block: Math.max(to, block) }
    : { ...draft, block: to, verify: Math.min(to, verify) };
}

/** One entry for each line that holds something. */
export function linesOf(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
