/**
 * A field with all that belongs to it: check, notice, marks.
 *
 * @module
 */
import { type Check, type CheckOptions, createCheck, type SharedVault, type Verdict } from './check.ts';
import { fieldOf } from './field.ts';
import { createHighlighter } from './highlight.ts';
import { LABELS, type Labels } from './labels.ts';
import { createNotice } from './notice.ts';

export interface WatchOptions extends CheckOptions {
  /**
   * False: no notice below the field; what there is to say, `onVerdict` hears. A function puts the notice elsewhere, and
   * returns what takes it away.
   */
  readonly notice?: boolean | ((notice: HTMLElement, field: HTMLElement) => () => void);
  readonly labels?: Partial<Labels>;
}

export interface Watch {
  readonly check: Check;
  wait(waiting: boolean): void;
  /** Sending was stopped because of this field. */
  stop(): void;
  close(): void;
}

/** @param onInsist the user wants to send the text as it is */
export function watch(element: HTMLElement, shared: SharedVault, options: WatchOptions, onInsist: () => void): Watch {
  const field = fieldOf(element);
  const marks = createHighlighter(field);
  const notice = createNotice(
    element.ownerDocument,
    { ...LABELS, ...options.labels },
    {
      onRedact: () => void check.redact(),
      onInsist() {
        check.insist();
        onInsist();
      },
      onShow: (span) => field.select(span),
    },
  );
  let stopped = false;

  function show(verdict: Verdict | undefined): void {
    notice.show(verdict, stopped);
    marks.draw(verdict?.findings ?? []);
    if (verdict?.refused === true || (stopped && verdict !== undefined && verdict.level !== 'allow'))
      element.setAttribute('aria-invalid', 'true');
    else element.removeAttribute('aria-invalid');
  }

  const check = createCheck(field, shared, {
    ...options,
    onVerdict(verdict, target) {
      stopped &&= verdict?.final === true && verdict.level !== 'allow';
      show(verdict);
      options.onVerdict?.(verdict, target);
    },
  });
  const { notice: place = true } = options;
  const remove = typeof place === 'function' ? place(notice.element, element) : () => notice.element.remove();
  if (place === true) element.after(notice.element);

  return {
    check,
    wait(waiting) {
      if (waiting) notice.wait();
      else show(check.verdict);
    },
    stop() {
      stopped = true;
      show(check.verdict);
      element.focus();
    },
    close() {
      check.close();
      marks.close();
      remove();
      element.removeAttribute('aria-invalid');
    },
  };
}
