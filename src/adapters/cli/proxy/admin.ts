/**
 * What the proxy tells whoever runs it, on a port of its own and for a token.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Firewall } from '../../../exports.ts';
import type { Metrics } from './metrics.ts';

export interface AdminOptions {
  readonly token: string;
  readonly metrics: Metrics;
  readonly firewall: Firewall;
}

export function createAdmin({ token, metrics, firewall }: AdminOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const [scheme = '', sent = ''] = (c.req.header('authorization') ?? '').split(' ', 2);
    if (/^bearer$/i.test(scheme) && isEqual(sent, token)) return next();
    return c.text('Unauthorized\n', 401, { 'www-authenticate': 'Bearer' });
  });
  app.get('/metrics', (c) => c.text(metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4' }));
  app.get('/engine', (c) => c.json({ ...firewall.engine, policy: firewall.policy.name }));
  return app;
}

/** In a time that tells nothing of where they differ. */
function isEqual(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
