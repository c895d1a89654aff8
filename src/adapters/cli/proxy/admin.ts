/**
 * What the proxy tells whoever runs it, on a port of its own and for a token.
 *
 * @module
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import type { Firewall } from '../../../exports.ts';

export interface AdminOptions {
  readonly token: string;
  /** In the text format of Prometheus. */
  metrics(): string | Promise<string>;
  engine(): EngineReport;
  /** Whether requests are taken. */
  isReady(): boolean;
}

/** What runs. */
export type EngineReport = Firewall['engine'] & { readonly policy: string };

export function engineReport({ engine, policy }: Firewall): EngineReport {
  return { ...engine, policy: policy.name };
}

export function createAdmin({ token, metrics, engine, isReady }: AdminOptions): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const [scheme = '', sent = ''] = (c.req.header('authorization') ?? '').split(' ', 2);
    if (/^bearer$/i.test(scheme) && isEqual(sent, token)) return next();
    return c.text('Unauthorized\n', 401, { 'www-authenticate': 'Bearer' });
  });
  app.get('/metrics', async (c) => c.text(await metrics(), 200, { 'content-type': 'text/plain; version=0.0.4' }));
  app.get('/-/health', (c) => c.json({ status: 'ok' }));
  app.get('/-/ready', (c) => (isReady() ? c.json({ status: 'ok' }) : c.json({ status: 'not ready' }, 503)));
  app.get('/engine', (c) => c.json(engine()));
  return app;
}

/** In a time that tells nothing of where they differ. */
function isEqual(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}
