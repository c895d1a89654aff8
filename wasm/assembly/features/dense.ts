/**
 * Dense features of one view; `src/engine/reference/dense.ts` is the readable twin
 * and `src/engine/schema.ts` names the values in the order in which they are written.
 */
import {
  DECODER_COUNT,
  MAX_HITS,
  MAX_TEXT,
  MAX_TOKENS,
  SEGMENT_BYTES,
  STAT_BIDI,
  STAT_CODE_POINTS,
  STAT_CONTROL,
  STAT_DIGIT,
  STAT_FOLDED,
  STAT_INVISIBLE,
  STAT_LATIN,
  STAT_LINES,
  STAT_LONGEST_LINE,
  STAT_LONGEST_RUN,
  STAT_LOWER,
  STAT_MARK,
  STAT_MIXED_WORDS,
  STAT_NEWLINE,
  STAT_OTHER_LETTER,
  STAT_PUNCT,
  STAT_REPLACEMENT,
  STAT_SPACE,
  STAT_SYMBOL,
  STAT_TAG,
  STAT_UPPER,
  STAT_VARIATION,
  TOKEN_PUNCT,
  TOKEN_SOLO,
  TOKEN_WORD,
} from '../abi';
import { ruleFamily, ruleSeverity } from '../match/match';
import { reserve, View } from '../view';
import {
  gramCount,
  gramTotal,
  hashWord,
  linearMargin,
  linearValue,
  segmentCount,
  segments,
  segmentSum,
  wordHash,
  words,
  wordToken,
} from './ngrams';
import {
  CLASS_ACTION,
  CLASS_AI,
  CLASS_ALL,
  CLASS_AUTHORITY,
  CLASS_COUNT,
  CLASS_ENCODE,
  CLASS_INSTRUCTION,
  CLASS_MODAL,
  CLASS_NEGATION,
  CLASS_ONWARD,
  CLASS_OVERRIDE,
  CLASS_PRIOR,
  CLASS_QUESTION,
  CLASS_REVEAL,
  CLASS_ROLE,
  CLASS_SECOND,
  CLASS_SECRET,
  CLASS_SPEAKER,
  CLASS_TASK,
  CLASS_UNRESTRICTED,
  CLASS_URL,
  FAMILY_CONTEXT,
  FAMILY_COUNT,
  MAX_QUOTES,
  NO_WINDOW,
  PAIR_COUNT,
  PAIR_REACH,
  PAIR_REACH_SOLO,
  SOLO_WORD_MAX,
} from './schema-abi';

// Bits of the word classes.
const SECOND: u32 = 1 << CLASS_SECOND;
const OVERRIDE: u32 = 1 << CLASS_OVERRIDE;
const REVEAL: u32 = 1 << CLASS_REVEAL;
const INSTRUCTION: u32 = 1 << CLASS_INSTRUCTION;
const PRIOR: u32 = 1 << CLASS_PRIOR;
const SECRET: u32 = 1 << CLASS_SECRET;
const AI: u32 = 1 << CLASS_AI;
const ROLE: u32 = 1 << CLASS_ROLE;
const UNRESTRICTED: u32 = 1 << CLASS_UNRESTRICTED;
const NEGATION: u32 = 1 << CLASS_NEGATION;
const MODAL: u32 = 1 << CLASS_MODAL;
const QUESTION: u32 = 1 << CLASS_QUESTION;
const ONWARD: u32 = 1 << CLASS_ONWARD;
const ACTION: u32 = 1 << CLASS_ACTION;
const ENCODE: u32 = 1 << CLASS_ENCODE;
const TASK: u32 = 1 << CLASS_TASK;
const ALL: u32 = 1 << CLASS_ALL;
const SPEAKER: u32 = 1 << CLASS_SPEAKER;
const URL: u32 = 1 << CLASS_URL;
const IMPERATIVE: u32 = OVERRIDE | REVEAL | ROLE | ACTION | ENCODE | TASK;
/** Classes that begin a pair. */
const PAIR_LEFT: u32 = OVERRIDE | REVEAL | ROLE | SECOND | NEGATION | ONWARD | ACTION | AI;

