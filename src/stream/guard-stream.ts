/**
 * Guarded streams: bytes or events in, the same out, and no more is read than the client takes.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import { type AnswerReport, createRelay } from './answer.ts';
import type { ProtocolName } from './protocols/protocols.ts';
import type { TextGuard } from './text-guard.ts';
import { type AnswerForm, createTextRelay, isGuardable } from './text-relay.ts';

export interface AnswerOptions extends AnswerForm {
  /** Aborts both sides. */
  readonly signal?: AbortSignal;
  /** Milliseconds without a byte after which the upstream counts as gone. Defaults to 300,000; 0 waits for ever. */
  readonly idleMs?: number;
  /** Called once, when the answer has ended in whatever way. */
  readonly onEnd?: (report: AnswerReport) => void;
}

/** Opens the guard of one text. */
export type OpenGuard = () => TextGuard;

const IDLE_MS = 300_000;

/** One direction of a stream: what comes in becomes what goes out. */
interface Flow<In, Out> {
  push(chunk: In): readonly Out[];
  finish(error?: unknown): readonly Out[];
  readonly over: boolean;
  readonly failure?: unknown;
  report(): AnswerReport;
}

/** Bytes in, bytes out. Invalid UTF-8 becomes U+FFFD, as it would at the client. */
function byteFlow(open: OpenGuard, form: AnswerForm): Flow<Uint8Array, Uint8Array> {
  const relay = createTextRelay(open, form);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const encoder = new TextEncoder();
  const some = (text: string): Uint8Array[] => (text === '' ? [] : [encoder.encode(text)]);
  return {
    push: (bytes) => some(relay.push(decoder.decode(bytes, { stream: true }))),
    finish: (error) => some(relay.push(decoder.decode()) + relay.finish(error)),
    get over() {
      return relay.over;
    },
    get failure() {
      return relay.failure;
    },
    report: relay.report,
  };
}

/** Events as objects, as an SDK gives them, or pieces of plain text as strings. */
function eventFlow(open: OpenGuard, protocol: ProtocolName | undefined): Flow<unknown, unknown> {
  let relay: ReturnType<typeof createRelay> | undefined;
  const begin = (first: unknown): ReturnType<typeof createRelay> =>
    createRelay(open, protocol ?? (typeof first === 'string' ? 'text' : undefined));
  let failure: unknown;
  return {
    push(event) {
      relay ??= begin(event);
      const own = typeof event === 'object' && event !== null ? (structuredClone(event) as unknown) : event;
      return relay.next(own)?.map(({ data }) => data) ?? [event];
    },
    finish(error) {
      relay ??= begin(undefined);
      const out = relay.finish(error).map(({ data }) => data);
      const { end, protocol: name, error: why } = relay.report();
      if (end === 'broken' && (name === undefined || name === 'text')) failure = why;
      return out;
    },
    get over() {
      return relay?.over ?? false;
    },
    get failure() {
      return failure;
    },
    report: () => relay?.report() ?? { end: 'complete', findings: [] },
  };
}

type Source<T> = ReadableStream<T> | AsyncIterable<T>;

/**
 * @throws {FirewallError} `FW_INPUT` when `source` is no stream, `FW_STREAM` when the options do not tell how to read it
 */
