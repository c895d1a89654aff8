/**
 * Numbers of the feature stages that both engines share, in the common subset of
 * AssemblyScript and TypeScript. `src/engine/schema.ts` re-exports them and names
 * every dense feature; the order of its list is the order in which both engines
 * write.
 */

/** Raised whenever a feature's meaning, place or hash changes: weights of another version must not be loaded. */
export const SCHEMA_VERSION = 1;
/** f32 values that `dense` writes per view. */
export const DENSE_COUNT = 195;
/** Place of `linear/window-max-at`: where in the text the strongest window begins, in windows over their number. */
export const PEAK_FEATURE = 177;

// --- hashes -----------------------------------------------------------------------------------------------

/** Odd multipliers of the code points of a character n-gram, first to fifth. */
export const GRAM_K0 = 0x9e3779b1;
export const GRAM_K1 = 0x85ebca6b;
export const GRAM_K2 = 0xc2b2ae35;
export const GRAM_K3 = 0x27d4eb2f;
export const GRAM_K4 = 0x165667b1;
/** Seeds that keep the kinds of n-gram apart. */
export const GRAM_SEED3 = 0x3c6ef372;
export const GRAM_SEED4 = 0x5be0cd19;
export const GRAM_SEED5 = 0x1f83d9ab;
export const WORD_SEED1 = 0x6a09e667;
export const WORD_SEED2 = 0x510e527f;
export const WORD_SEED3 = 0x7b05688c;
/** Multipliers of the finalizer: h ^= h >>> 16, h *= MIX_A, h ^= h >>> 15, h *= MIX_B, h ^= h >>> 16. */
export const MIX_A = 0x21f0aaad;
export const MIX_B = 0x735a2d97;

// --- lexicon ----------------------------------------------------------------------------------------------

/** Word classes: bit numbers in a word's class bits. */
export const CLASS_SECOND = 0;
export const CLASS_FIRST = 1;
export const CLASS_OVERRIDE = 2;
export const CLASS_REVEAL = 3;
export const CLASS_INSTRUCTION = 4;
export const CLASS_PRIOR = 5;
export const CLASS_SECRET = 6;
export const CLASS_AI = 7;
export const CLASS_ROLE = 8;
export const CLASS_UNRESTRICTED = 9;
export const CLASS_NEGATION = 10;
export const CLASS_MODAL = 11;
export const CLASS_ALWAYS = 12;
export const CLASS_QUESTION = 13;
export const CLASS_POLITE = 14;
export const CLASS_ONWARD = 15;
export const CLASS_AUTHORITY = 16;
export const CLASS_ACTION = 17;
export const CLASS_URGENCY = 18;
export const CLASS_ENCODE = 19;
export const CLASS_HARM = 20;
export const CLASS_DISCUSS = 21;
export const CLASS_CODE = 22;
export const CLASS_EVERYDAY = 23;
export const CLASS_TASK = 24;
export const CLASS_FICTION = 25;
export const CLASS_ALL = 26;
/** Names that open a turn in a transcript: user, assistant, system … */
export const CLASS_SPEAKER = 27;
/** http, https, www, ftp. */
export const CLASS_URL = 28;
export const CLASS_COUNT = 29;
/** Word classes whose first position is a feature. */
export const FIRST_COUNT = 8;
/** Word-class pairs counted as "a, soon followed by b". */
export const PAIR_COUNT = 16;
/** How many words later `b` may stand; for solo characters, which are fractions of words, more. */
export const PAIR_REACH = 6;
export const PAIR_REACH_SOLO = 16;
/** Solo characters that form a lexicon word together: at most this many. */
export const SOLO_WORD_MAX = 4;

// --- rules ------------------------------------------------------------------------------------------------

/** Rule families in the order of `FAMILIES` in `src/engine/schema.ts`. */
export const FAMILY_COUNT = 14;
export const FAMILY_CONTEXT = 12;

// --- structure --------------------------------------------------------------------------------------------

/** Quoted stretches remembered per view; later ones count as unquoted. */
export const MAX_QUOTES = 128;
/** The second-best window's margin where the text has no second window. */
export const NO_WINDOW = -16;
