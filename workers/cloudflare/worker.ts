/**
 * A chat endpoint on Cloudflare Workers, guarded by the firewall inside the same isolate.
 *
 *   npx wrangler dev --config workers/cloudflare/wrangler.jsonc
 *
 * @module
 */
import { createFirewall } from 'edgeward';
import { type GuardVariables, guard } from 'edgeward/hono';
import { Hono, type MiddlewareHandler } from 'hono';

const app = new Hono<{ Variables: GuardVariables }>();

/** Made by the first request and kept for the isolate's life: Workers forbid such work at import. */
let guarded: Promise<MiddlewareHandler> | undefined;

app.use('/chat', async (c, next) => {
  guarded ??= createFirewall().then((firewall) => guard(firewall));
  return (await guarded)(c, next);
});

/** In place of a model: says what it was asked. */
app.post('/chat', async (c) => {
  const { message } = await c.req.json<{ message: string }>();
  return c.json({ reply: `You said: ${message}`, score: c.get('outcome')?.decision.scan.score });
});

export default app;
