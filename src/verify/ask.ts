/**
 * One question to a verifier, with an end.
 *
 * @module
 */
import type { Verification, Verifier } from './verifier.ts';

type Request = Parameters<Verifier['verify']>[0];

/**
 * @param timeoutMs milliseconds after which there is no verdict
 * @returns `undefined` where there is none; a verifier that throws gave none
 * @throws the reason of the request's signal, when it aborts
 */
export async function verdictOf(
  verifier: Verifier,
  { signal, ...request }: Request,
  timeoutMs: number,
): Promise<Verification | undefined> {
  signal?.throwIfAborted();
  const stop = new AbortController();
  let end = (): void => {};
  const ended = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
  });
  const give = (): void => {
    end();
    stop.abort();
  };
  const timer = setTimeout(give, timeoutMs);
  signal?.addEventListener('abort', give, { once: true });
  try {
    // A verifier that does not heed its signal is not waited for either.
    const said = await Promise.race([
      verifier.verify({ ...request, signal: stop.signal }).catch(() => undefined),
      ended,
    ]);
    signal?.throwIfAborted();
    return said;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', give);
  }
}
