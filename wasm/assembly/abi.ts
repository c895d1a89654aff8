/**
 * Numbers both engines share: limits, view layout, decoder bits, statistics.
 *
 * Written in the common subset of AssemblyScript and TypeScript, so that
 * `src/engine/abi.ts` re-exports this very file and no second copy exists.
 */

/** Version of everything a pack and an engine must agree on; raised when a layout or a feature changes. */
export const ABI_VERSION = 2;

// --- limits ---------------------------------------------------------------------------------------------

/** UTF-16 code units in one block. Longer texts are cut into blocks by `src/text/blocks.ts`. */
export const MAX_UNITS = 4096;
/** UTF-8 bytes of one block: three per code unit. Also the ceiling of every decoded view. */
export const MAX_RAW = 12288;
/** Normalized bytes of one view; a code point becomes at most six bytes, the rest is cut off. */
export const MAX_TEXT = 24576;
/** Zeroed, readable bytes behind (and 16 before) every text buffer, so that vectors may read past the end. */
export const PADDING = 64;
/** Views of one block, the text itself included. */
export const MAX_VIEWS = 12;
/** How often a decoded text is unwrapped again. */
export const MAX_DEPTH = 3;
/** Tokens of one view. */
export const MAX_TOKENS = 12288;
/** Rule hits recorded per view, and per rule and view. */
export const MAX_HITS = 256;
export const MAX_HITS_PER_RULE = 4;
/** Bytes of normalized text one rule match may span. */
export const MAX_MATCH = 512;
/** Size of the hashed n-gram space, a power of two. */
export const NGRAM_BUCKETS = 262144;
/** Distinct n-grams counted per view; later ones are ignored. */
export const MAX_NGRAMS = 32768;
/** Segment of text, in normalized bytes, over which a local linear margin is summed. */
export const SEGMENT_BYTES = 128;

// --- heads ----------------------------------------------------------------------------------------------

/** Text that may instruct: is it an attack on the instructions? */
export const HEAD_USER = 0;
/** Text that is data (tool, retrieved): does it instruct at all? */
export const HEAD_DATA = 1;

// --- decoder bits: which transformations lead from the original to a view --------------------------------

export const DECODER_BASE64 = 1;
export const DECODER_BASE32 = 2;
export const DECODER_HEX = 4;
export const DECODER_BINARY = 8;
export const DECODER_PERCENT = 16;
export const DECODER_ENTITY = 32;
export const DECODER_ESCAPE = 64;
export const DECODER_MORSE = 128;
export const DECODER_ASCII85 = 256;
export const DECODER_ROT13 = 512;
export const DECODER_REVERSED = 1024;
export const DECODER_TAGS = 2048;
export const DECODER_VARIATION = 4096;
export const DECODER_LEET = 8192;
export const DECODER_SPREAD = 16384;
export const DECODER_COUNT = 15;

// --- statistics of the raw text, counted in code points by normalize -------------------------------------

export const STAT_CODE_POINTS = 0;
export const STAT_UPPER = 1;
export const STAT_LOWER = 2;
export const STAT_DIGIT = 3;
/** ASCII punctuation, after folding. */
export const STAT_PUNCT = 4;
export const STAT_SPACE = 5;
export const STAT_NEWLINE = 6;
/** Emoji and other symbols: written as the byte 0x01. */
export const STAT_SYMBOL = 7;
/** Deleted: zero-width and other invisible code points, bidi controls, tags and selectors not counted. */
export const STAT_INVISIBLE = 8;
export const STAT_BIDI = 9;
export const STAT_TAG = 10;
export const STAT_VARIATION = 11;
/** Deleted combining marks. */
export const STAT_MARK = 12;
/** Non-ASCII code points whose folded form is ASCII (confusable or compatibility). */
export const STAT_FOLDED = 13;
export const STAT_CONTROL = 14;
/** U+FFFD, as lone surrogates and invalid bytes arrive. */
export const STAT_REPLACEMENT = 15;
export const STAT_LATIN = 16; // letters beyond ASCII
export const STAT_CYRILLIC = 17;
export const STAT_GREEK = 18;
export const STAT_ARABIC = 19;
export const STAT_HEBREW = 20;
export const STAT_INDIC = 21;
export const STAT_HAN = 22;
export const STAT_KANA = 23;
export const STAT_HANGUL = 24;
export const STAT_THAI = 25; // Thai, Lao, Khmer, Myanmar
export const STAT_OTHER_LETTER = 26;
/** Words holding letters of two of Latin, Cyrillic, Greek. */
export const STAT_MIXED_WORDS = 27;
export const STAT_LINES = 28;
/** Longest line in code points. */
export const STAT_LONGEST_LINE = 29;
/** Longest run of one code point, white space excepted. */
export const STAT_LONGEST_RUN = 30;
export const STAT_COUNT = 32;

// --- tokens ---------------------------------------------------------------------------------------------

/** A run of [a-z0-9_] and non-ASCII letters. */
export const TOKEN_WORD = 0;
/** One Han, Kana, Thai, Lao, Khmer or Myanmar code point: a word of its own, since no blanks divide them. */
export const TOKEN_SOLO = 1;
/** One byte of punctuation, or 0x01 for a symbol. */
export const TOKEN_PUNCT = 2;
