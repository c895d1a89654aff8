/**
 * The guard, as the other parts of the extension reach it.
 *
 * @module
 */
import { type BrowserGuard, openRemoteGuard } from 'edgeward/browser';
import { ask } from './messages.ts';
import { portName } from './port-name.ts';
import { guardOptions, type Settings } from './settings.ts';

export function reachGuard(settings: Settings): BrowserGuard {
  const name = portName(guardOptions(settings));
  return openRemoteGuard({
    onFailure: settings.onFailure,
    async dial() {
      await ask('wake', {});
      return chrome.runtime.connect({ name });
    },
  });
}
