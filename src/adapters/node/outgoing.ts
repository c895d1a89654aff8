/**
 * Stands between a handler and its `ServerResponse`: what the handler writes goes through a guard before it leaves.
 *
 * @module
 */
import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { PassThrough, Readable } from 'node:stream';

type Written = (error?: Error | null) => void;
type HeaderArgument = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** Statuses whose answers have no body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** @param guard gives the answer back as it is, or another one; of one that is encoded it can read nothing */
export function guardOutgoing(
  response: ServerResponse,
  guard: (answer: Response, isEncoded: boolean) => Promise<Response>,
): void {
  const write = response.write.bind(response);
  const end = response.end.bind(response);
  const writeHead = response.writeHead.bind(response);
  const flushHeaders = response.flushHeaders.bind(response);
  /** What the handler writes, once it has begun to. */
  let source: PassThrough | undefined;
  let wasHeaded = false;
  let wasEnded = false;
  let wantsFlush = false;
  /** True once what is written leaves. */
  let isLeaving = false;

  function begin(): PassThrough {
    if (source !== undefined) return source;
    source = new PassThrough();
    source.on('drain', () => response.emit('drain'));
    // A guard that has cut the answer takes no more of it: the handler learns it from the response's end.
    source.on('error', () => undefined);
    relay(source).catch((error: Error) => response.destroy(error));
    return source;
  }

  async function relay(from: PassThrough): Promise<void> {
    const isEncoded = (response.getHeader('content-encoding') ?? 'identity') !== 'identity';
    const isBodiless = BODILESS.has(response.statusCode) || response.req.method === 'HEAD';
    const arrived = new Response(isBodiless ? null : (Readable.toWeb(from) as unknown as ReadableStream<Uint8Array>), {
      status: response.statusCode,
      headers: webHeaders(response),
    });
    const guarded = isBodiless ? arrived : await guard(arrived, isEncoded);
    for (const name of response.getHeaderNames()) if (!guarded.headers.has(name)) response.removeHeader(name);
    if (guarded.status !== response.statusCode) {
      response.statusCode = guarded.status;
      response.statusMessage = '';
      response.setHeader('content-type', guarded.headers.get('content-type') ?? 'text/plain');
    }
    isLeaving = true;
    if (wantsFlush) flushHeaders();
    if (isBodiless) {
      from.resume();
      if (!wasEnded) await new Promise((resolve) => from.once('end', resolve));
      end();
      return;
    }
    const reader = guarded.body!.getReader();
    const leave = (): void => void reader.cancel('the client went away').catch(() => undefined);
    response.once('close', leave);
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      write(next.value);
      while (response.writableNeedDrain && !response.destroyed) await drained(response);
    }
    response.off('close', leave);
    end();
  }

  response.write = function guardedWrite(chunk: unknown, encoding?: BufferEncoding | Written, written?: Written) {
    return begin().write(chunk, ...(rest(encoding, written) as [BufferEncoding, Written]));
  } as ServerResponse['write'];

  response.end = function guardedEnd(
    chunk?: unknown,
    encoding?: BufferEncoding | Written,
    written?: Written,
  ): ServerResponse {
    const finished = [chunk, encoding, written].find((one): one is Written => typeof one === 'function');
    if (finished !== undefined) response.once('finish', finished);
    if (wasEnded) return response;
    const from = begin();
    wasEnded = true;
    if (chunk === undefined || chunk === null || typeof chunk === 'function') from.end();
    else from.end(chunk, typeof encoding === 'string' ? encoding : 'utf8');
    return response;
  } as ServerResponse['end'];

  response.writeHead = function guardedWriteHead(
    status: number,
    message?: string | HeaderArgument,
    headers?: HeaderArgument,
  ) {
    if (isLeaving) return writeHead(status, message as string, headers);
    response.statusCode = status;
    if (typeof message === 'string') response.statusMessage = message;
    setHeaders(response, typeof message === 'object' ? message : headers);
    wasHeaded = true;
    return response;
  } as ServerResponse['writeHead'];

  response.flushHeaders = function guardedFlushHeaders() {
    if (isLeaving) flushHeaders();
    wantsFlush = true;
    begin();
  };

  // To the handler they are sent and it is ended as soon as the handler has done so.
  const own = (name: 'headersSent' | 'writableEnded', isSo: () => boolean): void => {
    const prototype: object = Object.getPrototypeOf(response);
    Object.defineProperty(response, name, {
      configurable: true,
      get: () => isSo() || Boolean(Reflect.get(prototype, name, response)),
    });
  };
  own('headersSent', () => wasHeaded || source !== undefined);
  own('writableEnded', () => wasEnded);
}

function rest(encoding: BufferEncoding | Written | undefined, written: Written | undefined): unknown[] {
  return typeof encoding === 'function' ? [encoding] : [encoding ?? 'utf8', ...(written ? [written] : [])];
}

function setHeaders(response: ServerResponse, headers: HeaderArgument | undefined): void {
  if (headers === undefined || headers === null) return;
  if (!Array.isArray(headers)) {
    for (const [name, value] of Object.entries(headers)) if (value !== undefined) response.setHeader(name, value);
    return;
  }
  // Pairs, or names and values in turn.
  const flat = headers.flat() as readonly (string | number)[];
  const seen = new Set<string>();
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const [name, value] = [String(flat[i]), String(flat[i + 1])];
    if (seen.has(name.toLowerCase())) response.appendHeader(name, value);
    else response.setHeader(name, value);
    seen.add(name.toLowerCase());
  }
}

function webHeaders(response: ServerResponse): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    for (const one of Array.isArray(value) ? value : [value]) headers.append(name, String(one));
  }
  return headers;
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      response.off('drain', go).off('close', go);
      resolve();
    };
    response.on('drain', go).on('close', go);
  });
}
