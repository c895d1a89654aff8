/**
 * The page's line to the worker: started, watched, replaced once.
 *
 * @module
 */
import type { Progress } from '../../checked-files.ts';
import { FirewallError } from '../../errors.ts';
import { errorOf } from './faults.ts';
import type { GuardStatus } from './guard.ts';
import type { Open, ToPage, ToWorker, WorkerStatus } from './messages.ts';
import { createPending, type Pending } from './pending.ts';
import { startGuardWorker, startSharedGuardWorker, startTransformerWorker } from './workers.ts';

export interface Wanted {
  readonly options: Open['options'];
  readonly base: URL | undefined;
  readonly shared: boolean;
  /** @param error why it failed, when it did */
  onStatus(status: GuardStatus, error?: Error): void;
  onProgress(progress: Progress): void;
}

export interface Connection {
  /** @throws {FirewallError} what the worker threw; `FW_ENGINE` when it is gone for good; `FW_DISPOSED` */
  readonly ask: Pending['ask'];
  close(): void;
}

/** A worker whose script has not begun to run by then never will. */
const START_MS = 30_000;
const LOADING: WorkerStatus = { state: 'loading', transformer: { state: 'loading' } };

/** One worker's life. */
interface Line {
  /** Dropped until the worker is open, which begins with what is pending. */
  post(message: ToWorker): void;
  end(): void;
}

export function connect({ options, base, shared: wantsShared, onStatus, onProgress }: Wanted): Connection {
  const pending = createPending((message) => line.post(message));
  const isolated = globalThis.crossOriginIsolated === true;
  let shared = wantsShared && canShare();
  let replaced = false;
  /** Set when there is nobody left to ask. */
  let over: Error | undefined;
  let line = start();

  function start(): Line {
    const lent = new Map<number, Worker>();
    const watch = new AbortController();
    let ended = false;

    function end(): void {
      ended = true;
      clearTimeout(timer);
      watch.abort();
      for (const worker of lent.values()) worker.terminate();
      stop();
    }

    function died(reason: string): void {
      if (ended) return;
      end();
      // What a shared worker could not do, one of the page's own may.
      shared = false;
      if (replaced) {
        giveUp(reason);
      } else {
        replaced = true;
        line = start();
        onStatus({ ...LOADING, isolated, shared });
      }
    }

    function lend(id: number, port: MessagePort): void {
      try {
        const worker = startTransformerWorker(base);
        worker.onerror = ({ message }) => {
          lent.delete(id);
          send({ kind: 'died', worker: id, reason: message || 'its script did not load' });
        };
        worker.postMessage(null, [port]);
        lent.set(id, worker);
      } catch (error) {
        send({ kind: 'died', worker: id, reason: String(error) });
      }
    }

    function hear({ data, ports: [port] }: MessageEvent<ToPage>): void {
      switch (data.kind) {
        case 'hello':
          clearTimeout(timer);
          // Granted when the worker lets go of it, that is when it ends, however it ends.
          if (data.lock !== undefined)
            navigator.locks
              .request(data.lock, { signal: watch.signal }, () => died('the worker has ended'))
              .catch(() => {});
          break;
        case 'status': {
          const failed = data.status.state === 'failed' ? errorOf(data.fault) : undefined;
          if (failed !== undefined) pending.fail(failed);
          onStatus({ ...data.status, isolated, shared }, failed);
          break;
        }
        case 'progress':
          onProgress(data.progress);
          break;
        case 'answer':
        case 'fault':
          pending.hear(data);
          break;
        case 'lend':
          lend(data.worker, port!);
          break;
        case 'end':
          lent.get(data.worker)?.terminate();
          lent.delete(data.worker);
      }
    }

    const timer = setTimeout(() => died(`the worker did not start within ${START_MS / 1000} s`), START_MS);
    const onError = (event: ErrorEvent): void => {
      event.preventDefault();
      died(event.message || 'the worker’s script did not load');
    };
    let send: (message: ToWorker) => void = () => {};
    let stop: () => void = () => {};
    try {
      if (shared) {
        const worker = startSharedGuardWorker(base, nameOf(options, base, isolated));
        worker.onerror = onError;
        worker.port.onmessage = hear;
        send = (message) => worker.port.postMessage(message);
        stop = () => {
          send({ kind: 'close' });
          worker.port.close();
        };
      } else {
        const worker = startGuardWorker(base);
        worker.onerror = onError;
        worker.onmessage = hear;
        send = (message) => worker.postMessage(message);
        stop = () => worker.terminate();
      }
    } catch (error) {
      // Asynchronously, as every other death.
      queueMicrotask(() => died(String(error)));
    }
    let isOpen = false;
    const open = (lock?: string): void => {
      if (ended) return;
      isOpen = true;
      const from = base === undefined ? {} : { base: base.href };
      send({ kind: 'open', options, isolated, ...from, ...(lock !== undefined && { lock }) });
      for (const ask of pending.asks) send(ask);
    };
    // A shared worker outlives this page and must hear of its end; the page's own worker ends with it.
    if (shared) holdLock(watch.signal, open);
    else open();
    return { post: (message) => isOpen && send(message), end };
  }

  function giveUp(reason: string): void {
    const error = new FirewallError(
      'FW_ENGINE',
      `openGuard: expected a worker that judges; it was lost twice: ${reason}`,
    );
    over = error;
    pending.fail(error);
    onStatus({ state: 'failed', transformer: { state: 'off' }, reason: error.message, isolated, shared }, error);
  }

  return {
    ask: (call, what, signal) => (over === undefined ? pending.ask(call, what, signal) : Promise.reject(over)),
    close() {
      if (over !== undefined) return;
      over = new FirewallError('FW_DISPOSED', 'openGuard: the guard was closed');
      line.end();
      pending.fail(over);
    },
  };
}

/** Without locks nobody would notice that a page, or the worker, is gone. */
function canShare(): boolean {
  return typeof SharedWorker === 'function' && globalThis.navigator?.locks !== undefined;
}

/** Pages that want the same share a worker. */
function nameOf(options: Open['options'], base: URL | undefined, isolated: boolean): string {
  return `edgeward ${JSON.stringify([options, base?.href ?? null, isolated])}`;
}

function holdLock(signal: AbortSignal, held: (name?: string) => void): void {
  const name = `edgeward/page/${Math.random().toString(36).slice(2)}`;
  navigator.locks
    .request(name, () => {
      held(name);
      return new Promise<void>((release) => signal.addEventListener('abort', () => release(), { once: true }));
    })
    .catch(() => held());
}
