/**
 * `edgeward audit`: what an audit file says.
 *
 * @module
 */
import { watchFile } from 'node:fs';
import { open } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { type AnswerRecord, type AuditLine, type AuditRecord, type EventRecord, readLine } from '../../audit.ts';
import { CliError, fileFault } from './fault.ts';
import { readLines } from './lines.ts';
import { type Colors, colorsFor, columns, print, printable } from './terminal.ts';

const EXAMPLES = `
Examples:
  $ edgeward audit tail audit.jsonl
  $ edgeward audit tail --follow --json audit.jsonl | jq .reason
  $ edgeward audit stats audit.jsonl.1 audit.jsonl`;

export function auditCommand(): Command {
  const tail = new Command('tail')
    .description('the last records of an audit file')
    .argument('<file>', 'audit file; - is standard input')
    .option('-n, --lines <number>', 'how many', whole, 10)
    .option('-f, --follow', 'wait for more, until interrupted; follows the file when it turns over')
    .option('--json', 'lines as they are')
    .action(showTail);
  const stats = new Command('stats')
    .description('counts, scores and times of audit files')
    .argument('<files...>', 'audit files; - is standard input')
    .option('--json', 'one JSON object')
    .action(showStats);
  return new Command('audit')
    .description('read what was decided')
    .addCommand(tail)
    .addCommand(stats)
    .addHelpText('after', EXAMPLES);
}

function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0 on.');
  return Number(text);
}

/** The lines of a file; those that are none are counted. */
async function* linesIn(command: string, file: string, onStrange: () => void = () => {}): AsyncGenerator<AuditLine> {
  for await (const { text } of readLines(command, file)) {
    if (text.trim() === '') continue;
    const line = parsedLine(text);
    if (line === undefined) onStrange();
    else yield line;
  }
}

function parsedLine(text: string): AuditLine | undefined {
  try {
    return readLine(JSON.parse(text));
  } catch {
    return undefined; // a line that a crash has cut
  }
}

interface TailOptions {
  readonly lines: number;
  readonly follow?: boolean;
  readonly json?: boolean;
}

async function showTail(file: string, { lines, follow, json }: TailOptions): Promise<void> {
  const colors = colorsFor(process.stdout);
  const show = (record: AuditLine): Promise<void> => print(json ? JSON.stringify(record) : lineOf(record, colors));
  const last: AuditLine[] = [];
  for await (const record of linesIn('audit tail', file)) {
    last.push(record);
    if (last.length > lines) last.shift();
  }
  for (const record of last) await show(record);
  if (follow) await followFile(file, show);
}

/** Reads on from the end whenever the file has grown, or from the beginning when it is a new one. */
async function followFile(file: string, show: (line: AuditLine) => Promise<void>): Promise<void> {
  if (file === '-') throw new CliError('audit tail: --follow needs a file; got standard input');
  const first = await open(file).catch((error: unknown) => {
    throw fileFault('audit tail', file, error);
  });
  let { size: at, ino } = await first.stat();
  await first.close();
  let rest = '';
  let reading = Promise.resolve();
  async function readOn(): Promise<void> {
    const handle = await open(file).catch(() => undefined); // between two files
    if (handle === undefined) return;
    try {
      const stat = await handle.stat();
      if (stat.ino !== ino || stat.size < at) [ino, at, rest] = [stat.ino, 0, ''];
      const chunk = Buffer.alloc(stat.size - at);
      const { bytesRead } = await handle.read(chunk, 0, chunk.length, at);
      at += bytesRead;
      const parts = (rest + chunk.toString('utf8', 0, bytesRead)).split('\n');
      rest = parts.pop()!;
      for (const part of parts) {
        const line = parsedLine(part);
        if (line !== undefined) await show(line);
      }
    } finally {
      await handle.close();
    }
  }
  const POLL_MS = 250;
  watchFile(file, { interval: POLL_MS }, () => {
    reading = reading.then(readOn);
  });
  await new Promise(() => {});
}

function lineOf(line: AuditLine, colors: Colors): string {
  if (!('kind' in line)) return textLine(line, colors);
  return line.kind === 'answer' ? answerLine(line, colors) : eventLine(line, colors);
}

function answerLine({ at, end, reason, protocol, findings, tookMs }: AnswerRecord, colors: Colors): string {
  const shown = end === 'complete' ? colors.green('answer') : colors.bold(colors.red('answer'));
  const head = [printable(at), shown, printable(end), printable(reason ?? '-'), printable(protocol ?? '-')];
  const ids = findings.slice(0, 3).map(({ id }) => printable(id, 60));
  return `${head.join('  ')}  ${tookMs.toFixed(1)} ms  ${colors.dim(ids.join(' '))}`;
}

/** Its own words, but for those that a line has anyway. */
function eventLine({ at, event: { id: _, at: __, type, ...rest } }: EventRecord, colors: Colors): string {
  const shown = type === 'banned' || type === 'unreachable' ? colors.bold(colors.red(type)) : colors.yellow(type);
  return `${printable(at)}  ${shown}  ${printable(JSON.stringify(rest), 300)}`;
}

