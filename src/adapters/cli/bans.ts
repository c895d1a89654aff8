/**
 * `edgeward bans`: who is banned, and how an operator bans and forgives.
 *
 * @module
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { FOREVER, hashSubject, KEY_VARIABLE, type ListedBan, openStore, type Store } from '../../open-store.ts';
import { CliError, EXIT } from './fault.ts';
import { colorsFor, columns, print, printable } from './terminal.ts';

interface Place {
  readonly store: string;
}

interface Named extends Place {
  /** The subject is given as `list` shows it. */
  readonly hash?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const HASH = /^[A-Za-z0-9_-]{43}$/;

const EXAMPLES = `
A store holds no names, only keyed hashes. To name a subject, set ${KEY_VARIABLE} to the key your servers use;
to take a hash from the list, pass --hash.

Examples:
  $ edgeward bans list --store redis://localhost:6379
  $ edgeward bans add --store sqlite:bans.db --for 2h --reason 'asked for it' user-17
  $ edgeward bans lift --store sqlite:bans.db user-17

Exit status: 0 done, 1 there was no ban to lift, 2 wrong usage or a store that cannot be reached.`;

export function bansCommand(): Command {
  const list = new Command('list')
    .description('bans that run, newest first')
    .addOption(storeOption())
    .option('--limit <n>', 'at most so many', positive, 100)
    .option('--json', 'one JSON object per ban')
    .action(listBans);
  const add = named(new Command('add').description('ban a subject'))
    .option('--for <duration>', 'such as 90s, 10m, 2h or 7d; until lifted where absent', duration)
    .option('--shadow', 'answer later or emptier instead of refusing')
    .option('--reason <words>', 'kept with the ban', 'by hand')
    .action(addBan);
  const lift = named(new Command('lift').description('end a ban and forgive the strikes')).action(liftBan);
  return new Command('bans')
    .description('list, add or lift bans in a store')
    .addCommand(list)
    .addCommand(add)
    .addCommand(lift)
    .addHelpText('after', EXAMPLES);
}

function storeOption(): Option {
  return new Option('--store <address>', 'sqlite:path or redis://…').env('EDGEWARD_STORE').makeOptionMandatory();
}

function named(command: Command): Command {
  return command
    .argument('<subject>', 'a user id, API key or session, as your servers name it')
    .addOption(storeOption())
    .option('--hash', 'the subject is a hash, as `list` shows it');
}

async function listBans({ store: address, limit, json }: Place & { readonly limit: number; readonly json?: boolean }) {
  const bans = await within(address, (store) => store.bans(limit));
  if (json) {
    for (const ban of bans) await print(JSON.stringify(ban));
    return;
  }
  const head = ['subject', 'kind', 'since', 'until', 'reason'];
  await print([...columns([head, ...bans.map(row)], new Set()), '', `${bans.length} bans`].join('\n'));
}

function row({ subject, kind, since, until, reason }: ListedBan): string[] {
  return [subject, kind, moment(since), until >= FOREVER ? 'lifted' : moment(until), printable(reason, 60)];
}

function moment(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

async function addBan(
  name: string,
  options: Named & { readonly for?: number; readonly shadow?: boolean; readonly reason: string },
): Promise<void> {
  const { for: banMs = FOREVER, shadow = false, reason } = options;
  const subject = subjectOf('add', name, options);
  const order = { kind: shadow ? 'shadow' : 'refuse', banMs, reason, cause: `cli/${Date.now()}` } as const;
  const { until } = await within(options.store, (store) => store.ban(subject, order));
  const { green } = colorsFor(process.stdout);
  await print(`${green('banned')}  ${subject}  until ${until >= FOREVER ? 'lifted' : moment(until)}`);
}

async function liftBan(name: string, options: Named): Promise<void> {
  const subject = subjectOf('lift', name, options);
  const ban = await within(options.store, (store) => store.lift(subject));
  const { green, yellow } = colorsFor(process.stdout);
  await print(ban === undefined ? `${yellow('no ban')}  ${subject}` : `${green('lifted')}  ${subject}`);
  if (ban === undefined) process.exitCode = EXIT.block;
}

function subjectOf(command: string, name: string, { hash = false }: Named): string {
  if (hash) {
    if (HASH.test(name)) return name;
    throw new CliError(
      `bans ${command}: --hash expects 43 characters as \`bans list\` shows them; got ${printable(name)}`,
    );
  }
  const key = process.env[KEY_VARIABLE];
  if (key) return hashSubject(key, name);
  throw new CliError(`bans ${command}: set ${KEY_VARIABLE} to the key your servers use, or pass a hash with --hash`);
}

/** Asks a store and lets go of it. */
async function within<T>(address: string, ask: (store: Store) => Promise<T>): Promise<T> {
  if (address === 'memory')
    throw new CliError('bans: expected --store sqlite:path or redis://…; memory is of one process');
  const store = await openStore(address);
  try {
    return await ask(store);
  } catch (cause) {
    throw new CliError(`bans: ${store.name} store: ${cause instanceof Error ? cause.message : 'no answer'}`, { cause });
  } finally {
    await store.close();
  }
}

function duration(text: string): number {
  const [, number, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const ms = Number(number) * UNITS[unit ?? '']!;
  if (!(ms > 0)) throw new InvalidArgumentError('It must be a number and a unit, such as 90s, 10m, 2h or 7d.');
  return ms;
}

function positive(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}
