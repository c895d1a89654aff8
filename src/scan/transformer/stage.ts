/**
 * Tier 2's life: off, loading, ready or failed; and one text through it.
 *
 * @module
 */
import type { Channel } from '../../types.ts';
import type { ScannerModels, Tier1 } from '../scanner.ts';
import { isSettled, readText, type Tier2 } from './cascade.ts';
import type { Resolved } from './options.ts';
import type { Reader } from './reader.ts';

/** How tier 2 fares. */
export interface TransformerStatus {
  /** `'off'`: not wanted, or this installation carries no model. `'failed'`: it should run and cannot. */
  readonly state: 'off' | 'loading' | 'ready' | 'failed';
  /** Which model; known once its manifest is read, as are the next three. */
  readonly version?: string;
  readonly backend?: 'wasm' | 'native';
  readonly threads?: number;
  readonly workers?: number;
  /** Why it is off, has failed, or runs otherwise than asked. */
  readonly reason?: string;
}

/** A model that has been opened: it can cut texts, and read them once it is warm. */
export interface Opened {
  readonly reader: Reader;
  readonly backend: 'wasm' | 'native';
  readonly threads: number;
  readonly workers: number;
  /** Why it runs otherwise than asked. */
  readonly reason?: string;
  readonly warm: Promise<void>;
  dispose(): void;
}

/** This installation carries no model. */
export interface Absent {
  readonly absent: string;
}

/** How a runtime opens a model. */
export type Open = (options: Resolved) => Promise<Opened | Absent>;

export interface InspectOptions {
  /** Milliseconds for tier 2, waiting and loading included; what is unread by then is reported as unseen. */
  readonly deadlineMs?: number;
  /** Gives the call up: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface Stage {
  readonly status: TransformerStatus;
  /** Resolves when tier 2 is warm, off or failed. */
  ready(): Promise<void>;
  /**
   * @returns nothing, or a promise of it, where tier 1 may answer alone or nothing else can
   * @throws the reason of the caller's signal, which is asked for where the text is to wait
   */
  read(
    models: ScannerModels,
    text: { readonly text: string; readonly channel: Channel; readonly head: number },
    tier1: Tier1,
    options: InspectOptions,
  ): Promise<Tier2 | undefined> | undefined;
  /**
   * The model itself, warm, for whoever reads a text in ways of its own.
   *
   * @returns `undefined` where tier 2 is off or failed, or `stop` comes first
   */
  reader(stop: AbortSignal): Promise<Reader | undefined>;
  dispose(): void;
}

/** @param options absent: tier 2 is switched off */
export function createStage(options: Resolved | undefined, open: Open): Stage {
  let status: TransformerStatus =
    options === undefined ? { state: 'off', reason: "switched off with transformer: 'off'" } : { state: 'loading' };
  let opening: Promise<Opened | undefined> | undefined;
  let warming: Promise<Opened | undefined> | undefined;
  /** Once it is opened, what tells whether tier 1 may answer alone. */
  let reader: Reader | undefined;
  let disposed = false;

  function fail(error: unknown): undefined {
    if (!disposed)
      status = { ...status, state: 'failed', reason: error instanceof Error ? error.message : String(error) };
    return undefined;
  }

  /** A worker that died has been replaced. */
  function recover(): void {
    const { reason: _, ...rest } = status;
    status = { ...rest, state: 'ready' };
  }

  async function openOnce(wanted: Resolved): Promise<Opened | undefined> {
    try {
      const opened = await open(wanted);
      if ('absent' in opened) {
        status = { state: 'off', reason: opened.absent };
        return undefined;
      }
      if (disposed) {
        opened.dispose();
        return undefined;
      }
      const { backend, threads, workers, reason } = opened;
      reader = opened.reader;
      const described = { version: reader.version, backend, threads, workers, ...(reason !== undefined && { reason }) };
      status = { state: 'loading', ...described };
      return opened;
    } catch (error) {
      return fail(error);
    }
  }

  async function warmOnce(wanted: Resolved): Promise<Opened | undefined> {
    const opened = await load(wanted);
    if (opened === undefined) return undefined;
    try {
      await opened.warm;
      if (!disposed) status = { ...status, state: 'ready' };
      return opened;
    } catch (error) {
      opened.dispose();
      return fail(error);
    }
  }

  function load(wanted: Resolved): Promise<Opened | undefined> {
    opening ??= openOnce(wanted);
    return opening;
  }

  function warm(wanted: Resolved): Promise<Opened | undefined> {
    warming ??= warmOnce(wanted);
    return warming;
  }

  async function readOnceReady(
    wanted: Resolved,
    models: ScannerModels,
    input: Parameters<Stage['read']>[1],
    tier1: Tier1,
    limits: InspectOptions,
  ): Promise<Tier2 | undefined> {
    const { deadlineMs, signal } = limits;
    signal?.throwIfAborted();
    const { stop, release } = stopSignal(deadlineMs, signal);
    try {
      const loading = warm(wanted); // begins now, whether or not this text needs it
      const opened = await untilStopped(load(wanted), stop);
      if (opened !== undefined && isSettled(opened.reader, input.head, tier1)) return undefined;
      if (status.state === 'off') return undefined;
      const ready = opened === undefined ? undefined : await untilStopped(loading, stop);
      signal?.throwIfAborted();
      if (ready === undefined) return unread(input.text, tier1);
      const budget = { maxWindows: wanted.maxWindows, atOnce: ready.workers, stop };
      const said = await readText(models, ready.reader, input, tier1, budget);
      signal?.throwIfAborted();
      if (said.read > 0 && status.state === 'failed') recover();
      return said;
    } catch (error) {
      signal?.throwIfAborted();
      fail(error);
      return unread(input.text, tier1);
    } finally {
      release();
    }
  }

  return {
    get status() {
      return status;
    },
    async ready() {
      if (options !== undefined) await warm(options);
    },
    read(models, input, tier1, limits) {
      if (options === undefined || status.state === 'off') return undefined;
      // Most texts of a server that runs: no timers, signals and promises for them.
      if (reader !== undefined && !disposed && isSettled(reader, input.head, tier1)) return undefined;
      return readOnceReady(options, models, input, tier1, limits);
    },
    async reader(stop) {
      if (options === undefined) return undefined;
      return (await untilStopped(warm(options), stop))?.reader;
    },
    dispose() {
      disposed = true;
      status = { state: 'off', reason: 'the firewall was disposed' };
      opening?.then((opened) => opened?.dispose());
    },
  };
}

/** Tier 2 could not look. */
function unread(text: string, { score }: Tier1): Tier2 {
  return { findings: [], score, read: 0, unseen: [{ start: 0, end: text.length }] };
}

interface Stop {
  readonly stop: AbortSignal;
  release(): void;
}

/** Aborts at the deadline or with the caller's signal, whichever comes first. */
function stopSignal(deadlineMs: number | undefined, signal: AbortSignal | undefined): Stop {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = deadlineMs === undefined ? undefined : setTimeout(abort, deadlineMs);
  signal?.addEventListener('abort', abort, { once: true });
  return {
    stop: controller.signal,
    release() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    },
  };
}

/** @returns `undefined` when the signal comes first */
async function untilStopped<T>(promise: Promise<T>, stop: AbortSignal): Promise<T | undefined> {
  if (stop.aborted) return undefined;
  let abort = (): void => {};
  const stopped = new Promise<undefined>((resolve) => {
    abort = () => resolve(undefined);
    stop.addEventListener('abort', abort, { once: true });
  });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    stop.removeEventListener('abort', abort);
  }
}
