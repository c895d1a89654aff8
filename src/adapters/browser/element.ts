/**
 * `<edgeward-field>`: a text area that takes part in its form, marks what was found in it and says so.
 *
 * @module
 */
import type { Finding } from '../../types.ts';
import type { Verdict } from './check.ts';
import { holdForm } from './form.ts';
import { createGate } from './gate.ts';
import { markOf } from './highlight.ts';
import { LABELS, sentenceOf } from './labels.ts';
import { adopt, COLORS, MARKS } from './styles.ts';
import { type Watch, type WatchOptions, watch } from './watch.ts';

const NAME = 'edgeward-field';
/** Handed on to the text area. */
const FORWARDED = [
  'placeholder',
  'rows',
  'maxlength',
  'minlength',
  'required',
  'readonly',
  'spellcheck',
  'lang',
] as const;

const CSS = `
  :host { display: block; ${COLORS} }
  :host([hidden]) { display: none; }
  label { display: block; margin-block-end: 4px; color: var(--edgeward-ink); font: 600 14px/1.4 system-ui, sans-serif; }
  .frame { display: grid; border: 1px solid var(--edgeward-line); border-radius: 8px; background: var(--edgeward-paper);
    overflow: hidden; }
  .frame:focus-within { outline: 3px solid var(--edgeward-accent); outline-offset: 1px; }
  .frame.refused { border-color: var(--edgeward-block); }
  textarea, .mirror { grid-area: 1 / 1; box-sizing: border-box; inline-size: 100%; margin: 0; padding: 8px 10px; border: 0;
    font: 16px/1.5 system-ui, sans-serif; letter-spacing: normal; white-space: pre-wrap; overflow-wrap: break-word;
    scrollbar-gutter: stable; overflow-y: auto; }
  .mirror { color: transparent; user-select: none; pointer-events: none; max-block-size: 40vh; block-size: 0; min-block-size: 100%; }
  textarea { resize: vertical; background: transparent; color: var(--edgeward-ink); outline: 0; max-block-size: 40vh; }
  textarea::placeholder { color: var(--edgeward-ink); opacity: 0.75; }
  mark { color: transparent; border-radius: 3px; }
  mark.sensitive { ${MARKS.sensitive} }
  mark.attack { ${MARKS.attack} }
`;

/**
 * Defines `<edgeward-field>`; once is enough, and a second call does nothing.
 *
 * Attributes are a text area's, and `label`, the text of a label above it. `value`, `name`, `form` and the methods of
 * constraint validation are there; text that the policy refuses is invalid. `edgeward-verdict` fires with every verdict
 * (`event.detail`, undefined while a new text has none).
 */