const NEWLINE: i32 = 0x0a;
const BLANK: i32 = 0x20;
const BYTE_QUOTE: i32 = 0x22; // "
const BYTE_APOSTROPHE: i32 = 0x27; // '
const BYTE_BACKTICK: i32 = 0x60; // `
const BYTE_COLON: i32 = 0x3a; // :
const BYTE_QUESTION: i32 = 0x3f; // ?

// What a byte means, one bit each; `byteFlags` has 256 of them.
const FLAG_WORD: u32 = 1;
/** `.!?:;"`: a sentence may begin behind it. */
const FLAG_SENTENCE_END: u32 = 2;
/** `-=#*~.`: three of them are a ruler. */
const FLAG_RULER: u32 = 4;
/** `[<|#/(`: stands before a forged speaker. */
const FLAG_FRAME: u32 = 8;
const byteFlags: usize = reserve(256);

/** Four histograms u32[256], so that equal neighbors do not wait for each other; the first ends up with the sum. */
const histogram: usize = reserve(4096);
/** u32[words]. */
const classBits: usize = reserve(MAX_TOKENS * 4);
/** u32[CLASS_COUNT] each. */
const classCounts: usize = reserve(CLASS_COUNT * 4);
const classFirsts: usize = reserve(CLASS_COUNT * 4);
const pairCounts: usize = reserve(PAIR_COUNT * 4);
const familyCounts: usize = reserve(FAMILY_COUNT * 4);
/** u16 pairs: half-open byte ranges inside quotes. */
const quotes: usize = reserve(MAX_QUOTES * 4);
/** u32: rules seen in a view. The hits of one view are at most `MAX_HITS`. */
const seenRules: usize = reserve(MAX_HITS * 4);
/** f64[windows]. */
const margins: usize = reserve((MAX_TEXT / SEGMENT_BYTES) * 8);

/** The section `LEXI`: keys, class bits, capacity − 1. Without a lexicon every word is unknown. */
let lexiconKeys: usize = 0;
let lexiconBits: usize = 0;
let lexiconMask: u32 = 0;

let cursor: usize = 0;

// The structure of the view, from `readStructure`.
let quoteCount: i32 = 0;
let quotePairs: i32 = 0;
let quotedBytes: i32 = 0;
let sentences: i32 = 0;
let imperatives: i32 = 0;
let fences: i32 = 0;
let rulers: i32 = 0;
let tags: i32 = 0;
let links: i32 = 0;
let headings: i32 = 0;
let listLines: i32 = 0;
let quoteLines: i32 = 0;
let keyValueLines: i32 = 0;
let colonLines: i32 = 0;
let speakerLines: i32 = 0;
let taggedSpeakers: i32 = 0;

function flag(bytes: string, bit: u32): void {
  for (let i = 0; i < bytes.length; i++) {
    const at = byteFlags + bytes.charCodeAt(i);
    store<u8>(at, load<u8>(at) | bit);
  }
}

flag('abcdefghijklmnopqrstuvwxyz0123456789_', FLAG_WORD);
memory.fill(byteFlags + 128, <u8>FLAG_WORD, 128);
flag('.!?:;"', FLAG_SENTENCE_END);
flag('-=#*~.', FLAG_RULER);
flag('[<|#/(', FLAG_FRAME);

/** Opens the `LEXI` section, which stays where it is. False when its numbers contradict its length. */
export function initLexicon(section: usize, length: i32): bool {
  if (length < 16) return false;
  const capacity = load<u32>(section);
  const count = load<u32>(section, 4);
  if (capacity == 0 || (capacity & (capacity - 1)) != 0) return false;
  if (<u64>length < 16 + <u64>capacity * 8 || count >= capacity) return false;
  let used: u32 = 0;
  for (let slot: u32 = 0; slot < capacity; slot++) {
    if (load<u32>(section + 16 + (<usize>slot << 2)) != 0) used++;
  }
  if (used != count) return false;
  lexiconKeys = section + 16;
  lexiconBits = lexiconKeys + (<usize>capacity << 2);
  lexiconMask = capacity - 1;
  return true;
}

