/**
 * Dense features of one view: what a tree can ask about it.
 *
 * Written value after value in the order of `FEATURES` in `../schema.ts`.
 *
 * @module
 */
import {
  DECODER_COUNT,
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
} from '../abi.ts';
import {
  CLASS_COUNT,
  CLASSES,
  FAMILY_CONTEXT,
  FAMILY_COUNT,
  FIRSTS,
  MAX_QUOTES,
  NO_WINDOW,
  PAIR_REACH,
  PAIR_REACH_SOLO,
  PAIRS,
  SOLO_WORD_MAX,
  type WordClass,
} from '../schema.ts';
import type { Lexicon } from './lexicon.ts';
import { hashWord, type Linear, linearMargin, type Ngrams } from './ngrams.ts';
import type { View } from './view.ts';

/** The part of a rule hit that features look at. */
export interface DenseHit {
  readonly pack: number;
  readonly rule: number;
  readonly view: number;
  readonly startByte: number;
}

/** What the rule packs know about their rules. */
export interface RuleFacts {
  /** Index into `FAMILIES`. */
  family(pack: number, rule: number): number;
  /** 0 low … 3 critical. */
  severity(pack: number, rule: number): number;
}

/** Writes the features of `view` under `head` to `out`, shape [DENSE_COUNT]. `grams` is `ngrams(view, head)`; hits of other views are skipped. */
export type Dense = (
  view: View,
  viewIndex: number,
  head: number,
  hits: readonly DenseHit[],
  grams: Ngrams,
  out: Float32Array,
) => void;

const bit = (name: WordClass): number => 1 << CLASSES.indexOf(name);
const IMPERATIVE = bit('override') | bit('reveal') | bit('role') | bit('action') | bit('encode') | bit('task');
const PAIR_BITS = PAIRS.map(([a, b]) => [bit(a), bit(b)] as const);
const FIRST_BITS = FIRSTS.map(bit);
const ascii = (character: string): number => character.charCodeAt(0);
const QUOTE = ascii('"');
const APOSTROPHE = ascii("'");
const BACKTICK = ascii('`');
const COLON = ascii(':');
const QUESTION = ascii('?');
const LINE_FEED = 0x0a;

