/**
 * How often something happened, by site. No text and no value is kept, only numbers, and only on this machine.
 *
 * @module
 */

import { createTurns } from './in-turn.ts';

export interface Counts {
  /** Texts that were written and then sent or cleared. */
  readonly texts: number;
  /** Of these, with personal data or secrets at any time while they were written. */
  readonly sensitive: number;
  /** Of these, that read like an attack when they were last looked at. */
  readonly attacks: number;
  /** Values taken out. */
  readonly redacted: number;
  /** Values put back into answers. */
  readonly restored: number;
}

export type Statistics = Readonly<Record<string, Counts>>;

export const NOTHING: Counts = { texts: 0, sensitive: 0, attacks: 0, redacted: 0, restored: 0 };

const KEY = 'statistics';

export async function readStatistics(): Promise<Statistics> {
  return ((await chrome.storage.local.get(KEY))[KEY] as Statistics | undefined) ?? {};
}

export function clearStatistics(): Promise<void> {
  return chrome.storage.local.set({ [KEY]: {} });
}

export function onStatistics(listener: (statistics: Statistics) => void): void {
  chrome.storage.local.onChanged.addListener((changes) => {
    const change = changes[KEY];
    if (change !== undefined) listener((change.newValue as Statistics | undefined) ?? {});
  });
}

export function added(to: Counts = NOTHING, counts: Partial<Counts>): Counts {
  const sum = (name: keyof Counts): number => to[name] + (counts[name] ?? 0);
  return {
    texts: sum('texts'),
    sensitive: sum('sensitive'),
    attacks: sum('attacks'),
    redacted: sum('redacted'),
    restored: sum('restored'),
  };
}

const inTurn = createTurns();

/** Called by the background alone, so that no count is lost between two tabs. */
export function count(site: string, counts: Partial<Counts>): Promise<void> {
  return inTurn(async () => {
    const statistics = await readStatistics();
    await chrome.storage.local.set({ [KEY]: { ...statistics, [site]: added(statistics[site], counts) } });
  });
}