function classesOf(hash: u32): u32 {
  let slot = hash & lexiconMask;
  while (true) {
    const key = load<u32>(lexiconKeys + (<usize>slot << 2));
    if (key == hash) return load<u32>(lexiconBits + (<usize>slot << 2));
    if (key == 0) return 0;
    slot = (slot + 1) & lexiconMask;
  }
}

/** Piecewise-linear log2(n + 1): exact at powers of two, straight between them. */
// @ts-ignore: decorator
@inline
function log2(n: i32): f64 {
  const exponent = 31 - clz(n + 1);
  return <f64>exponent + (<f64>(n + 1) / <f64>(1 << exponent) - 1);
}

// @ts-ignore: decorator
@inline
function share(part: i32, whole: i32): f64 {
  return whole == 0 ? 0 : <f64>part / <f64>whole;
}

// @ts-ignore: decorator
@inline
function put(value: f64): void {
  store<f32>(cursor, <f32>value);
  cursor += 4;
}

// @ts-ignore: decorator
@inline
function stat(view: View, index: i32): i32 {
  return load<i32>(view.stats + (index << 2));
}

// @ts-ignore: decorator
@inline
function countOf(byte: i32): i32 {
  return load<i32>(histogram + (byte << 2));
}

/**
 * Writes the features of `view`, f32[DENSE_COUNT], to `out`, under the head that `ngrams` was last asked for.
 *
 * `hits` are `count` rows {u16 rule, u8 pack, u8 view, u16 start, u16 end, u16 startByte, u16 endByte}; those of
 * other views than `viewIndex` are skipped.
 */
export function dense(view: View, viewIndex: i32, hits: usize, count: i32, out: usize): void {
  cursor = out;
  countBytes(view);
  classify(view);
  readStructure(view);
  putSize(view);
  putCharacters(view);
  putRepetition(view);
  putWords(view);
  putSentences(view);
  putStructure(view);
  putRules(view, viewIndex, hits, count);
  putLinear();
  putDecoders(view);
}

function putSize(view: View): void {
  let wordBytes = 0;
  let longest = 0;
  let solos = 0;
  for (let i = 0; i < words; i++) {
    const token: i32 = load<u16>(wordToken + (i << 1));
    const length = <i32>load<u16>(view.tokenEnd + (token << 1)) - <i32>load<u16>(view.tokenStart + (token << 1));
    wordBytes += length;
    longest = max(longest, length);
    solos += i32(load<u8>(view.tokenKind + token) == TOKEN_SOLO);
  }
  const codePoints = stat(view, STAT_CODE_POINTS);
  const lines = stat(view, STAT_LINES);
  put(log2(view.textLen));
  put(log2(words));
  put(log2(lines));
  put(share(wordBytes, words));
  put(<f64>min(longest, 64));
  put(log2(codePoints / max(lines, 1)));
  put(log2(stat(view, STAT_LONGEST_LINE)));
  put(share(view.tokenCount - words, view.tokenCount));
  put(share(solos, words));
}

function putCharacters(view: View): void {
  const codePoints = stat(view, STAT_CODE_POINTS);
  const upper = stat(view, STAT_UPPER);
  put(share(upper, upper + stat(view, STAT_LOWER)));
  put(share(stat(view, STAT_DIGIT), codePoints));
  put(share(stat(view, STAT_PUNCT), codePoints));
  put(share(stat(view, STAT_SPACE), codePoints));
  put(share(stat(view, STAT_NEWLINE), codePoints));
  put(share(stat(view, STAT_SYMBOL), codePoints));
  put(share(stat(view, STAT_FOLDED), codePoints));
  put(log2(stat(view, STAT_INVISIBLE)));
  put(log2(stat(view, STAT_BIDI)));
  put(log2(stat(view, STAT_TAG)));
  put(log2(stat(view, STAT_VARIATION)));
  put(log2(stat(view, STAT_MARK)));
  put(log2(stat(view, STAT_FOLDED)));
  put(log2(stat(view, STAT_CONTROL)));
  put(log2(stat(view, STAT_REPLACEMENT)));
  put(log2(stat(view, STAT_MIXED_WORDS)));
  put(log2(stat(view, STAT_LONGEST_RUN)));
  let scripts = 0;
  for (let index = STAT_LATIN; index <= STAT_OTHER_LETTER; index++) {
    const letters = stat(view, index);
    put(share(letters, codePoints));
    scripts += i32(letters > 0);
  }
  put(<f64>scripts);
}

