/**
 * A worker's side of the protocol: one session, one call at a time.
 *
 * @module
 */
import type { Answer, Ask, LoadForeign, LoadOwn, Logits } from './messages.ts';
import { type Session, warmUp, warmUpFeeds } from './session.ts';

/** How long a worker may warm up, and how often it runs the model for it. */
const WARM_UP = { runs: 60, budgetMs: 800 } as const;

type Open<Load, Feed extends Int32Array | string> = (load: Load) => Promise<Session<Feed>>;

/** @returns what to do with a message */
export function serve(
  open: { readonly own: Open<LoadOwn, Int32Array>; readonly foreign: Open<LoadForeign, string> },
  answer: (message: Answer, transfer: readonly ArrayBuffer[]) => void,
): (ask: Ask) => Promise<void> {
  let run: ((feed: never) => Promise<Logits>) | undefined;

  async function load(ask: LoadOwn | LoadForeign): Promise<void> {
    if (ask.kind === 'own') {
      const session = await open.own(ask);
      await warmUp(session, warmUpFeeds(ask.window), WARM_UP);
      run = session.run;
    } else {
      const session = await open.foreign(ask);
      await warmUp(session, ['Warming up.'], WARM_UP);
      run = session.run;
    }
  }

  return async (ask) => {
    try {
      if (ask.call === 'load') {
        await load(ask);
        answer({ id: ask.id, value: null }, []);
        return;
      }
      if (run === undefined) throw new Error('run came before load');
      const value = await run(ask.feed as never);
      answer({ id: ask.id, value }, [value.heads.buffer as ArrayBuffer, value.tokens.buffer as ArrayBuffer]);
    } catch (error) {
      answer({ id: ask.id, failed: error instanceof Error ? error.message : String(error) }, []);
    }
  };
}
