/**
 * The text, with what findings point at marked behind it.
 *
 * A textarea cannot color a part of its text. So a second copy, laid out the same, lies behind
 * it and carries CSS highlights: ranges of one text node, whose offsets are the findings' own
 * UTF-16 offsets. Both share one grid cell, so the copy gives the textarea its height and one
 * box scrolls both.
 *
 * @module
 */
import type { Span } from 'edgeward';
import type { JSX, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { MARKS, type Mark } from '../marks.ts';

export interface EditorProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly marks: ReadonlyMap<Mark, readonly Span[]>;
  /** The finding somebody looks at. */
  readonly current: readonly Span[];
  /** Called with the caret's place, or `undefined` when the editor loses it. */
  readonly onCaret: (at: number | undefined) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

export function Editor({ text, onText, marks, current, onCaret, field }: EditorProps): JSX.Element {
  const copy = useRef<HTMLDivElement>(null);

  useLayoutEffect(() => {
    const node = nodeOf(copy.current!);
    // A last line break alone opens no line in a div, as it does in a textarea.
    const shown = `${text}\n`;
    if (node.data !== shown) node.data = shown;
    for (const mark of MARKS) paint(mark, node, marks.get(mark) ?? [], MARKS.indexOf(mark));
    paint('current', node, current, MARKS.length);
  }, [text, marks, current]);

  useLayoutEffect(() => () => [...MARKS, 'current'].forEach((name) => CSS.highlights?.delete(name)), []);

  return (
    <div class="editor">
      <div class="editor-copy" ref={copy} aria-hidden="true" dir="auto" />
      <textarea
        class="editor-text"
        ref={field}
        value={text}
        dir="auto"
        spellcheck={false}
        autocomplete="off"
        autocapitalize="off"
        aria-label="Text to judge"
        placeholder="Type or paste a text, drop a file, or take an example."
        onInput={({ currentTarget }) => onText(currentTarget.value)}
        onSelect={({ currentTarget }) => onCaret(currentTarget.selectionStart)}
        onBlur={() => onCaret(undefined)}
      />
    </div>
  );
}

function nodeOf(copy: HTMLElement): Text {
  if (copy.firstChild instanceof Text) return copy.firstChild;
  const node = document.createTextNode('');
  copy.append(node);
  return node;
}

/** Static ranges: they cost nothing while the text changes, and are replaced with the next verdict. */
function paint(name: string, node: Text, spans: readonly Span[], priority: number): void {
  // Older browsers show no marks; the findings' list says the same.
  if (typeof Highlight === 'undefined') return;
  const ranges = spans
    .filter(({ start, end }) => start < end && end <= node.data.length)
    .map(
      ({ start, end }) =>
        new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end }),
    );
  const highlight = new Highlight(...ranges);
  highlight.priority = priority;
  CSS.highlights.set(name, highlight);
}
