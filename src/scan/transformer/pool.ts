/**
 * Workers that run the model, and the bounded queue in front of them.
 *
 * @module
 */
import type { Answer, Ask, Calls, Logits } from './messages.ts';
import type { Missed } from './reader.ts';

/** A worker as every runtime has one. */
export interface Port {
  post(ask: Ask): void;
  /** Called once, before the first `post`. */
  listen(on: { readonly answer: (answer: Answer) => void; readonly death: (reason: Error) => void }): void;
  /** True: the process waits for this worker. A port starts out idle. */
  busy(busy: boolean): void;
  end(): void;
}

export interface PoolOptions {
  readonly spawn: () => Port;
  readonly load: Calls['load']['ask'];
  readonly workers: number;
  /** Calls that may wait; further ones are refused as `'busy'`. */
  readonly maxQueue: number;
}

export interface Pool {
  /** Resolves when a first worker is loaded and warm; rejects when none can be. */
  readonly warm: Promise<void>;
  /**
   * @throws {Error} when the model fails, or its worker dies while it runs
   */
  run(feed: Int32Array | string, stop: AbortSignal): Promise<Logits | Missed>;
  /** Ends every worker; what waits is answered `'stopped'`. */
  dispose(): void;
}

interface Job {
  readonly feed: Int32Array | string;
  readonly stop: AbortSignal;
  settle(result: Logits | Missed): void;
  fail(reason: Error): void;
}

interface Worker {
  readonly port: Port;
  /** The job under way. */
  job: Job | undefined;
}

export function createPool({ spawn, load, workers, maxQueue }: PoolOptions): Pool {
  const idle: Worker[] = [];
  const alive = new Set<Worker>();
  const queue: Job[] = [];
  let disposed = false;
  let lastId = 0;

  function start(): Promise<void> {
    const worker: Worker = { port: spawn(), job: undefined };
    alive.add(worker);
    return new Promise((loaded, failed) => {
      let ready = false;
      worker.port.listen({
        answer(answer) {
          worker.port.busy(false);
          if (!ready) {
            if ('failed' in answer) {
              end(worker);
              failed(new Error(answer.failed));
              return;
            }
            ready = true;
            loaded();
          } else {
            const { job } = worker;
            worker.job = undefined;
            if ('failed' in answer) job?.fail(new Error(answer.failed));
            else job?.settle(answer.value as Logits);
          }
          idle.push(worker);
          next();
        },
        death(reason) {
          if (!alive.has(worker)) return;
          end(worker);
          failed(reason);
          worker.job?.fail(reason);
          // One that had loaded is replaced: what killed it may have been a single text.
          if (ready && !disposed) start().catch(refuseIfNoneLeft);
          else refuseIfNoneLeft(reason);
        },
      });
      worker.port.busy(true);
      worker.port.post({ id: ++lastId, call: 'load', ...load });
    });
  }

  function end(worker: Worker): void {
    alive.delete(worker);
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
    worker.port.end();
  }

  /** With no worker left, nobody would ever answer. */
  function refuseIfNoneLeft(reason: Error): void {
    if (alive.size > 0) return;
    for (const job of queue.splice(0)) job.fail(reason);
  }

  function next(): void {
    while (idle.length > 0) {
      const job = queue.shift();
      if (job === undefined) return;
      const worker = idle.pop()!;
      worker.job = job;
      worker.port.busy(true);
      worker.port.post({ id: ++lastId, call: 'run', feed: job.feed });
    }
  }

  const starts = Array.from({ length: workers }, start);
  const warm = Promise.any(starts).catch((error: AggregateError) => {
    throw error.errors[0];
  });

  return {
    warm,
    run(feed, stop) {
      return new Promise((resolve, reject) => {
        if (disposed || stop.aborted) return resolve('stopped');
        if (alive.size === 0) return reject(new Error('every worker of the transformer has ended'));
        if (idle.length === 0 && queue.length >= maxQueue) return resolve('busy');
        const job: Job = {
          feed,
          stop,
          settle(result) {
            stop.removeEventListener('abort', onStop);
            resolve(result);
          },
          fail(reason) {
            stop.removeEventListener('abort', onStop);
            reject(reason);
          },
        };
        // A job that a worker has begun runs to its end; only its answer is no longer waited for.
        function onStop(): void {
          const at = queue.indexOf(job);
          if (at >= 0) queue.splice(at, 1);
          job.settle('stopped');
        }
        stop.addEventListener('abort', onStop, { once: true });
        queue.push(job);
        next();
      });
    },
    dispose() {
      disposed = true;
      for (const job of queue.splice(0)) job.settle('stopped');
      for (const worker of [...alive]) {
        worker.job?.settle('stopped');
        end(worker);
      }
    },
  };
}
