/**
 * Chromium's service worker. It can start no workers: the guard lives in the offscreen document.
 *
 * @module
 */
import { startBackground } from './background.ts';

let opening: Promise<void> | undefined;

startBackground(async () => {
  if (await chrome.offscreen.hasDocument()) return;
  opening ??= chrome.offscreen
    .createDocument({
      url: 'offscreen.html',
      reasons: ['WORKERS'],
      justification: 'Texts are checked in a worker, so that no page has to wait for it.',
    })
    .finally(() => {
      opening = undefined;
    });
  await opening;
});
