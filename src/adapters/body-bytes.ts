/**
 * A body in memory, and how it gets there: no more bytes of it than there may be.
 *
 * @module
 */
import type { Refusal } from './refusal.ts';

export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The same in UTF-8. */
  readonly text: string;
}

const decoder = new TextDecoder();

export function bodyOf(bytes: Uint8Array<ArrayBuffer>): Body {
  return { bytes, text: decoder.decode(bytes) };
}

/** Bytes that a body's headers promise; `undefined` where they promise none, and the bytes must be counted. */
export function announcedBytes(headers: Headers): number | undefined {
  const length = headers.has('transfer-encoding') ? null : headers.get('content-length');
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** @throws what `tooLarge` gives, when more than `most` bytes come */
export async function collect(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  most: number,
  tooLarge: () => Refusal,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length;
    if (size > most) {
      void reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(next.value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
