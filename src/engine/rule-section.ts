/**
 * The bytes of a `RULE` section: written here, read by both engines.
 *
 * Little-endian. A header of u32 counts, then the tables in this order, each
 * padded to a multiple of four bytes:
 *
 * | table | entry | bytes |
 * |---|---|---|
 * | header | u32 version (2), counts of: states, ranges, bytes of automata, patterns, steps, conditions, rules, literals, entries, literals that begin a word, words, bytes of words, letters of all words; u32 0, u32 0 | 64 |
 * | automata | the states one after another, see below; not padded | n |
 * | words | see below | n |
 * | patterns | u16 rule, u16 first step, u8 step count, u8 flags (1: only at a line's start), u16 0 | 8·n |
 * | steps | u32: bits 0–21 start state, 22 may be left out, 23 a gap leads to the next step (else a blank), 24–31 the gap's words | 4·n |
 * | conditions | u16 first pattern, u8 pattern count, u8 kind (0 near, 1 unless), u16 within words (0: the whole text), u16 0 | 8·n |
 * | rules | u8 family, u8 severity 0–3, u8 channel bits, u8 0, u16 first condition, u16 condition count | 8·n |
 * | literals | u8[8] bytes, u8 length 3–8, u8 window offset, u8 bucket 0–7, u8 1 if it begins a word, u16 first entry, u16 entry count | 16·n |
 * | entries | u16 pattern, u8 fewest words back, u8 most words back, u8 lead, u8 0 | 6·n |
 *
 * A *symbol* is what an automaton reads: a separator byte, numbered from 0 in byte
 * order, or a word, numbered from `SEPARATORS` on. Numbers below are of variable
 * length: seven bits a byte, the least significant first, bit 7: more follow.
 *
 * A state is a number: bit 0 accepting, bit 1 a loop on separators (a blank, of which
 * the matcher counts eight), bit 2 it reads words byte by byte (then its symbols are
 * those of `SYMBOL_OF`), and from bit 3 on how many ranges of symbols lead on; 31 stands
 * for a number that follows. Then per range, in ascending order: a number whose bit 0
 * says that the range is wider than one symbol, bit 1 that it leads elsewhere than the
 * range before (the first: than to the state before), and whose other bits are its
 * lowest symbol less the one behind the range before; if wider, how many symbols more;
 * and if elsewhere, the zigzag form of this state's index less the target's.
 *
 * Words are in the order of their bytes, the empty one first: per word u8 bytes it
 * shares with the one before, u8 bit 0 it is a stem, bit 1 a word of its own, from bit
 * 2 on how many bytes are its own; then the own bytes of all. Stems and words get their
 * symbols in this order, a stem before the word of the same bytes; so all that begins
 * with a stem is one range from the stem's symbol on. A text's word has its own symbol,
 * or else that of the longest stem it begins with.
 *
 * A pattern's steps are its pieces: the words and groups between its blanks and
 * gaps. A literal's *window*
 * is the bytes the prefilter looks for: four from the window offset on, or all
 * three of a literal of three. Literals that begin a word come first, windows of
 * four before windows of three, each in order of their bytes; they are looked for
 * at the starts of words only. The others follow in order of their buckets.
 *
 * @module
 */
import { SEPARATORS } from './rule-bytes.ts';

export const SECTION_VERSION = 2;
/** Bits of a step. */
export const START_MASK = 0x3fffff;
export const OPTIONAL = 0x400000;
export const GAP = 0x800000;
export const HEADER_BYTES = 64;

/** A state's outgoing ranges of symbols, in ascending order, to states of the same store. */
export interface State {
  readonly accept: boolean;
  /** A loop on separators: what a blank becomes. The matcher counts to eight in it. */
  readonly blank: boolean;
  /** It reads words byte by byte, as all states of its automaton do. */
  readonly bytewise: boolean;
  readonly ranges: readonly { readonly low: number; readonly high: number; readonly target: number }[];
}

/** A word that rules name, or the beginning of many. */
export interface SectionWord {
  /** Bytes, one character each (Latin-1). */
  readonly text: string;
  readonly isStem: boolean;
  readonly isWord: boolean;
}

export interface SectionPattern {
  readonly rule: number;
  readonly lineStart: boolean;
  readonly steps: readonly SectionStep[];
}

export interface SectionStep {
  /** Start state. */
  readonly start: number;
  readonly optional: boolean;
  /** Words that may stand between this step and the next; undefined for a blank. */
  readonly gap: number | undefined;
}

export interface SectionCondition {
  readonly firstPattern: number;
  readonly patternCount: number;
  readonly unless: boolean;
  readonly within: number;
}

export interface SectionRule {
  readonly family: number;
  readonly severity: number;
  readonly channels: number;
  readonly firstCondition: number;
  readonly conditionCount: number;
}

export interface SectionLiteral {
  readonly bytes: string;
  readonly windowOffset: number;
  readonly bucket: number;
  readonly anchored: boolean;
  readonly entries: readonly SectionEntry[];
}

