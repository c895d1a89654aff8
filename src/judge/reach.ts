/**
 * The way to a store that may be away: an answer in time or none, and a rest after a failure, so that requests do not
 * queue up before a door that is closed.
 *
 * @module
 */
import { FirewallError } from '../errors.ts';

export interface Reach {
  /** False while the store rests after a failure. */
  readonly up: boolean;
  /**
   * @throws what the store threw; `FW_STORE` when it did not answer in time, or rests
   */
  ask<T>(question: () => Promise<T>): Promise<T>;
}

export interface ReachOptions {
  readonly timeoutMs: number;
  readonly restMs: number;
  readonly now: () => number;
  /** Called when it fails, and when it answers again. */
  readonly onChange: (failure: unknown) => void;
}

export function createReach({ timeoutMs, restMs, now, onChange }: ReachOptions): Reach {
  let down = false;
  let askAgainAt = 0;

  function failed(error: unknown): void {
    askAgainAt = now() + restMs;
    if (down) return;
    down = true;
    onChange(error);
  }

  return {
    get up() {
      return !down;
    },
    async ask(question) {
      if (down && now() < askAgainAt) throw new FirewallError('FW_STORE', 'store: it failed a moment ago and rests');
      // One asks, the others are told to wait.
      if (down) askAgainAt = now() + timeoutMs;
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(
          () => reject(new FirewallError('FW_STORE', `store: no answer within ${timeoutMs} ms`)),
          timeoutMs,
        );
      });
      try {
        const answer = await Promise.race([question(), late]);
        if (down) {
          down = false;
          onChange(undefined);
        }
        return answer;
      } catch (error) {
        failed(error);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
