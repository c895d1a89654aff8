/**
 * What is loaded when a policy first asks for personal data or secrets.
 *
 * @module
 */
import { TYPES } from './catalog.ts';
import { NUMBER_TYPES } from './number-types.ts';
import { createSearch } from './search.ts';
import { WORD_TYPES } from './word-types.ts';

export { createSearch, TYPES };

/** Types found by themselves because a check or a shape tells: of these a pseudonym must be one too. */
export const CHECKED: ReadonlySet<string> = new Set(
  [...NUMBER_TYPES, ...WORD_TYPES].filter(({ alone = 0 }) => alone >= 0.5).map(({ type }) => type),
);

export interface SearchModule {
  readonly createSearch: typeof createSearch;
  readonly CHECKED: ReadonlySet<string>;
  readonly TYPES: typeof TYPES;
}
