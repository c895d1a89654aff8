/**
 * What stands below a field: a sentence that screen readers hear, what was found, and what can be done about it.
 *
 * @module
 */
import type { Finding, Span } from '../../types.ts';
import type { Verdict } from './check.ts';
import { type Labels, nameOf, sentenceOf } from './labels.ts';
import { adopt, COLORS } from './styles.ts';

export interface NoticeActions {
  onRedact(): void;
  onInsist(): void;
  onShow(span: Span): void;
}

export interface Notice {
  /** Goes where the page wants it. */
  readonly element: HTMLElement;
  /** @param stopped sending was stopped for it */
  show(verdict: Verdict | undefined, stopped: boolean): void;
  wait(): void;
}

const MOST_FINDINGS = 5;
const EXCERPT_UNITS = 40;

const CSS = `
  :host { display: block; ${COLORS} }
  [hidden] { display: none !important; }
  .box { margin-block: 6px; padding: 8px 10px; border: 1px solid var(--edgeward-line); border-inline-start-width: 4px;
    border-radius: 8px; background: var(--edgeward-paper); color: var(--edgeward-ink); font: 14px/1.45 system-ui, sans-serif; }
  .box[data-level='redact'] { border-color: var(--edgeward-redact); background: var(--edgeward-redact-soft); }
  .box[data-level='verify'], .box[data-level='failed'] { border-color: var(--edgeward-verify); background: var(--edgeward-verify-soft); }
  .box[data-level='block'] { border-color: var(--edgeward-block); background: var(--edgeward-block-soft); }
  .box.quiet { border: 0; padding: 0; margin: 0; background: none; position: absolute; inline-size: 1px; block-size: 1px;
    overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  p { margin: 0; font-weight: 600; }
  ul { margin: 6px 0 0; padding: 0; list-style: none; display: flex; flex-wrap: wrap; gap: 6px; }
  .actions { display: flex; gap: 8px; margin-block-start: 8px; }
  button { min-block-size: 28px; padding: 3px 10px; border: 1px solid var(--edgeward-line); border-radius: 6px;
    background: var(--edgeward-paper); color: var(--edgeward-ink); font: inherit; cursor: pointer;
    transition: border-color 120ms; }
  button:hover { border-color: var(--edgeward-accent); }
  button:focus-visible { outline: 3px solid var(--edgeward-accent); outline-offset: 1px; }
  .main { font-weight: 600; border-color: var(--edgeward-accent); color: var(--edgeward-accent); }
  @media (prefers-reduced-motion: reduce) { button { transition: none; } }
  @media (forced-colors: active) { .box { border-color: CanvasText; } }
`;

export function createNotice(
  document: Document,
  labels: Labels,
  { onRedact, onInsist, onShow }: NoticeActions,
): Notice {
  const element = document.createElement('div');
  const root = element.attachShadow({ mode: 'open' });
  adopt(root, CSS);
  const make = <K extends keyof HTMLElementTagNameMap>(name: K, className = ''): HTMLElementTagNameMap[K] => {
    const made = document.createElement(name);
    if (className !== '') made.className = className;
    return made;
  };
  const button = (text: string, className: string, onClick: () => void): HTMLButtonElement => {
    const made = make('button', className);
    made.type = 'button';
    made.textContent = text;
    made.addEventListener('click', onClick);
    return made;
  };

  const box = make('div', 'box quiet');
  const sentence = make('p');
  sentence.setAttribute('role', 'status');
  sentence.setAttribute('aria-live', 'polite');
  const list = make('ul');
  const actions = make('div', 'actions');
  const redact = button(labels.redactButton, 'main', onRedact);
  const insist = button(labels.insistButton, '', onInsist);
  actions.append(redact, insist);
  box.append(sentence, list, actions);
  root.append(box);
  let worried = false;

  function draw(level: string, text: string, quiet: boolean): void {
    box.classList.toggle('quiet', quiet);
    box.dataset['level'] = level;
    // The same words again would be read out again.
    if (sentence.textContent !== text) sentence.textContent = text;
  }

  function rowOf(text: string, finding: Finding): HTMLElement {
    const row = make('li');
    const span = finding.spans[0]!;
    const excerpt = text.slice(span.start, Math.min(span.end, span.start + EXCERPT_UNITS));
    const name = nameOf(finding, labels);
    const show = button(`${name}: ${excerpt}`, '', () => onShow(span));
    show.setAttribute('aria-label', `${labels.show} ${name}: ${excerpt}`);
    row.append(show);
    return row;
  }

  function clear(text: string): void {
    list.replaceChildren();
    list.hidden = true;
    actions.hidden = true;
    draw('allow', text, true);
  }

  clear('');
  return {
    element,
    wait: () => draw('allow', labels.checking, false),
    show(verdict, stopped) {
      if (verdict === undefined || verdict.level === 'allow') {
        clear(worried && verdict !== undefined ? labels.fine : '');
        worried = false;
        return;
      }
      worried = true;
      const { level, refused, text, findings } = verdict;
      const located = findings.filter(({ spans }) => spans.length > 0);
      // Several rules may say the same of the same words.
      const rows = new Map(
        located.map((finding) => [`${finding.spans[0]!.start} ${nameOf(finding, labels)}`, finding]),
      );
      list.replaceChildren(...[...rows.values()].slice(0, MOST_FINDINGS).map((finding) => rowOf(text, finding)));
      list.hidden = located.length === 0;
      redact.hidden = !findings.some(({ category }) => category === 'pii' || category === 'secret');
      insist.hidden = refused || !stopped;
      actions.hidden = redact.hidden && insist.hidden;
      const said = sentenceOf(verdict, labels);
      draw(refused && level === 'verify' ? 'block' : level, stopped ? `${labels.notSent} ${said}` : said, false);
    },
  };
}
