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
  /** To be called when the answer has ended in whatever way: lets go of what watched over it. */
  done(): void;
}

/** Of one connection, not of the message. */
const HOP_BY_HOP = [
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
const OF_REQUEST = [
  'host',
  'content-length',
  'expect',
  'accept-encoding',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
];

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
  to: URL,
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
    const response = await fetch(to.href, init);
    clearTimeout(first);
    return { response: plainResponse(response), done };
  } catch (cause) {
    done();
    if (stop.signal.aborted && stop.signal.reason instanceof Refusal) throw stop.signal.reason;
    throw new Refusal(502, 'The upstream could not be reached', { cause });
  }
}

/** The response without what was of its connection, or of bytes that the runtime has decoded. */
function plainResponse({ body, status, statusText, headers }: Response): Response {
  const coding = headers.get('content-encoding');
  const kept = without(headers, coding === null ? [] : ['content-encoding', 'content-length']);
  return new Response(body, { status, statusText, headers: kept });
}

function without(headers: Headers, names: readonly string[]): Headers {
  const kept = new Headers(headers);
  const named = (headers.get('connection') ?? '').split(',').map((name) => name.trim());
  for (const name of [...HOP_BY_HOP, ...names, ...named]) {
    // A list of names is a client's word: one that is no name names nothing.
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name)) kept.delete(name);
  }
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
        let timer: ReturnType<typeof setTimeout> | undefined;
        const silence = new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(new Refusal(504, 'The upstream fell silent')), idleMs);
        });
        try {
          const { done: isEnd, value } = await Promise.race([reader.read(), silence]);
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
        } finally {
          clearTimeout(timer);
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
