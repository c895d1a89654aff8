/**
 * A listening server of a command, until it is told to stop.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { CliError } from './fault.ts';

export interface ServeOptions {
  readonly port: number;
  readonly host: string;
  /** PEM texts. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** Bytes of a request's headers. Defaults to Node's. */
  readonly maxHeaderSize?: number;
  /** Milliseconds that open requests may go on after the signal to stop. */
  readonly graceMs: number;
  /** Calls back once, when it is time to stop. Defaults to SIGINT and SIGTERM; a second signal stops at once. */
  readonly untilStop?: (stop: () => void) => void;
  /** Called once, when the word to stop came. */
  readonly onStop?: () => void;
  /** Called when the last connection has ended. */
  readonly onEnd?: () => void;
}

/** After the word to stop: for who has just connected to ask. */
const ASK_MS = 500;
/** Connections that may wait to be taken, when very many come at once. */
const BACKLOG = 4096;
/** Longer than balancers and clients keep a connection that rests, so that it is they who close it. */
const KEPT_MS = 65_000;

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['EADDRINUSE', 'is in use already'],
  ['EACCES', 'needs rights this user has not'],
  ['EADDRNOTAVAIL', 'is no address of this machine'],
  ['ENOTFOUND', 'is no address of this machine'],
]);

/**
 * Returns once the server listens; it goes on until it is told to stop.
 *
 * @returns its URL
 * @throws {CliError} when the port or the address cannot be had
 */
export async function serveUntilStop(
  command: string,
  fetch: (request: Request) => Response | Promise<Response>,
  { port, host, tls, maxHeaderSize, graceMs, untilStop = untilSignal, onStop, onEnd }: ServeOptions,
): Promise<string> {
  const serverOptions = { ...tls, keepAliveTimeout: KEPT_MS, ...(maxHeaderSize !== undefined && { maxHeaderSize }) };
  const server = (
    tls === undefined
      ? createAdaptorServer({ fetch, createServer: createPlainServer, serverOptions })
      : createAdaptorServer({ fetch, createServer: createTlsServer, serverOptions })
  ) as Server;
  const stop = stopper(server, graceMs);
  server.listen({ port, host, backlog: BACKLOG });
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? REASONS.get(error.code) : undefined;
    if (reason === undefined) throw error;
    throw new CliError(`${command}: ${host}:${port} ${reason}. Choose another with --port or --host`, { cause: error });
  }
  if (onEnd !== undefined) server.once('close', onEnd);
  untilStop(() => {
    onStop?.();
    stop();
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${bound}`;
}

/** @returns what lets open requests end, then stops the server, whoever else is connected */
function stopper(server: Server, graceMs: number): () => void {
  /** Those too that never asked anything, which to Node are not idle, and those amid a handshake of TLS. */
  const sockets = new Set<Socket>();
  let asked = 0;
  let isEnding = false;

  function end(): void {
    for (const socket of sockets) socket.destroy();
  }

  function endIfQuiet(): void {
    if (isEnding && asked === 0) end();
  }

  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('request', (_, outgoing) => {
    asked++;
    outgoing.once('close', () => {
      asked--;
      endIfQuiet();
    });
  });

  return () => {
    // A connection that never rests would be served for ever.
    server.prependListener('request', (_, outgoing) => outgoing.setHeader('connection', 'close'));
    server.close();
    server.closeIdleConnections();
    setTimeout(() => {
      isEnding = true;
      endIfQuiet();
    }, ASK_MS).unref();
    setTimeout(end, graceMs).unref();
  };
}

/** Calls back at the first signal; a second one ends the process. */
export function untilSignal(callback: () => void): void {
  const once = (): void => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.removeListener(signal, once);
    callback();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, once);
}
