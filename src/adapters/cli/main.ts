#!/usr/bin/env node
/**
 * The command line. One file per command; this one joins them and turns errors into an exit status.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { auditCommand } from './audit.ts';
import { bansCommand } from './bans.ts';
import { evalCommand } from './eval.ts';
import { EXIT, isExpected } from './fault.ts';
import { proxyCommand } from './proxy.ts';
import { redactCommand, restoreCommand, typesCommand } from './redact.ts';
import { replayCommand } from './replay.ts';
import { rulesCommand } from './rules.ts';
import { scanCommand } from './scan.ts';
import { serveCommand } from './serve.ts';
import { colorsFor, stopWhenNobodyReads } from './terminal.ts';

/** Beside `dist/`, where this file lies once built. */
const MANIFEST = new URL('../package.json', import.meta.url);

const EXAMPLES = `
Examples:
  $ edgeward scan prompt.txt
  $ edgeward redact letter.txt
  $ edgeward eval labeled.jsonl
  $ edgeward rules list --family override
  $ edgeward proxy --upstream https://api.openai.com
  $ edgeward replay audit.jsonl --policy strict
  $ edgeward serve

edgeward COMMAND --help says more of each.`;

function program(): Command {
  const { version, description } = JSON.parse(readFileSync(MANIFEST, 'utf8')) as {
    version: string;
    description: string;
  };
  const root = new Command('edgeward')
    .description(description)
    .version(version)
    .addHelpText('after', EXAMPLES)
    .showSuggestionAfterError()
    .exitOverride();
  for (const command of [
    scanCommand(),
    redactCommand(),
    restoreCommand(),
    typesCommand(),
    evalCommand(),
    rulesCommand(),
    auditCommand(),
    bansCommand(),
    replayCommand(),
    proxyCommand(),
    serveCommand(),
  ]) {
    root.addCommand(command);
    for (const one of [command, ...command.commands]) one.copyInheritedSettings(root);
  }
  return root;
}

stopWhenNobodyReads();
try {
  await program().parseAsync();
} catch (error) {
  // Commander has printed its own message; help and version end with status 0.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT.fault;
  else {
    process.exitCode = EXIT.fault;
    const { red } = colorsFor(process.stderr);
    console.error(isExpected(error) ? `${red('error:')} ${error.message}` : error);
  }
}
