/**
 * The entry for browsers, their workers, and bundlers that know `new URL(…, import.meta.url)`.
 *
 * @module
 */
import { composeInBrowser, ownUrls } from './compose.browser.ts';
import type { Firewall, FirewallOptions } from './firewall.ts';

export * from './exports.ts';

/**
 * Starts a firewall: load once, then `scan` as often as you like.
 *
 * @throws {FirewallError} when an option is wrong or the engine cannot start; see `errors.ts` for the codes
 */
export function createFirewall(options?: FirewallOptions): Promise<Firewall> {
  const worker = (): Worker => new Worker(new URL('./worker.browser.js', import.meta.url), { type: 'module' });
  return composeInBrowser({ urls: ownUrls(), worker }, options);
}
