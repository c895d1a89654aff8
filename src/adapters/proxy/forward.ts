/**
 * To the upstream and back: headers that may pass, and how long it may take.
 *
 * @module
 */
import { Refusal } from '../refusal.ts';

export interface ForwardLimits {
  /** Milliseconds until the upstream's headers are there. */
  readonly firstByteMs: number;
  /** Milliseconds without a byte of the answer. */
  readonly idleMs: number;
  /** Milliseconds for the whole of an answer. */
  readonly totalMs: number;
}

export interface Upstream {
  readonly response: Response;
  /** Those that may pass to the client. */
  readonly headers: Headers;
  /** To be called when the answer has ended in whatever way: lets go of what watched over it. */
  done(): void;
}

/** Of one connection, not of the message. */
const HOP_BY_HOP: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
/** Of the bytes as they came from the client, or words that would have the upstream read another method. */
const OF_REQUEST: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  'host',
  'content-length',
  'expect',
  'accept-encoding',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
]);
const OF_ANSWER: ReadonlySet<string> = new Set(HOP_BY_HOP);
/** The runtime has decoded it. */
const OF_CODED_ANSWER: ReadonlySet<string> = new Set([...HOP_BY_HOP, 'content-encoding', 'content-length']);

/** In place of a body that nobody read. */
export const AS_IT_CAME = Symbol('as it came');
/** JSON that was judged, or no body. */
export type Sent = string | undefined | typeof AS_IT_CAME;

export interface ForwardOptions {
  readonly limits: ForwardLimits;
  /** Added to every request, or in place of what the client sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof globalThis.fetch;
}

/** @throws {Refusal} 499, 502, 504 */
export async function forward(
  request: Request,
  to: string,
  body: Sent,
  { limits: { firstByteMs, totalMs }, headers: own, fetch }: ForwardOptions,
): Promise<Upstream> {
  const { method, signal } = request;
  const stop = new AbortController();
  const leave = (): void => stop.abort(new Refusal(499, 'The client went away'));
  const first = setTimeout(() => stop.abort(new Refusal(504, 'The upstream did not answer in time')), firstByteMs);
  const total = setTimeout(() => stop.abort(new Refusal(504, 'The answer took too long')), totalMs);
  signal.addEventListener('abort', leave, { once: true });
  if (signal.aborted) leave();

  function done(): void {
    clearTimeout(first);
    clearTimeout(total);
    signal.removeEventListener('abort', leave);
  }

  const headers = without(request.headers, OF_REQUEST);
  headers.set('accept-encoding', 'identity');
  if (body !== AS_IT_CAME) {
    headers.delete('content-encoding');
    if (body === undefined) headers.delete('content-type');
    else headers.set('content-type', 'application/json');
  }
  for (const [name, value] of Object.entries(own)) headers.set(name, value);
  const carried = body === AS_IT_CAME ? request.body : (body ?? null);
  const init: RequestInit & { duplex?: 'half' } = { method, headers, redirect: 'manual', signal: stop.signal };
  if (carried !== null) init.body = carried;
  if (carried instanceof ReadableStream) init.duplex = 'half';
  try {
    const response = await fetch(to, init);
    clearTimeout(first);
    return { response, headers: passingOn(response.headers), done };
  } catch (cause) {
    done();
    if (stop.signal.aborted && stop.signal.reason instanceof Refusal) throw stop.signal.reason;
    throw new Refusal(502, 'The upstream could not be reached', { cause });
  }
}

/** Without what was of its connection, or of bytes that the runtime has decoded. */
function passingOn(headers: Headers): Headers {
  return without(headers, headers.has('content-encoding') ? OF_CODED_ANSWER : OF_ANSWER);
}

/** @param names in small letters; those that the message calls its connection's own go too */
function without(headers: Headers, names: ReadonlySet<string>): Headers {
  const own = (headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const kept = new Headers();
  for (const [name, value] of headers) if (!names.has(name) && !own.includes(name)) kept.append(name, value);
  return kept;
}

/** A body that nobody guards, watched for its end and for silence. */
export function relayed(
  body: ReadableStream<Uint8Array>,
  idleMs: number,
  done: () => void,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done: isEnd, value } = await heard(reader.read(), idleMs);
          if (!isEnd) {
            controller.enqueue(value);
            return;
          }
          done();
          controller.close();
        } catch (error) {
          done();
          void reader.cancel(error).catch(() => undefined);
          controller.error(error);
        }
      },
      async cancel(reason) {
        done();
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** Bytes of an answer that is read whole. */
const LONGEST = 16 * 1024 * 1024;
const BRACKET = '['.charCodeAt(0);
/** Tab, line feed, carriage return, space. */
const BLANKS: ReadonlySet<number> = new Set([9, 10, 13, 32]);

/**
 * JSON that is no array, whole, so that it may leave not at all where it cannot be guarded. An array, as Gemini streams
 * one, stays a stream.
 *
 * @throws {Refusal} 502 when it is too long, 504 when nothing comes any more
 */
export async function readAhead(
  body: ReadableStream<Uint8Array>,
  idleMs: number,
): Promise<string | ReadableStream<Uint8Array>> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  let size = 0;
  let begun = false;
  try {
    for (;;) {
      const { done, value } = await heard(reader.read(), idleMs);
      if (done) return text + decoder.decode();
      if (!begun) {
        const first = value.find((byte) => !BLANKS.has(byte));
        if (first === BRACKET) return resumed(value, reader);
        begun = first !== undefined;
      }
      size += value.length;
      if (size > LONGEST) throw new Refusal(502, 'The answer is too long');
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    void reader.cancel(error).catch(() => undefined);
    throw error;
  }
}

/** What was read, then the rest. */
function resumed(first: Uint8Array, reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      start: (controller) => controller.enqueue(first),
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
}

async function heard<T>(read: Promise<T>, idleMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Refusal(504, 'The upstream fell silent')), idleMs);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
