/**
 * A chat endpoint on Cloudflare Workers, guarded by the firewall inside the same isolate.
 *
 * @module
 */
import { createFirewall, type Firewall, type FirewallOptions } from 'edgeward';
import { type GuardVariables, guard } from 'edgeward/hono';
import { Hono, type MiddlewareHandler } from 'hono';

interface Guarded {
  readonly firewall: Firewall;
  readonly middleware: MiddlewareHandler;
}

export function createApp(options: FirewallOptions = {}): Hono<{ Variables: GuardVariables }> {
  const app = new Hono<{ Variables: GuardVariables }>();

  /** Made by the first request and kept for the isolate's life: Workers forbid such work at import. */
  let guarded: Promise<Guarded> | undefined;

  function start(): Promise<Guarded> {
    guarded ??= createFirewall(options).then((firewall) => ({ firewall, middleware: guard(firewall) }));
    return guarded;
  }

  app.use('/chat', async (c, next) => (await start()).middleware(c, next));

  /** In place of a model: says what it was asked. */
  app.post('/chat', async (c) => {
    const { message } = await c.req.json<{ message: string }>();
    const scan = c.get('outcome')?.decision.scan;
    return c.json({ reply: `You said: ${message}`, score: scan?.score, tier: scan?.tier });
  });

  /** Which engine and which model this deployment runs. */
  app.get('/engine', async (c) => {
    const { firewall } = await start();
    await firewall.ready();
    const { name, version, transformer } = firewall.engine;
    return c.json({ name, version, transformer });
  });

  return app;
}
