/**
 * What every middleware does with a request and its answer, whatever the server: judge, refuse, take out, guard the
 * answer. It sees bytes and headers, never a framework.
 *
 * @module
 */
import { type PlacedText, withTexts } from '../chat-texts.ts';
import { FirewallError, show } from '../errors.ts';
import type { GuardedMessages, GuardMessagesOptions } from '../exports.ts';
import type { Firewall, GuardStreamOptions } from '../firewall.ts';
import type { JudgedMessages, Judgement, SubjectState } from '../judgement.ts';
import type { Risk, Vault } from '../types.ts';
import type { Body } from './body-bytes.ts';
import { type Api, answerRefusal, Refusal, type WrittenRefusal, writeRefusal } from './refusal.ts';
import { isForm, parsedFormReading, type Reading, readingsOf, type WrittenBody } from './request-body.ts';
import { type Headed, type SubjectOption, subjectOf } from './subject.ts';

/** What a failure of the firewall itself means: nothing passes, or everything does. */
export type FailureMode = 'closed' | 'open';

/** @typeParam Request what the framework calls a request */
export interface RequestGuardOptions<Request> {
  /**
   * Finds the texts in a body, and who speaks in each: parsed JSON, a list of a form's `[name, value]`, or a list with
   * the text alone. Defaults to the shapes of OpenAI, Anthropic, Gemini and the Vercel AI SDK, roles as they say.
   */
  readonly texts?: (body: unknown) => readonly PlacedText[];
  /** Larger bodies are refused with 413. Bytes; defaults to 1 MiB. */
  readonly maxBytes?: number;
  /** Milliseconds for the whole verdict, after which tier 1's word stands. */
  readonly deadlineMs?: number;
  /** How much hangs on texts in doubt: `low` passes them now, `high` waits for a verifier. Where absent the policy says (`onGrey`). */
  readonly risk?: Risk;
  /** What remembers who tried, as `openJudgement` gives it: refuses the banned, has verified later what passes in doubt. */
  readonly judgement?: JudgementPort;
  /** With `judgement`: who asks. Where nobody is named, nobody is banned. */
  readonly subject?: SubjectOption<Request>;
  /** Guards the answer too, streamed or not: what `firewall.guardResponse` takes, or what gives it. The request's vault is known. Off where absent. */
  readonly answer?: GuardStreamOptions | ((request: Request) => GuardStreamOptions | Promise<GuardStreamOptions>);
  /** True: judge and report, refuse and change nothing. Defaults to the policy's `observe`. */
  readonly observe?: boolean;
  /** When the firewall itself fails: `'closed'` (default) answers 503, `'open'` lets pass. A function is told why and says which. */
  readonly onFailure?: FailureMode | ((error: unknown) => FailureMode);
  /** Whose errors the client expects. By default the path and the headers tell. */
  readonly api?: Api;
  /** Adds a `Server-Timing` header with the milliseconds spent. Off by default: it tells an attacker how hard a text was. */
  readonly timing?: boolean;
}

/** What adapters need of a judgement over time. */
export type JudgementPort = Pick<Judgement, 'guard' | 'guardMessages'>;

/** What the guard found in a request. */
export interface Guarded extends Omit<GuardedMessages<unknown>, 'messages'> {
  /** The body as it is passed on: parsed JSON, a list of a form's `[name, value]`, or text. Absent when there is none. */
  readonly body?: unknown;
  /** How the sender stood; absent where nobody was named. Of one who is refused nothing was read. */
  readonly subject?: SubjectState;
  /** Ids of the texts that pass in doubt and wait for a verdict. */
  readonly jobs?: readonly string[];
  /** Milliseconds the verdict took. */
  readonly spentMs: number;
  /** Why it was not judged, where `onFailure` lets it pass. */
  readonly failure?: unknown;
}

const GUARDED_NOTHING: Guarded = { action: 'allow', degraded: false, texts: [], spentMs: 0 };

/** A request as it arrived. */
export interface Arrived extends Headed {
  readonly path: string;
  /** As it came, or as an earlier parser left it; absent when there is none. */
  readonly body?: Body | { readonly parsed: object } | undefined;
  /** Aborts when the client goes away. Most requests are judged at once, and nobody asks for it. */
  signal(): AbortSignal;
}

export interface Judged {
  readonly guarded: Guarded;
  /** Set when it may not pass. */
  readonly refusal?: Refusal;
  /** The body to pass on instead; absent when it passes as it came. */
  readonly replaced?: WrittenBody;
}

