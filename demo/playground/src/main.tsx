/**
 * Starts the page.
 *
 * @module
 */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { fromFragment } from './share.ts';
import { firstVerdictMs, problem, takeShared } from './state.ts';
import { followTheme } from './theme.ts';
import { takeTurns } from './turns.ts';
import { App } from './ui/app.tsx';

async function takeFragment(): Promise<void> {
  try {
    const state = await fromFragment(location.hash);
    if (state !== undefined) takeShared(state);
  } catch (error) {
    problem.value = error instanceof Error ? error.message : String(error);
  }
}

/** In a task of its own: evaluating the scripts was one. */
function draw(): void {
  const root = document.getElementById('app')!;
  root.replaceChildren();
  render(<App />, root);
  void takeTurns();
}

/** What the page preloads for the guard's worker is used, Chromium holds, when the page itself asks for it. */
function claimPreloads(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel=preload][as=fetch]'))
    fetch(link.href).catch(() => {}); // without a network the worker has its own copies
}

claimPreloads();
followTheme();
setTimeout(draw);
void takeFragment();
addEventListener('hashchange', () => void takeFragment());
// Keeps the page's files for visits without a network, once the first verdict has not to wait for it.
effect(() => {
  if (firstVerdictMs.value !== undefined) void navigator.serviceWorker?.register('./offline.js').catch(() => {});
});
