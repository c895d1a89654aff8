/**
 * `edgeward replay`: what another policy would have decided.
 *
 * @module
 */
import { Command, InvalidArgumentError } from 'commander';
import { importTextKey, readLine, replay as replayed } from '../../audit.ts';
import type { Channel, Firewall, Outcome } from '../../exports.ts';
import { CliError } from './fault.ts';
import { readLines } from './lines.ts';
import { CHANNELS, readRow } from './rows.ts';
import { addJudgeOptions, addTierOptions, type JudgeOptions, startFirewall, type TierOptions } from './start.ts';
import { columns, print, printable } from './terminal.ts';

interface ReplayOptions extends JudgeOptions, TierOptions {
  readonly against: string;
  readonly json?: boolean;
  readonly show: number;
}

const EXAMPLES = `
Lines are audit records, judged by their scan, or texts: {"text": …, "channel": …}, judged by both policies.
With the key of the texts that records keep, 32 or 64 hexadecimal digits in the environment variable
EDGEWARD_TEXT_KEY, they are judged anew.

Examples:
  $ edgeward replay audit.jsonl --policy strict
  $ edgeward replay audit.jsonl --config edgeward.config.yaml --json | jq .changed
  $ edgeward replay messages.jsonl --against balanced --policy strict --tier 1

Exit status: 0 whatever would change, 2 wrong usage or a fault.`;

export function replayCommand(): Command {
  const command = new Command('replay')
    .description('show what another policy would change')
    .argument('<files...>', 'audit files, or JSONL files of texts; - is standard input')
    .option('--against <name>', 'of texts: the policy to compare with', 'balanced')
    .option('--show <number>', 'changes to list', whole, 20)
    .option('--json', 'one JSON object')
    .addHelpText('after', EXAMPLES);
  return addTierOptions(addJudgeOptions(command)).action(replay);
}

/** Not an option: other users of the machine see command lines. */
async function keyFromEnvironment(): Promise<CryptoKey | undefined> {
  const text = process.env['EDGEWARD_TEXT_KEY'];
  if (text === undefined || text === '') return undefined;
  if (!/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/i.test(text))
    throw new CliError('replay: EDGEWARD_TEXT_KEY must be 32 or 64 hexadecimal digits; it is something else');
  return importTextKey(Uint8Array.from(text.match(/../g)!, (pair) => Number.parseInt(pair, 16)));
}

function whole(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0 on.');
  return Number(text);
}

/** What came out: the outcome and the clause that spoke. */
interface Verdict {
  readonly outcome: string;
  readonly reason: string;
}

interface Change {
  readonly file: string;
  readonly line: number;
  /** Of an audit record. */
  readonly id?: string;
  readonly channel: Channel;
  readonly score: number;
  readonly before: Verdict;
  readonly after: Verdict;
}

async function replay(files: readonly string[], options: ReplayOptions): Promise<void> {
  const key = await keyFromEnvironment();
  const firewall = await startFirewall('replay', options);
  let other: Firewall | undefined;
  /** Of texts; audit records say themselves what was decided. */
  const before = async (): Promise<Firewall> => {
    const { config: _, ...rest } = options;
    other ??= await startFirewall('replay', { ...rest, policy: presetOf(options.against) });
    return other;
  };
  const changes: Change[] = [];
  const flows = new Map<string, number>();
  let read = 0;
  try {
    for (const file of files) {
      for await (const line of readLines('replay', file)) {
        if (line.text.trim() === '') continue;
        const change = await judged(file, line.number, line.text, firewall, before, key);
        if (change === undefined) continue;
        read++;
        const flow = `${change.before.outcome} -> ${change.after.outcome}`;
        flows.set(flow, (flows.get(flow) ?? 0) + 1);
        if (change.before.outcome !== change.after.outcome || change.before.reason !== change.after.reason)
          changes.push(change);
      }
    }
  } finally {
    firewall.dispose();
    other?.dispose();
  }
  const changed = changes.filter(({ before, after }) => before.outcome !== after.outcome);
  const policy = firewall.policy.name;
  if (options.json) {
    const report = { policy, read, changed: changed.length, flows: Object.fromEntries(flows), changes };
    await print(JSON.stringify(report));
    return;
  }
  const listed = changed.slice(0, options.show).map(rowOf);
  const rest = changed.length - listed.length;
  await print(
    [
      `policy ${policy}: ${changed.length} of ${read} would end otherwise`,
      ...columns([...flows].sort(([, x], [, y]) => y - x).map(([flow, count]) => [`  ${count}`, flow])),
      ...(listed.length === 0 ? [] : ['', ...columns(listed)]),
      ...(rest > 0 && listed.length > 0 ? [`and ${rest} more`] : []),
    ].join('\n'),
  );
}

/** @returns undefined for a line of an audit that is of no text */
async function judged(
  file: string,
  number: number,
  text: string,
  firewall: Firewall,
  before: () => Promise<Firewall>,
  key: CryptoKey | undefined,
): Promise<Change | undefined> {
  const record = readLine(parsed(text));
  if (record !== undefined && 'kind' in record) return undefined;
  if (record !== undefined) {
    const after = await replayed(firewall, record, key).catch((cause: unknown) => {
      throw new CliError(`replay: ${file}:${number}: the text cannot be opened with this key`, { cause });
    });
    const { channel, score } = record.scan;
    if (!CHANNELS.includes(channel)) throw new CliError(`replay: ${file}:${number}: expected a known channel`);
    const was = { outcome: record.outcome, reason: record.reason };
    return { file, line: number, id: record.id, channel, score, before: was, after: verdictOf(after) };
  }
  const { text: said, channel = 'user' } = readRow('replay', file, { text, number, bytesRead: 0 });
  const [first, second] = [await (await before()).guard(said, { channel }), await firewall.guard(said, { channel })];
  const { score } = second.decision.scan;
  return { file, line: number, channel, score, before: verdictOf(first), after: verdictOf(second) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // `readRow` says what is wrong with it
  }
}

function verdictOf({ action, decision }: Outcome): Verdict {
  return { outcome: action, reason: decision.reason };
}

function presetOf(name: string): JudgeOptions['policy'] {
  if (name === 'strict' || name === 'balanced' || name === 'monitor') return name;
  throw new CliError(`replay: --against must be one of strict, balanced, monitor; got ${printable(name)}`);
}

function rowOf({ file, line, id, channel, score, before, after }: Change): string[] {
  const name = id === undefined ? `${printable(file, 80)}:${line}` : printable(id, 40);
  return [
    name,
    channel,
    score.toFixed(2),
    `${before.outcome} (${printable(before.reason)})`,
    '->',
    `${after.outcome} (${printable(after.reason)})`,
  ];
}
