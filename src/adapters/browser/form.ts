/**
 * Forms: nothing is submitted before its texts are judged.
 *
 * @module
 */
import { FirewallError, show } from '../../errors.ts';
import type { Vault } from '../../types.ts';
import type { SharedVault } from './check.ts';
import { createGate, type Gate } from './gate.ts';
import { type Watch, type WatchOptions, watch } from './watch.ts';

export interface FormOptions extends WatchOptions {
  /** Selector of the fields to judge. Defaults to text areas, plain and search inputs, and editable elements. */
  readonly fields?: string;
}

/** A guarded form or field. */
export interface Handle {
  /** What redaction took out; its `restore` puts it back into an answer. Absent until there is something. */
  readonly vault: Vault | undefined;
  /** Lets go of the page: listeners, notices, marks. */
  close(): void;
}

const FIELDS =
  "textarea, input:not([type]), input[type='text'], input[type='search'], [contenteditable]:not([contenteditable='false'])";

/**
 * Judges a form's texts while they are typed, and holds every submission until the verdict is in. What may go is
 * submitted again by the button that was used, so that the page's own handlers run once.
 *
 * `form.submit()`, called by a script, fires no event and is not held.
 *
 * @throws {FirewallError} `FW_OPTIONS` when there is no form or no guard
 */
export function guardForm(form: HTMLFormElement, options: FormOptions): Handle {
  checkArguments('guardForm', form, options);
  const { fields = FIELDS } = options;
  const shared: SharedVault = { current: options.vault };
  const watches = new Map<HTMLElement, Watch>();
  const closing = new AbortController();

  /** Fields come and go while a page lives. */
  function current(): Watch[] {
    const elements = new Set([...form.querySelectorAll<HTMLElement>(fields), ...ownedElsewhere()]);
    for (const [element, one] of watches) {
      if (elements.has(element)) continue;
      one.close();
      watches.delete(element);
    }
    for (const element of elements)
      if (!watches.has(element))
        watches.set(
          element,
          watch(element, shared, options, () => gate.retry()),
        );
    return [...watches.values()];
  }

  /** Fields outside the form that name it in their `form` attribute. */
  function ownedElsewhere(): HTMLElement[] {
    return [...form.elements].filter((one): one is HTMLElement => one instanceof HTMLElement && one.matches(fields));
  }

  const gate = createGate(() => current().map(({ check }) => check), {
    onWait: (waiting) => {
      for (const one of watches.values()) one.wait(waiting);
    },
    onHeld: (check) => [...watches.values()].find((one) => one.check === check)?.stop(),
  });

  const release = holdForm(form, gate);
  form.addEventListener('focusin', () => void current(), { signal: closing.signal });
  current();

  return {
    get vault() {
      return shared.current;
    },
    close() {
      closing.abort();
      release();
      for (const one of watches.values()) one.close();
      watches.clear();
    },
  };
}

/** @returns lets go of the form */
export function holdForm(form: HTMLFormElement, gate: Gate): () => void {
  const root = form.getRootNode();
  function onSubmit(event: Event): void {
    if (event.target !== form) return;
    const { submitter } = event as SubmitEvent;
    if (gate.pass(() => submitAgain(form, submitter))) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }
  // On the root, so that no handler of the page hears of a submission before its time.
  root.addEventListener('submit', onSubmit, { capture: true });
  return () => root.removeEventListener('submit', onSubmit, { capture: true });
}

function submitAgain(form: HTMLFormElement, submitter: HTMLElement | null): void {
  const isStillThere = submitter !== null && 'form' in submitter && submitter.form === form && submitter.isConnected;
  form.requestSubmit(isStillThere ? submitter : null);
}

export function checkArguments(
  where: string,
  element: unknown,
  options: { readonly guard?: unknown } | undefined,
): void {
  const isElement = where === 'guardForm' ? element instanceof HTMLFormElement : element instanceof HTMLElement;
  if (!isElement)
    throw new FirewallError(
      'FW_OPTIONS',
      `${where}: the first argument must be ${where === 'guardForm' ? 'a form' : 'an element'}; got ${show(element)}`,
    );
  if (typeof options?.guard !== 'object')
    throw new FirewallError(
      'FW_OPTIONS',
      `${where}: options.guard must be what openGuard returns; got ${show(options?.guard)}`,
    );
}
