/**
 * Holds an act back, such as sending, until every check permits it.
 *
 * @module
 */
import type { Check } from './check.ts';

export interface Gate {
  /**
   * @param again does the act once more, when it may
   * @returns whether it may happen now
   */
  pass(again: () => void): boolean;
  /** Tries the act that was held last, after the user has insisted. */
  retry(): void;
}

export interface GateEvents {
  onWait(waiting: boolean): void;
  /** A check said no, or asks. */
  onHeld(check: Check): void;
}

export function createGate(checks: () => readonly Check[], { onWait, onHeld }: GateEvents): Gate {
  let held: (() => void) | undefined;
  let waiting = false;

  async function wait(): Promise<void> {
    waiting = true;
    onWait(true);
    let answers: readonly boolean[] = [];
    const asked = checks();
    try {
      answers = await Promise.all(asked.map((check) => check.settle()));
    } finally {
      waiting = false;
      onWait(false);
    }
    const refusing = asked.find((_, i) => !answers[i]);
    if (refusing !== undefined) onHeld(refusing);
    else held?.();
  }

  return {
    pass(again) {
      if (!waiting && checks().every((check) => check.permits() === true)) return true;
      held = again;
      if (!waiting) void wait();
      return false;
    },
    retry() {
      held?.();
    },
  };
}