// @ts-ignore: decorator
@inline
function countByte(table: usize, byte: u32): void {
  const at = histogram + table + (<usize>byte << 2);
  store<u32>(at, load<u32>(at) + 1);
}

function countBytes(view: View): void {
  memory.fill(histogram, 0, 4096);
  const text = view.text;
  const length = view.textLen;
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    const bytes = load<u32>(text + i);
    countByte(0, bytes & 0xff);
    countByte(1024, (bytes >> 8) & 0xff);
    countByte(2048, (bytes >> 16) & 0xff);
    countByte(3072, bytes >> 24);
  }
  for (; i < length; i++) countByte(0, load<u8>(text + i));
  for (let at: usize = histogram; at < histogram + 1024; at += 16) {
    const low = i32x4.add(v128.load(at), v128.load(at, 1024));
    v128.store(at, i32x4.add(low, i32x4.add(v128.load(at, 2048), v128.load(at, 3072))));
  }
}

function putRepetition(view: View): void {
  // Squares of counts add up to at most MAX_TEXT², which fits an i32.
  let squares = i32x4.splat(0);
  let zeros = i32x4.splat(0);
  for (let at: usize = histogram; at < histogram + 1024; at += 16) {
    const counts = v128.load(at);
    squares = i32x4.add(squares, i32x4.mul(counts, counts));
    zeros = i32x4.add(zeros, i32x4.eq(counts, i32x4.splat(0)));
  }
  put(share(addLanes(squares), view.textLen * view.textLen));
  put(<f64>(256 + addLanes(zeros)));
  put(share(gramCount, gramTotal));
}

function addLanes(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}

/** Class bits of every word; a solo character takes those of every lexicon word that begins with it. */
function classify(view: View): void {
  if (lexiconKeys == 0) {
    memory.fill(classBits, 0, words << 2);
    return;
  }
  for (let i = 0; i < words; i++) {
    let bits = classesOf(load<u32>(wordHash + (i << 2)));
    const token: i32 = load<u16>(wordToken + (i << 1));
    if (load<u8>(view.tokenKind + token) == TOKEN_SOLO) {
      const start: i32 = load<u16>(view.tokenStart + (token << 1));
      let end = load<u16>(view.tokenEnd + (token << 1));
      const stop = min(token + SOLO_WORD_MAX, view.tokenCount);
      for (let next = token + 1; next < stop; next++) {
        if (load<u8>(view.tokenKind + next) != TOKEN_SOLO || load<u16>(view.tokenStart + (next << 1)) != end) break;
        end = load<u16>(view.tokenEnd + (next << 1));
        bits |= classesOf(hashWord(view.text + start, <i32>end - start));
      }
    }
    store<u32>(classBits + (i << 2), bits);
  }
}

// @ts-ignore: decorator
@inline
function countPair(pair: i32, bits: u32, first: u32, following: u32, second: u32): void {
  if ((bits & first) != 0 && (following & second) != 0) {
    const at = pairCounts + (pair << 2);
    store<u32>(at, load<u32>(at) + 1);
  }
}

// @ts-ignore: decorator
@inline
function putFirst(index: i32): void {
  put(words == 0 ? 1 : <f64>load<i32>(classFirsts + (index << 2)) / <f64>words);
}

