/**
 * Shows in the answers what placeholders stand for, to the user and to nobody else: the page keeps the placeholders, and
 * the value stands in a closed shadow tree, which the page's scripts cannot look into.
 *
 * @module
 */

import type { Vault } from './conversation.ts';
import { queryDeep } from './deep.ts';

export interface Restorer {
  /** Something in the page has changed. */
  changed(records: readonly MutationRecord[]): void;
  /** Looks at all of it as soon as it rests. */
  look(): void;
  close(): void;
}

export interface RestoreOptions {
  readonly turns: readonly string[];
  vault(): Vault | undefined;
  /** Its own changes are not to be heard as the page's. */
  silently(change: () => void): void;
  /** @param values how many more were put back */
  onRestored(values: number): void;
}

/** A text of the page that was cut where its first placeholder stands. */
interface Cut {
  /** As the page wrote it. */
  readonly whole: string;
  /** What is left of it in the page's own node. */
  readonly left: string;
  /** What stands after it instead. */
  readonly added: readonly ChildNode[];
}

/** An answer that still grows is left alone: its page may write on where it stopped. */
const REST_MS = 300;
const MARK = 'data-edgeward';
const EDITED = 'textarea, input, script, style, [contenteditable]:not([contenteditable="false"])';
const STYLE = 'text-decoration: underline dotted; text-underline-offset: 2px';

export function createRestorer({ turns, vault, silently, onRestored }: RestoreOptions): Restorer {
  const cuts = new Map<Text, Cut>();
  let rest: ReturnType<typeof setTimeout> | undefined;

  function undo(node: Text): void {
    for (const one of cuts.get(node)?.added ?? []) one.remove();
    cuts.delete(node);
  }

  /** What the page has changed or removed since is its own again. */
  function letGo(): void {
    for (const [node, { left }] of cuts) if (!node.isConnected || node.data !== left) undo(node);
  }

  function sweep(): void {
    const known = vault();
    if (known === undefined || known.size === 0) return;
    let values = 0;
    for (const turn of queryDeep(document, turns).elements)
      for (const node of textsIn(turn)) values += cut(node, known);
    if (values > 0) onRestored(values);
  }

  function cut(node: Text, known: Vault): number {
    const whole = node.data;
    const restorations = known.restorations(whole);
    const first = restorations[0];
    if (first === undefined) return 0;
    const added: ChildNode[] = [];
    for (const [i, { start, end, value }] of restorations.entries()) {
      const next = restorations[i + 1]?.start ?? whole.length;
      added.push(shown(whole.slice(start, end), value), document.createTextNode(whole.slice(end, next)));
    }
    const left = whole.slice(0, first.start);
    node.data = left;
    node.after(...added);
    cuts.set(node, { whole, left, added });
    return restorations.length;
  }

  function look(): void {
    clearTimeout(rest);
    rest = setTimeout(() => silently(sweep), REST_MS);
  }

  return {
    changed(records) {
      if (cuts.size > 0) silently(letGo);
      if ((vault()?.size ?? 0) > 0 && records.length > 0) look();
    },
    look,
    close() {
      clearTimeout(rest);
      silently(() => {
        for (const [node, { whole, left }] of cuts) {
          if (node.data === left) node.data = whole;
          undo(node);
        }
      });
    },
  };
}

/** Placeholder for the page, value for the user. */
function shown(placeholder: string, value: string): HTMLElement {
  const element = document.createElement('span');
  element.setAttribute(MARK, '');
  element.title = `Put back by edgeward. The site has ${placeholder}.`;
  element.textContent = placeholder; // has no slot: read by scripts, never shown
  const inner = document.createElement('span');
  inner.style.cssText = STYLE;
  inner.textContent = value;
  element.attachShadow({ mode: 'closed' }).append(inner);
  return element;
}

function textsIn(turn: HTMLElement): Text[] {
  const found: Text[] = [];
  const walker = document.createTreeWalker(turn, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const parent = node.parentElement;
    if (node instanceof Text && parent?.closest(EDITED) === null && !parent.hasAttribute(MARK)) found.push(node);
  }
  return found;
}

/**
 * What a copied selection says, values included; `undefined` where none of them is in it. Browsers leave out what stands
 * in shadow trees, so the placeholders stand beside them for a moment.
 */
export function copied(selection: Selection | null, known: Vault | undefined): string | undefined {
  if (selection === null || known === undefined || selection.isCollapsed) return undefined;
  const hosts = [...document.querySelectorAll(`[${MARK}]`)].filter((host) => selection.containsNode(host, true));
  if (hosts.length === 0) return undefined;
  const placeholders = hosts.map((host) => {
    const placeholder = document.createTextNode(host.textContent ?? '');
    host.before(placeholder);
    return placeholder;
  });
  const text = selection.toString();
  for (const placeholder of placeholders) placeholder.remove();
  return known.restore(text);
}