export function defineElements(options: WatchOptions): void {
  if (customElements.get(NAME) !== undefined) return;
  const labels = { ...LABELS, ...options.labels };

  class EdgewardField extends HTMLElement {
    static readonly formAssociated = true;
    static readonly observedAttributes: readonly string[] = [...FORWARDED, 'label'];
    readonly #internals = this.attachInternals();
    readonly #area: HTMLTextAreaElement;
    readonly #mirror: HTMLElement;
    readonly #frame: HTMLElement;
    readonly #label: HTMLLabelElement;
    readonly #shared = { current: options.vault };
    #watch: Watch | undefined;
    #release = (): void => {};

    constructor() {
      super();
      const root = this.attachShadow({ mode: 'open', delegatesFocus: true });
      adopt(root, CSS);
      const document = this.ownerDocument;
      this.#frame = document.createElement('div');
      this.#frame.className = 'frame';
      this.#mirror = document.createElement('div');
      this.#mirror.className = 'mirror';
      this.#mirror.setAttribute('aria-hidden', 'true');
      this.#area = document.createElement('textarea');
      this.#area.id = 'area';
      this.#area.part.add('textarea');
      this.#label = document.createElement('label');
      this.#label.htmlFor = 'area';
      this.#label.hidden = true;
      this.#frame.append(this.#mirror, this.#area);
      root.append(this.#label, this.#frame);
      this.#area.addEventListener('input', () => this.#changed());
      this.#area.addEventListener('change', () => this.dispatchEvent(new Event('change', { bubbles: true })));
      this.#area.addEventListener('scroll', () => {
        this.#mirror.scrollTop = this.#area.scrollTop;
      });
    }

    get value(): string {
      return this.#area.value;
    }
    set value(text: string) {
      this.#area.value = text;
      this.#area.dispatchEvent(new InputEvent('input'));
    }
    get name(): string {
      return this.getAttribute('name') ?? '';
    }
    get form(): HTMLFormElement | null {
      return this.#internals.form;
    }
    get validity(): ValidityState {
      return this.#internals.validity;
    }
    get validationMessage(): string {
      return this.#internals.validationMessage;
    }
    get verdict(): Verdict | undefined {
      return this.#watch?.check.verdict;
    }
    checkValidity(): boolean {
      return this.#internals.checkValidity();
    }
    reportValidity(): boolean {
      return this.#internals.reportValidity();
    }

    connectedCallback(): void {
      if (this.#area.value === '') this.#area.value = this.#initial();
      this.#watch = watch(
        this.#area,
        this.#shared,
        {
          ...options,
          onVerdict: (verdict) => {
            this.#show(verdict);
            options.onVerdict?.(verdict, this);
            this.dispatchEvent(new CustomEvent('edgeward-verdict', { detail: verdict, bubbles: true, composed: true }));
          },
        },
        () => gate.retry(),
      );
      const { check, wait, stop } = this.#watch;
      const gate = createGate(() => [check], { onWait: wait, onHeld: stop });
      this.#hold = (form) => {
        this.#release();
        this.#release = form === null ? () => {} : holdForm(form, gate);
      };
      // The notice belongs below the frame, not into its grid.
      this.#frame.after(this.#area.nextElementSibling!);
      this.#hold(this.#internals.form);
      this.#name();
      this.#changed();
    }

    disconnectedCallback(): void {
      this.#release();
      this.#release = () => {};
      this.#hold = () => {};
      this.#watch?.close();
      this.#watch = undefined;
    }

    attributeChangedCallback(name: string, _: string | null, value: string | null): void {
      if (name === 'label') this.#name();
      else if (value === null) this.#area.removeAttribute(name);
      else this.#area.setAttribute(name, value);
      this.#validate(this.verdict);
    }

    formAssociatedCallback(form: HTMLFormElement | null): void {
      this.#hold(form);
      this.#name();
    }
    formDisabledCallback(disabled: boolean): void {
      this.#area.disabled = disabled;
    }
    formResetCallback(): void {
      this.value = this.#initial();
    }
    formStateRestoreCallback(state: string): void {
      this.value = state;
    }

    #hold: (form: HTMLFormElement | null) => void = () => {};

    #initial(): string {
      return this.getAttribute('value') ?? this.textContent ?? '';
    }

    /** A label inside says the name; else the page's own `<label>` does. */
    #name(): void {
      const own = this.getAttribute('label');
      this.#label.hidden = own === null;
      this.#label.textContent = own;
      const outside = [...this.#internals.labels].map((label) => label.textContent?.trim()).join(' ');
      const name = own === null ? (this.getAttribute('aria-label') ?? outside) : '';
      if (name === '') this.#area.removeAttribute('aria-label');
      else this.#area.setAttribute('aria-label', name);
    }

    #changed(): void {
      this.#internals.setFormValue(this.#area.value);
      this.#paint(this.verdict?.findings ?? []);
      this.#validate(this.verdict);
    }

    #show(verdict: Verdict | undefined): void {
      this.#paint(verdict?.findings ?? []);
      this.#frame.classList.toggle('refused', verdict?.refused === true);
      this.#validate(verdict);
    }

    /** A refusal for want of a verdict is no fault of the text: sending it again asks again. */
    #validate(verdict: Verdict | undefined): void {
      const { validity, validationMessage } = this.#area;
      if (!validity.valid) this.#internals.setValidity(validity, validationMessage, this.#area);
      else if (verdict?.refused && verdict.final && verdict.level !== 'failed')
        this.#internals.setValidity({ customError: true }, sentenceOf(verdict, labels), this.#area);
      else this.#internals.setValidity({});
    }

    /** The same text as above, in the same place, invisible but for its marks. */
    #paint(findings: readonly Finding[]): void {
      const text = this.#area.value;
      const parts: (Node | string)[] = [];
      let at = 0;
      for (const { start, end, mark } of marksOf(findings)) {
        if (start < at) continue;
        const marked = this.ownerDocument.createElement('mark');
        marked.className = mark;
        marked.textContent = text.slice(start, end);
        parts.push(text.slice(at, start), marked);
        at = end;
      }
      // A line break at the end has no height without something after it.
      this.#mirror.replaceChildren(...parts, `${text.slice(at)}\u200b`);
      this.#mirror.scrollTop = this.#area.scrollTop;
    }
  }

  customElements.define(NAME, EdgewardField);
}

/** By start; of two that overlap the longer is drawn. */
function marksOf(findings: readonly Finding[]) {
  return findings
    .flatMap(({ category, spans }) => spans.map((span) => ({ ...span, mark: markOf(category) })))
    .filter(({ start, end }) => end > start)
    .sort((a, b) => a.start - b.start || b.end - a.end);
}
