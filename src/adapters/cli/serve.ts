/**
 * `edgeward serve`: the local app.
 *
 * @module
 */
import { Command, InvalidArgumentError } from 'commander';
import { CliError } from './fault.ts';
import type { ListenOptions } from './serve/listen.ts';
import { addJudgeOptions } from './start.ts';

const EXAMPLES = `
The playground, and a guarded chat whose model repeats what it is told:
  GET  /                      the playground; it judges in the browser
  POST /chat                  {"message": "Hello"}
  POST /v1/chat/completions   as OpenAI's, streaming too

Examples:
  $ edgeward serve
  $ edgeward serve --port 3000 --policy strict`;

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('start the local app: the playground, and a guarded chat')
    .option('--port <number>', 'port to listen on; 0 takes a free one', readPort, 8787)
    .option('--host <name>', 'address to listen on', '127.0.0.1')
    .addHelpText('after', EXAMPLES);
  return addJudgeOptions(command).action(serve);
}

function readPort(value: string): number {
  const port = Number(value);
  if (/^\d{1,5}$/.test(value) && port <= 65535) return port;
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.');
}

async function serve(options: ListenOptions): Promise<void> {
  try {
    const { listen } = await import('./serve/listen.ts');
    await listen(options);
  } catch (error) {
    if (!isMissingPackage(error)) throw error;
    throw new CliError(
      'serve: the packages hono and @hono/node-server are needed. Run `npm install hono @hono/node-server`',
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
