/**
 * Calls under way: what was asked, until somebody answers.
 *
 * @module
 */
import { errorOf } from './faults.ts';
import type { Ask, Calls, ToPage, ToWorker } from './messages.ts';

export interface Pending {
  /** What has no answer yet: whoever takes over is asked again. */
  readonly asks: readonly Ask[];
  /** @throws what the other side threw, and the signal's reason */
  ask<K extends keyof Calls>(call: K, what: Calls[K]['ask'], signal?: AbortSignal): Promise<Calls[K]['answer']>;
  hear(message: Extract<ToPage, { readonly kind: 'answer' | 'fault' }>): void;
  fail(error: Error): void;
}

interface Job {
  readonly ask: Ask;
  settle(value: Calls[keyof Calls]['answer']): void;
  fail(error: unknown): void;
}

/** @param post says it to the other side, if there is one by now */
export function createPending(post: (message: ToWorker) => void): Pending {
  const jobs = new Map<number, Job>();
  let lastId = 0;

  return {
    get asks() {
      return [...jobs.values()].map(({ ask }) => ask);
    },
    ask: (call, what, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const id = ++lastId;
        const done = (): void => {
          jobs.delete(id);
          signal?.removeEventListener('abort', onAbort);
        };
        const onAbort = (): void => {
          post({ kind: 'cancel', id });
          job.fail(signal!.reason);
        };
        const job: Job = {
          ask: { kind: 'ask', id, call, ...what } as Ask,
          settle(value) {
            done();
            resolve(value as never);
          },
          fail(error) {
            done();
            reject(error);
          },
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        jobs.set(id, job);
        post(job.ask);
      }),
    hear(message) {
      const job = jobs.get(message.id);
      if (message.kind === 'answer') job?.settle(message.value);
      else job?.fail(errorOf(message.fault));
    },
    fail(error) {
      for (const job of jobs.values()) job.fail(error);
    },
  };
}
