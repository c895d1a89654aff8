/**
 * A chat route of Express.
 *
 *   npx tsx demo/examples/express/server.ts
 *
 * @module
 */
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { createFirewall } from 'edgeward';
import { guard } from 'edgeward/node';
import express from 'express';
import { ask } from '../upstream.ts';

const firewall = await createFirewall({ policy: { sensitive: 'redact' } });
const app = express();

// The guard may stand before the parser or behind it.
app.use('/chat', guard(firewall, { answer: {} }), express.json());
app.post('/chat', async (request, response) => {
  // Personal data is gone from the body, and comes back into the answer on its way out.
  const { body, headers } = await ask(request.body);
  response.type(headers.get('content-type') ?? 'text/plain').set('x-guard', request.edgeward?.action ?? 'none');
  Readable.fromWeb(body as ReadableStream).pipe(response);
});

const server = app.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
