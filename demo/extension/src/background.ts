/**
 * The part that is always there: keeps the settings' consequences, the counts, and what placeholders stand for.
 *
 * @module
 */
import { createTurns } from './in-turn.ts';
import { answerQuestions } from './messages.ts';
import { changeSettings, readSettings } from './settings.ts';
import { type AddedSite, patternOf } from './sites.ts';
import { count } from './statistics.ts';

const SCRIPT = 'content.js';
/** More conversations than that, and the oldest is forgotten. */
const MOST_CONVERSATIONS = 200;

const inTurn = createTurns();

/** @param wake makes sure that the guard can be reached */
export function startBackground(wake: () => Promise<void>): void {
  answerQuestions({
    async wake() {
      await wake();
      return null;
    },
    async recall({ conversation }) {
      const [key, kept] = [await sessionKey(), await readKept()];
      const sealed = kept.find(([id]) => id === conversation)?.[1];
      return { key, ...(sealed !== undefined && { sealed }) };
    },
    keep: ({ conversation, sealed }) =>
      inTurn(async () => {
        const others = (await readKept()).filter(([id]) => id !== conversation);
        await chrome.storage.session.set({ kept: [...others, [conversation, sealed]].slice(-MOST_CONVERSATIONS) });
        return null;
      }),
    async count({ site, counts }) {
      await count(site, counts);
      return null;
    },
    async add({ kind: _, ...site }) {
      await addSite(site);
      return null;
    },
    async remove({ origin }) {
      await changeSettings((settings) => ({
        ...settings,
        added: settings.added.filter((site) => site.origin !== origin),
      }));
      await registerScripts();
      // What a wider permission covers cannot be given back alone.
      await chrome.permissions.remove({ origins: [patternOf(origin)] }).catch(() => {});
      return null;
    },
  });
  // Granted or withdrawn where we are not asked: in the browser's own pages, or while a popup was closing.
  chrome.permissions.onRemoved.addListener(() => void registerScripts());
  chrome.permissions.onAdded.addListener(() => void registerScripts());
  chrome.runtime.onInstalled.addListener(() => void registerScripts());
  chrome.runtime.onStartup.addListener(() => void registerScripts());
}

async function addSite(site: AddedSite): Promise<void> {
  await changeSettings((settings) => ({
    ...settings,
    off: settings.off.filter((id) => id !== new URL(site.origin).hostname),
    added: [...settings.added.filter(({ origin }) => origin !== site.origin), site],
  }));
  await registerScripts();
  for (const { id } of await chrome.tabs.query({ url: [patternOf(site.origin)] }))
    if (id !== undefined)
      // A tab that shows an error page takes no scripts.
      await chrome.scripting.executeScript({ target: { tabId: id }, files: [SCRIPT] }).catch(() => {});
}

/** Added sites that the browser lets us into get the script, others lose it. */
function registerScripts(): Promise<void> {
  return inTurn(async () => {
    const patterns = (await readSettings()).added.map(({ origin }) => patternOf(origin));
    const allowed: string[] = [];
    for (const pattern of new Set(patterns))
      if (await chrome.permissions.contains({ origins: [pattern] })) allowed.push(pattern);
    const registered = await chrome.scripting.getRegisteredContentScripts();
    const ids = registered.map(({ id }) => id);
    if (ids.length > 0) await chrome.scripting.unregisterContentScripts({ ids });
    await chrome.scripting.registerContentScripts(
      allowed.map((pattern) => ({ id: pattern, matches: [pattern], js: [SCRIPT], runAt: 'document_start' })),
    );
  });
}

type Kept = readonly (readonly [conversation: string, sealed: string])[];

async function readKept(): Promise<Kept> {
  return ((await chrome.storage.session.get('kept'))['kept'] as Kept | undefined) ?? [];
}

/** Seals vaults while they lie with the browser: 32 bytes in base64, of this session. */
function sessionKey(): Promise<string> {
  return inTurn(async () => {
    const stored = (await chrome.storage.session.get('key'))['key'];
    if (typeof stored === 'string') return stored;
    const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
    await chrome.storage.session.set({ key });
    return key;
  });
}
