/**
 * What the candidate stage says of a chunk. Shared by both engines: `src/engine/candidate.ts` re-exports this file.
 *
 * A chunk is a maximal run of bytes that are neither white space, control nor one of `"'`<>()[]{},;|\`.
 */

export const CANDIDATE_DIGIT = 1;
export const CANDIDATE_AT = 2;
/** Holds `:` or `=`: an assignment, a label, an address with colons, a URL. */
export const CANDIDATE_ASSIGN = 4;
/** ASCII alone and at least `LONG_BYTES` long. */
export const CANDIDATE_LONG = 8;
/** Eight or eleven bytes, capitals and digits alone. */
export const CANDIDATE_CAPITALS = 16;
/** Not one chunk but a row of at least `WORD_ROW` words of `WORD_MIN` to `WORD_MAX` small letters, as seed phrases are. */
export const CANDIDATE_WORDS = 32;

export const LONG_BYTES = 20;
export const WORD_ROW = 12;
export const WORD_MIN = 3;
export const WORD_MAX = 8;
/** Bytes between two words of a row, at most. */
export const WORD_GAP = 2;
/** Bytes of a candidate's row: u16 start, u16 end (bytes of raw text), u16 flags. */
export const CANDIDATE_ROW = 6;
