/**
 * What runs in the pages of chats: watches what is written there before it is sent, and puts values back into answers.
 *
 * @module
 */
import { createComposers } from './composers.ts';
import { createConversation } from './conversation.ts';
import { queryDeep } from './deep.ts';
import { ask } from './messages.ts';
import { createOverlay } from './overlay.ts';
import { createPageGuard } from './page-guard.ts';
import { createPasted } from './pasted.ts';
import { reachGuard } from './reach.ts';
import { copied, createRestorer } from './restore.ts';
import { onSettings, readSettings, type Settings } from './settings.ts';
import { type Site, siteOf } from './sites.ts';
import type { Counts } from './statistics.ts';
import { createTally } from './tally.ts';

/** @returns lets go of the page */
function watchPage(site: Site, settings: Settings): () => void {
  const closing = new AbortController();
  const { conversation: pattern } = site;
  const nameNow = (): string | undefined => {
    const id = pattern.exec(location.pathname)?.[1];
    return id === undefined ? undefined : `${site.id} ${id}`;
  };
  const conversation = createConversation(nameNow, {
    recall: (name) => ask('recall', { conversation: name }),
    keep: (name, sealed) => ask('keep', { conversation: name, sealed }),
  });
  const count = (counts: Partial<Counts>): void => {
    // Counting is no reason to disturb anybody.
    ask('count', { site: site.id, counts }).catch(() => {});
  };
  const guard = reachGuard(settings);
  const pasted = createPasted();
  const overlay = createOverlay();
  const restorer = createRestorer({
    turns: site.turns,
    vault: () => conversation.known,
    silently(change) {
      change();
      observer.takeRecords();
    },
    onRestored: (values) => count({ restored: values }),
  });
  const tally = createTally(count);
  const composers = createComposers({
    site,
    guard: createPageGuard(guard, {
      pasted,
      conversation,
      refuses: settings.policy === 'strict',
      onRedacted: (values) => count({ redacted: values }),
    }),
    overlay,
    ask: settings.policy === 'monitor' ? [] : ['redact', 'verify'],
    onVerdict: (verdict, field) => tally.hear(verdict, isEmpty(field)),
    onPasted: pasted.add,
    onSend: conversation.said,
  });

  const observed = new WeakSet<Node>();
  function observe(root: Node): void {
    if (observed.has(root)) return;
    observed.add(root);
    observer.observe(root, { childList: true, subtree: true, characterData: true });
  }

  let isLooking = false;
  /** Once per frame however much changes; a hidden tab looks when it is shown. */
  function look(): void {
    if (isLooking) return;
    isLooking = true;
    requestAnimationFrame(() => {
      isLooking = false;
      if (closing.signal.aborted) return;
      composers.look();
      for (const root of queryDeep(document, [...site.composer, ...site.turns]).roots) observe(root);
      if (conversation.look()) void recall();
    });
  }

  /** What the placeholders of a conversation stand for that was begun before this page. */
  async function recall(): Promise<void> {
    if (nameNow() === undefined) return;
    await conversation.vault();
    restorer.look();
  }

  const observer = new MutationObserver((records) => {
    restorer.changed(records);
    look();
  });

  function onCopy(event: ClipboardEvent): void {
    const text = copied(getSelection(), conversation.known);
    if (text === undefined) return;
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  window.addEventListener('copy', onCopy, { capture: true, signal: closing.signal });
  observe(document);
  look();
  void recall().catch(() => {});

  return () => {
    closing.abort();
    observer.disconnect();
    composers.close();
    restorer.close();
    overlay.close();
    guard.close();
  };
}

function isEmpty(field: HTMLElement): boolean {
  const text = field instanceof HTMLTextAreaElement ? field.value : field.textContent;
  return text?.trim() === '';
}

/** Chromium runs a script again in a tab that has it already. */
const realm = globalThis as { edgewardRuns?: true };

function run(): void {
  let release = (): void => {};
  const start = (settings: Settings): void => {
    release();
    const site = siteOf(location, settings.added);
    release = site === undefined || settings.off.includes(site.id) ? () => {} : watchPage(site, settings);
  };
  onSettings(start);
  void readSettings().then(start);
}

if (realm.edgewardRuns === undefined) {
  realm.edgewardRuns = true;
  run();
}
