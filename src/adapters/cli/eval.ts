/**
 * `edgeward eval`: labeled texts in, recall and false positives out.
 *
 * @module
 */
import { once } from 'node:events';
import { createWriteStream, statSync } from 'node:fs';
import { SingleBar } from 'cli-progress';
import { Command, Option } from 'commander';
import { evaluateFile, type FileReport, type Flag, type Judged } from './eval-file.ts';
import { fileFault } from './fault.ts';
import {
  addJudgeOptions,
  addTierOptions,
  type JudgeOptions,
  startFirewall,
  type TierOptions,
  tierLine,
} from './start.ts';
import { columns, print } from './terminal.ts';

interface EvalOptions extends JudgeOptions, TierOptions {
  readonly flag: Flag;
  readonly json?: boolean;
  readonly scores?: string;
}

const EXAMPLES = `
Rows are JSON objects, one per line: {"text": …, "label": 1 attack | 0 harmless | null skip, "channel": …}

Examples:
  $ edgeward eval test.jsonl
  $ edgeward eval --json --flag block a.jsonl b.jsonl > report.json
  $ edgeward eval --policy strict --scores scores.jsonl test.jsonl`;

export function evalCommand(): Command {
  const command = new Command('eval')
    .description('measure recall and false positives on labeled texts')
    .argument('<files...>', 'JSONL files; - is standard input')
    .addOption(
      new Option('--flag <action>', 'the mildest action that counts as flagged')
        .choices(['verify', 'block'])
        .default('verify'),
    )
    .option('--scores <file>', "write every row's score to a JSONL file")
    .option('--json', 'one JSON object for all files')
    .addHelpText('after', EXAMPLES);
  return addTierOptions(addJudgeOptions(command)).action(evaluate);
}

async function evaluate(files: readonly string[], options: EvalOptions): Promise<void> {
  const firewall = await startFirewall('eval', options);
  await firewall.ready(); // latencies are those of a warm model
  const scores = options.scores === undefined ? undefined : await openScores(options.scores);
  const progress = startProgress(files);
  const reports: FileReport[] = [];
  try {
    for (const file of files) {
      reports.push(
        await evaluateFile(firewall, file, options.flag, {
          onProgress: progress.update,
          onRow: scores?.write ?? ignore,
        }),
      );
      progress.next();
    }
  } finally {
    progress.stop();
    await scores?.close();
  }
  const [engine, policy, { transformer }] = [firewall.engine.name, firewall.policy.name, firewall.engine];
  const tier = tierLine(firewall);
  firewall.dispose();
  if (options.json) await print(JSON.stringify({ engine, transformer, policy, files: reports }));
  else
    await print(
      [`engine ${engine}, ${tier}, policy ${policy}, flagged: ${options.flag} or more`, '', ...table(reports)].join(
        '\n',
      ),
    );
}

async function ignore(): Promise<void> {}

function table(reports: readonly FileReport[]): string[] {
  const percent = (rate: number | null): string => (rate === null ? '-' : (rate * 100).toFixed(2));
  const plain = (value: number | null): string => value?.toString() ?? '-';
  const head = [
    ...['file', 'attacks', 'harmless', 'threshold', 'recall %', 'false positives %', 'AUC'],
    ...['recall % at 1 % FP', 'at 0.1 % FP', 'settled by tier 1 %', 'degraded', 'p50 µs', 'p99 µs'],
  ];
  const rows = reports.map(
    ({ file, positives, negatives, threshold, recall, fpr, auc, recallAtFpr, settled, degraded, latencyUs }) => [
      ...[
        file,
        String(positives),
        String(negatives),
        String(threshold),
        percent(recall),
        percent(fpr),
        auc?.toFixed(4) ?? '-',
      ],
      ...[percent(recallAtFpr['0.01']), percent(recallAtFpr['0.001']), percent(settled), String(degraded)],
      ...[plain(latencyUs.p50), plain(latencyUs.p99)],
    ],
  );
  return columns([head, ...rows], new Set(head.map((_, i) => i).slice(1)));
}

interface Scores {
  readonly write: (row: Judged) => Promise<void>;
  close(): Promise<void>;
}

async function openScores(path: string): Promise<Scores> {
  const stream = createWriteStream(path);
  try {
    await once(stream, 'open');
  } catch (error) {
    throw fileFault('eval', path, error);
  }
  return {
    async write(row) {
      if (!stream.write(`${JSON.stringify(row)}\n`)) await once(stream, 'drain');
    },
    async close() {
      stream.end();
      await once(stream, 'close');
    },
  };
}

interface Progress {
  /** @param bytes of the present file */
  readonly update: (bytes: number) => void;
  next(): void;
  stop(): void;
}

/** By bytes, over all files; on standard error, and only where that is a terminal. */
function startProgress(files: readonly string[]): Progress {
  const sizes = files.map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0);
  const bar = new SingleBar({
    format: '{bar} {percentage} %  {file}  {eta_formatted} left',
    stream: process.stderr,
    clearOnComplete: true,
    hideCursor: true,
    barsize: 30,
  });
  let [index, before] = [0, 0];
  bar.start(
    sizes.reduce((sum, size) => sum + size, 0),
    0,
    { file: files[0] },
  );
  return {
    update: (bytes) => bar.update(before + bytes),
    next() {
      before += sizes[index++]!;
      bar.update(before, { file: files[index] ?? '' });
    },
    stop: () => bar.stop(),
  };
}
