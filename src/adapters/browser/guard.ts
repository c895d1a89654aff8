/**
 * What a page asks and how it is answered: `Firewall`'s methods, carried out by somebody else on another thread.
 *
 * @module
 */
import { FirewallError, type FirewallErrorCode } from '../../errors.ts';
import type { Explanation, InspectOptions, Redacted, TransformerStatus } from '../../exports.ts';
import type { Channel, Decision, Outcome, Scan, Source, Vault } from '../../types.ts';
import type { Connection } from './connect.ts';
import type { Glance, Judged, Said } from './messages.ts';

/** What a guard says where nobody can judge: `'open'` lets texts pass, `'closed'` withholds them. */
export type OnFailure = 'open' | 'closed';

export interface GuardStatus {
  /** `'failed'`: nobody judges; `guard` does what `onFailure` says, everything else rejects. */
  readonly state: 'loading' | 'ready' | 'failed';
  /** Which engine judges; known once it is ready, as is the next. */
  readonly engine?: 'wasm-simd' | 'reference';
  /** Version of tier 1's weights. */
  readonly version?: string;
  readonly transformer: TransformerStatus;
  /** Whether the page is cross-origin isolated, so that tier 2 may have threads. */
  readonly isolated: boolean;
  /** Whether the worker is shared with other tabs. */
  readonly shared: boolean;
  /** Why it failed, or runs otherwise than it would like. */
  readonly reason?: string;
}

export interface BrowserGuard {
  readonly status: GuardStatus;
  /** @returns stops it */
  onStatus(listener: (status: GuardStatus) => void): () => void;
  /**
   * Resolves when tier 1 is loaded. Nobody needs to wait for it: calls do.
   *
   * @throws {FirewallError} as `createFirewall`, and `FW_ENGINE` where no worker runs
   */
  readonly loaded: Promise<void>;
  /** Resolves when tier 2 is warm, off or failed; `status.transformer` tells which. Begins loading it. */
  ready(): Promise<void>;
  /** Judges a text with tier 1. */
  scan(text: string, from?: Source, options?: Pick<InspectOptions, 'signal'>): Promise<Scan>;
  /** As `scan`, and what the policy would say to it. */
  glance(text: string, from?: Source, options?: Pick<InspectOptions, 'signal'>): Promise<Glance>;
  /** Judges a text with tiers 1 and 2. */
  inspect(text: string, from?: Source, options?: InspectOptions): Promise<Scan>;
  /** What the policy says of a scan. */
  decide(scan: Scan): Promise<Decision>;
  /**
   * Inspects, decides and carries the decision out. Where nobody can judge, or nobody has by the deadline, the outcome
   * is what `onFailure` says, its reason `failure/open` or `failure/closed`, and its scan degraded.
   *
   * @throws {FirewallError} for mistakes of the caller: `FW_INPUT`, `FW_OPTIONS`, `FW_RULE`, `FW_DISPOSED`
   * @throws the signal's reason
   */
  guard(text: string, from?: Source, options?: InspectOptions): Promise<Outcome>;
  /** Takes personal data and secrets out of a text, whatever its score. */
  redact(text: string, from?: Source): Promise<Redacted>;
  /** Why a text scored as it did. */
  explain(text: string, from?: Source): Promise<Explanation>;
  /** Ends the worker, or this page's share in it. Every later call rejects with `FW_DISPOSED`. */
  close(): void;
}

const MISTAKES: readonly FirewallErrorCode[] = ['FW_INPUT', 'FW_OPTIONS', 'FW_RULE', 'FW_DISPOSED'];
/** How much later than its deadline the worker may answer; tier 2 stops on time, and the message travels. */
const GRACE_MS = 250;

/** Where a guard keeps its line, for whoever serves it to others. */
export const LINE = Symbol('edgeward/line');

