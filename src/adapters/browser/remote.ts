/**
 * A guard that several realms share: one runs it, the others reach it over a port, as the parts of an extension do.
 *
 * What passes is JSON in a string, so that every text arrives as it was, lone surrogates included.
 *
 * @module
 */
import { FirewallError, show } from '../../errors.ts';
import type { Connection } from './connect.ts';
import { faultOf } from './faults.ts';
import { type BrowserGuard, createGuard, type GuardStatus, LINE, type OnFailure } from './guard.ts';
import type { ToPage, ToWorker } from './messages.ts';
import { createPending } from './pending.ts';

/** As `chrome.runtime.Port`. */
export interface RuntimePort {
  postMessage(message: unknown): void;
  disconnect(): void;
  readonly onMessage: { addListener(listener: (message: unknown) => void): void };
  readonly onDisconnect: { addListener(listener: () => void): void };
}

export interface RemoteGuardOptions {
  /** Reaches whoever serves the guard. Called for the first question, and again when the port was lost. */
  readonly dial: () => RuntimePort | Promise<RuntimePort>;
  /** What `guard` says where nobody can judge: `'open'` (default) lets texts pass, `'closed'` withholds them. */
  readonly onFailure?: OnFailure;
}

type ToFar =
  | { readonly kind: 'status'; readonly status: GuardStatus }
  | Extract<ToPage, { readonly kind: 'answer' | 'fault' }>;

/** Ports lost without an answer between them, before a question is given up. */
const MOST_LOSSES = 2;

/**
 * A guard that another realm serves. Vaults are this realm's own. When the port is lost, what was asked is asked again
 * once; then `onFailure` speaks, and the next question dials anew.
 *
 * @throws {FirewallError} `FW_OPTIONS` when there is nothing to dial with
 */
export function openRemoteGuard({ dial, onFailure = 'open' }: RemoteGuardOptions): BrowserGuard {
  if (typeof dial !== 'function')
    throw new FirewallError('FW_OPTIONS', `openRemoteGuard: dial must be a function; got ${show(dial)}`);
  return createGuard((onStatus) => reach(dial, onStatus), onFailure);
}

function reach(dial: RemoteGuardOptions['dial'], onStatus: (status: GuardStatus, error?: Error) => void): Connection {
  let port: RuntimePort | undefined;
  let isDialing = false;
  /** The other end has failed for good, and may have been replaced since. */
  let isStale = false;
  let losses = 0;
  let over: Error | undefined;
  const pending = createPending((message) => {
    if (port !== undefined && !isStale) send(port, message);
    else if (message.kind === 'ask') void open();
  });

  async function open(): Promise<void> {
    if (isDialing) return;
    isDialing = true;
    isStale = false;
    port?.disconnect();
    port = undefined;
    try {
      const reached = await dial();
      if (over !== undefined) return reached.disconnect();
      reached.onMessage.addListener((message) => hear(JSON.parse(String(message))));
      reached.onDisconnect.addListener(() => {
        if (port === reached) lost('the port was closed');
      });
      port = reached;
      for (const ask of pending.asks) send(reached, ask);
    } catch (error) {
      lost(error instanceof Error ? error.message : String(error));
    } finally {
      isDialing = false;
    }
    if (port === undefined && over === undefined && pending.asks.length > 0) void open();
  }

  function hear(message: ToFar): void {
    if (message.kind === 'status') {
      const { status } = message;
      isStale = status.state === 'failed';
      onStatus(status, status.state === 'failed' ? new Error(status.reason) : undefined);
      return;
    }
    losses = 0;
    pending.hear(message);
  }

  function lost(reason: string): void {
    port = undefined;
    if (over !== undefined) return;
    losses += 1;
    if (losses < MOST_LOSSES) {
      if (pending.asks.length > 0) void open();
      return;
    }
    const error = new FirewallError('FW_ENGINE', `openRemoteGuard: expected somebody who judges; ${reason}`);
    pending.fail(error);
    const state = { state: 'failed', transformer: { state: 'off' }, reason: error.message } as const;
    onStatus({ ...state, isolated: false, shared: true }, error);
  }

  return {
    ask: (call, what, signal) => (over === undefined ? pending.ask(call, what, signal) : Promise.reject(over)),
    close() {
      over ??= new FirewallError('FW_DISPOSED', 'openRemoteGuard: the guard was closed');
      port?.disconnect();
      port = undefined;
      pending.fail(over);
    },
  };
}

/**
 * Answers whoever is at the other end of a port, until it closes. The guard stays the caller's, to close or to keep.
 *
 * @param guard as `openGuard` returns it
 * @throws {FirewallError} `FW_OPTIONS` when it is none
 */
export function serveGuard(guard: BrowserGuard, port: RuntimePort): void {
  if (!(typeof guard === 'object' && LINE in guard))
    throw new FirewallError('FW_OPTIONS', `serveGuard: guard must be what openGuard returns; got ${show(guard)}`);
  const line = guard[LINE] as Connection;
  const calls = new Map<number, AbortController>();
  let isOpen = true;
  const say = (message: ToFar): void => {
    if (isOpen) port.postMessage(JSON.stringify(message));
  };

  async function answer({ kind: _, id, call, ...what }: Extract<ToWorker, { readonly kind: 'ask' }>): Promise<void> {
    const given = new AbortController();
    calls.set(id, given);
    try {
      say({ kind: 'answer', id, value: await line.ask(call, what as never, given.signal) });
    } catch (error) {
      say({ kind: 'fault', id, fault: faultOf(error) });
    } finally {
      calls.delete(id);
    }
  }

  const stop = guard.onStatus((status) => say({ kind: 'status', status }));
  port.onMessage.addListener((text) => {
    const message: ToWorker = JSON.parse(String(text));
    if (message.kind === 'ask') void answer(message);
    else if (message.kind === 'cancel') calls.get(message.id)?.abort();
  });
  port.onDisconnect.addListener(() => {
    isOpen = false;
    stop();
    for (const given of calls.values()) given.abort();
  });
  say({ kind: 'status', status: guard.status });
}

function send(port: RuntimePort, message: ToWorker): void {
  port.postMessage(JSON.stringify(message));
}
