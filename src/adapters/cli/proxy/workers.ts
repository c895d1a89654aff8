/**
 * Several processes that share the port of one proxy: this one starts them, replaces those that end, and knows what all
 * of them counted. Each is the same command again; what it does there is in `worker.ts`.
 *
 * @module
 */
import cluster, { type Worker } from 'node:cluster';
import type { EngineReport } from './admin.ts';
import { type Counted, NOTHING_COUNTED, together } from './metrics.ts';

/** How one process fares. */
export interface Report {
  readonly counted: Counted;
  readonly engine: EngineReport;
}

/** What a worker tells: when it listens, and from then on every second. */
export interface FromWorker extends Report {
  /** Where it listens; absent from the second message on. */
  readonly url?: string;
}

/** What a worker is told: to tell at once, or to let open requests end and go. */
export type ToWorker = 'tell' | 'stop';

export interface Workers {
  readonly url: string;
  engine(): EngineReport;
  /** Whether one of them takes requests. */
  isReady(): boolean;
  /** What all processes counted, also those that are gone; and how many there are. */
  counted(): Promise<{ readonly counted: Counted; readonly alive: number }>;
  /** Lets open requests end; after `graceMs` nothing is waited for. */
  stop(graceMs: number): void;
}

/** Of one process, as far as it told. */
interface Hand {
  readonly worker: Worker;
  readonly began: number;
  last: FromWorker | undefined;
  readonly waiting: Set<() => void>;
}

/** Before one that ended is replaced: at first, and at most. The time doubles while they end soon. */
const PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** Who lived so long did not end because of how it was started. */
const SOUND_MS = 30_000;
/** For an answer of a worker; then what it told last counts. */
const TELL_MS = 2000;
/** Beyond the time that open requests have. */
const KILL_MS = 5000;

/** The counter of ends that nobody asked for. */
const RESTARTS = 'edgeward_worker_restarts_total';

/**
 * Starts one, and the others when that one listens, so that what is wrong is told once.
 *
 * @param onOpening is given what stops them, before the first takes requests
 * @returns undefined when the first could not start: it has told why, and its status is this process's; or when they
 * were stopped meanwhile
 */
export async function openWorkers(
  count: number,
  onOpening: (stop: Workers['stop']) => void,
): Promise<Workers | undefined> {
  const hands = new Map<number, Hand>();
  let gone: Counted = NOTHING_COUNTED;
  let soonEnded = 0;
  let isStopping = false;
  let engine: EngineReport | undefined;
  let isUp = false;

  /** @returns its first word; undefined when it ended before */
  function start(): Promise<FromWorker | undefined> {
    const worker = cluster.fork();
    const hand: Hand = { worker, began: performance.now(), last: undefined, waiting: new Set() };
    hands.set(worker.id, hand);
    return new Promise((resolve) => {
      worker.on('message', (told: FromWorker) => {
        hand.last = told;
        engine = told.engine;
        resolve(told);
        for (const heard of hand.waiting) heard();
      });
      worker.on('exit', (status, signal) => {
        hands.delete(worker.id);
        for (const heard of hand.waiting) heard();
        gone = together(gone, hand.last?.counted ?? NOTHING_COUNTED);
        if (isStopping) resolve(undefined);
        else if (isUp) replace(hand, signal ?? `status ${status}`);
        else process.exitCode = status ?? 1;
        resolve(undefined);
      });
    });
  }

  function replace({ worker, began }: Hand, how: string): void {
    soonEnded = performance.now() - began < SOUND_MS ? soonEnded + 1 : 1;
    const pauseMs = Math.min(LONGEST_PAUSE_MS, PAUSE_MS * 2 ** (soonEnded - 1));
    gone = together(gone, { counts: { [RESTARTS]: 1 }, times: {} });
    console.error(`edgeward: worker ${worker.process.pid} ended (${how}); another one starts in ${pauseMs} ms`);
    setTimeout(() => {
      if (!isStopping) void start();
    }, pauseMs).unref();
  }

  async function told(hand: Hand): Promise<Counted> {
    await new Promise<void>((resolve) => {
      const heard = (): void => {
        clearTimeout(timer);
        hand.waiting.delete(heard);
        resolve();
      };
      const timer = setTimeout(heard, TELL_MS);
      hand.waiting.add(heard);
      say(hand, 'tell');
    });
    return hands.has(hand.worker.id) ? (hand.last?.counted ?? NOTHING_COUNTED) : NOTHING_COUNTED;
  }

  function say({ worker }: Hand, what: ToWorker): void {
    if (worker.isConnected()) worker.send(what);
  }

  function stop(graceMs: number): void {
    isStopping = true;
    for (const hand of hands.values()) {
      if (hand.last === undefined) hand.worker.process.kill();
      else say(hand, 'stop');
    }
    setTimeout(() => {
      for (const { worker } of hands.values()) worker.process.kill('SIGKILL');
    }, graceMs + KILL_MS).unref();
  }

  onOpening(stop);
  const first = await start();
  if (first?.url === undefined) return undefined;
  isUp = true;
  await Promise.all(Array.from({ length: count - 1 }, start));
  if (isStopping) return undefined;
  return {
    url: first.url,
    engine: () => engine ?? first.engine,
    async counted() {
      const each = await Promise.all([...hands.values()].map(told));
      return { counted: each.reduce(together, gone), alive: hands.size };
    },
    isReady: () => !isStopping && [...hands.values()].some(({ last }) => last !== undefined),
    stop,
  };
}
