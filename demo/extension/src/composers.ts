/**
 * Finds what a page's user writes into, and guards it for as long as it is there.
 *
 * @module
 */
import { type BrowserGuard, guardTextarea, type Verdict, type WatchOptions } from 'edgeward/browser';
import { matchesDeep, queryDeep } from './deep.ts';
import type { Overlay } from './overlay.ts';
import type { Site } from './sites.ts';

export interface Composers {
  /** Looks for fields that have come, and lets go of those that are gone. */
  look(): void;
  readonly count: number;
  close(): void;
}

export interface ComposerOptions {
  readonly site: Pick<Site, 'composer' | 'send'>;
  readonly guard: BrowserGuard;
  readonly overlay: Overlay;
  readonly ask: NonNullable<WatchOptions['ask']>;
  onVerdict(verdict: Verdict | undefined, field: HTMLElement): void;
  onPasted(text: string): void;
  /** Somebody has tried to send. */
  onSend(): void;
}

export function createComposers({
  site,
  guard,
  overlay,
  ask,
  onVerdict,
  onPasted,
  onSend,
}: ComposerOptions): Composers {
  const handles = new Map<HTMLElement, { close(): void }>();
  const closing = new AbortController();
  const button = site.send.join(', ');

  function adopt(field: HTMLElement): void {
    if (handles.has(field) || [...handles.keys()].some((known) => known.contains(field))) return;
    const handle = guardTextarea(field, {
      guard,
      enter: true,
      button,
      ask,
      notice: overlay.place,
      onVerdict(verdict) {
        overlay.mark(field, verdict?.findings ?? []);
        onVerdict(verdict, field);
      },
    });
    handles.set(field, handle);
  }

  /** However deep in open shadow trees it stands. */
  function onFocus(event: Event): void {
    const field = event.composedPath().find((node) => node instanceof HTMLElement && matchesDeep(node, site.composer));
    if (field !== undefined) adopt(field as HTMLElement);
  }

  /** Before the page reads it, and before it is part of the text. */
  function onTransfer(event: ClipboardEvent | DragEvent): void {
    onFocus(event);
    const data = 'clipboardData' in event ? event.clipboardData : event.dataTransfer;
    if (isInField(event)) onPasted(data?.getData('text/plain') ?? '');
  }

  function isInField(event: Event): boolean {
    const target = event.composedPath()[0];
    return target instanceof Node && [...handles.keys()].some((field) => field.contains(target));
  }

  function onKey(event: KeyboardEvent): void {
    if (event.key === 'Enter' && isInField(event)) onSend();
  }

  function onClick(event: Event): void {
    if (event.composedPath().some((node) => node instanceof Element && node.matches(button))) onSend();
  }

  const listening = { capture: true, signal: closing.signal };
  window.addEventListener('focusin', onFocus, listening);
  window.addEventListener('paste', onTransfer, listening);
  window.addEventListener('drop', onTransfer, listening);
  window.addEventListener('keydown', onKey, listening);
  window.addEventListener('click', onClick, listening);

  return {
    look() {
      for (const [field, handle] of handles) {
        if (field.isConnected) continue;
        handle.close();
        handles.delete(field);
      }
      for (const field of queryDeep(document, site.composer).elements) if (isVisible(field)) adopt(field);
    },
    get count() {
      return handles.size;
    },
    close() {
      closing.abort();
      for (const handle of handles.values()) handle.close();
      handles.clear();
    },
  };
}

/** Pages keep hidden ones, to measure or to fall back on. */
function isVisible(field: HTMLElement): boolean {
  const { width, height } = field.getBoundingClientRect();
  return width > 0 && height > 0 && field.checkVisibility({ visibilityProperty: true, opacityProperty: true });
}
