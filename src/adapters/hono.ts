/**
 * Hono middleware: judges the texts of a request, takes out of them what the policy says, guards the answer.
 *
 * It never sees the engine. It takes a `Firewall`, so it runs wherever Hono does.
 *
 * @module
 */
import type { Context, MiddlewareHandler } from 'hono';
import { type ChatText, chatTexts, type PlacedText, placedTexts } from '../chat-texts.ts';
import type { Firewall } from '../firewall.ts';
import type { Outcome } from '../types.ts';
import { announcedBytes, bodyOf, collect } from './body-bytes.ts';
import { giveBody, givenBody, requestBefore } from './hono-request.ts';
import { Refusal } from './refusal.ts';
import type { WrittenBody } from './request-body.ts';
import { type Arrived, createRequestGuard, type Guarded, type RequestGuardOptions } from './request-guard.ts';
import type { NamedSubject, SubjectOption } from './subject.ts';

export { type ChatText, chatTexts, type Guarded, type NamedSubject, type PlacedText, placedTexts, type SubjectOption };

export interface GuardOptions extends RequestGuardOptions<Context> {
  /**
   * Answers a blocked request. By default 403 in the shape of the API's own errors, without a reason.
   *
   * @param outcome of the worst text; absent where a banned sender was not read
   */
  readonly onBlock?: (c: Context, outcome: Outcome | undefined) => Response | Promise<Response>;
}

/** Context variables the middleware sets. */
export interface GuardVariables {
  edgeward: Guarded;
}

/**
 * @example
 * ```ts
 * const app = new Hono<{ Variables: GuardVariables }>();
 * app.use('/chat/*', guard(await createFirewall(), { answer: {} }));
 * app.post('/chat', async (c) => model.reply(await c.req.json())); // what the policy takes out is gone
 * ```
 * @throws {FirewallError} `FW_OPTIONS`
 */
export function guard(
  firewall: Firewall,
  options: GuardOptions = {},
): MiddlewareHandler<{ Variables: GuardVariables }> {
  const requests = createRequestGuard(firewall, options);
  const { onBlock } = options;

  return async function guard(c, next) {
    const { req } = c;
    const arrived: Arriving = {
      path: req.path,
      query: (name) => req.query(name),
      header: (name) => req.header(name),
      signal: () => requestBefore(req).signal,
      body: undefined,
    };
    const refuse = (refusal: Refusal): Response => {
      const { status, type, body } = requests.refuse(refusal, arrived);
      return c.body(body, status as 403, { 'content-type': type });
    };
    let guarded: Guarded;
    try {
      await readBody(c, arrived, requests.maxBytes);
      const judged = await requests.judge(arrived, c);
      guarded = judged.guarded;
      c.set('edgeward', guarded);
      if (judged.refusal !== undefined) return await (onBlock?.(c, guarded.outcome) ?? refuse(judged.refusal));
      if (judged.replaced !== undefined) replaceBody(c, judged.replaced);
    } catch (error) {
      if (error instanceof Refusal) return refuse(error);
      throw error;
    }
    await next();
    if (requests.guardsAnswers) {
      const answer = await requests.answer(c.res, { request: c, arrived, guarded });
      c.res = undefined; // or Hono puts the old headers back, the length among them
      c.res = answer;
    }
    const timing = requests.timing(guarded);
    if (timing !== undefined) c.res.headers.append('Server-Timing', timing);
    return undefined;
  };
}

/** A request whose body is being read. */
type Arriving = { -readonly [Name in keyof Arrived]: Arrived[Name] };

/**
 * Reads the body and gives it back, so that the handler finds the request as it arrived and may pass it on.
 *
 * @throws {Refusal} 413
 */
async function readBody(c: Context, arrived: Arriving, maxBytes: number): Promise<void> {
  const given = givenBody(c.req);
  if (given !== undefined) {
    if (given.bytes.length > maxBytes) throw tooLarge();
    arrived.body = given;
    return;
  }
  const { raw } = c.req;
  if (raw.method === 'GET' || raw.method === 'HEAD') return;
  if (raw.bodyUsed) return readAgain(c, arrived);
  const length = announcedBytes(raw.headers);
  if (length !== undefined && length > maxBytes) throw tooLarge();
  // Of a body without a length, its stream must be asked for, which costs a server much.
  if (length === undefined && raw.body === null) return;
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes =
      length === undefined
        ? await collect(raw.body!.getReader(), maxBytes, tooLarge)
        : new Uint8Array(await raw.arrayBuffer());
  } catch (cause) {
    if (raw.signal.aborted || isReset(cause)) throw new Refusal(499, 'Request was given up', { cause });
    throw cause;
  }
  if (bytes.length > maxBytes) throw tooLarge();
  arrived.body = bodyOf(bytes);
  giveBody(c, arrived.body);
}

/** A server may hear of the end of a connection before the request's signal does. */
function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

/** What an earlier middleware has read is in memory already, and left with Hono. */
async function readAgain({ req }: Context, arrived: Arriving): Promise<void> {
  const form = await req.bodyCache.formData;
  if (form === undefined) {
    arrived.body = bodyOf(new Uint8Array(await req.arrayBuffer()));
    return;
  }
  const response = new Response(form);
  const type = response.headers.get('content-type');
  arrived.header = (name) => (name === 'content-type' ? type : req.header(name));
  arrived.body = bodyOf(new Uint8Array(await response.arrayBuffer()));
}

/** Another body instead. */
function replaceBody(c: Context, { bytes, type }: WrittenBody): void {
  const headers = new Headers(c.req.header());
  if (headers.has('content-length')) headers.set('content-length', String(bytes.length));
  if (type !== undefined) headers.set('content-type', type);
  giveBody(c, bodyOf(bytes), headers);
}

function tooLarge(): Refusal {
  return new Refusal(413, 'Request body too large');
}
