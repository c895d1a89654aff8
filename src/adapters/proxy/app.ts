/**
 * A reverse proxy before a language model's API: judges what is asked, sends on what was judged and nothing else, and
 * guards what is answered.
 *
 * @module
 */
import { Hono } from 'hono';
import { type ChatText, rank } from '../../chat-texts.ts';
import type { AnswerReport, Firewall } from '../../exports.ts';
import { answerRefusal, Refusal } from '../refusal.ts';
import { readJson } from './body.ts';
import { AS_IT_CAME, forward, relayed, type Sent } from './forward.ts';
import { type Answered, type Asker, type ProxyOptions, type Route, resolveProxy, type Settings } from './options.ts';
import { subjectOf } from './subject.ts';
import { bodyTexts, isWordy, systemTexts } from './texts.ts';

/**
 * Any path goes to the upstream, but for `/-/health` and `/-/ready`.
 *
 * @throws {FirewallError} `FW_OPTIONS`
 * @example
 * ```ts
 * const proxy = createProxy({ firewall: await createFirewall(), upstream: 'https://api.openai.com' });
 * export default { fetch: proxy.fetch }; // and new OpenAI({ baseURL: 'https://guard.example/v1' })
 * ```
 */
export function createProxy(options: ProxyOptions): Hono {
  const settings = resolveProxy(options);
  const app = new Hono();
  app.get('/-/health', (c) => c.json({ status: 'ok' }));
  app.get('/-/ready', (c) => (settings.isReady() ? c.json({ status: 'ok' }) : c.json({ status: 'not ready' }, 503)));
  app.all('*', (c) => answer(c.req.raw, settings));
  return app;
}

/** One request on its way. */
interface Exchange {
  readonly settings: Settings;
  readonly route: Route;
  readonly url: URL;
  readonly asker: Asker;
  /** What the answer's guard should know of the question; filled by the judging. */
  question: Question;
  judgedMs?: number;
  /** Tells how it ended; what is said after the first time is not heard. */
  finish(how: Pick<Answered, 'status' | 'by' | 'report'>): void;
}

type Question = Pick<NonNullable<Parameters<Firewall['guardResponse']>[1]>, 'vault' | 'protect' | 'conversation'>;

async function answer(request: Request, settings: Settings): Promise<Response> {
  const began = performance.now();
  const url = new URL(request.url);
  const route = settings.routeOf(url.pathname, request.headers);
  const subject = route.subject === undefined ? undefined : await subjectOf(request, route.subject);
  let isOver = false;
  const exchange: Exchange = {
    settings,
    route,
    url,
    asker: { request, api: route.api, ...(subject !== undefined && { subject }) },
    question: {},
    finish(how) {
      if (isOver) return;
      isOver = true;
      const { asker, judgedMs } = exchange;
      const tookMs = performance.now() - began;
      settings.onAnswered?.({ ...asker, ...how, tookMs, ...(judgedMs !== undefined && { judgedMs }) });
    },
  };
  try {
    if (settings.admit !== undefined && !(await settings.admit(exchange.asker))) throw refused();
    return await answerOf(exchange, await bodyToSend(exchange));
  } catch (error) {
    const refusal = request.signal.aborted ? new Refusal(499, 'The client went away') : error;
    if (!(refusal instanceof Refusal)) throw error;
    exchange.finish({ status: refusal.status, by: 'proxy' });
    return answerRefusal(refusal, route.api);
  }
}

/** Says no and nothing else: a reason would teach the sender which words to change. */
function refused(): Refusal {
  return new Refusal(403, 'Request refused');
}

/** Methods the proxy knows; a tunnel or a trace is none of its business. */
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
/** Ways to write a path that a server behind may read as another one. */
const ODD_PATH = /\/\/|\\|;|%(?:2[ef5]|5c|3b|[01][0-9a-f]|7f)/i;

/** @throws {Refusal} for what is not served, cannot be read or may not pass */
async function bodyToSend(exchange: Exchange): Promise<Sent> {
  const { route, url, settings, asker } = exchange;
  const { request } = asker;
  const { method, headers } = request;
  if (!METHODS.has(method) || headers.has('upgrade')) throw new Refusal(501, 'Not served');
  if (route.mode === 'refuse') throw new Refusal(404, 'Not found');
  if (!hasBody(request)) {
    if (route.mode === 'guard') await judge(exchange, undefined);
    return undefined;
  }
  if (method === 'GET' || method === 'HEAD') throw new Refusal(400, `Expected no body with ${method}`);
  if (ODD_PATH.test(url.pathname)) throw new Refusal(400, 'Expected a plain path');
  if (route.mode === 'pass') return AS_IT_CAME;
  const body = await readJson(request, settings.limits, settings.decoders);
  if (body !== undefined && (typeof body !== 'object' || body === null)) {
    throw new Refusal(400, 'Expected a JSON object or array');
  }
  return judge(exchange, body);
}

