/**
 * Style sheets, constructed: a page's Content-Security-Policy forbids inline styles.
 *
 * @module
 */

/** Both themes reach a contrast of 4.5 : 1 for text, 3 : 1 for borders. `light-dark()` follows the page's `color-scheme`. */
export const COLORS = `
  --edgeward-ink: light-dark(#16201d, #e7eeea);
  --edgeward-paper: light-dark(#ffffff, #18201d);
  --edgeward-line: light-dark(#6b7a74, #81918a);
  --edgeward-accent: light-dark(#0f766e, #4fd1c0);
  --edgeward-redact: light-dark(#0b57a8, #8cc4ff);
  --edgeward-verify: light-dark(#8a5300, #f3bd5e);
  --edgeward-block: light-dark(#b3261e, #ff9c92);
  --edgeward-redact-soft: light-dark(#dcebfb, #14324f);
  --edgeward-verify-soft: light-dark(#fdf0d5, #372a10);
  --edgeward-block-soft: light-dark(#fde6e3, #421b18);
`;

/** @returns takes the styles away again */
export function adopt(root: Document | ShadowRoot, css: string): () => void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  try {
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    return () => {
      root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
    };
  } catch {
    // Firefox refuses a content script's sheet, and lets its elements in.
    const style = document.createElement('style');
    style.textContent = css;
    (root instanceof Document ? root.head : root).append(style);
    return () => style.remove();
  }
}

/** How marks are told apart without color too: by their underline. */
export const MARKS: Readonly<Record<Mark, string>> = {
  sensitive:
    'background-color: light-dark(#dcebfb, #14324f); text-decoration: underline 2px dotted light-dark(#0b57a8, #8cc4ff)',
  attack:
    'background-color: light-dark(#fde6e3, #421b18); text-decoration: underline 2px wavy light-dark(#b3261e, #ff9c92)',
};

export type Mark = 'sensitive' | 'attack';