function textLine({ at, outcome, reason, scan, hash, tookMs, unverified }: AuditRecord, colors: Colors): string {
  const shown = outcome === 'block' ? colors.bold(colors.red(outcome)) : colors.green(outcome);
  const ids = scan.findings.slice(0, 3).map(({ id }) => printable(id, 60));
  const lack = unverified === undefined ? '' : colors.yellow(`  unverified: ${unverified.why}, ${unverified.fails}`);
  const head = [printable(at), shown, scan.score.toFixed(2), printable(reason), scan.channel, hash.slice(0, 12)];
  return `${head.join('  ')}  ${tookMs.toFixed(1)} ms  ${colors.dim(ids.join(' '))}${lack}`;
}

/** What a set of records comes to. */
interface Stats {
  readonly records: number;
  /** Lines that are no records. */
  readonly strange: number;
  readonly from: string | null;
  readonly to: string | null;
  readonly outcomes: Readonly<Record<string, number>>;
  readonly reasons: Readonly<Record<string, number>>;
  readonly channels: Readonly<Record<string, number>>;
  readonly policies: Readonly<Record<string, number>>;
  readonly findings: Readonly<Record<string, number>>;
  readonly unverified: Readonly<Record<string, number>>;
  /** Guarded answers, by how they ended. */
  readonly answers: Readonly<Record<string, number>>;
  /** What judgements told, by type. */
  readonly events: Readonly<Record<string, number>>;
  readonly degraded: number;
  /** Texts that came more than once, by hash. */
  readonly repeated: number;
  readonly tookMs: { readonly p50: number | null; readonly p99: number | null };
}

async function showStats(files: readonly string[], { json }: { readonly json?: boolean }): Promise<void> {
  const stats = await statsOf(files);
  await print(json ? JSON.stringify(stats) : tableOf(stats).join('\n'));
}

async function statsOf(files: readonly string[]): Promise<Stats> {
  const tables = [
    'outcomes',
    'reasons',
    'channels',
    'policies',
    'findings',
    'unverified',
    'answers',
    'events',
  ] as const;
  const counts = Object.fromEntries(tables.map((name) => [name, new Map<string, number>()])) as Record<
    (typeof tables)[number],
    Map<string, number>
  >;
  const count = (table: (typeof tables)[number], key: string): void => {
    counts[table].set(key, (counts[table].get(key) ?? 0) + 1);
  };
  const [hashes, times]: [Set<string>, number[]] = [new Set(), []];
  let [records, strange, degraded] = [0, 0, 0];
  let [from, to]: [string | null, string | null] = [null, null];
  for (const file of files) {
    for await (const line of linesIn('audit stats', file, () => strange++)) {
      const { at } = line;
      if (from === null || at < from) from = at;
      if (to === null || at > to) to = at;
      if ('kind' in line) {
        if (line.kind === 'event') count('events', line.event.type);
        else count('answers', line.end);
        continue;
      }
      records++;
      const { outcome, reason, policy, scan, unverified, hash, tookMs } = line;
      count('outcomes', outcome);
      count('reasons', reason);
      count('policies', policy);
      count('channels', scan.channel);
      for (const id of new Set(scan.findings.map((finding) => finding.id))) count('findings', id);
      if (unverified !== undefined) count('unverified', `${unverified.why}, ${unverified.fails}`);
      if (scan.degraded) degraded++;
      hashes.add(hash);
      times.push(tookMs);
    }
  }
  times.sort((a, b) => a - b);
  const quantile = (q: number): number | null =>
    times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? null;
  const sorted = (table: Map<string, number>): Record<string, number> =>
    Object.fromEntries([...table].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)));
  return {
    ...{ records, strange, from, to, degraded, repeated: records - hashes.size },
    ...(Object.fromEntries(tables.map((name) => [name, sorted(counts[name])])) as Record<
      (typeof tables)[number],
      Record<string, number>
    >),
    tookMs: { p50: quantile(0.5), p99: quantile(0.99) },
  };
}

const MOST_SHOWN = 12;

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}

function tableOf({ records, strange, from, to, degraded, repeated, tookMs, ...tables }: Stats): string[] {
  const ms = (value: number | null): string => (value === null ? '-' : value.toFixed(1));
  const head = columns([
    ['records', `${records}${strange === 0 ? '' : ` and ${strange} lines that are none`}`],
    ['from', from === null ? '-' : printable(from)],
    ['to', to === null ? '-' : printable(to)],
    ['degraded', String(degraded)],
    ['seen before', String(repeated)],
    ['took, ms', `p50 ${ms(tookMs.p50)}, p99 ${ms(tookMs.p99)}`],
  ]);
  const body = Object.entries(tables).flatMap(([name, counts]) => {
    const rows = Object.entries(counts).slice(0, MOST_SHOWN);
    if (rows.length === 0) return [];
    const all = name === 'answers' || name === 'events' ? sum(counts) : records;
    const share = (value: number): string => `${((100 * value) / all).toFixed(1)} %`;
    const lines = columns(
      rows.map(([key, value]) => [String(value), share(value), printable(key, 80)]),
      new Set([0, 1]),
    );
    return ['', name, ...lines.map((line) => `  ${line}`)];
  });
  return [...head, ...body];
}
