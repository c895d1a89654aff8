/**
 * A chat route of Hono on Node.
 *
 *   npx tsx demo/examples/hono-node/server.ts
 *
 * @module
 */
import { serve } from '@hono/node-server';
import { createFirewall } from 'edgeward';
import { type GuardVariables, guard } from 'edgeward/hono';
import { Hono } from 'hono';
import { ask } from '../upstream.ts';

const firewall = await createFirewall({ policy: { sensitive: 'redact' } });
const app = new Hono<{ Variables: GuardVariables }>();

app.use('/chat', guard(firewall, { answer: {} }));
app.post('/chat', async (c) => {
  // Personal data is gone from the body, and comes back into the answer on its way out.
  const { body, headers } = await ask(await c.req.json(), c.req.raw.signal);
  const { action } = c.get('edgeward');
  return new Response(body, {
    headers: { 'content-type': headers.get('content-type') ?? 'text/plain', 'x-guard': action },
  });
});

serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
