/**
 * Queries that reach into open shadow trees.
 *
 * @module
 */

const STEP = /\s*>>>\s*/;

export interface Found {
  readonly elements: ReadonlySet<HTMLElement>;
  /** The shadow trees on the way: what happens in them, an observer outside does not see. */
  readonly roots: ReadonlySet<ShadowRoot>;
}

/** @param selectors each may step into open shadow trees: `host >>> inner` */
export function queryDeep(root: ParentNode, selectors: readonly string[]): Found {
  const elements = new Set<HTMLElement>();
  const roots = new Set<ShadowRoot>();
  for (const selector of selectors) {
    const steps = selector.split(STEP);
    let within: readonly ParentNode[] = [root];
    for (const [i, step] of steps.entries()) {
      const found = within.flatMap((parent) => [...parent.querySelectorAll<HTMLElement>(step)]);
      if (i === steps.length - 1) {
        for (const element of found) elements.add(element);
        break;
      }
      const trees = found.flatMap(({ shadowRoot }) => shadowRoot ?? []);
      for (const tree of trees) roots.add(tree);
      within = trees;
    }
  }
  return { elements, roots };
}

/** Whether an element, wherever it stands, is what one of the selectors means in its own tree. */
export function matchesDeep(element: Element, selectors: readonly string[]): boolean {
  return selectors.some((selector) => element.matches(selector.split(STEP).at(-1)!));
}
