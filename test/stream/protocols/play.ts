/**
 * Plays recorded streams: in pieces, through a guard, over a real connection.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AnswerReport } from '../../../src/stream/answer.ts';
import { type AnswerOptions, guardedResponse } from '../../../src/stream/guard-stream.ts';
import type { TextGuard } from '../../../src/stream/text-guard.ts';
import { openTinyGuard } from '../tiny-guard.ts';
import type { Recorded } from './recorded.ts';

/** Where to cut, as lengths; repeated to the end. */
export type Cuts = readonly number[];

export const WHOLE: Cuts = [Number.POSITIVE_INFINITY];

export function* cutUp(bytes: Uint8Array, cuts: Cuts): Generator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = Math.min(Math.max(1, cuts[i % cuts.length]!), bytes.length - at);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

/** A body that gives one piece at each pull, and tells whether it was cancelled. */
export function bodyOf(
  bytes: Uint8Array,
  cuts: Cuts = WHOLE,
  after?: 'dies' | 'hangs',
): { readonly stream: ReadableStream<Uint8Array>; readonly state: { cancelled: boolean; pulled: number } } {
  const parts = cutUp(bytes, cuts);
  const state = { cancelled: false, pulled: 0 };
  const stream = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { done, value } = parts.next();
        state.pulled++;
        if (!done) controller.enqueue(value);
        else if (after === 'dies') controller.error(new Error('connection reset'));
        else if (after === 'hangs') await new Promise(() => undefined);
        else controller.close();
      },
      cancel() {
        state.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, state };
}

export function responseOf(recorded: Recorded, body: string | ReadableStream<Uint8Array>): Response {
  return new Response(body, { headers: { 'content-type': recorded.contentType, ...recorded.headers } });
}

/** What leaves the guard, as text. */
export async function played(
  recorded: Recorded,
  body: string,
  cuts: Cuts = WHOLE,
  open: () => TextGuard = openTinyGuard,
  options: AnswerOptions = {},
): Promise<{ readonly text: string; readonly report: AnswerReport }> {
  let report: AnswerReport | undefined;
  const onEnd = (one: AnswerReport): void => {
    report = one;
  };
  const { stream } = bodyOf(new TextEncoder().encode(body), cuts);
  const response = guardedResponse(responseOf(recorded, stream), open, { ...options, onEnd });
  const text = await response.text();
  return { text, report: report! };
}

export interface Server {
  readonly url: string;
  /** Resolves when the client has gone before the answer was over. */
  readonly left: Promise<void>;
  close(): Promise<void>;
}

/** Answers every request with one response. */
export async function serve(answer: () => Response): Promise<Server> {
  let leave: () => void;
  const left = new Promise<void>((resolve) => {
    leave = resolve;
  });
  const server = createServer(async (request, response) => {
    request.resume();
    const { status, headers, body } = answer();
    response.writeHead(status, Object.fromEntries(headers));
    const reader = body!.getReader();
    response.on('close', () => {
      if (response.writableEnded) return;
      reader.cancel('the client left').catch(() => undefined); // it may have failed before
      leave();
    });
    try {
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        if (!response.write(read.value)) await once(response, 'drain');
      }
      response.end();
    } catch {
      response.destroy();
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    left,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
