/**
 * A request's body as JSON, within limits of size and time.
 *
 * @module
 */
import { announcedBytes, collect } from '../body-bytes.ts';
import { Refusal } from '../refusal.ts';

/** Undoes one content coding. */
export type Decode = () => ReadableWritablePair<Uint8Array, Uint8Array>;

export interface BodyLimits {
  /** Bytes, as sent and after decompression. */
  readonly bodyBytes: number;
  /** Milliseconds until the last byte is there. */
  readonly bodyMs: number;
}

function platform(format: CompressionFormat): Decode {
  // Its writable side takes any buffer source: bytes among them.
  return () => new DecompressionStream(format) as unknown as ReadableWritablePair<Uint8Array, Uint8Array>;
}

/** What every runtime can undo. */
export const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: platform('gzip'),
  'x-gzip': platform('gzip'),
  deflate: platform('deflate'),
};

/**
 * @returns undefined for an empty body
 * @throws {Refusal} 400, 408, 413, 415
 */
export async function readJson(
  request: Request,
  limits: BodyLimits,
  decoders: ReadonlyMap<string, Decode>,
): Promise<unknown> {
  const charset = /;\s*charset\s*=\s*"?([^\s";]*)/i.exec(request.headers.get('content-type') ?? '')?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw new Refusal(415, 'Expected a body in UTF-8');
  }
  const bytes = await readBytes(request, limits, decoders);
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (cause) {
    throw new Refusal(400, 'Expected a body of JSON in UTF-8', { cause });
  }
}

async function readBytes(
  request: Request,
  { bodyBytes, bodyMs }: BodyLimits,
  decoders: ReadonlyMap<string, Decode>,
): Promise<Uint8Array> {
  const length = announcedBytes(request.headers);
  if (length !== undefined && length > bodyBytes) throw tooLarge();
  const coding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase();
  const decode = decoders.get(coding);
  if (decode === undefined && coding !== 'identity' && coding !== '') {
    throw new Refusal(415, `Expected a body that is not encoded, or by one of ${[...decoders.keys()].join(', ')}`);
  }
  // Who says how long the body is gets no more than that from the runtime: no need to count.
  if (length !== undefined && decode === undefined) {
    const bytes = new Uint8Array(await inTime(request.arrayBuffer(), bodyMs, () => undefined));
    if (bytes.length > bodyBytes) throw tooLarge();
    return bytes;
  }
  const { body } = request;
  if (body === null) return new Uint8Array();
  const sent = limited(body, bodyBytes);
  const reader = (decode === undefined ? sent : sent.pipeThrough(decode())).getReader();
  return inTime(collect(reader, bodyBytes, tooLarge), bodyMs, () => {
    void reader.cancel().catch(() => undefined);
  });
}

function limited(body: ReadableStream<Uint8Array>, most: number): ReadableStream<Uint8Array> {
  let size = 0;
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.length;
        if (size > most) throw tooLarge();
        controller.enqueue(chunk);
      },
    }),
  );
}

async function inTime<T>(read: Promise<T>, bodyMs: number, giveUp: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Refusal(408, 'The body did not arrive in time'));
      giveUp();
    }, bodyMs);
  });
  try {
    return await Promise.race([read, late]);
  } catch (cause) {
    if (cause instanceof Refusal) throw cause;
    throw new Refusal(400, 'The body could not be read', { cause });
  } finally {
    clearTimeout(timer);
  }
}

function tooLarge(): Refusal {
  return new Refusal(413, 'The body is too large');
}
