/**
 * One of several processes that share a port, seen from within.
 *
 * @module
 */
import cluster from 'node:cluster';
import { untilSignal } from '../server.ts';
import type { FromWorker, Report, ToWorker } from './workers.ts';

/** How often it tells how it fares: what came since then is lost with a process that is killed. */
const TELL_EVERY_MS = 1000;

/** True in a process that another one of this command has started. */
export const isWorker = (): boolean => cluster.isWorker;

/** Of this process among those that were started, the replaced ones included; undefined of the only one. */
export const workerNumber = (): number | undefined => cluster.worker?.id;

/** Calls back at the first signal or word to stop: a signal may reach all processes, or only the one that tells the others. */
export function untilTold(callback: () => void): void {
  let isOver = false;
  const stop = (): void => {
    if (!isOver) callback();
    isOver = true;
  };
  process.on('message', (told: ToWorker) => {
    if (told === 'stop') stop();
  });
  untilSignal(stop);
}

/** @param report what to tell, whenever it is time to */
export function keepTelling(url: string, report: () => Report): void {
  const tell = (first?: { readonly url: string }): void => {
    if (process.connected) process.send?.({ ...first, ...report() } satisfies FromWorker);
  };
  tell({ url });
  process.on('message', (told: ToWorker) => {
    if (told === 'tell') tell();
  });
  setInterval(tell, TELL_EVERY_MS).unref();
}

/** The last words, and then nothing holds this process but what it still has to do. */
export function leave(report?: Report): void {
  if (report !== undefined && process.connected) process.send?.(report satisfies FromWorker);
  cluster.worker?.disconnect();
}
