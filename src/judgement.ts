/**
 * `edgeward/judgement`: composition for judgement over time. A text in doubt passes, is verified later, and whoever sent
 * it is banned when it was an attack.
 *
 * @module
 */
import type { GuardedMessages, GuardMessagesOptions } from './conversation.ts';
import { isDoubt, outcomeUnqueued } from './decide/decide.ts';
import type { Policy } from './decide/policy.ts';
import { FirewallError, show } from './errors.ts';
import type { Firewall } from './firewall.ts';
import type { JudgementEvent, Listener } from './judge/event.ts';
import { createReach } from './judge/reach.ts';
import { createSecrets, toBase64 } from './judge/secrets.ts';
import { createStandings } from './judge/standings.ts';
import { checkNatural, checkPositive, createTerms } from './judge/terms.ts';
import { createWorker } from './judge/worker.ts';
import type { InspectOptions } from './scan/transformer/stage.ts';
import type { Ban, ListedBan, Order, Store, Terms } from './stores/store.ts';
import type { Outcome, Source } from './types.ts';
import type { Verifier } from './verify/verifier.ts';

export type { JudgementEvent, Listener } from './judge/event.ts';
export { TERMS } from './judge/terms.ts';
export { createWebhook, verifyWebhook, type Webhook, type WebhookOptions } from './judge/webhook.ts';
export { type Ban, FOREVER, type ListedBan, type Step, type Store, type Terms } from './stores/store.ts';

export interface JudgementOptions {
  /** Its policy says what is doubt, and what a full queue means (`onFull`). */
  readonly firewall: Firewall;
  readonly store: Store;
  /** Subjects are hashed and texts sealed with it: at least 16 bytes, the same in every process that shares the store. */
  readonly key: string | Uint8Array;
  /** Settles doubt; defaults to the firewall's. */
  readonly verifier?: Verifier;
  /** When strikes ban; defaults to `TERMS`. */
  readonly terms?: Partial<Terms>;
  /** What it means when the store cannot say who is banned: `open` (default) lets pass whom no ban was known of. */
  readonly onUnreachable?: 'open' | 'closed';
  /** A ban made in another process holds here after at most so long, milliseconds. Defaults to 500. */
  readonly staleMs?: number;
  /** Before a subject under a shadow ban is answered, milliseconds. Defaults to 0: it is only reported. */
  readonly shadowDelayMs?: number;
  /** Jobs that may wait. Defaults to 10,000. */
  readonly maxQueued?: number;
  /** Jobs that this process verifies at once; 0 leaves them to other processes, or to calls of `work`. Defaults to 1. */
  readonly workers?: number;
  /** For one verdict. Defaults to 60,000. */
  readonly verifyTimeoutMs?: number;
  /** How long a job of a killed worker is missing. Defaults to `verifyTimeoutMs` and 30 s more. */
  readonly leaseMs?: number;
  /** Attempts at a job before it becomes a dead letter. Defaults to 5. */
  readonly maxAttempts?: number;
  /** Pause after the first attempt; it doubles with each. Defaults to 1,000. */
  readonly retryMs?: number;
  /** How often to look for the jobs of other processes. Defaults to 250. */
  readonly pollMs?: number;
  /** For one answer of the store to a request. Defaults to 500. */
  readonly storeTimeoutMs?: number;
  /** Who is told; several are told together. */
  readonly onEvent?: Listener | readonly Listener[];
  /** Milliseconds since 1970; defaults to `Date.now`. */
  readonly now?: () => number;
}

/** Who sends a text, beside where it comes from. */
export interface Sender {
  /** Whom to ban: a user's id, an API key, a session. From what you know of the caller, never from the body. */
  readonly subject?: string;
}

/** Who judges. */
export interface JudgedWith {
  /** In place of the judgement's own: of a route with another policy, or one that was loaded anew. */
  readonly firewall?: Firewall;
}

/** How a subject stands at this moment. */
export interface SubjectState {
  /** `refused` is told no; `shadow` is answered later or emptier, as the host likes; `clear` is neither. */
  readonly state: 'clear' | 'shadow' | 'refused';
  readonly ban?: Ban;
  /** True when the store did not say, and `onUnreachable` did. */
  readonly degraded: boolean;
}