function putWords(view: View): void {
  memory.fill(classCounts, 0, CLASS_COUNT * 4);
  memory.fill(pairCounts, 0, PAIR_COUNT * 4);
  for (let index = 0; index < CLASS_COUNT; index++) store<i32>(classFirsts + (index << 2), words);
  let known = 0;
  for (let i = 0; i < words; i++) {
    const bits = load<u32>(classBits + (i << 2));
    if (bits == 0) continue;
    known++;
    for (let rest = bits; rest != 0; rest &= rest - 1) {
      const at = ctz(rest) << 2;
      const count = load<i32>(classCounts + at);
      if (count == 0) store<i32>(classFirsts + at, i);
      store<i32>(classCounts + at, count + 1);
    }
    if ((bits & PAIR_LEFT) == 0) continue;
    const kind = load<u8>(view.tokenKind + load<u16>(wordToken + (i << 1)));
    const stop = min(i + 1 + (kind == TOKEN_SOLO ? PAIR_REACH_SOLO : PAIR_REACH), words);
    let following: u32 = 0;
    for (let next = i + 1; next < stop; next++) following |= load<u32>(classBits + (next << 2));
    countPair(0, bits, OVERRIDE, following, INSTRUCTION);
    countPair(1, bits, OVERRIDE, following, PRIOR);
    countPair(2, bits, OVERRIDE, following, ALL);
    countPair(3, bits, REVEAL, following, INSTRUCTION);
    countPair(4, bits, REVEAL, following, SECRET);
    countPair(5, bits, REVEAL, following, PRIOR);
    countPair(6, bits, ROLE, following, AI);
    countPair(7, bits, ROLE, following, UNRESTRICTED);
    countPair(8, bits, SECOND, following, UNRESTRICTED);
    countPair(9, bits, SECOND, following, MODAL);
    countPair(10, bits, SECOND, following, ROLE);
    countPair(11, bits, NEGATION, following, UNRESTRICTED);
    countPair(12, bits, ONWARD, following, SECOND);
    countPair(13, bits, ACTION, following, SECRET);
    countPair(14, bits, ACTION, following, URL);
    countPair(15, bits, AI, following, UNRESTRICTED);
  }
  for (let index = 0; index < CLASS_COUNT; index++) put(<f64>min(load<i32>(classCounts + (index << 2)), 8));
  for (let index = 0; index < CLASS_COUNT; index++) put(share(load<i32>(classCounts + (index << 2)), words));
  put(share(known, words));
  putFirst(CLASS_OVERRIDE);
  putFirst(CLASS_REVEAL);
  putFirst(CLASS_INSTRUCTION);
  putFirst(CLASS_SECRET);
  putFirst(CLASS_ROLE);
  putFirst(CLASS_AI);
  putFirst(CLASS_SECOND);
  putFirst(CLASS_AUTHORITY);
  for (let pair = 0; pair < PAIR_COUNT; pair++) put(<f64>min(load<i32>(pairCounts + (pair << 2)), 4));
}

// @ts-ignore: decorator
@inline
function byteAt(view: View, offset: i32): i32 {
  return <u32>offset < <u32>view.textLen ? <i32>load<u8>(view.text + offset) : 0;
}

// @ts-ignore: decorator
@inline
function has(byte: i32, bit: u32): bool {
  return (load<u8>(byteFlags + byte) & bit) != 0;
}

