/**
 * What commands that listen have in common, before anything of a server is loaded.
 *
 * @module
 */
import { type Command, InvalidArgumentError } from 'commander';
import { CliError } from './fault.ts';

export function addListenOptions(command: Command, port: number): Command {
  return command
    .option('--port <number>', 'port to listen on; 0 takes a free one', readPort, port)
    .option('--host <name>', 'address to listen on', '127.0.0.1');
}

export function readPort(value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65535) return port;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
}

/**
 * Runs what needs the packages of a server, which are optional peers.
 *
 * @throws {CliError} where they are not installed
 */
export async function withServerPackages(command: string, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!isMissingPackage(error)) throw error;
    throw new CliError(
      `${command}: the packages hono and @hono/node-server are needed. Run \`npm install hono @hono/node-server\``,
      { cause: error },
    );
  }
}

function isMissingPackage(error: unknown): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    /'(@hono\/node-server|hono)/.test(error.message)
  );
}