export interface Judged {
  readonly action: 'allow' | 'block';
  /** To pass on; empty when blocked. */
  readonly text: string;
  /** How the sender stood when the text came; absent where nobody was named. */
  readonly subject?: SubjectState;
  /** Absent when the sender was refused, and the text not read. */
  readonly outcome?: Outcome;
  /** Set when the text passed in doubt and waits for a verdict: the job's id. */
  readonly job?: string;
}

export interface JudgedMessages<T> extends Pick<Judged, 'action' | 'subject'> {
  /** Absent when the sender was refused. */
  readonly guarded?: GuardedMessages<T>;
  /** Ids of the texts that wait for a verdict. */
  readonly jobs: readonly string[];
}

export interface BanOptions {
  readonly kind?: Order['kind'];
  /** Until lifted where absent. */
  readonly banMs?: number;
  readonly reason?: string;
}

export interface Judgement {
  /** `firewall.guard`, for a sender: refused when banned; a text that passes in doubt is verified later. */
  guard(text: string, from?: Source & Sender, options?: InspectOptions & JudgedWith): Promise<Judged>;
  /** `firewall.guardMessages`, likewise: every text that passes in doubt is verified, once in a conversation. */
  guardMessages<T>(messages: T, options?: GuardMessagesOptions & Sender & JudgedWith): Promise<JudgedMessages<T>>;
  /** How a subject stands. Never rejects. */
  standing(subject: string): Promise<SubjectState>;
  /**
   * Hands in a text for a verdict, whatever its score.
   *
   * @returns the job's id; `undefined` when there is no place, or the store cannot be reached
   */
  submit(text: string, from?: Pick<Source, 'channel'> & Sender): Promise<string | undefined>;
  /** @throws what the store throws, as do the next two */
  ban(subject: string, options?: BanOptions): Promise<Ban>;
  /** @returns the ban that ran, if one did */
  lift(subject: string): Promise<Ban | undefined>;
  /** Bans that run, newest first; subjects are keyed hashes. */
  bans(limit?: number, offset?: number): Promise<readonly ListedBan[]>;
  /** What a subject is called in the store and in events. */
  hash(subject: string): Promise<string>;
  /**
   * Verifies what is due, until nothing is: for platforms that call workers instead of keeping them.
   *
   * @returns how many jobs were looked at
   * @throws what the store throws
   */
  work(signal?: AbortSignal): Promise<number>;
  /** Takes no more jobs and gives those in hand `drainMs` (5,000); a store that forgets is emptied first. Store and firewall stay open. */
  close(options?: { readonly drainMs?: number }): Promise<void>;
}

const DRAIN_MS = 5000;
const REST_MS = 250;
const ID_BYTES = 16;
const MAX_SUBJECT = 1024;
const MAX_HANDED_IN = 10_000;
const DAY_MS = 86_400_000;