export interface SectionEntry {
  readonly pattern: number;
  readonly wordsMin: number;
  readonly wordsMax: number;
  readonly lead: number;
}

export interface SectionTables {
  readonly states: readonly State[];
  /** In the order of their bytes. */
  readonly words: readonly SectionWord[];
  readonly patterns: readonly SectionPattern[];
  readonly conditions: readonly SectionCondition[];
  readonly rules: readonly SectionRule[];
  readonly literals: readonly SectionLiteral[];
}

export function writeSection(tables: SectionTables): Uint8Array {
  const { states, words, patterns, conditions, rules, literals } = tables;
  const ranges = states.reduce((sum, state) => sum + state.ranges.length, 0);
  const steps = patterns.reduce((sum, pattern) => sum + pattern.steps.length, 0);
  const entries = literals.reduce((sum, literal) => sum + literal.entries.length, 0);
  const automata = writeAutomata(states);
  const dictionary = writeWords(words);
  const counts = [
    states.length,
    ranges,
    automata.length,
    patterns.length,
    steps,
    conditions.length,
    rules.length,
    literals.length,
    entries,
    literals.filter(({ anchored }) => anchored).length,
    words.length,
    dictionary.length,
    words.reduce((sum, { text }) => sum + text.length, 0),
  ];
  const layout = sectionLayout(counts);
  const bytes = new Uint8Array(layout.end);
  const view = new DataView(bytes.buffer);
  const u8 = (at: number, value: number) => view.setUint8(at, value);
  const u16 = (at: number, value: number) => view.setUint16(at, value, true);
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);

  [SECTION_VERSION, ...counts].forEach((value, i) => u32(i * 4, value));

  bytes.set(automata, layout.automata);
  bytes.set(dictionary, layout.words);

  let step = 0;
  patterns.forEach((pattern, i) => {
    const at = layout.patterns + i * 8;
    u16(at, pattern.rule);
    u16(at + 2, step);
    u8(at + 4, pattern.steps.length);
    u8(at + 5, pattern.lineStart ? 1 : 0);
    for (const { start, gap, optional } of pattern.steps) {
      u32(
        layout.steps + step * 4,
        (start | (optional ? OPTIONAL : 0) | (gap === undefined ? 0 : GAP | (gap << 24))) >>> 0,
      );
      step++;
    }
  });

  conditions.forEach((condition, i) => {
    const at = layout.conditions + i * 8;
    u16(at, condition.firstPattern);
    u8(at + 2, condition.patternCount);
    u8(at + 3, condition.unless ? 1 : 0);
    u16(at + 4, condition.within);
  });

  rules.forEach((rule, i) => {
    const at = layout.rules + i * 8;
    u8(at, rule.family);
    u8(at + 1, rule.severity);
    u8(at + 2, rule.channels);
    u16(at + 4, rule.firstCondition);
    u16(at + 6, rule.conditionCount);
  });

  let entry = 0;
  literals.forEach((literal, i) => {
    const at = layout.literals + i * 16;
    for (let byte = 0; byte < literal.bytes.length; byte++) u8(at + byte, literal.bytes.charCodeAt(byte));
    u8(at + 8, literal.bytes.length);
    u8(at + 9, literal.windowOffset);
    u8(at + 10, literal.bucket);
    u8(at + 11, literal.anchored ? 1 : 0);
    u16(at + 12, entry);
    u16(at + 14, literal.entries.length);
    for (const { pattern, wordsMin, wordsMax, lead } of literal.entries) {
      const to = layout.entries + entry * 6;
      u16(to, pattern);
      u8(to + 2, wordsMin);
      u8(to + 3, wordsMax);
      u8(to + 4, lead);
      entry++;
    }
  });
  return bytes;
}

const ACCEPT = 1;
const BLANK = 2;
const BYTEWISE = 4;
const LONG_COUNT = 31;
const WIDE = 1;
const ELSEWHERE = 2;

function writeAutomata(states: readonly State[]): number[] {
  const bytes: number[] = [];
  const put = (number: number): void => {
    for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
    bytes.push(number);
  };
  states.forEach(({ accept, blank, bytewise, ranges }, self) => {
    const flags = (accept ? ACCEPT : 0) + (blank ? BLANK : 0) + (bytewise ? BYTEWISE : 0);
    put(flags + 8 * Math.min(ranges.length, LONG_COUNT));
    if (ranges.length >= LONG_COUNT) put(ranges.length);
    let next = 0;
    let before = self - 1;
    for (const { low, high, target } of ranges) {
      put((low - next) * 4 + (high > low ? WIDE : 0) + (target === before ? 0 : ELSEWHERE));
      if (high > low) put(high - low);
      const back = self - target;
      if (target !== before) put(back < 0 ? -back * 2 - 1 : back * 2);
      next = high + 1;
      before = target;
    }
  });
  return bytes;
}

const IS_STEM = 1;
const IS_WORD = 2;

