/**
 * Parts that the first verdict can do without: their code is fetched behind it, or when somebody asks for them earlier.
 *
 * @module
 */
import { effect, type ReadonlySignal, signal } from '@preact/signals';
import type { ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { problem, settled } from '../state.ts';
import { whenIdle } from '../turns.ts';

export interface Later<T> {
  /** Absent until it is there. */
  readonly value: ReadonlySignal<T | undefined>;
  /** Resolves to nothing where it could not be fetched; the page then says why. */
  fetch(): Promise<T | undefined>;
}

export function later<T>(load: () => Promise<T>): Later<T> {
  const value = signal<T | undefined>();
  let loading: Promise<T | undefined> | undefined;

  function fetch(): Promise<T | undefined> {
    loading ??= load().then(
      (loaded) => {
        value.value = loaded;
        return loaded;
      },
      (error: unknown) => {
        problem.value = String(error);
        loading = undefined; // the next who asks tries again
        return undefined;
      },
    );
    return loading;
  }

  effect(() => {
    if (settled.value) whenIdle(() => void fetch());
  });
  return { value, fetch };
}

/** A component that comes later; until then it says so. */
export function laterPart<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element {
  const part = later(load);
  return function Part(props: P): JSX.Element {
    const Loaded = part.value.value;
    useEffect(() => void part.fetch(), []);
    return Loaded === undefined ? (
      <p class="boot" role="status">
        Loading…
      </p>
    ) : (
      <Loaded {...props} />
    );
  };
}
