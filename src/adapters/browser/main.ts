/**
 * `edgeward/browser`: a firewall in a worker, and what a page does with its verdicts.
 *
 * @module
 */
export type { Progress } from '../../checked-files.ts';
export { FirewallError, type FirewallErrorCode } from '../../errors.ts';
export type { CheckOptions, Question, Verdict } from './check.ts';
export { defineElements } from './element.ts';
export { type FetchOptions, guardFetch } from './fetch.ts';
export { type FormOptions, guardForm, type Handle } from './form.ts';
export type { BrowserGuard, GuardStatus } from './guard.ts';
export type { Labels } from './labels.ts';
export type { Glance } from './messages.ts';
export { type BrowserGuardOptions, openGuard } from './open.ts';
export { openRemoteGuard, type RemoteGuardOptions, type RuntimePort, serveGuard } from './remote.ts';
export { guardTextarea, type TextareaOptions } from './textarea.ts';
export type { WatchOptions } from './watch.ts';