export function guardedStream<T>(source: Source<T>, open: OpenGuard, options: AnswerOptions = {}): ReadableStream<T> {
  const { signal, idleMs = IDLE_MS, onEnd } = options;
  if (!(typeof idleMs === 'number' && idleMs >= 0 && idleMs < 2 ** 31)) {
    throw new FirewallError(
      'FW_INPUT',
      `guardStream: idleMs must be a number from 0 to ${2 ** 31 - 1}; got ${show(idleMs)}`,
    );
  }
  const upstream = readerOf(source);
  let flow: Flow<T, T> | undefined;
  let ended = false;
  let leave: (() => void) | undefined;

  function flowFor(first: T): Flow<T, T> {
    const isBytes = first instanceof Uint8Array;
    flow ??= (isBytes ? byteFlow(open, options) : eventFlow(open, options.protocol)) as unknown as Flow<T, T>;
    return flow;
  }

  function finish(report: AnswerReport): void {
    if (ended) return;
    ended = true;
    leave?.();
    onEnd?.(report);
  }

  const nothing: AnswerReport = { end: 'complete', findings: [] };

  return new ReadableStream<T>(
    {
      start(controller) {
        if (signal === undefined) return;
        const abort = (): void => {
          void upstream.cancel(signal.reason);
          if (!ended) controller.error(signal.reason);
          finish({ ...(flow?.report() ?? nothing), end: 'cancelled' });
        };
        if (signal.aborted) abort();
        else signal.addEventListener('abort', abort, { once: true });
        leave = () => signal.removeEventListener('abort', abort);
      },
      async pull(controller) {
        for (let given = 0; given === 0 && !ended; ) {
          try {
            const { done, value } = await within(idleMs, upstream.read());
            if (ended) return; // aborted meanwhile
            if (done) {
              close(controller, flow?.finish() ?? []);
              return;
            }
            const one = flowFor(value as T);
            const out = one.push(value as T);
            if (one.over) {
              void upstream.cancel(one.report().error ?? 'cut');
              close(controller, out);
              return;
            }
            for (const chunk of out) controller.enqueue(chunk);
            given = out.length;
          } catch (error) {
            if (ended) return;
            void upstream.cancel(error);
            close(controller, flow?.finish(error) ?? [], error);
          }
        }
      },
      async cancel(reason) {
        finish({ ...(flow?.report() ?? nothing), end: 'cancelled' });
        await upstream.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );

  /** @param error why, where it broke off before anything came */
  function close(controller: ReadableStreamDefaultController<T>, last: readonly T[], error?: unknown): void {
    for (const chunk of last) controller.enqueue(chunk);
    const failure = flow === undefined ? error : flow.failure;
    if (failure === undefined) controller.close();
    else controller.error(failure);
    finish(flow?.report() ?? (error === undefined ? nothing : { ...nothing, end: 'broken', error }));
  }
}

/** The same for `pipeThrough`: bytes or events are written, and read guarded. */
export function guardedTransform<T>(open: OpenGuard, options: AnswerOptions = {}): ReadableWritablePair<T, T> {
  const { readable, writable } = new TransformStream<T, T>();
  return { writable, readable: guardedStream(readable, open, options) };
}

interface Upstream<T> {
  read(): Promise<{ readonly done: boolean; readonly value?: T }>;
  cancel(reason: unknown): Promise<void>;
}

function readerOf<T>(source: Source<T>): Upstream<T> {
  const quiet = (): void => undefined; // whoever cancels has what it wanted
  if (source instanceof ReadableStream) {
    const reader = source.getReader();
    return {
      read: async () => {
        const { done, value } = await reader.read();
        return done ? { done } : { done, value };
      },
      cancel: (reason) => reader.cancel(reason).catch(quiet),
    };
  }
  if (typeof (source as Partial<AsyncIterable<T>> | undefined)?.[Symbol.asyncIterator] !== 'function') {
    throw new FirewallError(
      'FW_INPUT',
      `guardStream: expected a ReadableStream or an async iterable; got ${typeof source}`,
    );
  }
  const iterator = source[Symbol.asyncIterator]();
  return {
    read: async () => {
      const { done, value } = await iterator.next();
      return done ? { done: true } : { done: false, value };
    },
    cancel: async () => {
      await iterator.return?.().catch(quiet);
    },
  };
}

async function within<T>(idleMs: number, wanted: Promise<T>): Promise<T> {
  if (idleMs === 0) return wanted;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new FirewallError('FW_STREAM', `guardStream: expected something within ${idleMs} ms; got nothing`));
    }, idleMs);
  });
  try {
    return await Promise.race([wanted, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Headers that are of the bytes as they came. */
const OF_BYTES = [
  'content-length',
  'content-encoding',
  'content-md5',
  'content-digest',
  'digest',
  'etag',
  'accept-ranges',
];

/**
 * A response whose body is guarded: streams of every known protocol, JSON answers, text. What holds no text of a
 * model (errors, pictures, no body) is the response itself.
 */
export function guardedResponse(response: Response, open: OpenGuard, options: AnswerOptions = {}): Response {
  const { body, headers, status, statusText } = response;
  const contentType = options.contentType ?? (headers.get('content-type') || 'text/plain');
  const isData = headers.has('x-vercel-ai-data-stream');
  const protocol = options.protocol ?? (isData ? 'ai-data' : undefined);
  if (body === null || !response.ok || (protocol === undefined && !isGuardable(contentType))) {
    return response;
  }
  const form = { contentType, ...(protocol !== undefined && { protocol }) };
  const kept = new Headers(headers);
  for (const name of OF_BYTES) kept.delete(name);
  return new Response(guardedStream<Uint8Array>(body, open, { ...options, ...form }) as BodyInit, {
    status,
    statusText,
    headers: kept,
  });
}
