/**
 * One line of a JSONL file, checked.
 *
 * @module
 */
import type { Channel } from '../../types.ts';
import { CliError } from './fault.ts';
import type { Line } from './lines.ts';

export const CHANNELS: readonly Channel[] = ['user', 'system', 'tool', 'retrieved', 'model'];

export interface Row {
  readonly text: string;
  readonly channel: Channel | undefined;
  /** As the file has it, unchecked. */
  readonly label: unknown;
  readonly id: unknown;
}

/** @throws {CliError} naming file and line when the line is no object with a string `text` and a known `channel` */
export function readRow(command: string, file: string, line: Line): Row {
  const where = `${command}: ${file}:${line.number}`;
  let value: unknown;
  try {
    value = JSON.parse(line.text);
  } catch (cause) {
    throw new CliError(`${where}: expected a JSON object; got ${kindOf(line.text)}`, { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CliError(
      `${where}: expected a JSON object; got ${Array.isArray(value) ? 'an array' : JSON.stringify(value)?.slice(0, 20)}`,
    );
  }
  const { text, channel, label, id } = value as Record<string, unknown>;
  if (typeof text !== 'string')
    throw new CliError(`${where}: expected a string in "text"; got ${text === undefined ? 'none' : typeof text}`);
  if (channel !== undefined && channel !== null && !CHANNELS.includes(channel as Channel)) {
    throw new CliError(
      `${where}: "channel" must be one of ${CHANNELS.join(', ')}; got ${JSON.stringify(channel)?.slice(0, 40)}`,
    );
  }
  return { text, channel: (channel as Channel | null) ?? undefined, label, id };
}

function kindOf(text: string): string {
  return text.trimStart().startsWith('{') ? 'broken JSON' : 'something else';
}
