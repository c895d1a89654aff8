/**
 * The options every command that judges has, and the firewall they ask for.
 *
 * @module
 */
import { availableParallelism } from 'node:os';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { createFirewall } from '../../entry.node.ts';
import type { Firewall, FirewallOptions, PresetName, RuleSource, TransformerOptions } from '../../exports.ts';
import { actionsFor } from './redact.ts';

export const POLICIES: readonly PresetName[] = ['strict', 'balanced', 'monitor'];
const ENGINES = ['auto', 'wasm', 'reference'] as const;

export interface JudgeOptions {
  readonly policy: PresetName;
  readonly engine: NonNullable<FirewallOptions['engine']>;
  /** Path of a rule file. */
  readonly rules?: string;
  /** Path of a configuration file; its policy and rules stand in for those of the options. */
  readonly config?: string;
  /** Types of personal data and secrets to report; none by default. */
  readonly types?: readonly string[];
}

/** Of commands that ask the transformer, one text at a time. */
export interface TierOptions {
  /** The deepest tier to ask. */
  readonly tier: '1' | '2';
  readonly backend: NonNullable<TransformerOptions['backend']>;
  readonly threads?: number;
  /** Folder or hub id of another model. */
  readonly model?: string;
  readonly labels?: string;
}

/** Of commands that judge many texts at once. */
export interface ServerOptions extends JudgeOptions {
  readonly tier?: '1';
  /** That share this machine. */
  readonly processes: number;
  /** Windows of texts that may wait for tier 2. */
  readonly maxQueue?: number;
  /** The policy stands, whatever the file says. */
  readonly isOwn?: true;
}

export function addJudgeOptions(command: Command): Command {
  return command
    .addOption(new Option('--policy <name>', 'what counts as too much').choices(POLICIES).default('balanced'))
    .addOption(new Option('--engine <name>', 'which engine reads').choices(ENGINES).default('auto'))
    .option('--rules <file>', 'rules of your own, YAML or JSON')
    .addOption(
      new Option('--config <file>', 'policy, rules and more from an edgeward.config file').conflicts([
        'policy',
        'rules',
      ]),
    );
}

const BACKENDS = ['auto', 'wasm', 'native'] as const;
/** More threads than this gain little on models of this size. */
const MOST_THREADS = 4;

export function addTierOptions(command: Command): Command {
  return command
    .addOption(new Option('--tier <number>', 'the deepest tier to ask').choices(['1', '2']).default('2'))
    .addOption(new Option('--backend <name>', "what runs tier 2's model").choices(BACKENDS).default('auto'))
    .option('--threads <number>', `threads of tier 2; one per core, at most ${MOST_THREADS}, unless said`, positive)
    .option('--model <folder or id>', 'another model for tier 2, perhaps one of @xenova/transformers')
    .option('--labels <names>', "the model's labels that mean an attack, with commas between");
}

function positive(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}

/** One text at a time: one worker, and threads that share its work. */
function transformerOf({ tier, backend, threads, model, labels }: TierOptions): 'off' | TransformerOptions {
  if (tier === '1') return 'off';
  return {
    backend,
    workers: 1,
    threads: threads ?? Math.min(MOST_THREADS, availableParallelism()),
    ...(model !== undefined && { model }),
    ...(labels !== undefined && { labels: labels.split(',').map((label) => label.trim()) }),
  };
}

function transformerFor(
  options: Partial<TierOptions> | ServerOptions,
  file: FirewallOptions['transformer'],
): Pick<FirewallOptions, 'transformer'> {
  const { tier } = options;
  if (tier === '1') return { transformer: 'off' };
  if ('processes' in options) return { transformer: sharedTransformer(options, file) };
  if (tier === undefined) return {};
  return { transformer: file ?? transformerOf({ ...options, tier, backend: options.backend ?? 'auto' }) };
}

/** What servers say of tier 2 where neither its options nor the file do: the processes share the cores. */
function sharedTransformer(
  { processes, maxQueue }: ServerOptions,
  file: FirewallOptions['transformer'],
): 'off' | TransformerOptions {
  if (file === 'off') return file;
  const workers = Math.max(1, Math.floor(availableParallelism() / processes));
  return {
    ...(processes > 1 && { workers: Math.min(MOST_THREADS, workers) }),
    ...(typeof file === 'object' && file),
    ...(maxQueue !== undefined && { maxQueue }),
  };
}

export async function startFirewall(
  command: string,
  options: JudgeOptions & (Partial<TierOptions> | ServerOptions),
): Promise<Firewall> {
  const { policy, engine, rules, types } = options;
  const file = options.config === undefined ? {} : await configured(options.config);
  const isOwn = 'isOwn' in options && options.isOwn;
  const own = isOwn ? policy : (file.policy ?? policy);
  const asked = typeof own === 'string' ? { preset: own } : own;
  return createFirewall({
    ...file,
    policy: types === undefined ? own : { ...asked, sensitive: actionsFor(types, 'report') },
    engine: engine === 'auto' ? (file.engine ?? engine) : engine,
    ...(rules !== undefined && { rules: await ownRules(command, rules) }),
    ...transformerFor(options, file.transformer),
  });
}

/**
 * What a person should know of tier 2 before reading figures.
 *
 * @returns such as `tier 2: 2-1a2b3c4d on wasm, 2 threads` or `tier 1 alone: …`
 */
export function tierLine({ engine: { transformer } }: Firewall): string {
  const { state, version, backend, threads, reason } = transformer;
  const why = reason === undefined ? '' : ` (${reason})`;
  if (state !== 'ready') return `tier 1 alone${why}`;
  return `tier 2: ${version} on ${backend}, ${threads} thread${threads === 1 ? '' : 's'}${why}`;
}

async function configured(path: string): Promise<FirewallOptions> {
  const { loadConfig } = await import('../../config.ts');
  return loadConfig(path);
}

async function ownRules(command: string, path: string): Promise<RuleSource[]> {
  const { readRuleFile } = await import('./rule-file.ts');
  return readRuleFile(command, path);
}
