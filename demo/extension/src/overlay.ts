/**
 * What is drawn over a page: the notice beside its field, and marks over a text area, which no page element can hold.
 * Nothing is put into the page's own tree, whose framework would not know of it.
 *
 * @module
 */
import type { Verdict } from 'edgeward/browser';

type Findings = Verdict['findings'];

export interface Overlay {
  /** As `WatchOptions.notice` wants it. */
  place(notice: HTMLElement, field: HTMLElement): () => void;
  mark(field: HTMLElement, findings: Findings): void;
  close(): void;
}

const GAP = 8;
const NARROWEST = 320;
const LEAST_ABOVE = 180;
/** Pages move their fields without telling. */
const FOLLOW_MS = 250;

/** What decides where a text area breaks its lines. */
const METRICS = [
  ...['font', 'letterSpacing', 'wordSpacing', 'lineHeight', 'textAlign', 'textIndent', 'textTransform', 'direction'],
  ...['tabSize', 'paddingTop', 'paddingRight', 'paddingBottom', 'paddingLeft', 'wordBreak', 'overflowWrap'],
  ...['borderTopWidth', 'borderRightWidth', 'borderBottomWidth', 'borderLeftWidth', 'scrollbarGutter'],
] as const;

const PRESSES = ['keydown', 'keyup', 'keypress', 'pointerdown', 'pointerup', 'mousedown', 'mouseup', 'click'];

const MARKS = {
  sensitive: 'background: rgb(30 120 220 / 18%); text-decoration: underline 2px dotted light-dark(#0b57a8, #8cc4ff)',
  attack: 'background: rgb(220 50 40 / 18%); text-decoration: underline 2px wavy light-dark(#b3261e, #ff9c92)',
};

/** The same text in the same place, invisible but for its marks. */
interface Mirror {
  readonly layer: HTMLElement;
  readonly text: HTMLElement;
}

export function createOverlay(): Overlay {
  const notices = new Map<HTMLElement, HTMLElement>();
  const mirrors = new Map<HTMLTextAreaElement, Mirror>();
  const closing = new AbortController();
  const resized = new ResizeObserver(() => follow());

  function follow(): void {
    for (const [field, layer] of notices) placeNotice(field, layer);
    for (const [field, mirror] of mirrors) placeMirror(field, mirror);
  }

  const listening = { capture: true, passive: true, signal: closing.signal };
  for (const event of ['scroll', 'resize', 'input']) window.addEventListener(event, follow, listening);
  const timer = setInterval(follow, FOLLOW_MS);

  function unmark(field: HTMLTextAreaElement): void {
    mirrors.get(field)?.layer.remove();
    mirrors.delete(field);
  }

  return {
    place(notice, field) {
      const layer = createLayer();
      layer.setAttribute('role', 'region');
      layer.setAttribute('aria-label', 'edgeward');
      layer.append(notice);
      // What is pressed here is none of the page's business.
      for (const event of PRESSES) layer.addEventListener(event, (pressed) => pressed.stopPropagation());
      layer.showPopover();
      notices.set(field, layer);
      resized.observe(field);
      resized.observe(notice);
      return () => {
        resized.unobserve(field);
        resized.unobserve(notice);
        notices.delete(field);
        layer.remove();
        if (field instanceof HTMLTextAreaElement) unmark(field);
      };
    },
    mark(field, findings) {
      if (!(field instanceof HTMLTextAreaElement)) return;
      const spans = spansOf(findings);
      if (spans.length === 0) return unmark(field);
      const mirror = mirrors.get(field) ?? createMirror();
      mirrors.set(field, mirror);
      mirror.text.replaceChildren(...painted(field.value, spans));
      placeMirror(field, mirror);
    },
    close() {
      closing.abort();
      clearInterval(timer);
      resized.disconnect();
      for (const layer of notices.values()) layer.remove();
      for (const { layer } of mirrors.values()) layer.remove();
    },
  };
}