/** @param start opens the line; `onStatus` hears how it fares, with an error when it has failed */
export function createGuard(
  start: (onStatus: (status: GuardStatus, error?: Error) => void) => Connection,
  onFailure: OnFailure,
): BrowserGuard & { readonly [LINE]: Connection } {
  const listeners = new Set<(status: GuardStatus) => void>();
  const isolated = globalThis.crossOriginIsolated === true;
  let status: GuardStatus = { state: 'loading', transformer: { state: 'loading' }, isolated, shared: false };
  const { promise: loaded, resolve: onLoaded, reject: onFailed } = deferred();
  loaded.catch(() => {}); // `status` tells, and every call

  const connection = start((next, error) => {
    status = next;
    if (next.state === 'ready') onLoaded();
    if (error !== undefined) onFailed(error);
    for (const listener of listeners) listener(status);
  });

  /** @param given the conversation's vault */
  async function carryOut(
    parts: Judged['text'],
    given: Vault | undefined,
  ): Promise<{ readonly text: string; readonly vault?: Vault }> {
    const isNeeded = parts.some((part) => typeof part !== 'string' && part.redactions.length > 0);
    const vault = given ?? (isNeeded ? await newVault() : undefined);
    const text = parts
      .map((part) => (typeof part === 'string' ? part : (vault?.redact(part.text, part.redactions) ?? part.text)))
      .join('');
    return { text, ...(vault && parts.some((part) => typeof part !== 'string') && { vault }) };
  }

  function failed(text: string, channel: Channel): Outcome {
    const scan: Scan = {
      ...{ findings: [], score: 0, tier: 1, degraded: true, channel, timings: { tier1Ms: 0 } },
      unseen: text === '' ? [] : [{ start: 0, end: text.length }],
    };
    const action = onFailure === 'open' ? 'allow' : 'block';
    return {
      action,
      text: action === 'allow' ? text : '',
      decision: { action, reason: `failure/${onFailure}`, scan },
    };
  }

  return {
    [LINE]: connection,
    get status() {
      return status;
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    loaded,
    async ready() {
      await connection.ask('ready', {});
    },
    async scan(text, from, { signal } = {}) {
      return (await connection.ask('glance', said('scan', text, from), signal)).decision.scan;
    },
    glance: async (text, from, { signal } = {}) => connection.ask('glance', said('glance', text, from), signal),
    inspect: async (text, from, options = {}) =>
      connection.ask('inspect', { ...said('inspect', text, from), ...deadlineOf(options) }, options.signal),
    decide: (scan) => connection.ask('decide', { scan }),
    async guard(text, from = {}, options = {}) {
      const ask = { ...said('guard', text, from), ...deadlineOf(options) };
      const { signal, release } = patience(options);
      try {
        const judged = await connection.ask('guard', ask, signal);
        const { action, decision } = judged;
        if (action === 'block') return { action, text: '', decision };
        return { action, decision, ...(await carryOut(judged.text, from.vault)) };
      } catch (error) {
        options.signal?.throwIfAborted();
        if (error instanceof FirewallError && MISTAKES.includes(error.code)) throw error;
        return failed(text, from.channel ?? 'user');
      } finally {
        release();
      }
    },
    async redact(text, from = {}) {
      const { findings, redactions } = await connection.ask('redact', said('redact', text, from));
      const vault = from.vault ?? (await newVault());
      return { text: vault.redact(text, redactions), findings, vault };
    },
    explain: async (text, from) => connection.ask('explain', said('explain', text, from)),
    close: () => connection.close(),
  };
}

/** The page's own: values never rest in the worker, and outlive it. */
async function newVault(): Promise<Vault> {
  const { createVault } = await import('../../vault.ts');
  return createVault();
}

function said(where: string, text: unknown, from: Source = {}): Said {
  if (typeof text !== 'string')
    throw new FirewallError('FW_INPUT', `${where}: text must be a string; got ${typeof text}`);
  const { vault: _, ...rest } = from;
  return { text, from: rest };
}

function deadlineOf({ deadlineMs }: InspectOptions): { readonly deadlineMs?: number } {
  return deadlineMs === undefined ? {} : { deadlineMs };
}

/** Aborts with the caller's signal, or when the worker ought to have answered. */
function patience({ deadlineMs, signal }: InspectOptions): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort(signal?.reason);
  if (signal?.aborted) abort();
  const timer = deadlineMs === undefined ? undefined : setTimeout(abort, deadlineMs + GRACE_MS);
  signal?.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    release() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

function deferred(): { readonly promise: Promise<void>; resolve(): void; reject(reason: unknown): void } {
  let resolve = (): void => {};
  let reject = (_: unknown): void => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
