/**
 * Runs the local app on Node until it is told to stop.
 *
 * @module
 */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createAdaptorServer } from '@hono/node-server';
import { CliError } from '../fault.ts';
import { type JudgeOptions, startFirewall } from '../start.ts';
import { print } from '../terminal.ts';
import { createLocalApp } from './app.ts';
import { createSite, type SiteFolders } from './site.ts';

export interface ListenOptions extends JudgeOptions {
  readonly port: number;
  readonly host: string;
}

/** How long open requests may go on after the signal to stop. */
const GRACE_MS = 2000;

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['EADDRINUSE', 'is in use already'],
  ['EACCES', 'needs rights this user has not'],
  ['EADDRNOTAVAIL', 'is no address of this machine'],
  ['ENOTFOUND', 'is no address of this machine'],
]);

/**
 * Returns once the app listens; it goes on until SIGINT or SIGTERM.
 *
 * @throws {CliError} when the port or the address cannot be had
 */
export async function listen({ port, host, ...judge }: ListenOptions): Promise<void> {
  const { policy } = judge;
  const firewall = await startFirewall('serve', judge);
  const app = createLocalApp({ firewall, site: createSite(siteFolders()) });
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? REASONS.get(error.code) : undefined;
    if (reason === undefined) throw error;
    throw new CliError(`serve: ${host}:${port} ${reason}. Choose another with --port or --host`, { cause: error });
  }
  stopOnSignal(server);
  void firewall.ready(); // the first message should not wait for it

  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${bound}`;
  await print(`edgeward serves ${url} (${firewall.engine.name}, policy ${policy}). Ctrl-C stops it.`);
  await print(`  curl ${url}/chat -H 'content-type: application/json' -d '{"message": "Hello"}'`);
}

/** Lets open requests end, then stops; a second signal stops at once. */
function stopOnSignal(server: Server): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      server.close();
      server.closeIdleConnections();
      setTimeout(() => server.closeAllConnections(), GRACE_MS).unref();
    });
  }
}

/** Everything lies beside this script, as it was built. */
function siteFolders(): SiteFolders {
  const edgeward = fileURLToPath(new URL('.', import.meta.url));
  const page = fileURLToPath(new URL('./playground/', import.meta.url));
  try {
    return { page, edgeward, runtime: dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/wasm'))) };
  } catch {
    return { page, edgeward }; // not installed: the playground's verdicts are tier 1's
  }
}
