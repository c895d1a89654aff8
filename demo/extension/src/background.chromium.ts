/**
 * Chromium's service worker. It can start no workers: the guard lives in the offscreen document.
 *
 * @module
 */
import { startBackground } from './background.ts';

/** A document that is still loading exists already, and hears nobody yet: whoever comes meanwhile waits for it too. */
let opening: Promise<void> | undefined;

async function open(): Promise<void> {
  if (await chrome.offscreen.hasDocument()) return;
  await chrome.offscreen.createDocument({
    url: 'offscreen.html',
    reasons: ['WORKERS'],
    justification: 'Texts are checked in a worker, so that no page has to wait for it.',
  });
}

startBackground(() => {
  opening ??= open().finally(() => {
    opening = undefined;
  });
  return opening;
});
