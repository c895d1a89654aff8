/**
 * The local app: the playground, and the guard before a model.
 *
 * @module
 */
import { Hono } from 'hono';
import type { Firewall } from '../../../exports.ts';
import { createEchoModel, createProxy, type ProxyOptions } from '../../proxy/main.ts';

export interface LocalAppOptions {
  /** Guards the model. */
  readonly firewall: Firewall;
  /** Answers everything else. */
  readonly site: Hono;
  /** The model's API; one that repeats what it is told where absent. */
  readonly upstream?: string;
  readonly limits?: ProxyOptions['limits'];
  /** What remembers who attacks, and who asks. */
  readonly judged?: Pick<ProxyOptions, 'judgement' | 'subject'>;
}

export function createLocalApp({ firewall, site, upstream, limits = {}, judged = {} }: LocalAppOptions): Hono {
  const model = createEchoModel();
  const local = createProxy({
    firewall,
    limits,
    ...judged,
    upstream: 'http://echo.invalid', // nothing is looked up: the model answers in this process
    fetch: async (input, init) => model.fetch(new Request(input, init)),
  });
  const remote = upstream === undefined ? local : createProxy({ firewall, limits, ...judged, upstream });

  const app = new Hono();
  app.all('/chat', (c) => local.fetch(c.req.raw));
  for (const path of ['/v1/*', '/v1beta/*', '/api/*', '/-/*']) app.all(path, (c) => remote.fetch(c.req.raw));
  app.route('/', site);
  return app;
}
