/**
 * How large a rule pack may be. The limits keep compiling quick and the section's numbers within their fields.
 *
 * @module
 */

export const MAX_RULES = 1000;
/** UTF-16 code units of one pattern, and of one part. */
export const MAX_PATTERN_LENGTH = 2000;
/** Patterns in one rule's `match`, `near` and `unless` each, after `a | b` at the top is split. */
export const MAX_PATTERNS_PER_RULE = 64;
/** Alternatives in one group. */
export const MAX_ALTERNATIVES = 512;
/** Nodes of one pattern with all parts put in. */
export const MAX_NODES = 20000;
export const MAX_PART_DEPTH = 8;
/** `x{2,N}`: the largest N. */
export const MAX_REPEAT = 512;
/** `..N..`: the largest N. */
export const MAX_GAP = 64;
/** `within: N`: the largest N. */
export const MAX_WITHIN = 1000;
/** States of one stretch before and after minimizing, and of all stretches together. */
export const MAX_STRETCH_NODES = 20000;
export const MAX_STATES = 262143;
/** Words and stems that one step may tell apart at one place, before it is read by bytes; and their length. */
export const MAX_STEP_WORDS = 1024;
export const MAX_WORD_BYTES = 63;
/** Words and stems of all rules together. */
export const MAX_WORDS = 65000;
export const MAX_LITERALS = 8192;
/** Words before a literal, and separators before the first word, that the matcher walks back. */
export const MAX_WORDS_BACK = 24;
export const MAX_LEAD = 24;

/** What an engine sets aside for a user's own rules, compiled; `wasm/assembly/match/pack.ts` says the same. */
export const OWN_ROOM = {
  states: 16384,
  ranges: 49152,
  words: 8192,
  letters: 65536,
  patterns: 8192,
  steps: 8192,
  conditions: 4096,
  literals: 4096,
  entries: 16384,
} as const;
