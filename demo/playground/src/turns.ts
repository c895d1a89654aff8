/**
 * Work that must not block the page, in tasks of its own.
 *
 * @module
 */
import { signal } from '@preact/signals';

/** In the order in which they are drawn, a frame for each: what is looked at first comes first. */
const PARTS = ['editor', 'verdict', 'findings', 'policy', 'passed', 'views', 'timeline', 'runtime'] as const;

export type Part = (typeof PARTS)[number];

/** How many parts may be drawn. */
const turn = signal(0);
/** Pages in the background have no frames. */
const FRAME_MS = 100;

/** Whether a part's turn has come; a component that asks is drawn when it does. */
export function hasTurn(part: Part): boolean {
  return PARTS.indexOf(part) < turn.value;
}

/** Lets the page draw its parts, one after the other. */
export async function takeTurns(): Promise<void> {
  for (const _ of PARTS) {
    await frame();
    turn.value++;
  }
}

/** Resolves in a task behind the next frame. */
function frame(): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(resolve, FRAME_MS);
    requestAnimationFrame(() => {
      clearTimeout(late);
      setTimeout(resolve);
    });
  });
}

/** When nothing else waits; not every browser tells. */
export function whenIdle(then: () => void): void {
  if ('requestIdleCallback' in globalThis) requestIdleCallback(then, { timeout: 1000 });
  else setTimeout(then, 50);
}