/** @throws {FirewallError} `FW_OPTIONS` when an option is wrong */
export async function openJudgement(options: JudgementOptions): Promise<Judgement> {
  const { firewall, store, onUnreachable = 'open', onEvent = [], now = Date.now } = options;
  const { staleMs = 500, shadowDelayMs = 0, maxQueued = 10_000, workers = 1, storeTimeoutMs = 500 } = options;
  const { verifyTimeoutMs = 60_000, leaseMs = verifyTimeoutMs + 30_000 } = options;
  const { maxAttempts = 5, retryMs = 1000, pollMs = 250, verifier = firewall.verifier } = options;
  if (onUnreachable !== 'open' && onUnreachable !== 'closed') {
    throw new FirewallError(
      'FW_OPTIONS',
      `openJudgement: onUnreachable must be one of 'open', 'closed'; got ${show(onUnreachable)}`,
    );
  }
  for (const [name, value] of Object.entries({ staleMs, shadowDelayMs, workers })) checkNatural(name, value);
  const positive = { maxQueued, verifyTimeoutMs, leaseMs, maxAttempts, retryMs, pollMs, storeTimeoutMs };
  for (const [name, value] of Object.entries(positive)) checkPositive(name, value);
  const terms = createTerms(options.terms);
  const secrets = createSecrets(options.key);

  const listeners = typeof onEvent === 'function' ? [onEvent] : onEvent;

  /** One that fails keeps none from hearing. */
  async function tell(event: JudgementEvent): Promise<void> {
    const told = await Promise.allSettled(listeners.map(async (listener) => listener(event)));
    const failed = told.find((one) => one.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** For what no job waits for: a listener that fails fails alone. */
  function mention(event: JudgementEvent): void {
    tell(event).catch(() => undefined);
  }

  const reach = createReach({
    timeoutMs: storeTimeoutMs,
    restMs: REST_MS,
    now,
    onChange: (failure) => {
      const told = { id: randomId(), at: now() };
      if (failure === undefined) mention({ ...told, type: 'reachable' });
      else
        mention({ ...told, type: 'unreachable', reason: failure instanceof Error ? failure.message : show(failure) });
    },
  });
  const standings = createStandings({ store, reach, staleMs, now });
  /** Jobs that need not be handed in again from here. */
  const handedIn = new Set<string>();
  const worker = createWorker({
    store,
    secrets,
    verifier,
    terms,
    tell,
    onStanding: standings.forget,
    now,
    concurrency: Math.max(1, workers),
    verifyTimeoutMs,
    leaseMs,
    maxAttempts,
    pollMs,
    retryMs,
  });
  if (workers > 0) worker.start();

  function hashOf(where: string, subject: unknown): string {
    if (typeof subject !== 'string' || subject === '' || subject.length > MAX_SUBJECT) {
      const got = typeof subject === 'string' ? `${subject.length} characters` : typeof subject;
      throw new FirewallError(
        'FW_INPUT',
        `${where}: subject must be a string of 1 to ${MAX_SUBJECT} characters; got ${got}`,
      );
    }
    return secrets.hash(subject);
  }

  async function stateOf(hash: string): Promise<SubjectState> {
    const { ban, degraded } = await standings.of(hash);
    const closed = degraded && ban === undefined && onUnreachable === 'closed';
    const state = closed || ban?.kind === 'refuse' ? 'refused' : ban?.kind === 'shadow' ? 'shadow' : 'clear';
    return { state, ...(ban && { ban }), degraded };
  }

  async function enqueue(
    text: string,
    channel: Source['channel'],
    subject?: string,
    id: string = randomId(),
  ): Promise<string | undefined> {
    const one = { text, channel: channel ?? 'user', sentAt: now(), ...(subject !== undefined && { subject }) };
    const body = secrets.seal(id, one);
    const taken = await reach.ask(() => store.enqueue({ id, body }, maxQueued)).catch(() => false);
    if (!taken) return undefined;
    handedIn.add(id);
    if (handedIn.size > MAX_HANDED_IN) handedIn.delete(handedIn.values().next().value!);
    if (workers > 0) worker.wake();
    return id;
  }

  /**
   * What of a conversation is to be verified. A conversation comes again with every turn, perhaps to another process: a
   * text is the same job when the same sender said it after the same beginning, on the same day.
   */
  function doubtsOf(
    guarded: GuardedMessages<unknown>,
    hash = '',
  ): { readonly outcome: Outcome; readonly id: string }[] {
    const joined = turnsJoined(guarded);
    const outcomes = guarded.texts.map(({ outcome }) => outcome);
    if (joined !== undefined) outcomes.push(joined);
    if (!outcomes.some(passesInDoubt)) return [];
    let id = `${hash} ${Math.floor(now() / DAY_MS)}`;
    return outcomes.flatMap((outcome) => {
      id = secrets.nameOf(`${id} ${outcome.decision.scan.channel} ${outcome.text}`);
      return passesInDoubt(outcome) ? [{ outcome, id }] : [];
    });
  }

  /** Sees to it that a text which passed in doubt is verified, or gives the outcome of there being no way to. */
  async function follow(
    outcome: Outcome,
    policy: Policy,
    subject?: string,
    id?: string,
  ): Promise<{ outcome: Outcome; job?: string }> {
    if (!passesInDoubt(outcome)) return { outcome };
    const { text, decision } = outcome;
    const job = await enqueue(text, decision.scan.channel, subject, id);
    return job === undefined ? { outcome: outcomeUnqueued(outcome, policy) } : { outcome, job };
  }

  /** @returns undefined where nobody is named */
  async function meet(
    where: string,
    subject: string | undefined,
    { observe }: Policy,
    signal?: AbortSignal,
  ): Promise<{ hash: string; state: SubjectState; isRefused: boolean } | undefined> {
    if (subject === undefined) return undefined;
    const hash = hashOf(where, subject);
    const state = await stateOf(hash);
    if (state.state === 'shadow' && !observe) await sleep(shadowDelayMs, signal);
    return { hash, state, isRefused: state.state === 'refused' && !observe };
  }

  return {
    async guard(text, { subject, ...from } = {}, { firewall: judge = firewall, ...limits } = {}) {
      const sender = await meet('guard', subject, judge.policy, limits.signal);
      const about = sender && { subject: sender.state };
      if (sender?.isRefused) return { action: 'block', text: '', ...about };
      const judged = await judge.guard(text, from, limits);
      const { outcome, job } = await follow(judged, judge.policy, sender?.hash);
      return { action: outcome.action, text: outcome.text, ...about, outcome, ...(job !== undefined && { job }) };
    },
    async guardMessages<T>(
      messages: T,
      { subject, firewall: judge = firewall, ...limits }: GuardMessagesOptions & Sender & JudgedWith = {},
    ) {
      const sender = await meet('guardMessages', subject, judge.policy, limits.signal);
      const about = sender && { subject: sender.state };
      if (sender?.isRefused) return { action: 'block', ...about, jobs: [] };
      const guarded = await judge.guardMessages(messages, limits);
      let { action } = guarded;
      const jobs: string[] = [];
      for (const { outcome: before, id } of action === 'block' ? [] : doubtsOf(guarded, sender?.hash)) {
        if (handedIn.has(id)) continue;
        const { outcome, job } = await follow(before, judge.policy, sender?.hash, id);
        if (job !== undefined) jobs.push(job);
        if (outcome.action === 'block') action = 'block';
      }
      return { action, ...about, guarded, jobs };
    },
    async standing(subject) {
      return stateOf(hashOf('standing', subject));
    },
    async submit(text, { subject, channel } = {}) {
      return enqueue(text, channel, subject === undefined ? undefined : hashOf('submit', subject));
    },
    async ban(subject, { kind = 'refuse', banMs = Number.POSITIVE_INFINITY, reason = 'by hand' } = {}) {
      checkPositive('ban.banMs', banMs);
      const hash = hashOf('ban', subject);
      const id = randomId();
      const ban = await store.ban(hash, { kind, banMs, reason, cause: id });
      standings.forget(hash);
      mention({ id, at: now(), type: 'banned', subject: hash, ban });
      return ban;
    },
    async lift(subject) {
      const hash = hashOf('lift', subject);
      const ban = await store.lift(hash);
      standings.forget(hash);
      if (ban !== undefined) mention({ id: randomId(), at: now(), type: 'lifted', subject: hash, ban });
      return ban;
    },
    bans: (limit = 100, offset) => store.bans(limit, offset),
    hash: async (subject) => hashOf('hash', subject),
    work: (signal) => worker.work(signal),
    close: ({ drainMs = DRAIN_MS } = {}) => worker.stop(drainMs),
  };
}

function passesInDoubt({ action, text, decision }: Outcome): boolean {
  return action === 'allow' && text !== '' && isDoubt(decision);
}

/** The outcome of the last turns together, with what they say; absent unless they are in doubt. */
function turnsJoined({ turns, texts }: GuardedMessages<unknown>): Outcome | undefined {
  if (turns === undefined) return undefined;
  const joined = texts.filter(({ path }) => turns.turns.some((turn) => turn.every((step, i) => path[i] === step)));
  return { ...turns.outcome, text: joined.map(({ outcome }) => outcome.text).join('\n') };
}

function randomId(): string {
  return toBase64(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  if (ms === 0) return;
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal!.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', end);
      resolve();
    }, ms);
    signal?.addEventListener('abort', end, { once: true });
  });
}