/** Piecewise-linear log2(n + 1): exact at powers of two, straight between them. */
export function log2(n: number): number {
  const exponent = 31 - Math.clz32(n + 1);
  return exponent + ((n + 1) / (1 << exponent) - 1);
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function isWordByte(byte: number): boolean {
  return byte >= 0x80 || byte === 0x5f || (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}

interface Cursor {
  readonly out: Float32Array;
  at: number;
}

function put(cursor: Cursor, value: number): void {
  cursor.out[cursor.at++] = value;
}

/** The dense stage over a lexicon, the rules' facts and the two linear heads (for local margins). */
export function createDense(lexicon: Lexicon, rules: RuleFacts, heads: readonly [Linear, Linear]): Dense {
  return (view, viewIndex, head, hits, grams, out) => {
    const cursor: Cursor = { out, at: 0 };
    const histogram = countBytes(view);
    const classBits = classify(view, grams, lexicon);
    const structure = readStructure(view, classBits);

    putSize(cursor, view, grams);
    putCharacters(cursor, view);
    putRepetition(cursor, view, histogram, grams);
    putWords(cursor, view, classBits, grams);
    putSentences(cursor, view, classBits, histogram, structure);
    putStructure(cursor, view, histogram, structure);
    putRules(cursor, view, viewIndex, hits, rules, structure.quotes);
    putLinear(cursor, heads[head] as Linear, grams);
    putDecoders(cursor, view);
  };
}

function putSize(cursor: Cursor, view: View, grams: Ngrams): void {
  let wordBytes = 0;
  let longest = 0;
  let solos = 0;
  for (let i = 0; i < grams.words; i++) {
    const token = grams.wordToken[i] as number;
    const length = (view.tokenEnd[token] as number) - (view.tokenStart[token] as number);
    wordBytes += length;
    longest = Math.max(longest, length);
    if (view.tokenKind[token] === TOKEN_SOLO) solos++;
  }
  const points = view.stats[STAT_CODE_POINTS] as number;
  const lines = view.stats[STAT_LINES] as number;
  put(cursor, log2(view.textLen));
  put(cursor, log2(grams.words));
  put(cursor, log2(lines));
  put(cursor, share(wordBytes, grams.words));
  put(cursor, Math.min(longest, 64));
  put(cursor, log2(Math.floor(points / Math.max(lines, 1))));
  put(cursor, log2(view.stats[STAT_LONGEST_LINE] as number));
  put(cursor, share(view.tokenCount - grams.words, view.tokenCount));
  put(cursor, share(solos, grams.words));
}

const SHARE_STATS = [STAT_DIGIT, STAT_PUNCT, STAT_SPACE, STAT_NEWLINE, STAT_SYMBOL, STAT_FOLDED];
const COUNT_STATS = [
  STAT_INVISIBLE,
  STAT_BIDI,
  STAT_TAG,
  STAT_VARIATION,
  STAT_MARK,
  STAT_FOLDED,
  STAT_CONTROL,
  STAT_REPLACEMENT,
  STAT_MIXED_WORDS,
  STAT_LONGEST_RUN,
];

function putCharacters(cursor: Cursor, view: View): void {
  const stat = (index: number): number => view.stats[index] as number;
  const points = stat(STAT_CODE_POINTS);
  put(cursor, share(stat(STAT_UPPER), stat(STAT_UPPER) + stat(STAT_LOWER)));
  for (const index of SHARE_STATS) put(cursor, share(stat(index), points));
  for (const index of COUNT_STATS) put(cursor, log2(stat(index)));
  let scripts = 0;
  for (let index = STAT_LATIN; index <= STAT_OTHER_LETTER; index++) {
    put(cursor, share(stat(index), points));
    if (stat(index) > 0) scripts++;
  }
  put(cursor, scripts);
}

function countBytes(view: View): Uint32Array {
  const histogram = new Uint32Array(256);
  for (let i = 0; i < view.textLen; i++) {
    const byte = view.text[i] as number;
    histogram[byte] = (histogram[byte] as number) + 1;
  }
  return histogram;
}

function putRepetition(cursor: Cursor, view: View, histogram: Uint32Array, grams: Ngrams): void {
  let squares = 0;
  let distinct = 0;
  for (const count of histogram) {
    squares += count * count;
    if (count > 0) distinct++;
  }
  put(cursor, share(squares, view.textLen * view.textLen));
  put(cursor, distinct);
  put(cursor, share(grams.count, grams.total));
}

/**
 * Class bits of every word, shape [words]. Solo characters write words without
 * blanks, so each takes the bits of every lexicon word of up to `SOLO_WORD_MAX`
 * adjacent characters that begins with it.
 */
function classify(view: View, grams: Ngrams, lexicon: Lexicon): Uint32Array {
  const classBits = new Uint32Array(grams.words);
  for (let i = 0; i < grams.words; i++) {
    const token = grams.wordToken[i] as number;
    let bits = lexicon(grams.wordHash[i] as number);
    if (view.tokenKind[token] === TOKEN_SOLO) {
      for (let next = token + 1; next < token + SOLO_WORD_MAX && next < view.tokenCount; next++) {
        if (view.tokenKind[next] !== TOKEN_SOLO || view.tokenStart[next] !== view.tokenEnd[next - 1]) break;
        bits |= lexicon(hashWord(view.text, view.tokenStart[token] as number, view.tokenEnd[next] as number));
      }
    }
    classBits[i] = bits;
  }
  return classBits;
}

function putWords(cursor: Cursor, view: View, classBits: Uint32Array, grams: Ngrams): void {
  const { words, wordToken } = grams;
  const counts = new Uint32Array(CLASS_COUNT);
  const firsts = new Uint32Array(CLASS_COUNT).fill(words);
  const pairs = new Uint32Array(PAIRS.length);
  let known = 0;
  for (let i = 0; i < words; i++) {
    const bits = classBits[i] as number;
    if (bits === 0) continue;
    known++;
    for (let index = 0; index < CLASS_COUNT; index++) {
      if (((bits >>> index) & 1) === 0) continue;
      if (counts[index] === 0) firsts[index] = i;
      counts[index] = (counts[index] as number) + 1;
    }
    const reach = view.tokenKind[wordToken[i] as number] === TOKEN_SOLO ? PAIR_REACH_SOLO : PAIR_REACH;
    let following = 0;
    for (let next = i + 1; next <= i + reach && next < words; next++) following |= classBits[next] as number;
    for (let pair = 0; pair < PAIRS.length; pair++) {
      const [a, b] = PAIR_BITS[pair] as readonly [number, number];
      if ((bits & a) !== 0 && (following & b) !== 0) pairs[pair] = (pairs[pair] as number) + 1;
    }
  }
  for (const count of counts) put(cursor, Math.min(count, 8));
  for (const count of counts) put(cursor, share(count, words));
  put(cursor, share(known, words));
  for (const mask of FIRST_BITS) put(cursor, words === 0 ? 1 : (firsts[31 - Math.clz32(mask)] as number) / words);
  for (const count of pairs) put(cursor, Math.min(count, 4));
}

/** Half-open byte ranges between a pair of quotation marks or backticks, ascending. */
type Quotes = readonly (readonly [start: number, end: number])[];

interface Structure {
  readonly quotes: Quotes;
  quotePairs: number;
  quotedBytes: number;
  sentences: number;
  imperatives: number;
  fences: number;
  rulers: number;
  tags: number;
  links: number;
  headings: number;
  listLines: number;
  quoteLines: number;
  keyValueLines: number;
  colonLines: number;
  speakerLines: number;
  taggedSpeakers: number;
}

const SENTENCE_END = new Set([...'.!?:;"'].map(ascii));
const RULER = new Set([...'-=#*~.'].map(ascii));
const SPEAKER_FRAME = new Set([...'[<|#/('].map(ascii));

/** One pass over the tokens: sentences, quotes, and what markup and transcripts look like. */
function readStructure(view: View, classBits: Uint32Array): Structure {
  const { text, textLen, tokenStart, tokenEnd, tokenKind, tokenCount } = view;
  const speaker = bit('speaker');
  const quotes: [number, number][] = [];
  const structure: Structure = {
    quotes,
    quotePairs: 0,
    quotedBytes: 0,
    sentences: 0,
    imperatives: 0,
    fences: 0,
    rulers: 0,
    tags: 0,
    links: 0,
    headings: 0,
    listLines: 0,
    quoteLines: 0,
    keyValueLines: 0,
    colonLines: 0,
    speakerLines: 0,
    taggedSpeakers: 0,
  };
  /** The byte of punctuation at this offset, 0 behind the end or where a word is. */
  const byteAt = (offset: number): number => (offset >= 0 && offset < textLen ? (text[offset] as number) : 0);

  let word = 0;
  let quote = 0;
  let quoteStart = 0;
  let run = 0;
  for (let token = 0; token < tokenCount; token++) {
    const start = tokenStart[token] as number;
    const end = tokenEnd[token] as number;
    const lineStart = start === 0 || text[start - 1] === LINE_FEED;
    const before = byteAt(start - 1);
    const previous = token === 0 ? 0 : byteAt((tokenEnd[token - 1] as number) - 1);
    if (lineStart && previous === COLON) structure.colonLines++;

    if (tokenKind[token] !== TOKEN_PUNCT) {
      const bits = classBits[word] as number;
      word++;
      run = 0;
      const colon = byteAt(end) === COLON;
      if (lineStart && colon && (bits & speaker) !== 0) structure.speakerLines++;
      if (lineStart && colon && byteAt(end + 1) === 0x20) structure.keyValueLines++;
      if ((bits & speaker) !== 0 && SPEAKER_FRAME.has(before)) structure.taggedSpeakers++;
      if (lineStart && tokenKind[token] === TOKEN_WORD) {
        const first = text[start] as number;
        const after = byteAt(end);
        if (first >= 0x30 && first <= 0x39 && (after === ascii('.') || after === ascii(')'))) structure.listLines++;
      }
      if (lineStart || SENTENCE_END.has(previous)) {
        structure.sentences++;
        if ((bits & IMPERATIVE) !== 0) structure.imperatives++;
      }
      continue;
    }

    const byte = text[start] as number;
    const after = byteAt(end);
    run = before === byte ? run + 1 : 1;
    if (run === 3 && byte === BACKTICK) structure.fences++;
    if (run === 3 && RULER.has(byte)) structure.rulers++;
    if (byte === ascii('<') && (after === ascii('/') || after === ascii('|') || isWordByte(after))) structure.tags++;
    if (byte === ascii(']') && after === ascii('(')) structure.links++;
    if (lineStart) {
      if (byte === ascii('#')) structure.headings++;
      if ((byte === ascii('-') || byte === ascii('*')) && after === 0x20) structure.listLines++;
      if (byte === ascii('>')) structure.quoteLines++;
    }

    const opens =
      byte === QUOTE || byte === BACKTICK || (byte === APOSTROPHE && !isWordByte(before) && isWordByte(after));
    if (quote === byte && (byte !== APOSTROPHE || !isWordByte(after))) {
      structure.quotePairs++;
      structure.quotedBytes += start - quoteStart;
      if (quotes.length < MAX_QUOTES) quotes.push([quoteStart, start]);
      quote = 0;
    } else if (opens && (quote === 0 || (quote === APOSTROPHE && byte !== APOSTROPHE))) {
      // A lone apostrophe must not swallow the real quotes behind it.
      quote = byte;
      quoteStart = end;
    }
  }
  if (tokenCount > 0 && byteAt((tokenEnd[tokenCount - 1] as number) - 1) === COLON) structure.colonLines++;
  return structure;
}

function putSentences(
  cursor: Cursor,
  view: View,
  classBits: Uint32Array,
  histogram: Uint32Array,
  structure: Structure,
): void {
  const first = classBits.length > 0 ? (classBits[0] as number) : 0;
  put(cursor, (first & IMPERATIVE) !== 0 ? 1 : 0);
  put(cursor, (first & bit('question')) !== 0 ? 1 : 0);
  put(cursor, view.textLen > 0 && view.text[view.textLen - 1] === QUESTION ? 1 : 0);
  put(cursor, log2(structure.sentences));
  put(cursor, Math.min(structure.imperatives, 8));
  put(cursor, share(structure.imperatives, structure.sentences));
  put(cursor, Math.min(histogram[QUESTION] as number, 8));
  put(cursor, Math.min(histogram[ascii('!')] as number, 8));
}

const CODE_PUNCTUATION = [...'{}[]();=<>\\/'].map(ascii);

function putStructure(cursor: Cursor, view: View, histogram: Uint32Array, structure: Structure): void {
  let code = 0;
  for (const byte of CODE_PUNCTUATION) code += histogram[byte] as number;
  put(cursor, Math.min(structure.quotePairs, 8));
  put(cursor, share(structure.quotedBytes, view.textLen));
  put(cursor, share(code, view.textLen));
  for (const byte of ['`', '|', '@'].map(ascii)) put(cursor, log2(histogram[byte] as number));
  for (const count of [
    structure.fences,
    structure.rulers,
    structure.tags,
    structure.links,
    structure.headings,
    structure.listLines,
    structure.quoteLines,
    structure.keyValueLines,
    structure.colonLines,
    structure.speakerLines,
    structure.taggedSpeakers,
  ]) {
    put(cursor, Math.min(count, 8));
  }
}

function putRules(
  cursor: Cursor,
  view: View,
  viewIndex: number,
  hits: readonly DenseHit[],
  rules: RuleFacts,
  quotes: Quotes,
): void {
  const families = new Uint32Array(FAMILY_COUNT);
  const seen = new Set<number>();
  let severityMax = 0;
  let severitySum = 0;
  let first = view.textLen;
  let last = 0;
  let attacks = 0;
  let quoted = 0;
  for (const { pack, rule, view: of, startByte } of hits) {
    if (of !== viewIndex) continue;
    const family = rules.family(pack, rule);
    families[family] = (families[family] as number) + 1;
    if (family === FAMILY_CONTEXT) continue;
    attacks++;
    first = Math.min(first, startByte);
    last = Math.max(last, startByte);
    if (quotes.some(([start, end]) => startByte >= start && startByte < end)) quoted++;
    if (seen.has(pack * 65536 + rule)) continue;
    seen.add(pack * 65536 + rule);
    const severity = rules.severity(pack, rule) + 1;
    severityMax = Math.max(severityMax, severity);
    severitySum += severity;
  }
  for (const count of families) put(cursor, Math.min(count, 4));
  put(cursor, severityMax);
  put(cursor, Math.min(severitySum, 32));
  put(cursor, Math.min(seen.size, 16));
  put(cursor, view.textLen === 0 ? 1 : first / view.textLen);
  put(cursor, share(last, view.textLen));
  put(cursor, share(quoted, attacks));
}

function putLinear(cursor: Cursor, linear: Linear, grams: Ngrams): void {
  const { segments, segmentSum, segmentCount } = grams;
  // A window is two neighboring segments; a text of one segment is one window.
  const windows = Math.max(1, segments - 1);
  const margins: number[] = [];
  let total = 0;
  let positive = 0;
  let best = 0;
  for (let w = 0; w < windows; w++) {
    const next = w + 1 < segments ? w + 1 : -1;
    const sum = (segmentSum[w] as number) + (next < 0 ? 0 : (segmentSum[next] as number));
    const count = (segmentCount[w] as number) + (next < 0 ? 0 : (segmentCount[next] as number));
    const margin = linearMargin(linear, sum, count);
    margins.push(margin);
    total += margin;
    if (margin > 0) positive++;
    if (margin > (margins[best] as number)) best = w;
  }
  let second = NO_WINDOW;
  for (let w = 0; w < windows; w++) {
    if (Math.abs(w - best) >= 2) second = Math.max(second, margins[w] as number);
  }
  put(cursor, grams.margin);
  put(cursor, log2(grams.count));
  put(cursor, margins[best] as number);
  put(cursor, second);
  put(cursor, total / windows);
  put(cursor, margins[0] as number);
  put(cursor, margins[windows - 1] as number);
  put(cursor, positive / windows);
  put(cursor, best / windows);
}

function putDecoders(cursor: Cursor, view: View): void {
  let steps = 0;
  for (let index = 0; index < DECODER_COUNT; index++) steps += (view.decoders >>> index) & 1;
  put(cursor, steps);
  put(cursor, view.depth);
  for (let index = 0; index < DECODER_COUNT; index++) put(cursor, (view.decoders >>> index) & 1);
}
