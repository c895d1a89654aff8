/**
 * Marks findings in an editor without touching its content, by the CSS Custom Highlight API.
 *
 * @module
 */
import type { Finding } from '../../types.ts';
import type { Field } from './field.ts';
import { adopt, MARKS, type Mark } from './styles.ts';

export interface Highlighter {
  draw(findings: readonly Finding[]): void;
  close(): void;
}

const NAMES: Readonly<Record<Mark, string>> = { sensitive: 'edgeward-sensitive', attack: 'edgeward-attack' };

/** Draws nothing where the browser, or the field, cannot. */
export function createHighlighter(field: Field): Highlighter {
  const root = field.element.getRootNode() as Document | ShadowRoot;
  const drawn = new Map<Range, Mark>();
  if (typeof Highlight !== 'function' || !('adoptedStyleSheets' in root)) return { draw() {}, close() {} };
  const release = adopt(
    root,
    Object.entries(NAMES)
      .map(([mark, name]) => `::highlight(${name}) { ${MARKS[mark as Mark]} }`)
      .join('\n'),
  );

  /** One per document: fields share them. */
  function highlightOf(mark: Mark): Highlight {
    const found = CSS.highlights.get(NAMES[mark]);
    if (found !== undefined) return found;
    const made = new Highlight();
    CSS.highlights.set(NAMES[mark], made);
    return made;
  }

  function clear(): void {
    for (const [range, mark] of drawn) highlightOf(mark).delete(range);
    drawn.clear();
  }

  return {
    draw(findings) {
      clear();
      for (const { category, spans } of findings) {
        const mark = markOf(category);
        for (const range of field.ranges(spans)) {
          drawn.set(range, mark);
          highlightOf(mark).add(range);
        }
      }
    },
    close() {
      clear();
      release();
    },
  };
}

export function markOf(category: Finding['category']): Mark {
  return category === 'pii' || category === 'secret' ? 'sensitive' : 'attack';
}
