/**
 * The options every command that judges has, and the firewall they ask for.
 *
 * @module
 */
import { type Command, Option } from 'commander';
import { createFirewall } from '../../entry.node.ts';
import type { Firewall, FirewallOptions, PresetName, RuleSource } from '../../exports.ts';

const POLICIES: readonly PresetName[] = ['strict', 'balanced', 'monitor'];
const ENGINES = ['auto', 'wasm', 'reference'] as const;

export interface JudgeOptions {
  readonly policy: PresetName;
  readonly engine: NonNullable<FirewallOptions['engine']>;
  /** Path of a rule file. */
  readonly rules?: string;
}

export function addJudgeOptions(command: Command): Command {
  return command
    .addOption(new Option('--policy <name>', 'what counts as too much').choices(POLICIES).default('balanced'))
    .addOption(new Option('--engine <name>', 'which engine reads').choices(ENGINES).default('auto'))
    .option('--rules <file>', 'rules of your own, YAML or JSON');
}

export async function startFirewall(command: string, { policy, engine, rules }: JudgeOptions): Promise<Firewall> {
  return createFirewall({ policy, engine, ...(rules !== undefined && { rules: await ownRules(command, rules) }) });
}

async function ownRules(command: string, path: string): Promise<RuleSource[]> {
  const { readRuleFile } = await import('./rule-file.ts');
  return readRuleFile(command, path);
}
