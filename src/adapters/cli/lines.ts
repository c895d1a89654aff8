/**
 * Texts and rows out of files and standard input.
 *
 * @module
 */
import { createReadStream } from 'node:fs';
import { fileFault } from './fault.ts';

export interface Line {
  readonly text: string;
  /** One-based. */
  readonly number: number;
  /** Bytes read from the file so far, for progress; buffered ahead of the line. */
  readonly bytesRead: number;
}

/** `-` is standard input. */
async function* chunksOf(command: string, path: string): AsyncGenerator<Buffer> {
  const stream: AsyncIterable<Buffer> = path === '-' ? process.stdin : createReadStream(path);
  try {
    yield* stream;
  } catch (error) {
    throw fileFault(command, path, error);
  }
}

/** The whole of a file, without its byte order mark; bytes that are no UTF-8 read as U+FFFD. */
export async function readText(command: string, path: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of chunksOf(command, path)) chunks.push(chunk);
  return new TextDecoder().decode(Buffer.concat(chunks));
}

/**
 * The lines of a file, one at a time. Only `\n` and `\r\n` end a line: U+2028 stands unescaped in valid JSON.
 *
 * @complexity memory for the longest line
 */
export async function* readLines(command: string, path: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let pending: string[] = [];
  let number = 0;
  let bytesRead = 0;
  const line = (end: string): Line => {
    const text = pending.join('') + end;
    pending = [];
    number++;
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, number, bytesRead };
  };
  for await (const chunk of chunksOf(command, path)) {
    bytesRead += chunk.length;
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    const rest = parts.pop()!;
    for (const part of parts) yield line(part);
    if (rest !== '') pending.push(rest);
  }
  const rest = decoder.decode();
  if (pending.length > 0 || rest !== '') yield line(rest);
}
