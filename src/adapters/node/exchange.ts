/**
 * One request of `node:http` and its response, as the guard sees them.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Refusal } from '../refusal.ts';
import type { Arrived, Guarded, RequestGuard } from '../request-guard.ts';
import { guardOutgoing } from './outgoing.ts';

export function arrivedOf(request: IncomingMessage, response: ServerResponse): Arrived {
  const { originalUrl = request.url ?? '/' } = request as { originalUrl?: string };
  return {
    path: originalUrl.replace(/[?#].*$/s, ''),
    query: (name) => new URLSearchParams(/\?[^#]*/.exec(originalUrl)?.[0]).get(name),
    header(name) {
      const value = request.headers[name];
      return Array.isArray(value) ? value.join(', ') : value;
    },
    signal: goneSignal(response),
  };
}

/** @returns what gives the signal that aborts when the client goes away before it has its answer; made when it is asked for */
function goneSignal(response: ServerResponse): () => AbortSignal {
  let gone: AbortController | undefined;
  return () => {
    if (gone === undefined) {
      const made = new AbortController();
      const leave = (): void => {
        if (!response.writableFinished) made.abort(new DOMException('The client went away', 'AbortError'));
      };
      if (response.closed) leave();
      else response.once('close', leave);
      gone = made;
    }
    return gone.signal;
  };
}

/** Guards what the handler will write, and tells how long judging took where that is wanted. */
export function guardAnswer<Request>(
  response: ServerResponse,
  guard: RequestGuard<Request>,
  context: { readonly request: Request; readonly arrived: Arrived; readonly guarded: Guarded },
): void {
  const timing = guard.timing(context.guarded);
  if (timing !== undefined) response.appendHeader('server-timing', timing);
  if (!guard.guardsAnswers) return;
  guardOutgoing(response, (answer, isEncoded) => guard.answer(answer, { ...context, isEncoded }));
}

export function refuse(response: ServerResponse, refusal: Refusal, guard: RequestGuard<never>, arrived: Arrived): void {
  if (response.destroyed) return;
  const { status, type, body } = guard.refuse(refusal, arrived);
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    // What was not read will not be.
    ...(!response.req.complete && { connection: 'close' }),
  });
  response.end(body);
}
