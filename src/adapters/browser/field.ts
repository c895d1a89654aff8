/**
 * A place where somebody types: what it says, where that stands, and how to change it so that the page notices.
 *
 * @module
 */
import type { Redaction, Span } from '../../types.ts';

/** What replaces a span. */
export interface Edit extends Span {
  readonly text: string;
}

export interface Field {
  readonly element: HTMLElement;
  read(): string;
  /** Replaces spans as typing would: undo works, and the page's own listeners hear of it. */
  replace(edits: readonly Edit[]): Promise<void>;
  select(span: Span): void;
  /** Where spans are drawn; empty where the element draws its text itself, as a textarea does. */
  ranges(spans: readonly Span[]): Range[];
}

type Control = HTMLTextAreaElement | HTMLInputElement;

/** Elements that begin a line of their own. */
const BLOCKS: ReadonlySet<string> = new Set(
  'ADDRESS ARTICLE BLOCKQUOTE DD DIV DL DT FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER LI OL P PRE SECTION TABLE TR UL'.split(
    ' ',
  ),
);

export function fieldOf(element: HTMLElement): Field {
  return element instanceof HTMLTextAreaElement || element instanceof HTMLInputElement
    ? controlField(element)
    : editableField(element);
}

function controlField(element: Control): Field {
  return {
    element,
    read: () => element.value,
    async replace(edits) {
      element.focus();
      for (const { start, end, text } of fromTheEnd(edits)) {
        element.setSelectionRange(start, end);
        if (type(element, text)) continue;
        element.setRangeText(text, start, end, 'end');
        announce(element, text);
      }
    },
    select({ start, end }) {
      element.focus();
      element.setSelectionRange(start, end);
    },
    ranges: () => [],
  };
}

/** A text node and where its text begins in the whole. */
interface Piece {
  readonly node: Text;
  readonly start: number;
}

function editableField(element: HTMLElement): Field {
  function rangeOf(pieces: readonly Piece[], { start, end }: Span): Range | undefined {
    const first = pieces.findLast((piece) => piece.start <= start);
    const last = pieces.findLast((piece) => piece.start < end) ?? first;
    if (first === undefined || last === undefined) return undefined;
    const range = element.ownerDocument.createRange();
    range.setStart(first.node, Math.min(start - first.start, first.node.length));
    range.setEnd(last.node, Math.min(end - last.start, last.node.length));
    return range;
  }

  function select(span: Span): Range | undefined {
    element.focus();
    const range = rangeOf(textOf(element).pieces, span);
    if (range !== undefined) {
      const { startContainer, startOffset, endContainer, endOffset } = range;
      element.ownerDocument.getSelection()?.setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
    }
    return range;
  }

  return {
    element,
    read: () => textOf(element).text,
    async replace(edits) {
      for (const edit of fromTheEnd(edits)) {
        const range = select(edit);
        await turn();
        if (range === undefined) continue;
        if (!type(element, edit.text)) {
          range.deleteContents();
          range.insertNode(element.ownerDocument.createTextNode(edit.text));
          announce(element, edit.text);
        }
        await turn();
      }
    },
    select: (span) => void select(span),
    ranges(spans) {
      const { pieces } = textOf(element);
      return spans.flatMap((span) => rangeOf(pieces, span) ?? []);
    },
  };
}

/** Editors with a model of their own hear of a selection, and draw what was typed, a little later. */
function turn(): Promise<void> {
  return new Promise((done) => setTimeout(done));
}

/** An editor's text, line by line, as its user reads it. */
function textOf(element: HTMLElement): { readonly text: string; readonly pieces: readonly Piece[] } {
  const pieces: Piece[] = [];
  let text = '';
  const visit = (parent: Node): void => {
    for (const node of parent.childNodes) {
      if (node instanceof Text) {
        pieces.push({ node, start: text.length });
        text += node.data;
      } else if (node.nodeName === 'BR') text += '\n';
      else if (node instanceof Element) {
        const isBlock = BLOCKS.has(node.nodeName);
        if (isBlock && text !== '' && !text.endsWith('\n')) text += '\n';
        visit(node);
        if (isBlock && node.nextSibling !== null && !text.endsWith('\n')) text += '\n';
      }
    }
  };
  visit(element);
  return { text, pieces };
}

function fromTheEnd(edits: readonly Edit[]): Edit[] {
  return [...edits].sort((a, b) => b.start - a.start);
}

/**
 * Types over the selection. The old command is the one way that keeps undo, and it fires the events of typing, but for
 * the one that comes before: an editor that types by itself waits for that.
 *
 * @returns whether it is done
 */
function type(element: HTMLElement, text: string): boolean {
  const how = text === '' ? { inputType: 'deleteContentBackward' } : { inputType: 'insertText', data: text };
  const before = new InputEvent('beforeinput', { ...how, bubbles: true, cancelable: true, composed: true });
  if (!element.dispatchEvent(before)) return true;
  const { ownerDocument } = element;
  return text === '' ? ownerDocument.execCommand('delete') : ownerDocument.execCommand('insertText', false, text);
}

function announce(element: HTMLElement, data: string): void {
  const init = { bubbles: true, composed: true, inputType: 'insertReplacementText', data };
  element.dispatchEvent(new InputEvent('input', init));
}

/**
 * What to change in a text to make it the redacted one: span by span where the kept parts are all there, so that an
 * editor keeps its formatting, and else at once.
 */
export function editsOf(text: string, redactions: readonly Redaction[], redacted: string): Edit[] {
  const ordered = [...redactions].sort((a, b) => a.start - b.start);
  const edits: Edit[] = [];
  const first = text.slice(0, ordered[0]?.start ?? text.length);
  let at = first.length;
  if (!redacted.startsWith(first)) return whole(text, redacted);
  for (const [i, { start, end }] of ordered.entries()) {
    const next = ordered[i + 1];
    const kept = text.slice(end, next?.start ?? text.length);
    const found = next === undefined ? redacted.length - kept.length : redacted.indexOf(kept, at);
    if (found < at || !redacted.startsWith(kept, found)) return whole(text, redacted);
    edits.push({ start, end, text: redacted.slice(at, found) });
    at = found + kept.length;
  }
  return at === redacted.length ? edits : whole(text, redacted);
}

function whole(text: string, redacted: string): Edit[] {
  return text === redacted ? [] : [{ start: 0, end: text.length, text: redacted }];
}
