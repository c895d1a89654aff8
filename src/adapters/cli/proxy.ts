/**
 * `edgeward proxy`: the guard before a model's API.
 *
 * @module
 */
import { type Command as Base, Command, InvalidArgumentError, Option } from 'commander';
import type { ProxyCommandOptions } from './proxy/run.ts';
import { addListenOptions, readPort, withServerPackages } from './server-options.ts';
import { addJudgeOptions } from './start.ts';

const EXAMPLES = `
Clients change their base URL and nothing else:
  new OpenAI({ baseURL: 'http://127.0.0.1:8788/v1' })
  new Anthropic({ baseURL: 'http://127.0.0.1:8788' })
  new GoogleGenAI({ httpOptions: { baseUrl: 'http://127.0.0.1:8788' } })

GET /-/health answers while it runs, /-/ready while it takes requests. On the port of --admin-port both do too, GET
/metrics tells counts and times, and /engine what runs: to whoever sends the token in EDGEWARD_ADMIN_TOKEN as a bearer
token.

With --workers, several processes share the port. One that ends is replaced, and /metrics tells of all together. What was
judged before, each knows for itself; bans hold in all of them, for they are in the store, and without --store there are
none.

Under load texts are left to tier 1 rather than kept waiting: those that find no room (--max-queue), or no verdict in
time (--deadline). The metric edgeward_degraded_total counts such requests; the policy's onDegraded says if they pass.

With --store, what passes in doubt is verified afterwards, and whoever keeps attacking is refused, in every process that
shares the store (see edgeward bans). It needs --subject, and a key of 16 characters or more in EDGEWARD_KEY.

With --config, an edgeward.config file says policy, verifier, judgement (store, subject, bans, webhooks), audit and
routes; options come before it. When it changes, it holds from then on; one that is wrong changes nothing.

A file of routes is a list in YAML or JSON; of each path: mode (guard, pass, refuse), api (openai, anthropic, gemini,
ollama, plain), places ({path, channel} of texts that no known shape has), policy, risk (low, high), trustRoles,
subject, upstream.

Examples:
  $ edgeward proxy --upstream https://api.openai.com
  $ edgeward proxy --upstream http://127.0.0.1:11434 --policy strict --routes routes.yaml
  $ EDGEWARD_KEY=… edgeward proxy --upstream https://api.openai.com --subject key --store sqlite:bans.db
  $ edgeward proxy --upstream https://api.openai.com --config edgeward.config.yaml
  $ edgeward proxy --upstream https://api.anthropic.com --limit bodyBytes=1048576 --limit totalMs=60000`;

export function proxyCommand(): Command {
  const command = new Command('proxy')
    .description("guard a model's API: judge what is asked, guard what is answered")
    .requiredOption('--upstream <url>', 'where requests go')
    .addHelpText('after', EXAMPLES);
  addJudgeOptions(addListenOptions(command, 8788));
  addProxyOptions(command);
  return command.action((options: ProxyCommandOptions) =>
    withServerPackages('proxy', async () => (await import('./proxy/run.ts')).runProxy(options)),
  );
}

function addProxyOptions(command: Base): void {
  command
    .addOption(new Option('--tier <number>', 'the deepest tier to ask').choices(['1', '2']).default('2'))
    .option('--routes <file>', 'what differs by path')
    .addOption(
      new Option('--others <mode>', 'paths of no known API').choices(['guard', 'pass', 'refuse']).default('guard'),
    )
    .option('--untrusted-roles', 'strangers write whole bodies: judge every text as the user’s')
    .option('--subject <who>', 'who asks: key, header:NAME or claim:NAME', readSubject)
    .addOption(
      new Option('--store <address>', 'remembers who attacks, and bans: sqlite:path or redis://…').env(
        'EDGEWARD_STORE',
      ),
    )
    .option('--deadline <ms>', 'time for a verdict, after which tier 1 decides', positive)
    .option('--max-queue <windows>', 'that may wait for tier 2; texts beyond are left to tier 1 (64)', positive)
    .option('--workers <number>', 'processes that share the port', readWorkers, 1)
    .option('--limit <name=number>', 'a limit of the proxy; may be repeated', readLimit, {})
    .option('--max-header-size <bytes>', "of a request's headers together", positive, 16_384)
    .option('--grace <ms>', 'how long open requests may go on after a signal to stop', positive, 10_000)
    .option('--tls-cert <file>', 'certificate, PEM; with --tls-key')
    .option('--tls-key <file>', 'its key, PEM')
    .option('--admin-port <number>', 'port of metrics and health, on the same address', readPort);
}

/** Beyond it, one process would do little else than hand connections on. */
const MOST_WORKERS = 64;

function readWorkers(text: string): number {
  const value = positive(text);
  if (value > MOST_WORKERS) throw new InvalidArgumentError(`Expected a whole number from 1 to ${MOST_WORKERS}.`);
  return value;
}

function positive(text: string): number {
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new InvalidArgumentError('Expected a whole number from 1 on.');
  }
  return value;
}

function readLimit(text: string, limits: Readonly<Record<string, number>>): Record<string, number> {
  const [name = '', value = '', ...rest] = text.split('=');
  if (name === '' || rest.length > 0) throw new InvalidArgumentError('Expected a name, = and a number.');
  return { ...limits, [name]: positive(value) };
}

export type ReadSubject = 'key' | { readonly header: string } | { readonly claim: string };

export function readSubject(text: string): ReadSubject {
  const [kind, name = ''] = text.split(':', 2);
  if (text === 'key') return 'key';
  if (kind === 'header' && name !== '') return { header: name };
  if (kind === 'claim' && name !== '') return { claim: name };
  throw new InvalidArgumentError('Expected key, header:NAME or claim:NAME.');
}