function writeWords(words: readonly SectionWord[]): number[] {
  const heads: number[] = [];
  const letters: number[] = [];
  let before = '';
  for (const { text, isStem, isWord } of words) {
    let shared = 0;
    while (shared < before.length && before[shared] === text[shared]) shared++;
    heads.push(shared, (text.length - shared) * 4 + (isStem ? IS_STEM : 0) + (isWord ? IS_WORD : 0));
    for (let i = shared; i < text.length; i++) letters.push(text.charCodeAt(i));
    before = text;
  }
  return [...heads, ...letters];
}

export interface Automata {
  /** Per state: first range · 8, +1 accepting, +2 loop on separators, +4 reads words by bytes. Shape [states + 1]. */
  readonly states: Uint32Array;
  /** Per range: lowest and highest symbol; and the state it leads to. */
  readonly lows: Uint16Array;
  readonly highs: Uint16Array;
  readonly targets: Uint32Array;
}

/**
 * Unpacks a section's automata.
 *
 * @throws {RangeError} when they are not as long as the header says
 */
export function readAutomata(section: DataView): Automata {
  const counts = sectionCounts(section);
  const { automata, words } = sectionLayout(counts);
  const [stateCount = 0, rangeCount = 0, automataBytes = 0] = counts;
  const states = new Uint32Array(stateCount + 1);
  const lows = new Uint16Array(rangeCount);
  const highs = new Uint16Array(rangeCount);
  const targets = new Uint32Array(rangeCount);
  let at = automata;
  let range = 0;
  const take = (): number => {
    let number = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = section.getUint8(at++);
      number |= (byte & 127) << shift;
      if (byte < 128) return number;
    }
  };
  for (let self = 0; self < stateCount; self++) {
    const head = take();
    states[self] = range * 8 + (head & 7);
    let count = head >> 3;
    if (count === LONG_COUNT) count = take();
    let next = 0;
    let target = self - 1;
    for (; count > 0; count--) {
      const bits = take();
      const low = next + (bits >> 2);
      const high = low + ((bits & WIDE) !== 0 ? take() : 0);
      if ((bits & ELSEWHERE) !== 0) {
        const back = take();
        target = self - ((back & 1) === 1 ? -((back >> 1) + 1) : back >> 1);
      }
      lows[range] = low;
      highs[range] = high;
      targets[range++] = target;
      next = high + 1;
    }
  }
  states[stateCount] = range * 8;
  if (at !== automata + automataBytes || at > words || range !== rangeCount)
    throw new RangeError('RULE section: automata are not as long as the header says');
  return { states, lows, highs, targets };
}

export interface WordSymbols {
  /** By a word's bytes, Latin-1: its symbol. */
  readonly words: ReadonlyMap<string, number>;
  /** By a stem's bytes: the symbol of words that are not known and begin so. The empty one is there. */
  readonly stems: ReadonlyMap<string, number>;
  /** Bytes of the longest word or stem. */
  readonly longest: number;
}

/** Unpacks a section's words: symbols go up in the order of their bytes, a stem before the word of the same bytes. */
export function readWords(section: DataView): WordSymbols {
  const counts = sectionCounts(section);
  const from = sectionLayout(counts).words;
  const [count = 0] = [counts[10]];
  const words = new Map<string, number>();
  const stems = new Map<string, number>();
  let letters = from + count * 2;
  let symbol = SEPARATORS;
  let text = '';
  let longest = 0;
  for (let i = 0; i < count; i++) {
    const bits = section.getUint8(from + i * 2 + 1);
    text = text.slice(0, section.getUint8(from + i * 2));
    for (let left = bits >> 2; left > 0; left--) text += String.fromCharCode(section.getUint8(letters++));
    if ((bits & IS_STEM) !== 0) stems.set(text, symbol++);
    if ((bits & IS_WORD) !== 0) words.set(text, symbol++);
    longest = Math.max(longest, text.length);
  }
  return { words, stems, longest };
}

/** Counts of the tables, as the header has them. */
export function sectionCounts(section: DataView): number[] {
  return Array.from({ length: 13 }, (_, i) => section.getUint32(4 + i * 4, true));
}

/** Byte offsets of the tables. */
export function sectionLayout(counts: readonly number[]) {
  const [
    ,
    ,
    automataBytes = 0,
    patternCount = 0,
    stepCount = 0,
    conditionCount = 0,
    ruleCount = 0,
    literalCount = 0,
    entryCount = 0,
    ,
    ,
    wordBytes = 0,
  ] = counts;
  const automata = HEADER_BYTES;
  const words = automata + automataBytes;
  const patterns = (words + wordBytes + 3) & ~3;
  const steps = patterns + 8 * patternCount;
  const conditions = steps + 4 * stepCount;
  const rules = conditions + 8 * conditionCount;
  const literals = rules + 8 * ruleCount;
  const entries = literals + 16 * literalCount;
  return {
    automata,
    words,
    patterns,
    steps,
    conditions,
    rules,
    literals,
    entries,
    end: (entries + 6 * entryCount + 3) & ~3,
  };
}
