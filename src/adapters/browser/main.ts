/**
 * `edgeward/browser`: a firewall in a worker, and what a page does with its verdicts.
 *
 * @module
 */
export { FirewallError, type FirewallErrorCode } from '../../errors.ts';
export {
  type BrowserGuard,
  type BrowserGuardOptions,
  type GuardStatus,
  openGuard,
} from './guard.ts';
export type { Glance, Progress } from './messages.ts';
