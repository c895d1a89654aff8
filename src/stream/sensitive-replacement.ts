/**
 * What stands in an answer instead of a value that is withheld.
 *
 * @module
 */
import { findPlaceholders, labelOf, placeholder } from '../act/placeholder.ts';
import type { Strategy, Vault } from '../types.ts';

/** @param before the text before the value, as far back as a URL around it may begin */
export type Replace = (type: string, value: string, strategy: Strategy, before: string) => string;

/**
 * Values keep their replacement throughout an answer. Placeholders have numbers that the user's vault does not know, so
 * that nothing withheld comes back when the answer goes through `restore` once more.
 *
 * @param scratch a vault of its own, for what is not a placeholder; nobody else ever sees it
 * @param users the vault whose placeholders mean something to the user
 */
export function createReplace(scratch: Vault, users: Vault | undefined): Replace {
  const numbers = new Map<string, number>();
  const last = new Map<string, number>();

  function numberOf(label: string, value: string): number {
    const key = `${label} ${value}`;
    const known = numbers.get(key);
    if (known !== undefined) return known;
    let number = (last.get(label) ?? 0) + 1;
    while (users !== undefined && isKnown(users, placeholder(label, number, false))) number++;
    numbers.set(key, number);
    last.set(label, number);
    return number;
  }

  return (type, value, strategy, before) => {
    if (strategy !== 'placeholder') {
      const made = scratch.redact(value, [{ start: 0, end: value.length, type, strategy }]);
      // A pseudonym that cannot be made is a placeholder of the scratch vault: it gets a number of ours.
      if (strategy !== 'pseudonym' || findPlaceholders(made).length === 0) return made;
    }
    const label = labelOf(type);
    const joins = before.slice(-80).includes('__');
    return placeholder(label, numberOf(label, value), !joins && isInUrl(before));
  };
}

/** Whether a URL that began before is still going on. */
function isInUrl(before: string): boolean {
  const scheme = before.lastIndexOf('://');
  return scheme >= 0 && !/[\s"'`<>()[\]{}|\\]/.test(before.slice(scheme + 3));
}

function isKnown(vault: Vault, name: string): boolean {
  return vault.restore(name) !== name;
}
