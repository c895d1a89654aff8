/**
 * `edgeward/node`: middleware for `node:http`, Express and whatever else passes `(request, response, next)` on.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ChatText, chatTexts, type PlacedText, placedTexts } from '../../chat-texts.ts';
import type { Firewall } from '../../firewall.ts';
import type { Outcome } from '../../types.ts';
import { bodyOf } from '../body-bytes.ts';
import { Refusal } from '../refusal.ts';
import {
  type Arrived,
  createRequestGuard,
  type FailureMode,
  type Guarded,
  type Judged,
  type RequestGuardOptions,
} from '../request-guard.ts';
import type { NamedSubject, SubjectOption } from '../subject.ts';
import { arrivedOf, guardAnswer, refuse } from './exchange.ts';
import { hasBody, readBody, relabel, replaceBytes } from './incoming.ts';

export {
  type ChatText,
  chatTexts,
  type FailureMode,
  type Guarded,
  type NamedSubject,
  type PlacedText,
  placedTexts,
  type SubjectOption,
};

declare module 'http' {
  interface IncomingMessage {
    /** What the guard found in the request; absent where no guard has seen it. */
    edgeward?: Guarded;
  }
}

export interface GuardOptions extends RequestGuardOptions<IncomingMessage> {
  /**
   * Answers a blocked request. By default 403 in the shape of the API's own errors, without a reason.
   *
   * @param outcome of the worst text; absent where a banned sender was not read
   */
  readonly onBlock?: (
    request: IncomingMessage,
    response: ServerResponse,
    outcome: Outcome | undefined,
  ) => void | Promise<void>;
}

/** What Express, Connect and their like call middleware. */
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void;

/**
 * Goes before or after what parses bodies: finds `request.body`, or reads the body and puts it back.
 *
 * @example
 * ```ts
 * app.use('/chat', guard(firewall, { answer: {} })); // Express
 * createServer((request, response) => guarded(request, response, () => handle(request, response))); // node:http
 * ```
 * @throws {FirewallError} `FW_OPTIONS`
 */
export function guard(firewall: Firewall, options: GuardOptions = {}): Middleware {
  const requests = createRequestGuard(firewall, options);
  const { onBlock } = options;

  /** @returns whether the handler may have it */
  async function admit(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
    let arrived = arrivedOf(request, response);
    try {
      const parsed = parsedBody(request);
      arrived = { ...arrived, body: parsed ?? (await unreadBody(request, requests.maxBytes)) };
      const judged = await requests.judge(arrived, request);
      const { guarded, refusal } = judged;
      request.edgeward = guarded;
      if (refusal !== undefined) {
        if (onBlock === undefined) refuse(response, refusal, requests, arrived);
        else await onBlock(request, response, guarded.outcome);
        return false;
      }
      if (parsed !== undefined) replaceParsed(request as Parsed, judged);
      else if (judged.replaced !== undefined) {
        relabel(request, judged.replaced);
        replaceBytes(request, judged.replaced.bytes);
      }
      guardAnswer(response, requests, { request, arrived, guarded });
      return true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      refuse(response, error, requests, arrived);
      return false;
    }
  }

  return function guard(request, response, next) {
    admit(request, response).then((mayPass) => {
      if (mayPass) next();
    }, next);
  };
}

type Parsed = IncomingMessage & { body?: unknown };

/** What a parser before the guard has left in `request.body`. */
function parsedBody(request: Parsed): Arrived['body'] {
  const { body } = request;
  if (body === undefined || body === null) return undefined;
  if (body instanceof Uint8Array) return bodyOf(new Uint8Array(body));
  if (typeof body === 'string') return { bytes: new TextEncoder().encode(body), text: body };
  return typeof body === 'object' ? { parsed: body } : undefined;
}

async function unreadBody(request: IncomingMessage, maxBytes: number): Promise<Arrived['body']> {
  return hasBody(request) ? bodyOf(await readBody(request, maxBytes)) : undefined;
}

/** The same kind of value that the parser left. */
function replaceParsed(request: Parsed, { guarded, replaced }: Judged): void {
  const { body } = request;
  if (body instanceof Uint8Array) {
    if (replaced !== undefined) request.body = Buffer.from(replaced.bytes);
  } else if (typeof body === 'string') {
    if (replaced !== undefined) request.body = new TextDecoder().decode(replaced.bytes);
  } else if (guarded.failure === undefined) {
    request.body = guarded.body;
  }
}
