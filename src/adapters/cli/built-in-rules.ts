/**
 * The rules the package brings, read from the pack beside this script. `models/FORMAT.md` has the bytes.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import type { Severity } from '../../exports.ts';
import { CliError } from './fault.ts';

export interface BuiltInRule {
  readonly id: string;
  readonly family: string;
  readonly severity: Severity;
  /** ISO 639-1, or `any`. */
  readonly lang: string;
  /** Probability that a text with this rule's hit is an attack, as measured in training. */
  readonly score: number;
}

/** @throws {CliError} when the pack is not what this version builds */
export async function builtInRules(): Promise<readonly BuiltInRule[]> {
  const bytes = await readFile(new URL('./tier1.bin', import.meta.url));
  const sections = bytes.readUInt32LE(8);
  for (let row = 16; row < 16 + sections * 16; row += 16) {
    if (bytes.toString('latin1', row, row + 4) !== 'META') continue;
    const [at, length] = [bytes.readUInt32LE(row + 4), bytes.readUInt32LE(row + 8)];
    return (JSON.parse(bytes.toString('utf8', at, at + length)) as { rules: BuiltInRule[] }).rules;
  }
  throw new CliError('rules list: tier1.bin has no section META. Reinstall the package, or run `npm run build`');
}
