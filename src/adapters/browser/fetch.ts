/**
 * `fetch` for chat endpoints: what is asked is judged and redacted, what is answered gets its values back.
 *
 * @module
 */

import { type ChatText, chatTexts } from '../../chat-texts.ts';
import { FirewallError, show } from '../../errors.ts';
import type { Outcome, Vault } from '../../types.ts';
import type { BrowserGuard } from './guard.ts';

export interface FetchOptions {
  readonly guard: BrowserGuard;
  /** Which requests are chats: an expression that its URL matches, or a function. Defaults to POST requests to the usual paths. */
  readonly match?: RegExp | ((request: Request) => boolean);
  /** Finds the texts in a parsed body. Defaults to the shapes that `edgeward/hono`'s `chatTexts` knows. */
  readonly texts?: (body: unknown) => readonly ChatText[];
  /** Milliseconds to wait for each verdict before the guard's `onFailure` speaks. Defaults to 10,000. */
  readonly waitMs?: number;
  /** The conversation's vault; by default each request has its own. */
  readonly vault?: Vault;
  /** Answers instead of the server, or throws. Defaults to 403 with an opaque body. */
  readonly onBlock?: (outcome: Outcome, request: Request) => Response | Promise<Response>;
  /** Puts values back into an event stream. By default streams arrive as they are, placeholders included. */
  readonly restoreStream?: (response: Response, vault: Vault) => Response;
}

const WAIT_MS = 10_000;
const CHAT_URL =
  /\/(?:chat|completions|messages|responses|conversations?)(?:[/?#]|$)|:(?:stream)?generateContent(?:[?#]|$)/i;
const STREAM = /^(?:text\/event-stream|application\/(?:x-)?ndjson)\b/i;
const FORM = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/**
 * Wraps `fetch`. Requests that are no chats pass untouched.
 *
 * @example
 * ```ts
 * globalThis.fetch = guardFetch(fetch, { guard });
 * ```
 * @throws {FirewallError} `FW_OPTIONS` when there is no guard
 */
export function guardFetch(fetch: typeof globalThis.fetch, options: FetchOptions): typeof globalThis.fetch {
  const { guard, match = CHAT_URL, texts = chatTexts, waitMs = WAIT_MS, onBlock = refuse, restoreStream } = options;
  if (typeof guard !== 'object')
    throw new FirewallError(
      'FW_OPTIONS',
      `guardFetch: options.guard must be what openGuard returns; got ${show(guard)}`,
    );

  function isChat(request: Request): boolean {
    if (request.body === null) return false;
    return typeof match === 'function' ? match(request) : match.test(request.url);
  }

  return async function guardedFetch(input, init) {
    const request = new Request(input, init);
    // What has been read here cannot be sent from `input` again.
    if (!isChat(request)) return fetch(request);
    const body = await readBody(request.clone(), texts);
    let { vault } = options;
    const replaced = new Map<string, string>();
    for (const { text, channel } of body.texts) {
      const from = { channel, ...(vault && { vault }) };
      const outcome = await guard.guard(text, from, { deadlineMs: waitMs, signal: request.signal });
      if (outcome.action === 'block') return onBlock(outcome, request);
      vault = outcome.vault ?? vault;
      if (outcome.text !== text) replaced.set(text, outcome.text);
    }
    const response = await fetch(replaced.size === 0 ? request : body.rewritten(replaced));
    return vault === undefined || vault.size === 0 ? response : restored(response, vault, restoreStream);
  };
}

interface Body {
  readonly texts: readonly ChatText[];
  /** The request with every string that equals a key replaced. */
  rewritten(replaced: ReadonlyMap<string, string>): Request;
}

/** A body as its server might read it: JSON whatever its label says, then a form, then a text. */
async function readBody(request: Request, texts: (body: unknown) => readonly ChatText[]): Promise<Body> {
  const { headers } = request;
  const template = request.clone();
  const withBody = (body: BodyInit, own: Headers): Request => new Request(template, { body, headers: own });
  if (FORM.test(headers.get('content-type') ?? '')) {
    const form = await request.formData();
    const strings = [...form].filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return {
      texts: strings.flatMap(([, value]) => texts(value)),
      rewritten(replaced) {
        const changed = new FormData();
        for (const [name, value] of form) {
          if (typeof value === 'string') changed.append(name, replaced.get(value) ?? value);
          else changed.append(name, value);
        }
        const isMultipart = headers.get('content-type')!.startsWith('multipart');
        // Its type names the border between parts, which is new.
        const own = new Headers(headers);
        own.delete('content-type');
        const plain = [...changed].map(([name, value]) => [name, String(value)]);
        return withBody(isMultipart ? changed : new URLSearchParams(plain), own);
      },
    };
  }
  const text = await request.text();
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return {
      texts: texts(text),
      rewritten: (replaced) => withBody(replaced.get(text) ?? text, headers),
    };
  }
  return {
    texts: texts(json),
    rewritten(replaced) {
      const changed = JSON.stringify(json, (_, value) =>
        typeof value === 'string' ? (replaced.get(value) ?? value) : value,
      );
      return withBody(changed, headers);
    },
  };
}

async function restored(
  response: Response,
  vault: Vault,
  restoreStream: FetchOptions['restoreStream'],
): Promise<Response> {
  const type = response.headers.get('content-type') ?? '';
  if (response.body === null) return response;
  if (STREAM.test(type)) return restoreStream?.(response, vault) ?? response;
  const isJson = /^application\/(?:[\w.-]+\+)?json\b/i.test(type);
  if (!isJson && !type.startsWith('text/')) return response;
  const text = await response.text();
  const headers = new Headers(response.headers);
  headers.delete('content-length');
  const { status, statusText } = response;
  return new Response(isJson ? restoredJson(text, vault) : vault.restore(text), { status, statusText, headers });
}

function restoredJson(text: string, vault: Vault): string {
  try {
    return JSON.stringify(vault.restoreIn(JSON.parse(text)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return vault.restore(text);
  }
}

/** Says no and nothing else, as the middleware on a server does. */
function refuse(): Response {
  const body = JSON.stringify({ type: 'about:blank', title: 'Request refused', status: 403 });
  return new Response(body, { status: 403, headers: { 'content-type': 'application/problem+json' } });
}