function hasBody(request: Request): boolean {
  const { method, headers } = request;
  if (method === 'POST') return true; // asking for the body itself costs a stream
  if (method !== 'GET' && method !== 'HEAD') return request.body !== null;
  return headers.has('transfer-encoding') || Number(headers.get('content-length') ?? 0) !== 0;
}

/** @returns the body as it was judged, written anew: what two parsers would read differently does not survive */
async function judge(exchange: Exchange, body: object | undefined): Promise<string | undefined> {
  const { route, settings, asker, url } = exchange;
  const { firewall, risk } = route;
  const began = performance.now();
  const options = { ...settings.inspect, signal: asker.request.signal };
  const { texts, names } = bodyTexts(body, { ...route, limits: settings.limits });
  const guarded =
    body === undefined ? undefined : await firewall.guardMessages(body, { ...options, texts: () => texts });
  let action = guarded?.action ?? 'allow';
  let worst = guarded?.outcome;
  for (const { text, channel } of [...names, ...queryTexts(url)]) {
    const outcome = await firewall.guard(text, { channel }, options);
    if (worst === undefined || rank(outcome) > rank(worst)) worst = outcome;
    // A name cannot be replaced: what should be taken out of it may not pass.
    if (outcome.text !== text) action = 'block';
  }
  if (risk === 'high' && worst?.decision.action === 'verify' && !firewall.policy.observe) action = 'block';
  exchange.judgedMs = performance.now() - began;
  await settings.onJudged?.({ ...asker, action, ...(worst && { outcome: worst }), ...(guarded && { guarded }) });
  if (action === 'block') throw refused();
  exchange.question = {
    vault: guarded?.vault,
    protect: systemTexts(texts),
    conversation: texts.flatMap(({ text, channel }) => (channel === 'system' || channel === 'model' ? [] : [text])),
  };
  return guarded && JSON.stringify(guarded.messages);
}

function queryTexts({ searchParams }: URL): ChatText[] {
  return [...searchParams].flat().flatMap((text) => (isWordy(text) ? [{ text, channel: 'user' as const }] : []));
}

async function answerOf(exchange: Exchange, body: Sent): Promise<Response> {
  const { settings, route, url, asker, question } = exchange;
  const { limits } = settings;
  const { response, done } = await forward(asker.request, targetOf(route.upstream, url), body, settings);
  const { status } = response;
  const finish = (report?: AnswerReport): void => {
    done();
    exchange.finish({ status, by: 'upstream', ...(report && { report }) });
  };
  if (response.body === null) {
    finish();
    return response;
  }
  const isJson = /^application\/(?:[a-z0-9.-]+\+)?json\b/i.test(response.headers.get('content-type') ?? '');
  let report: AnswerReport | undefined;
  /** False while the answer is read ahead, and its status may still change. */
  let hasLeft = !isJson;
  const reads = route.mode === 'guard' && route.answers !== 'vectors';
  const guarded = reads
    ? await route.firewall.guardResponse(response, {
        ...question,
        idleMs: limits.idleMs,
        onEnd(ended) {
          report = ended;
          if (hasLeft) finish(report);
        },
      })
    : response;
  if (guarded === response) {
    if (reads && response.ok && route.answers === 'text') {
      done();
      void response.body.cancel().catch(() => undefined);
      throw new Refusal(502, 'The upstream answered with something that cannot be read');
    }
    return new Response(relayed(response.body, limits.idleMs, finish), response);
  }
  if (!isJson) return guarded;
  try {
    const ahead = await readAhead(guarded.body!);
    if (ahead instanceof Uint8Array) finish(report);
    else hasLeft = true;
    return new Response(ahead as BodyInit, guarded);
  } catch (cause) {
    done();
    throw new Refusal(502, 'The upstream answered with something that cannot be read', { cause });
  }
}

function targetOf(upstream: URL, { pathname, search }: URL): URL {
  const to = new URL(upstream);
  to.pathname = upstream.pathname.replace(/\/$/, '') + pathname;
  to.search = search;
  return to;
}

const BRACKET = '['.charCodeAt(0);

/**
 * A JSON answer leaves whole or, where it cannot be guarded, not at all; only an array, which Gemini streams, leaves
 * as it grows.
 */
async function readAhead(body: ReadableStream<Uint8Array>): Promise<Uint8Array | ReadableStream<Uint8Array>> {
  const reader = body.getReader();
  const { done, value } = await reader.read();
  if (done) return new Uint8Array();
  if (value[0] === BRACKET) {
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => controller.enqueue(value),
        async pull(controller) {
          const next = await reader.read();
          if (next.done) controller.close();
          else controller.enqueue(next.value);
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }
  // The guard gives what is no array in one piece; the rest of it is its end.
  await reader.read();
  return value;
}
