/**
 * A chat route of `node:http`, without a framework.
 *
 *   npx tsx demo/examples/node-http/server.ts
 *
 * @module
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import type { ReadableStream } from 'node:stream/web';
import { createFirewall } from 'edgeward';
import { guard } from 'edgeward/node';
import { ask } from '../upstream.ts';

const guarded = guard(await createFirewall({ policy: { sensitive: 'redact' } }), { answer: {} });

const server = createServer((request, response) => {
  if (request.url !== '/chat' || request.method !== 'POST') {
    response.writeHead(404).end();
    return;
  }
  guarded(request, response, async (error) => {
    if (error !== undefined) {
      response.writeHead(500).end();
      return;
    }
    // Personal data is gone from the body, and comes back into the answer on its way out.
    const { body, headers } = await ask(await json(request));
    const type = headers.get('content-type') ?? 'text/plain';
    response.writeHead(200, { 'content-type': type, 'x-guard': request.edgeward?.action });
    Readable.fromWeb(body as ReadableStream).pipe(response);
  });
});

server.listen(Number(process.env['PORT'] ?? 3000), '127.0.0.1', () => {
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