/** What an answer answers. */
export interface AnswerContext<Request> {
  readonly request: Request;
  readonly arrived: Arrived;
  readonly guarded: Guarded;
  /** True of bytes that are compressed, so that nobody can read them here. */
  readonly isEncoded?: boolean;
}

export interface RequestGuard<Request> {
  readonly maxBytes: number;
  readonly guardsAnswers: boolean;
  /** @throws {Refusal} when the request cannot be judged */
  judge(arrived: Arrived, request: Request): Promise<Judged>;
  refuse(refusal: Refusal, arrived: Pick<Arrived, 'path' | 'header'>): WrittenRefusal;
  /** The answer guarded; one that cannot be is refused or passes, as `onFailure` says. */
  answer(response: Response, context: AnswerContext<Request>): Promise<Response>;
  /** The value of a `Server-Timing` header, where one is wanted. */
  timing(guarded: Guarded): string | undefined;
}

const ONE_MIB = 1024 * 1024;

/** @throws {FirewallError} `FW_OPTIONS` */
export function createRequestGuard<Request>(
  firewall: Firewall,
  options: RequestGuardOptions<Request> = {},
): RequestGuard<Request> {
  const { texts, maxBytes = ONE_MIB, deadlineMs, answer, observe = false, onFailure = 'closed', api } = options;
  const { risk, judgement, subject } = options;
  if (!(maxBytes > 0)) {
    throw new FirewallError('FW_OPTIONS', `guard: maxBytes must be a positive number; got ${show(maxBytes)}`);
  }
  if (typeof onFailure !== 'function' && onFailure !== 'closed' && onFailure !== 'open') {
    throw new FirewallError(
      'FW_OPTIONS',
      `guard: onFailure must be 'closed', 'open' or a function; got ${show(onFailure)}`,
    );
  }
  if (risk !== undefined && risk !== 'low' && risk !== 'high') {
    throw new FirewallError('FW_OPTIONS', `guard: risk must be 'low' or 'high'; got ${show(risk)}`);
  }
  if (subject !== undefined && judgement === undefined) {
    throw new FirewallError(
      'FW_OPTIONS',
      'guard: expected judgement beside subject; got none. `openJudgement` of edgeward/judgement gives one',
    );
  }
  const changesNothing = observe || firewall.policy.observe;
  const own = { ...(deadlineMs !== undefined && { deadlineMs }), ...(risk && { risk }) };

  /** @throws {Refusal} unless the failure is to be overlooked, or the client's own */
  function overlook(error: unknown, { signal }: Arrived): void {
    if (signal().aborted) throw new Refusal(499, 'Request was given up', { cause: error });
    const mode = typeof onFailure === 'function' ? onFailure(error) : onFailure;
    if (mode !== 'open') throw new Refusal(503, 'Request could not be checked', { cause: error });
  }

  async function judgeBody(
    value: object,
    limits: GuardMessagesOptions,
    who: string | undefined,
  ): Promise<JudgedMessages<object>> {
    if (judgement !== undefined) {
      const { signal } = limits;
      const asking = { ...limits, ...(signal && { signal }), ...(who !== undefined && { subject: who }) };
      return judgement.guardMessages(value, { ...asking, firewall });
    }
    const guarded = await firewall.guardMessages(value, limits);
    return { action: guarded.action, guarded, jobs: [] };
  }

  async function judge(arrived: Arrived, request: Request): Promise<Judged> {
    const { header, body } = arrived;
    // Outside of what is overlooked: a mistake in the caller's own functions is the caller's.
    const who = subject && (await subjectOf(request, arrived, subject));
    const began = performance.now();
    let guarded: Guarded = GUARDED_NOTHING;
    let replaced: WrittenBody | undefined;
    for (const reading of await readingsFor(body, header, who !== undefined)) {
      const placed = texts?.(reading.value);
      const limits = new Limits(arrived, {
        ...own,
        ...(guarded.vault && { vault: guarded.vault }),
        ...(placed && { texts: () => placed }),
      });
      try {
        const { action, guarded: found, subject: standing, jobs } = await judgeBody(reading.value, limits, who);
        const { messages, ...rest } = found ?? { ...GUARDED_NOTHING, messages: reading.value };
        const value = changesNothing ? reading.value : messages;
        guarded = {
          ...rest,
          action,
          degraded: guarded.degraded || rest.degraded,
          ...(body !== undefined && { body: reading.shown(value) }),
          ...(standing && { subject: standing }),
          ...(judgement && { jobs: [...(guarded.jobs ?? []), ...jobs] }),
          spentMs: performance.now() - began,
        };
        if (action === 'block' && !changesNothing) return { guarded, refusal: new Refusal(403, 'Request refused') };
        if (value !== reading.value || reading.ambiguous) replaced = await reading.write(value);
      } catch (failure) {
        overlook(failure, arrived);
        return { guarded: { ...GUARDED_NOTHING, body: reading.shown(reading.value), failure } };
      }
    }
    return { guarded, ...(replaced && { replaced }) };
  }

  const apiFor = ({ path, header }: Pick<Arrived, 'path' | 'header'>): Api => api ?? apiOf(path, header);

  return {
    maxBytes,
    guardsAnswers: answer !== undefined,
    judge,
    refuse: (refusal, arrived) => writeRefusal(refusal, apiFor(arrived)),
    async answer(response, { request, arrived, guarded: { vault }, isEncoded = false }) {
      const asked = typeof answer === 'function' ? await answer(request) : answer;
      try {
        if (isEncoded) {
          throw new FirewallError(
            'FW_STREAM',
            'guard: an answer must reach the guard uncompressed; let what compresses come before the guard, so that it is the last to write',
          );
        }
        return await firewall.guardResponse(response, { signal: arrived.signal(), ...(vault && { vault }), ...asked });
      } catch (failure) {
        try {
          overlook(failure, arrived);
          return response;
        } catch (refusal) {
          void response.body?.cancel().catch(() => undefined);
          return answerRefusal(refusal as Refusal, apiFor(arrived));
        }
      }
    },
    timing: ({ spentMs }) => (options.timing ? `edgeward;dur=${spentMs.toFixed(3)}` : undefined),
  };
}

