/**
 * A field by itself: an editor that sends on Enter, or by a button of its own.
 *
 * @module
 */
import type { SharedVault } from './check.ts';
import { checkArguments, type Handle } from './form.ts';
import { createGate } from './gate.ts';
import { type WatchOptions, watch } from './watch.ts';

export interface TextareaOptions extends WatchOptions {
  /** True: Enter sends, also with Ctrl or Cmd. It is held until the verdict is in, then pressed again. */
  readonly enter?: boolean;
  /** What sends when clicked: held likewise. A selector is looked up in the document at each click. */
  readonly button?: HTMLElement | string;
}

/**
 * Judges what is typed into a text area, an input or an editable element, and holds what sends it.
 *
 * @throws {FirewallError} `FW_OPTIONS` when there is no element or no guard
 */
export function guardTextarea(element: HTMLElement, options: TextareaOptions): Handle {
  checkArguments('guardTextarea', element, options);
  const { enter = false, button } = options;
  const shared: SharedVault = { current: options.vault };
  const closing = new AbortController();
  const one = watch(element, shared, options, () => gate.retry());
  const gate = createGate(() => [one.check], { onWait: (waiting) => one.wait(waiting), onHeld: () => one.stop() });

  function hold(event: Event, again: () => void): void {
    if (gate.pass(again)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  function onKey(event: KeyboardEvent): void {
    const { key, shiftKey, ctrlKey, metaKey, altKey, isComposing } = event;
    // Enter that ends a composition chooses a word, it does not send.
    if (key !== 'Enter' || shiftKey || altKey || isComposing) return;
    const target = event.composedPath()[0];
    if (!(target instanceof Node) || !element.contains(target)) return;
    hold(event, () => {
      const { code, keyCode } = event;
      const pressed = { key, code, keyCode, which: keyCode, ctrlKey, metaKey };
      const init = { ...pressed, bubbles: true, composed: true, cancelable: true };
      (target.isConnected ? target : element).dispatchEvent(new KeyboardEvent('keydown', init));
    });
  }

  function onClick(event: MouseEvent): void {
    const pressed = event
      .composedPath()
      .find((node): node is HTMLElement => node instanceof HTMLElement && isButton(node));
    if (pressed !== undefined) hold(event, () => pressed.click());
  }

  function isButton(node: HTMLElement): boolean {
    return typeof button === 'string' ? node.matches(button) : node === button;
  }

  // On the window, so that no handler of the page hears of it before its time.
  const view = element.ownerDocument.defaultView ?? window;
  const listening = { capture: true, signal: closing.signal };
  if (enter) view.addEventListener('keydown', onKey, listening);
  if (button !== undefined) view.addEventListener('click', onClick, listening);

  return {
    get vault() {
      return shared.current;
    },
    close() {
      closing.abort();
      one.close();
    },
  };
}
