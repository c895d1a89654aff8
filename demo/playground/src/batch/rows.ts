/**
 * The lines of a labeled file, and what each says.
 *
 * @module
 */
import type { Channel } from 'edgeward';

export interface Row {
  readonly text: string;
  readonly label: 0 | 1 | null;
  readonly kind: string;
  /** As the file has it; absent: the page's. */
  readonly channel?: Channel;
  readonly id?: string | number;
}

const CHANNELS: readonly unknown[] = ['user', 'system', 'tool', 'retrieved', 'model'] satisfies Channel[];
const LABELS: ReadonlyMap<unknown, 0 | 1 | null> = new Map<unknown, 0 | 1 | null>([
  [0, 0],
  [1, 1],
  [false, 0],
  [true, 1],
  [null, null],
  [undefined, null],
]);

/** @throws {Error} saying what was expected and what came */
export function readRow(line: string): Row {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw new Error(
      `expected a JSON object; got ${line.trimStart().startsWith('{') ? 'broken JSON' : 'something else'}`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`expected a JSON object; got ${Array.isArray(value) ? 'an array' : short(value)}`);
  const { text, label, kind, channel, id } = value as Record<string, unknown>;
  if (typeof text !== 'string')
    throw new Error(`expected a string in "text"; got ${text === undefined ? 'none' : short(text)}`);
  const known = LABELS.get(label);
  if (known === undefined) throw new Error(`"label" must be 1 (attack), 0 (harmless) or null; got ${short(label)}`);
  if (channel !== undefined && channel !== null && !CHANNELS.includes(channel))
    throw new Error(`"channel" must be one of ${CHANNELS.join(', ')}; got ${short(channel)}`);
  if (kind !== undefined && kind !== null && typeof kind !== 'string')
    throw new Error(`"kind" must be a string; got ${short(kind)}`);
  return {
    text,
    label: known,
    kind: kind ?? '',
    ...(typeof channel === 'string' && { channel: channel as Channel }),
    ...((typeof id === 'string' || typeof id === 'number') && { id }),
  };
}

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}

export interface Line {
  readonly text: string;
  /** Bytes of the file read so far. */
  readonly bytes: number;
}

/** The lines of a file of any size, one after the other; a line break at the end opens no further line. */
export async function* linesOf(file: Blob): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  const reader = file.stream().getReader();
  let rest = '';
  let bytes = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    bytes += part.value.byteLength;
    const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n');
    rest = lines.pop()!;
    for (const text of lines) yield { text, bytes };
  }
  rest += decoder.decode();
  if (rest !== '') yield { text: rest, bytes };
}
