/**
 * A box of fixed height whose content scrolls, reachable with the keyboard.
 *
 * @module
 */
import type { ComponentChildren, JSX } from 'preact';

export interface ScrollBoxProps {
  readonly label: string;
  readonly class: string;
  readonly children: ComponentChildren;
}

export function ScrollBox({ label, class: className, children }: ScrollBoxProps): JSX.Element {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: whoever has no mouse scrolls it with the arrow keys
    <section class={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  );
}

/** As the vault writes them. */
const PLACEHOLDER = /(\[[A-Z][A-Z0-9_]{0,63}_\d{1,9}\])/;

/** Text as it is, line breaks included; placeholders stand out. */
export function TextBox({ label, text }: { readonly label: string; readonly text: string }): JSX.Element {
  return (
    <ScrollBox label={label} class="text-box">
      <div dir="auto">
        {text.split(PLACEHOLDER).map((piece, i) => (i % 2 === 0 ? piece : <mark class="placeholder">{piece}</mark>))}
      </div>
    </ScrollBox>
  );
}
