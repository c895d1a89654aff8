/**
 * Numbers that the tokenizer's module, its reference, its reader and its builder share.
 * `models/FORMAT.md` has the bytes of `tokenizer.bin`.
 */

export const TOKENIZER_MAGIC = 0x31545745; // "EWT1"
export const TOKENIZER_VERSION = 1;

// Header, byte offsets of u32 values.
export const AT_MAGIC = 0;
export const AT_VERSION = 4;
export const AT_UNICODE = 8;
export const AT_VOCABULARY = 12;
export const AT_UNK = 16;
export const AT_CLS = 20;
export const AT_SEP = 24;
export const AT_PAD = 28;
export const AT_PAGES = 32;
export const AT_RECORDS = 36;
export const AT_POOL = 40;
export const AT_NODES = 44;
export const AT_ENTRIES = 48;
export const HEADER_BYTES = 64;

/** Pages of 256 code points. */
export const PAGE_COUNT = 0x1100;

// What becomes of a code point: a record's low three bits.
/** Part of a word, as it is. */
export const KIND_WORD = 0;
/** A word of its own. */
export const KIND_PUNCTUATION = 1;
/** Ends a word. */
export const KIND_BLANK = 2;
/** As if it were not there. */
export const KIND_REMOVED = 3;
/** An accent: gone, but part of the span of the character it stands on. */
export const KIND_ACCENT = 4;
/** An accent across which marks are not put in order. */
export const KIND_BARRIER = 5;
/** Becomes one to three code points of the pool. */
export const KIND_MAPPED = 6;
/** A Hangul syllable: becomes two or three jamo. */
export const KIND_HANGUL = 7;
export const KIND_MASK = 7;

// The rest of a record.
/** A word of its own though no punctuation. */
export const FLAG_SPACED = 8;
/** Has case: decides, before and behind it, how a capital sigma is lowered. */
export const FLAG_CASED = 16;
/** Not looked at when a capital sigma looks for what has case. */
export const FLAG_IGNORABLE = 32;
export const COUNT_SHIFT = 6;
export const COUNT_MASK = 3;
/** Rank of the canonical combining class; 0 for a starter. */
export const CLASS_SHIFT = 8;
export const CLASS_MASK = 255;
/** First entry of the pool. */
export const POOL_SHIFT = 16;

// An entry of the pool: a code point, whether it is punctuation, and in the top byte the rank of its class.
export const POOL_CODE_MASK = 0x1fffff;
export const POOL_PUNCTUATION = 0x200000;
export const POOL_CLASS_SHIFT = 24;

export const CAPITAL_SIGMA = 0x3a3;
export const SMALL_SIGMA = 0x3c3;
export const FINAL_SIGMA = 0x3c2;

export const HANGUL_FIRST = 0xac00;
export const HANGUL_LEAD = 0x1100;
export const HANGUL_VOWEL = 0x1161;
export const HANGUL_TAIL = 0x11a7;
export const HANGUL_PER_LEAD = 588;
export const HANGUL_PER_VOWEL = 28;

/** A word of more normalized code points than this is unknown. */
export const MAX_WORD = 100;
/** UTF-16 code units that one call of the module takes; a longer text goes in pieces. */
export const PIECE_UNITS = 8192;
/** Trie nodes from which words and continuations (`##`) start. */
export const ROOT_WORD = 0;
export const ROOT_CONTINUATION = 1;
