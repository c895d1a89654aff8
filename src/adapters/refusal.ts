/**
 * Saying no: what ends a request before it reaches the model, or instead of its answer.
 *
 * @module
 */

/** Whose errors a client expects. `plain` is problem details, RFC 9457. */
export type Api = 'openai' | 'anthropic' | 'gemini' | 'ollama' | 'plain';

export type RefusalStatus = 400 | 403 | 404 | 408 | 413 | 415 | 499 | 501 | 502 | 503 | 504;

/** Thrown within an adapter and answered at its door; never seen outside. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: RefusalStatus;

  /** @param message what the client reads. It tells nothing of rules, scores or the upstream */
  constructor(status: RefusalStatus, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** An answer as every server can write it. */
export interface WrittenRefusal {
  readonly status: RefusalStatus;
  readonly type: string;
  readonly body: string;
}

/** A refusal in the shape in which an API's own errors come, so that its SDKs raise their own error. */
export function writeRefusal({ status, message }: Refusal, api: Api): WrittenRefusal {
  const { body, type = 'application/json' } = SHAPES[api](status, message);
  return { status, type, body: JSON.stringify(body) };
}

export function answerRefusal(refusal: Refusal, api: Api): Response {
  const { status, type, body } = writeRefusal(refusal, api);
  return new Response(body, { status, headers: { 'content-type': type } });
}

interface Shaped {
  readonly body: unknown;
  readonly type?: string;
}

const SHAPES: Readonly<Record<Api, (status: RefusalStatus, message: string) => Shaped>> = {
  openai: (status, message) => ({
    body: {
      error: {
        message,
        type: status < 500 ? 'invalid_request_error' : 'server_error',
        param: null,
        code: status === 403 ? 'content_filter' : null,
      },
    },
  }),
  anthropic: (status, message) => ({
    body: { type: 'error', error: { type: ANTHROPIC.get(status) ?? FALLBACK(status), message } },
  }),
  gemini: (status, message) => ({
    body: { error: { code: status, message, status: GEMINI.get(status) ?? 'INVALID_ARGUMENT' } },
  }),
  ollama: (_status, message) => ({ body: { error: message } }),
  plain: (status, title) => ({ body: { type: 'about:blank', title, status }, type: 'application/problem+json' }),
};

const ANTHROPIC: ReadonlyMap<RefusalStatus, string> = new Map([
  [403, 'permission_error'],
  [404, 'not_found_error'],
  [413, 'request_too_large'],
  [503, 'overloaded_error'],
  [504, 'timeout_error'],
]);
const FALLBACK = (status: RefusalStatus): string => (status < 500 ? 'invalid_request_error' : 'api_error');

const GEMINI: ReadonlyMap<RefusalStatus, string> = new Map([
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [408, 'DEADLINE_EXCEEDED'],
  [499, 'CANCELLED'],
  [501, 'UNIMPLEMENTED'],
  [502, 'UNAVAILABLE'],
  [503, 'UNAVAILABLE'],
  [504, 'DEADLINE_EXCEEDED'],
]);