/** One pass over the tokens: sentences, quotes, and what markup and transcripts look like. */
function readStructure(view: View): void {
  quoteCount = 0;
  quotePairs = 0;
  quotedBytes = 0;
  sentences = 0;
  imperatives = 0;
  fences = 0;
  rulers = 0;
  tags = 0;
  links = 0;
  headings = 0;
  listLines = 0;
  quoteLines = 0;
  keyValueLines = 0;
  colonLines = 0;
  speakerLines = 0;
  taggedSpeakers = 0;

  let word = 0;
  let quote = 0;
  let quoteStart = 0;
  let run = 0;
  let previous = 0;
  const tokenCount = view.tokenCount;
  for (let token = 0; token < tokenCount; token++) {
    const start: i32 = load<u16>(view.tokenStart + (token << 1));
    const end: i32 = load<u16>(view.tokenEnd + (token << 1));
    const kind = load<u8>(view.tokenKind + token);
    const before = byteAt(view, start - 1);
    const after = byteAt(view, end);
    const lineStart = start == 0 || before == NEWLINE;
    const behind = previous;
    previous = byteAt(view, end - 1);
    if (lineStart && behind == BYTE_COLON) colonLines++;

    if (kind != TOKEN_PUNCT) {
      const bits = load<u32>(classBits + (word << 2));
      word++;
      run = 0;
      if ((bits & SPEAKER) != 0) {
        if (lineStart && after == BYTE_COLON) speakerLines++;
        if (has(before, FLAG_FRAME)) taggedSpeakers++;
      }
      if (lineStart) {
        if (after == BYTE_COLON && byteAt(view, end + 1) == BLANK) keyValueLines++;
        const first = byteAt(view, start);
        if (kind == TOKEN_WORD && first >= 0x30 && first <= 0x39 && (after == 0x2e || after == 0x29)) listLines++;
      }
      if (lineStart || has(behind, FLAG_SENTENCE_END)) {
        sentences++;
        imperatives += i32((bits & IMPERATIVE) != 0);
      }
      continue;
    }

    const byte = byteAt(view, start);
    run = before == byte ? run + 1 : 1;
    if (run == 3) {
      if (byte == BYTE_BACKTICK) fences++;
      if (has(byte, FLAG_RULER)) rulers++;
    }
    if (byte == 0x3c && (after == 0x2f || after == 0x7c || has(after, FLAG_WORD))) tags++; // </ <| <a
    if (byte == 0x5d && after == 0x28) links++; // ](
    if (lineStart) {
      if (byte == 0x23) headings++; // #
      if ((byte == 0x2d || byte == 0x2a) && after == BLANK) listLines++; // - *
      if (byte == 0x3e) quoteLines++; // >
    }

    const opens =
      byte == BYTE_QUOTE ||
      byte == BYTE_BACKTICK ||
      (byte == BYTE_APOSTROPHE && !has(before, FLAG_WORD) && has(after, FLAG_WORD));
    if (quote == byte && (byte != BYTE_APOSTROPHE || !has(after, FLAG_WORD))) {
      quotePairs++;
      quotedBytes += start - quoteStart;
      if (quoteCount < MAX_QUOTES) {
        store<u16>(quotes + (quoteCount << 2), quoteStart);
        store<u16>(quotes + (quoteCount << 2), start, 2);
        quoteCount++;
      }
      quote = 0;
    } else if (opens && (quote == 0 || (quote == BYTE_APOSTROPHE && byte != BYTE_APOSTROPHE))) {
      // A lone apostrophe must not swallow the real quotes behind it.
      quote = byte;
      quoteStart = end;
    }
  }
  if (previous == BYTE_COLON) colonLines++;
}

function putSentences(view: View): void {
  const first: u32 = words > 0 ? load<u32>(classBits) : 0;
  put((first & IMPERATIVE) != 0 ? 1 : 0);
  put((first & QUESTION) != 0 ? 1 : 0);
  put(byteAt(view, view.textLen - 1) == BYTE_QUESTION ? 1 : 0);
  put(log2(sentences));
  put(<f64>min(imperatives, 8));
  put(share(imperatives, sentences));
  put(<f64>min(countOf(BYTE_QUESTION), 8));
  put(<f64>min(countOf(0x21), 8)); // !
}

function putStructure(view: View): void {
  // {}[]();=<>\/
  const brackets = countOf(0x7b) + countOf(0x7d) + countOf(0x5b) + countOf(0x5d) + countOf(0x28) + countOf(0x29);
  const code =
    brackets + countOf(0x3b) + countOf(0x3d) + countOf(0x3c) + countOf(0x3e) + countOf(0x5c) + countOf(0x2f);
  put(<f64>min(quotePairs, 8));
  put(share(quotedBytes, view.textLen));
  put(share(code, view.textLen));
  put(log2(countOf(BYTE_BACKTICK)));
  put(log2(countOf(0x7c))); // |
  put(log2(countOf(0x40))); // @
  put(<f64>min(fences, 8));
  put(<f64>min(rulers, 8));
  put(<f64>min(tags, 8));
  put(<f64>min(links, 8));
  put(<f64>min(headings, 8));
  put(<f64>min(listLines, 8));
  put(<f64>min(quoteLines, 8));
  put(<f64>min(keyValueLines, 8));
  put(<f64>min(colonLines, 8));
  put(<f64>min(speakerLines, 8));
  put(<f64>min(taggedSpeakers, 8));
}

