/**
 * Where the firewall runs: a page of the extension that may have workers. Chromium's is the offscreen document,
 * Firefox's the background page.
 *
 * @module
 */
import { type BrowserGuard, openGuard, serveGuard } from 'edgeward/browser';
import { optionsIn } from './port-name.ts';

/** A guard that nobody asks goes: its memory is worth more than the second that the next one takes to load. */
const IDLE_MS = 5 * 60_000;
/** One that has failed may be tried again by then. */
const RETRY_MS = 5_000;

/** Serves a guard to each port; ports that want the same share it. */
export function startHost(): void {
  const guards = new Map<string, BrowserGuard>();
  const ports = new Map<BrowserGuard, number>();
  const closing = new Map<BrowserGuard, ReturnType<typeof setTimeout>>();

  function open(wanted: string): BrowserGuard {
    const base = new URL('edgeward/', location.href);
    const guard = openGuard({ ...optionsIn(wanted), base, shared: false });
    guards.set(wanted, guard);
    guard.onStatus(({ state }) => {
      if (state === 'failed') setTimeout(() => forget(wanted, guard), RETRY_MS);
    });
    return guard;
  }

  function forget(wanted: string, guard: BrowserGuard): void {
    if (guards.get(wanted) === guard) guards.delete(wanted);
    if ((ports.get(guard) ?? 0) === 0) guard.close();
  }

  chrome.runtime.onConnect.addListener((port) => {
    const { name: wanted } = port;
    if (optionsIn(wanted) === undefined) return;
    const guard = guards.get(wanted) ?? open(wanted);
    clearTimeout(closing.get(guard));
    ports.set(guard, (ports.get(guard) ?? 0) + 1);
    serveGuard(guard, port);
    port.onDisconnect.addListener(() => {
      const left = (ports.get(guard) ?? 1) - 1;
      ports.set(guard, left);
      if (left > 0) return;
      // With other options chosen, nobody will come back for these.
      const isLast = guards.size <= 1;
      closing.set(
        guard,
        setTimeout(() => forget(wanted, guard), isLast ? IDLE_MS : 0),
      );
    });
  });
}
