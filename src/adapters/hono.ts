/**
 * Hono middleware: reads the texts of a request, asks the firewall, answers.
 *
 * It never sees the engine. It takes a `Firewall`, so it runs wherever Hono does.
 *
 * @module
 */
import type { Context, MiddlewareHandler, Next } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type ChatText, chatTexts, rank } from '../chat-texts.ts';
import type { Firewall, GuardStreamOptions } from '../firewall.ts';
import type { Outcome } from '../types.ts';

export { type ChatText, chatTexts };

export interface GuardOptions {
  /** Finds the texts to judge. Defaults to the JSON shapes `chatTexts` knows, form fields, and the whole body of anything else. An empty list lets the request through; a `SyntaxError` answers 400. */
  readonly texts?: (c: Context) => Promise<readonly ChatText[]> | readonly ChatText[];
  /** Larger bodies are refused with 413. Bytes; defaults to 1 MiB. */
  readonly maxBytes?: number;
  /** Guards the answer too, streamed or not: what `firewall.guardResponse` takes, or what gives it. Off where absent. */
  readonly answer?: GuardStreamOptions | ((c: Context) => GuardStreamOptions | Promise<GuardStreamOptions>);
  /** True: judge and report through the context variable, refuse nothing. Defaults to the policy's `observe`. */
  readonly observe?: boolean;
  /** Adds a `Server-Timing` header with the milliseconds spent. Off by default: it tells an attacker how hard a text was. */
  readonly timing?: boolean;
  /** Answers a blocked request. Defaults to 403 with an opaque body. */
  readonly onBlock?: (c: Context, outcome: Outcome) => Response | Promise<Response>;
}

/** Context variables the middleware sets. */
export interface GuardVariables {
  /** The outcome of the request's worst text; absent when there was none. */
  outcome?: Outcome;
}

const ONE_MIB = 1024 * 1024;

/**
 * @example
 * ```ts
 * app.use('/chat/*', guard(await createFirewall()));
 * app.post('/chat', async (c) => model.reply(await c.req.json()));
 * ```
 */
export function guard(
  firewall: Firewall,
  options: GuardOptions = {},
): MiddlewareHandler<{ Variables: GuardVariables }> {
  const { texts = bodyTexts, maxBytes = ONE_MIB, observe = false, timing = false, answer, onBlock = refuse } = options;
  const limit = bodyLimit({ maxSize: maxBytes, onError: (c) => problem(c, 413, 'Request body too large') });

  async function judge(c: Context<{ Variables: GuardVariables }>, next: Next): Promise<Response | undefined> {
    let found: readonly ChatText[];
    try {
      found = await texts(c);
    } catch (error) {
      if (error instanceof SyntaxError) return problem(c, 400, 'Request body is not what its type says');
      throw error;
    }
    const began = performance.now();
    let worst: Outcome | undefined;
    for (const { text, channel } of found) {
      const outcome = await firewall.guard(text, { channel });
      if (worst === undefined || rank(outcome) > rank(worst)) worst = outcome;
      if (outcome.action === 'block') break;
    }
    const spentMs = performance.now() - began;
    if (worst !== undefined) c.set('outcome', worst);
    if (worst?.action === 'block' && !observe) return onBlock(c, worst);
    await next();
    if (answer !== undefined) {
      const guarded = await firewall.guardResponse(c.res, typeof answer === 'function' ? await answer(c) : answer);
      c.res = undefined; // or Hono puts the old headers back, the length among them
      c.res = guarded;
    }
    if (timing) c.res.headers.append('Server-Timing', `edgeward;dur=${spentMs.toFixed(3)}`);
    return undefined;
  }

  return async function guard(c, next) {
    // What an earlier middleware has read is in memory already: too late for a limit.
    if (c.req.raw.bodyUsed) return judge(c, next);
    let refused: Response | undefined;
    const limited = await limit(c, async () => {
      refused = await judge(c, next);
    });
    return limited ?? refused;
  };
}

/**
 * The body as whoever handles the request later might read it. Labels are the sender's word: JSON is judged as
 * JSON whatever its label, and what is labeled a form is judged as a form too.
 *
 * Reads a copy, so that the handler finds the request as it arrived and may pass it on.
 *
 * @throws {SyntaxError} when the body is not what its label says
 */
async function bodyTexts(c: Context): Promise<readonly ChatText[]> {
  if (c.req.raw.body === null) return [];
  const type = c.req.header('content-type') ?? '';
  const isForm = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(type);
  const body = await copyOf(c).text();
  const form = isForm ? await formTexts(copyOf(c)) : [];
  try {
    return [...chatTexts(JSON.parse(body)), ...form];
  } catch (error) {
    if (isForm) return form;
    if (/\bjson\b/i.test(type)) throw error;
    return chatTexts(body);
  }
}

/** What to read instead of the request; an earlier middleware that has read it left its text with Hono. */
function copyOf(c: Context): Pick<Request, 'text' | 'formData'> {
  return c.req.raw.bodyUsed ? c.req : c.req.raw.clone();
}

async function formTexts(request: Pick<Request, 'formData'>): Promise<readonly ChatText[]> {
  let form: FormData;
  try {
    form = await request.formData();
  } catch (cause) {
    throw new SyntaxError('the body is no form', { cause });
  }
  return [...form].flatMap(([name, value]) => [
    ...chatTexts(name),
    ...(typeof value === 'string' ? chatTexts(value) : []),
  ]);
}

/** Says no and nothing else: a rule id in the body would teach the sender which words to change. */
function refuse(c: Context): Response {
  return problem(c, 403, 'Request refused');
}

/** RFC 9457 problem details. */
function problem(c: Context, status: 400 | 403 | 413, title: string): Response {
  return c.json({ type: 'about:blank', title, status }, status, { 'content-type': 'application/problem+json' });
}