function isQuoted(offset: i32): bool {
  for (let i = 0; i < quoteCount; i++) {
    const start: i32 = load<u16>(quotes + (i << 2));
    if (offset < start) return false;
    if (offset < <i32>load<u16>(quotes + (i << 2), 2)) return true;
  }
  return false;
}

/** True the first time a rule is seen among the first `distinct` of `seenRules`. */
function isNewRule(key: u32, distinct: i32): bool {
  for (let i = 0; i < distinct; i++) {
    if (load<u32>(seenRules + (i << 2)) == key) return false;
  }
  store<u32>(seenRules + (distinct << 2), key);
  return true;
}

function putRules(view: View, viewIndex: i32, hits: usize, count: i32): void {
  memory.fill(familyCounts, 0, FAMILY_COUNT * 4);
  let severityMax = 0;
  let severitySum = 0;
  let first = view.textLen;
  let last = 0;
  let attacks = 0;
  let quoted = 0;
  let distinct = 0;
  for (let i = 0; i < count; i++) {
    const hit = hits + i * 12;
    if (<i32>load<u8>(hit, 3) != viewIndex) continue;
    const rule: i32 = load<u16>(hit);
    const pack: i32 = load<u8>(hit, 2);
    const startByte: i32 = load<u16>(hit, 8);
    const family = ruleFamily(pack, rule);
    store<i32>(familyCounts + (family << 2), load<i32>(familyCounts + (family << 2)) + 1);
    if (family == FAMILY_CONTEXT) continue;
    attacks++;
    first = min(first, startByte);
    last = max(last, startByte);
    quoted += i32(isQuoted(startByte));
    if (distinct == MAX_HITS || !isNewRule((pack << 16) | rule, distinct)) continue;
    distinct++;
    const severity = ruleSeverity(pack, rule) + 1;
    severityMax = max(severityMax, severity);
    severitySum += severity;
  }
  for (let family = 0; family < FAMILY_COUNT; family++) put(<f64>min(load<i32>(familyCounts + (family << 2)), 4));
  put(<f64>severityMax);
  put(<f64>min(severitySum, 32));
  put(<f64>min(distinct, 16));
  put(view.textLen == 0 ? 1 : <f64>first / <f64>view.textLen);
  put(share(last, view.textLen));
  put(share(quoted, attacks));
}

function putLinear(): void {
  // A window is two neighboring segments; a text of one segment is one window.
  const windows = max(1, segments - 1);
  let total: f64 = 0;
  let positive = 0;
  let best = 0;
  for (let w = 0; w < windows; w++) {
    let sum = load<i32>(segmentSum + (w << 2));
    let count = load<i32>(segmentCount + (w << 2));
    if (w + 1 < segments) {
      sum += load<i32>(segmentSum + (w << 2), 4);
      count += load<i32>(segmentCount + (w << 2), 4);
    }
    const margin = linearMargin(sum, count);
    store<f64>(margins + (w << 3), margin);
    total += margin;
    positive += i32(margin > 0);
    if (margin > load<f64>(margins + (best << 3))) best = w;
  }
  let second: f64 = NO_WINDOW;
  for (let w = 0; w < windows; w++) {
    if (abs(w - best) >= 2) second = max(second, load<f64>(margins + (w << 3)));
  }
  put(linearValue);
  put(log2(gramCount));
  put(load<f64>(margins + (best << 3)));
  put(second);
  put(total / <f64>windows);
  put(load<f64>(margins));
  put(load<f64>(margins + ((windows - 1) << 3)));
  put(<f64>positive / <f64>windows);
  put(<f64>best / <f64>windows);
}

function putDecoders(view: View): void {
  put(<f64>popcnt(view.decoders & ((1 << DECODER_COUNT) - 1)));
  put(<f64>view.depth);
  for (let index = 0; index < DECODER_COUNT; index++) put(<f64>((view.decoders >> index) & 1));
}
