/**
 * What the user has chosen. Kept by the browser on this machine; not synchronized, because that would send it.
 *
 * @module
 */
import type { BrowserGuardOptions } from 'edgeward/browser';
import { createTurns } from './in-turn.ts';
import type { AddedSite } from './sites.ts';

export type PolicyName = 'strict' | 'balanced' | 'monitor';

export interface Settings {
  readonly policy: PolicyName;
  /** What happens to a text that nobody could check. */
  readonly onFailure: 'open' | 'closed';
  /** Ids of sites that are left alone. */
  readonly off: readonly string[];
  /** Values that are no secret, such as `*@example.org`. */
  readonly allow: readonly string[];
  readonly added: readonly AddedSite[];
}

export const DEFAULTS: Settings = { policy: 'balanced', onFailure: 'open', off: [], allow: [], added: [] };

const KEY = 'settings';

export async function readSettings(): Promise<Settings> {
  return settingsFrom((await chrome.storage.local.get(KEY))[KEY]);
}

const inTurn = createTurns();

/** Within a page no change is lost; between two pages the last one wins. */
export function changeSettings(change: (settings: Settings) => Settings): Promise<void> {
  return inTurn(async () => chrome.storage.local.set({ [KEY]: change(await readSettings()) }));
}

export function onSettings(listener: (settings: Settings) => void): void {
  chrome.storage.local.onChanged.addListener((changes) => {
    const change = changes[KEY];
    if (change !== undefined) listener(settingsFrom(change.newValue));
  });
}

/** An older version may have stored less. */
function settingsFrom(stored: unknown): Settings {
  return { ...DEFAULTS, ...(stored as Partial<Settings> | undefined) };
}

/** What each policy makes of personal data and secrets; of attacks, the package's presets of that name. */
const SENSITIVE = {
  strict: { pii: 'redact', secrets: 'block' },
  balanced: { pii: 'redact', secrets: 'redact' },
  monitor: { pii: 'report', secrets: 'report' },
} as const;

export function guardOptions({ policy, allow }: Settings): Pick<BrowserGuardOptions, 'policy'> {
  return { policy: { preset: policy, sensitive: { ...SENSITIVE[policy], allow } } };
}
