/**
 * `edgeward serve`: the local app.
 *
 * @module
 */
import { Command } from 'commander';
import type { ListenOptions } from './serve/listen.ts';
import { addListenOptions, withServerPackages } from './server-options.ts';
import { addJudgeOptions } from './start.ts';

const EXAMPLES = `
The playground, and a guarded chat whose model repeats what it is told:
  GET  /                      the playground; it judges in the browser
  POST /chat                  {"message": "Hello"}
  POST /v1/chat/completions   as OpenAI's, streaming too

Examples:
  $ edgeward serve
  $ edgeward serve --port 3000 --policy strict
  $ edgeward serve --upstream http://127.0.0.1:11434      a model of Ollama's behind the same guard`;

export function serveCommand(): Command {
  const command = new Command('serve')
    .description('start the local app: the playground, and a guarded chat')
    .option('--upstream <url>', 'API of a model, in place of the one that repeats')
    .addHelpText('after', EXAMPLES);
  return addJudgeOptions(addListenOptions(command, 8787)).action((options: ListenOptions) =>
    withServerPackages('serve', async () => (await import('./serve/listen.ts')).listen(options)),
  );
}