/**
 * What the texts of one request are judged under. Its signal is asked for where a text waits, which few do. A class, for
 * of a literal's getter V8 makes a shape that keeps the request until the next full collection.
 */
class Limits implements GuardMessagesOptions {
  readonly deadlineMs?: number;
  readonly risk?: Risk;
  readonly vault?: Vault;
  readonly texts?: (messages: unknown) => readonly PlacedText[];
  readonly #arrived: Arrived;

  constructor(arrived: Arrived, given: Omit<GuardMessagesOptions, 'signal'>) {
    this.#arrived = arrived;
    Object.assign(this, given);
  }

  get signal(): AbortSignal {
    return this.#arrived.signal();
  }
}

/** Every way to read a body. Of a request without one, nothing; but who sent it may be banned. */
async function readingsFor(
  body: Arrived['body'],
  header: Arrived['header'],
  isNamed: boolean,
): Promise<readonly Reading[]> {
  if (body === undefined) return isNamed ? [parsedReading([], '')] : [];
  const type = header('content-type') ?? '';
  if ('parsed' in body) return [parsedReading(body.parsed, type)];
  return readingsOf(body, { type, encoding: header('content-encoding') ?? '' });
}

/** What an earlier parser left: a form's fields are all texts, of JSON the known shapes tell. */
function parsedReading(parsed: object, type: string): Reading {
  if (!isForm(type)) return { value: parsed, shown: (value) => value, write: noBytes };
  const { value, places } = parsedFormReading(parsed);
  const shown = (fields: object): unknown =>
    withTexts(
      parsed,
      places.map((path, i) => ({ path, text: (fields as typeof value)[i]![1] })),
    );
  return { value, shown, write: noBytes };
}

/** A parsed body is handed on as the value that is shown. */
function noBytes(): WrittenBody {
  return { bytes: new Uint8Array() };
}

/** Narrower than the proxy's table: a middleware stands before an app's own routes too, where `/api/x` is no model's. */
const BY_PATH: readonly (readonly [path: RegExp, api: Api])[] = [
  [/\/models\/[^/]+:[a-z]+$/i, 'gemini'],
  [/\/v1\/(?:messages|complete)(?:\/count_tokens|\/batches)?\/?$/i, 'anthropic'],
  [/\/(?:chat\/completions|completions|responses|embeddings)\/?$/i, 'openai'],
  [/\/api\/(?:chat|generate|embed|embeddings)\/?$/i, 'ollama'],
];

function apiOf(path: string, header: Arrived['header']): Api {
  const known = BY_PATH.find(([wanted]) => wanted.test(path));
  if (known !== undefined) return known[1];
  if (header('anthropic-version')) return 'anthropic';
  return header('x-goog-api-key') ? 'gemini' : 'plain';
}
