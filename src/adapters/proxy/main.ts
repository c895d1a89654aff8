/**
 * `edgeward/proxy`: the firewall as a reverse proxy, a Hono app for any runtime.
 *
 * @module
 */
export type { Api } from '../refusal.ts';
export type { NamedSubject, SubjectOption } from '../subject.ts';
export type { TextPlace } from './apis.ts';
export { createProxy } from './app.ts';
export type { Decode } from './body.ts';
export { createEchoModel } from './echo-model.ts';
export type { Answered, Asker, Judged, ProxyLimits, ProxyOptions, ProxyRoute } from './options.ts';
