/**
 * Starts the servers of the load benchmark and the soak, each in a process of its own.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Health, ServerName, ServerOptions } from './load-server.ts';

export interface Running {
  readonly name: ServerName;
  readonly process: ChildProcess;
  readonly url: string;
  /** How it fares since it was asked last. */
  health(): Promise<Health>;
}

/** Built, for the loader of the sources would be asked at every lazy import. */
const SERVER = join(import.meta.dirname, '../../.cache/load-server.mjs');
let built: Promise<unknown> | undefined;

/** @param execArgv of Node */
export async function startServer(options: ServerOptions, execArgv: readonly string[] = []): Promise<Running> {
  built ??= build({ entryPoints: [join(import.meta.dirname, 'load-server.ts')], outfile: SERVER, format: 'esm' });
  await built;
  const child = fork(SERVER, [JSON.stringify(options)], { execArgv: [...execArgv] });
  const [port] = (await heard(child)) as [number];
  return {
    name: options.name,
    process: child,
    url: `http://127.0.0.1:${port}`,
    async health() {
      child.send('health');
      return ((await heard(child)) as [Health])[0];
    },
  };
}

/** @throws when the server ends instead: whoever waits for a word of it would wait for ever */
async function heard(child: ChildProcess): Promise<unknown[]> {
  const stop = new AbortController();
  const { signal } = stop;
  const ended = once(child, 'exit', { signal }).then(([status]) => {
    throw new Error(`bench: a server ended with status ${status}; its own message stands above`);
  });
  try {
    return await Promise.race([once(child, 'message', { signal }), ended]);
  } finally {
    ended.catch(() => {});
    stop.abort();
  }
}
