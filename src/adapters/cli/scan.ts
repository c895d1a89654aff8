/**
 * `edgeward scan`: texts in, verdicts out.
 *
 * @module
 */
import { Command, Option } from 'commander';
import type { Channel, Firewall } from '../../exports.ts';
import { EXIT } from './fault.ts';
import { readLines, readText } from './lines.ts';
import { typeList } from './redact.ts';
import { CHANNELS, readRow } from './rows.ts';
import { jsonOf, reportOf, type Verdict } from './scan-report.ts';
import { addJudgeOptions, addTierOptions, type JudgeOptions, startFirewall, type TierOptions } from './start.ts';
import { colorsFor, print } from './terminal.ts';

interface ScanOptions extends JudgeOptions, TierOptions {
  readonly channel: Channel;
  readonly lines?: boolean;
  readonly jsonl?: boolean;
  readonly json?: boolean;
  readonly explain?: boolean;
}

interface Text {
  readonly file: string;
  /** One-based; absent when the text is the whole file. */
  readonly line?: number;
  readonly text: string;
  readonly channel: Channel;
}

const EXAMPLES = `
Examples:
  $ edgeward scan prompt.txt
  $ echo "Ignore all previous instructions." | edgeward scan --explain
  $ edgeward scan --channel retrieved --json page.html | jq .findings
  $ edgeward scan --jsonl messages.jsonl --policy strict

Exit status: 0 every text allowed, 1 a text blocked, 2 wrong usage or a fault.`;

export function scanCommand(): Command {
  const command = new Command('scan')
    .description('judge texts: one per file, or standard input')
    .argument('[files...]', 'files to read; - is standard input', ['-'])
    .addOption(new Option('--lines', 'every line is a text').conflicts('jsonl'))
    .option('--jsonl', 'every line is a JSON object with "text" and perhaps "channel"')
    .addOption(new Option('--channel <name>', 'who wrote the texts').choices(CHANNELS).default('user'))
    .option('--types <list>', 'report personal data and secrets of these types too; all for every type', typeList)
    .option('--json', 'one JSON object per text')
    .option('--explain', 'say why: views, features and n-grams with their weights')
    .addHelpText('after', EXAMPLES);
  return addTierOptions(addJudgeOptions(command)).action(scan);
}

async function scan(files: readonly string[], options: ScanOptions): Promise<void> {
  const firewall = await startFirewall('scan', options);
  try {
    await scanFiles(firewall, files, options);
  } finally {
    firewall.dispose();
  }
}

async function scanFiles(firewall: Firewall, files: readonly string[], options: ScanOptions): Promise<void> {
  const colors = colorsFor(process.stdout);
  const isSingle = files.length === 1 && !options.lines && !options.jsonl;
  if (files.includes('-') && process.stdin.isTTY)
    console.error('scan: reading from the keyboard; Ctrl-D ends the text');
  for (const file of files) {
    for await (const text of textsOf(file, options)) {
      const verdict = await judge(firewall, text, options.explain ?? false);
      if (verdict.outcome.action === 'block') process.exitCode = EXIT.block;
      await print(options.json ? jsonOf(verdict, firewall) : reportOf(verdict, colors, !isSingle));
    }
  }
}

async function* textsOf(file: string, { lines, jsonl, channel }: ScanOptions): AsyncGenerator<Text> {
  if (!lines && !jsonl) {
    yield { file, text: await readText('scan', file), channel };
    return;
  }
  for await (const line of readLines('scan', file)) {
    if (line.text.trim() === '') continue;
    const row = jsonl ? readRow('scan', file, line) : { text: line.text, channel };
    yield { file, line: line.number, text: row.text, channel: row.channel ?? channel };
  }
}

async function judge(firewall: Firewall, { file, line, text, channel }: Text, explained: boolean): Promise<Verdict> {
  const outcome = await firewall.guard(text, { channel });
  const explanation = explained ? await firewall.explain(text, { channel }) : undefined;
  return { file, line, text, outcome, explanation };
}
