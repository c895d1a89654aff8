/**
 * A chat route of Fastify.
 *
 *   npx tsx demo/examples/fastify/server.ts
 *
 * @module
 */
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createFirewall } from 'edgeward';
import { edgeward } from 'edgeward/fastify';
import Fastify from 'fastify';
import { ask } from '../upstream.ts';

const app = Fastify();

// Guards the routes of the scope it is registered in: register it within another to guard only some.
await app.register(edgeward, {
  firewall: await createFirewall({ policy: { sensitive: 'redact' } }),
  answer: {},
});
app.post('/chat', async (request, reply) => {
  // Personal data is gone from the body, and comes back into the answer on its way out.
  const { body, headers } = await ask(request.body);
  reply.type(headers.get('content-type') ?? 'text/plain').header('x-guard', request.edgeward.action);
  return Readable.fromWeb(body as ReadableStream);
});

console.log(await app.listen({ host: '127.0.0.1', port: Number(process.env['PORT'] ?? 3000) }));
