/**
 * `edgeward redact` and `edgeward restore`: personal data and secrets out of a text, and back into the answer; `edgeward
 * types`: what may be found.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { createFirewall, sensitiveTypes } from '../../entry.node.ts';
import type { SensitiveAction, Strategy, Vault } from '../../exports.ts';
import { createVault, openVault } from '../../vault.ts';
import { CliError, fileFault } from './fault.ts';
import { readText } from './lines.ts';
import { print } from './terminal.ts';

interface VaultFile {
  /** Path of the sealed vault. */
  readonly vault?: string;
  /** Path of a file with the key: 64 hexadecimal digits. */
  readonly keyFile?: string;
}

interface RedactOptions extends VaultFile {
  readonly types?: readonly string[];
  readonly strategy: Strategy;
  readonly threshold: number;
  readonly json?: boolean;
}

const STRATEGIES: readonly Strategy[] = ['placeholder', 'pseudonym', 'hash', 'mask', 'drop'];
const KEY_VARIABLE = 'EDGEWARD_VAULT_KEY';

const EXAMPLES = `
The key that seals the vault is 64 hexadecimal digits, in a file (--key-file) or in ${KEY_VARIABLE}:
  $ export ${KEY_VARIABLE}=$(openssl rand -hex 32)

Examples:
  $ edgeward redact letter.txt
  $ edgeward redact --types email,phone,card --strategy mask letter.txt
  $ edgeward redact --types all,person-name letter.txt
  $ edgeward redact --vault talk.vault question.txt | ask-model | edgeward restore --vault talk.vault`;

/** `email,card` of the command line. */
export function typeList(text: string): string[] {
  const types = text.split(',').map((type) => type.trim());
  if (types.some((type) => !/^[a-z0-9][a-z0-9-]*$/.test(type))) {
    throw new InvalidArgumentError('It must be types with commas between, such as email,card,github-pat.');
  }
  return types;
}

/** The policy's actions when only some types are asked for; `all` asks for every one. */
export function actionsFor(types: readonly string[], action: SensitiveAction) {
  const kind = types.includes('all') ? action : 'off';
  const named = types.filter((type) => type !== 'all');
  return { pii: kind, secrets: kind, types: Object.fromEntries(named.map((type) => [type, action])) } as const;
}

export function typesCommand(): Command {
  return new Command('types')
    .description('list the types of personal data and secrets that are found')
    .option('--json', 'one JSON object: kind to types')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const listed = await sensitiveTypes();
      if (json) await print(JSON.stringify(listed));
      else
        for (const [kind, types] of Object.entries(listed))
          await print(types.map((type) => `${kind}\t${type}`).join('\n'));
    });
}

function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 1)) throw new InvalidArgumentError('It must be a number in [0, 1].');
  return value;
}

function addVaultOptions(command: Command): Command {
  return command
    .option('--vault <file>', 'where the values are kept, encrypted; made when absent')
    .option('--key-file <file>', `the vault's key; ${KEY_VARIABLE} by default`);
}

export function redactCommand(): Command {
  const command = new Command('redact')
    .description('take personal data and secrets out of texts')
    .argument('[files...]', 'files to read; - is standard input', ['-'])
    .option('--types <list>', 'only these types, with commas between (see `edgeward types`)', typeList)
    .addOption(new Option('--strategy <name>', 'what a value becomes').choices(STRATEGIES).default('placeholder'))
    .option('--threshold <number>', 'confidence from which a finding counts', share, 0.5)
    .option('--json', 'one JSON object per file: text and findings')
    .addHelpText('after', EXAMPLES);
  return addVaultOptions(command).action(redact);
}

export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('put the values of a vault back into texts')
    .argument('[files...]', 'files to read; - is standard input', ['-'])
    .addHelpText('after', EXAMPLES);
  return addVaultOptions(command).action(restore);
}

async function redact(files: readonly string[], options: RedactOptions): Promise<void> {
  const { types = ['all'], strategy, threshold, json } = options;
  const firewall = await createFirewall({
    transformer: 'off',
    policy: { sensitive: { ...actionsFor(types, 'redact'), strategy, threshold } },
  });
  const vault = await vaultOf('redact', options, true);
  for (const file of files) {
    const text = await readText('redact', file);
    const { text: redacted, findings } = await firewall.redact(text, vault === undefined ? {} : { vault });
    const shown = findings.map(({ id, score, spans, decoders }) => ({ id, score, spans, decoders }));
    if (json) await print(JSON.stringify({ file, text: redacted, findings: shown }));
    else process.stdout.write(redacted);
  }
  if (vault !== undefined) writeFileSync(options.vault!, await vault.seal(keyOf('redact', options)), { mode: 0o600 });
}

async function restore(files: readonly string[], options: VaultFile): Promise<void> {
  if (options.vault === undefined)
    throw new CliError('restore: expected --vault with the vault that redact wrote; got none');
  const vault = await vaultOf('restore', options, false);
  for (const file of files) process.stdout.write(vault!.restore(await readText('restore', file)));
}

/** The vault in a file; a new one where there is none and it may be made. */
async function vaultOf(command: string, options: VaultFile, mayMake: boolean): Promise<Vault | undefined> {
  if (options.vault === undefined) return undefined;
  const key = keyOf(command, options);
  if (mayMake && !existsSync(options.vault)) return createVault();
  let sealed: string;
  try {
    sealed = readFileSync(options.vault, 'utf8').trim();
  } catch (error) {
    throw fileFault(command, options.vault, error);
  }
  return openVault(sealed, key);
}

function keyOf(command: string, { keyFile }: VaultFile): Uint8Array<ArrayBuffer> {
  let hex = process.env[KEY_VARIABLE];
  if (keyFile !== undefined) {
    try {
      hex = readFileSync(keyFile, 'utf8');
    } catch (error) {
      throw fileFault(command, keyFile, error);
    }
  }
  const digits = hex?.trim() ?? '';
  if (!/^[0-9a-f]{64}$/i.test(digits)) {
    const got = hex === undefined ? 'none' : `${digits.length} characters`;
    throw new CliError(
      `${command}: expected a key of 64 hexadecimal digits in ${KEY_VARIABLE} or --key-file; got ${got}`,
    );
  }
  return Uint8Array.from(digits.match(/../g)!, (pair) => Number.parseInt(pair, 16));
}
