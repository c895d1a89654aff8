/**
 * A reverse proxy before a language model's API: judges what is asked, sends on what was judged and nothing else, and
 * guards what is answered.
 *
 * @module
 */
import { Hono } from 'hono';
import { type ChatText, rank } from '../../chat-texts.ts';
import type { AnswerReport, Channel, Firewall, GuardMessagesOptions, InspectOptions, Outcome } from '../../exports.ts';
import type { JudgedMessages } from '../../judgement.ts';
import { answerRefusal, Refusal } from '../refusal.ts';
import { subjectOf } from '../subject.ts';
import { readJson } from './body.ts';
import { AS_IT_CAME, forward, readAhead, relayed, type Sent } from './forward.ts';
import { type Answered, type Asker, type ProxyOptions, type Route, resolveProxy, type Settings } from './options.ts';
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
  const headed = {
    header: (name: string) => request.headers.get(name),
    query: (name: string) => url.searchParams.get(name),
  };
  const subject = route.subject && (await subjectOf(request, headed, route.subject));
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
  const began = performance.now();
  const limits = { ...settings.inspect, signal: asker.request.signal };
  const { texts, names } = bodyTexts(body, { ...route, limits: settings.limits });
  // Without a body too: its sender may be banned.
  const judged = await judgeBody(exchange, body ?? [], { ...limits, texts: () => texts });
  const { guarded, subject: standing } = judged;
  const jobs = [...judged.jobs];
  let { action } = judged;
  let worst = guarded?.outcome;
  let degraded = guarded?.degraded ?? false;
  for (const { text, channel } of guarded === undefined ? [] : [...names, ...queryTexts(url)]) {
    const { outcome, job } = await judgeText(exchange, text, channel, limits);
    if (job !== undefined) jobs.push(job);
    if (outcome === undefined) {
      action = 'block';
      break;
    }
    if (worst === undefined || rank(outcome) > rank(worst)) worst = outcome;
    degraded ||= outcome.decision.scan.degraded;
    // A name cannot be replaced: what should be taken out of it may not pass.
    if (outcome.text !== text) action = 'block';
  }
  exchange.judgedMs = performance.now() - began;
  await settings.onJudged?.({
    ...asker,
    action,
    degraded,
    ...(worst && { outcome: worst }),
    ...(body && guarded && { guarded }),
    ...(standing && { standing }),
    ...(settings.judgement && { jobs }),
  });
  if (action === 'block') throw refused();
  exchange.question = {
    vault: guarded?.vault,
    protect: systemTexts(texts),
    conversation: texts.flatMap(({ text, channel }) => (channel === 'system' || channel === 'model' ? [] : [text])),
  };
  return body && guarded && JSON.stringify(guarded.messages);
}

async function judgeBody(
  { settings: { judgement }, route: { firewall, risk }, asker: { subject } }: Exchange,
  body: object,
  limits: GuardMessagesOptions,
): Promise<JudgedMessages<object>> {
  const own = { ...limits, ...(risk && { risk }) };
  if (judgement !== undefined) return judgement.guardMessages(body, { ...own, firewall, ...(subject && { subject }) });
  const guarded = await firewall.guardMessages(body, own);
  return { action: guarded.action, guarded, jobs: [] };
}

async function judgeText(
  { settings: { judgement }, route: { firewall, risk }, asker: { subject } }: Exchange,
  text: string,
  channel: Channel,
  limits: InspectOptions,
): Promise<{ readonly outcome?: Outcome; readonly job?: string }> {
  const from = { channel, ...(risk && { risk }) };
  if (judgement !== undefined)
    return judgement.guard(text, { ...from, ...(subject && { subject }) }, { ...limits, firewall });
  return { outcome: await firewall.guard(text, from, limits) };
}

function queryTexts({ searchParams }: URL): ChatText[] {
  return [...searchParams].flat().flatMap((text) => (isWordy(text) ? [{ text, channel: 'user' as const }] : []));
}

async function answerOf(exchange: Exchange, body: Sent): Promise<Response> {
  const { settings, route, url, asker } = exchange;
  const { response, headers, done } = await forward(asker.request, targetOf(route.upstream, url), body, settings);
  const { status, statusText } = response;
  const init = { status, statusText, headers };
  const finish = (report?: AnswerReport): void => {
    done();
    exchange.finish({ status, by: 'upstream', ...(report && { report }) });
  };
  try {
    if (response.body === null) {
      finish();
      return new Response(null, init);
    }
    const { idleMs } = settings.limits;
    const reads = route.mode === 'guard' && route.answers !== 'vectors' && response.ok;
    if (!reads) return new Response(relayed(response.body, idleMs, finish), init);
    const isJson = JSON_TYPE.test(headers.get('content-type') ?? '');
    const source = isJson ? await readAhead(response.body, idleMs) : response.body;
    if (typeof source === 'string') {
      const { text, report } = await guardJson(exchange, source);
      headers.delete('content-length');
      if (text !== source) for (const name of OF_BYTES) headers.delete(name);
      finish(report);
      return new Response(text, init);
    }
    const plain = new Response(source as BodyInit, init);
    const guarded = await route.firewall.guardResponse(plain, { ...exchange.question, idleMs, onEnd: finish });
    if (guarded !== plain) return guarded;
    // Nothing that could be guarded: an API that answers texts should not.
    if (route.answers === 'text') {
      void source.cancel().catch(() => undefined);
      throw unreadable();
    }
    return new Response(relayed(source, idleMs, finish), init);
  } catch (cause) {
    done();
    if (cause instanceof Refusal) throw cause;
    throw unreadable(cause);
  }
}

const JSON_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json\b/i;
/** Headers that are of an answer's very bytes. */
const OF_BYTES = ['etag', 'content-md5', 'content-digest', 'digest'];

async function guardJson(
  { route, question }: Exchange,
  source: string,
): Promise<{ text: string; report?: AnswerReport }> {
  if (source.trim() === '') return { text: source };
  const body: unknown = JSON.parse(source);
  const { answer, report } = await route.firewall.guardAnswer(body, question);
  const text = JSON.stringify(answer);
  return { text: text === JSON.stringify(body) ? source : text, report };
}

function unreadable(cause?: unknown): Refusal {
  return new Refusal(502, 'The upstream answered with something that cannot be read', { cause });
}

function targetOf(upstream: URL, { pathname, search }: URL): string {
  return upstream.href.replace(/\/$/, '') + pathname + search;
}
