/**
 * The servers that the guard stands in, listening: the same handler in each.
 *
 * @module
 */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express } from 'express';
import Fastify, { type FastifyInstance } from 'fastify';

export interface Running {
  readonly url: string;
  close(): Promise<void>;
}

export async function listening(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function serve(listener: RequestListener): Promise<Running> {
  return listening(createServer(listener));
}

/** @param build adds what the app has */
export function serveExpress(build: (app: Express) => void): Promise<Running> {
  const app = express();
  app.set('env', 'production'); // no stacks in answers, none in the test's output
  build(app);
  return serve(app as unknown as RequestListener);
}

export async function serveFastify(build: (app: FastifyInstance) => unknown): Promise<Running> {
  const app = Fastify();
  await build(app);
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  return {
    url,
    async close() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