/** In the browser's top layer, so that nothing of the page covers or clips it. */
function createLayer(): HTMLElement {
  const layer = document.createElement('div');
  layer.popover = 'manual';
  layer.style.cssText =
    'position: fixed; inset: auto; margin: 0; padding: 0; border: 0; background: none; overflow: visible; color-scheme: inherit';
  document.documentElement.append(layer);
  return layer;
}

function createMirror(): Mirror {
  const layer = createLayer();
  layer.setAttribute('aria-hidden', 'true');
  layer.style.pointerEvents = 'none';
  const text = document.createElement('div');
  layer.attachShadow({ mode: 'closed' }).append(text);
  layer.showPopover();
  return { layer, text };
}

/** Above the field where there is room, for chats have their composer at the bottom. */
function placeNotice(field: HTMLElement, layer: HTMLElement): void {
  const { left, top, bottom, width } = field.getBoundingClientRect();
  const wide = Math.min(Math.max(width, NARROWEST), innerWidth - 2 * GAP);
  const isAbove = top >= LEAST_ABOVE || top > innerHeight - bottom;
  Object.assign(layer.style, {
    width: `${wide}px`,
    left: `${Math.min(Math.max(left, GAP), innerWidth - wide - GAP)}px`,
    right: 'auto',
    top: isAbove ? 'auto' : `${bottom + GAP}px`,
    bottom: isAbove ? `${innerHeight - top + GAP}px` : 'auto',
  });
}

function placeMirror(field: HTMLTextAreaElement, { layer, text }: Mirror): void {
  const { left, top, width, height } = field.getBoundingClientRect();
  const style = getComputedStyle(field);
  for (const metric of METRICS) text.style[metric] = style[metric];
  Object.assign(text.style, {
    boxSizing: 'border-box',
    width: `${field.offsetWidth - scrollbarOf(field, style)}px`,
    height: `${field.offsetHeight}px`,
    borderStyle: 'solid',
    borderColor: 'transparent',
    color: 'transparent',
    whiteSpace: 'pre-wrap',
    overflow: 'hidden',
  });
  text.scrollTop = field.scrollTop;
  // A dialog of the page may lie over the field.
  const seen = (field.getRootNode() as Document | ShadowRoot).elementFromPoint(left + width / 2, top + height / 2);
  Object.assign(layer.style, {
    left: `${left}px`,
    top: `${top}px`,
    visibility: seen === field ? 'visible' : 'hidden',
  });
}

/** CSS pixels that a scroll bar takes from the text. */
function scrollbarOf(field: HTMLElement, { borderLeftWidth, borderRightWidth }: CSSStyleDeclaration): number {
  const borders = Number.parseFloat(borderLeftWidth) + Number.parseFloat(borderRightWidth);
  return Math.max(0, field.offsetWidth - borders - field.clientWidth);
}

interface Marked {
  readonly start: number;
  readonly end: number;
  readonly mark: keyof typeof MARKS;
}

function spansOf(findings: Findings): Marked[] {
  return findings.flatMap(({ category, spans }) => {
    const mark = category === 'pii' || category === 'secret' ? 'sensitive' : 'attack';
    return spans.map(({ start, end }): Marked => ({ start, end, mark }));
  });
}

/** Of spans that overlap the shorter is seen: a value inside an attack, for one. */
function painted(text: string, spans: readonly Marked[]): (Node | string)[] {
  const cuts = [...new Set([0, text.length, ...spans.flatMap(({ start, end }) => [start, end])])].sort((a, b) => a - b);
  const shortest = [...spans].sort((a, b) => a.end - a.start - (b.end - b.start));
  const parts = cuts.slice(1).map((end, i) => {
    const start = cuts[i]!;
    const marked = shortest.find((span) => span.start <= start && end <= span.end);
    const piece = text.slice(start, end);
    if (marked === undefined) return piece;
    const element = document.createElement('span');
    element.style.cssText = MARKS[marked.mark];
    element.textContent = piece;
    return element;
  });
  // A line break at the end has no height without something after it.
  return [...parts, '\u200b'];
}
