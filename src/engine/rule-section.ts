/**
 * The bytes of a `RULE` section: written here, read by both engines.
 *
 * Little-endian. A header of u32 counts, then the tables in this order, each
 * padded to a multiple of four bytes:
 *
 * | table | entry | bytes |
 * |---|---|---|
 * | header | u32 version (1), counts of: states, ranges, bytes of automata, patterns, steps, conditions, rules, literals, entries, literals that begin a word; u32 0 | 48 |
 * | automata | the states one after another, see below | n |
 * | patterns | u16 rule, u16 first step, u8 step count, u8 flags (1: only at a line's start), u16 0 | 8·n |
 * | steps | u32: bits 0–21 start state, 22 may be left out, 23 a gap leads to the next step (else a blank), 24–31 the gap's words | 4·n |
 * | conditions | u16 first pattern, u8 pattern count, u8 kind (0 near, 1 unless), u16 within words (0: the whole text), u16 0 | 8·n |
 * | rules | u8 family, u8 severity 0–3, u8 channel bits, u8 0, u16 first condition, u16 condition count | 8·n |
 * | literals | u8[8] bytes, u8 length 3–8, u8 window offset, u8 bucket 0–7, u8 1 if it begins a word, u16 first entry, u16 entry count | 16·n |
 * | entries | u16 pattern, u8 fewest words back, u8 most words back, u8 lead, u8 0 | 6·n |
 *
 * A state is a head byte: bits 0–5 the number of its ranges, bit 6 accepting, bit 7
 * a loop on separators (a blank, of which the matcher counts eight). 63 ranges stand
 * for one range of one symbol to the state before, 62 for a number in the byte that
 * follows. Then per range, in ascending order: u8 lowest symbol; a variable-length
 * number (seven bits a byte, the least significant first, bit 7: more follow) whose
 * bit 0 says that the range is wider than one symbol, and whose other bits are the
 * zigzag form of this state's index less the target's; and if wider, u8 highest
 * symbol. In the short form only the symbol's byte. Engines unpack this into u32 per
 * state (first range · 4, +1 accepting, +2 loop; one more closes the last), u16 per
 * range (low, high << 8) and u32 per range (target).
 *
 * A pattern's steps are its pieces: the words and groups between its blanks and
 * gaps. A *symbol* is a byte after the permutation of `bytes.ts`. A literal's *window*
 * is the bytes the prefilter looks for: four from the window offset on, or all
 * three of a literal of three. Literals that begin a word come first, windows of
 * four before windows of three, each in order of their bytes; they are looked for
 * at the starts of words only. The others follow in order of their buckets.
 *
 * @module
 */
export const SECTION_VERSION = 1;
/** Bits of a step. */
export const START_MASK = 0x3fffff;
export const OPTIONAL = 0x400000;
export const GAP = 0x800000;
export const HEADER_BYTES = 48;

/** A state's outgoing ranges of symbols, in ascending order, to states of the same store. */
export interface State {
  readonly accept: boolean;
  /** A loop on separators: what a blank becomes. The matcher counts to eight in it. */
  readonly blank: boolean;
  readonly ranges: readonly { readonly low: number; readonly high: number; readonly target: number }[];
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
  readonly patterns: readonly SectionPattern[];
  readonly conditions: readonly SectionCondition[];
  readonly rules: readonly SectionRule[];
  readonly literals: readonly SectionLiteral[];
}

export function writeSection(tables: SectionTables): Uint8Array {
  const { states, patterns, conditions, rules, literals } = tables;
  const ranges = states.reduce((sum, state) => sum + state.ranges.length, 0);
  const steps = patterns.reduce((sum, pattern) => sum + pattern.steps.length, 0);
  const entries = literals.reduce((sum, literal) => sum + literal.entries.length, 0);
  const automata = writeAutomata(states);
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
  ];
  const layout = sectionLayout(counts);
  const bytes = new Uint8Array(layout.end);
  const view = new DataView(bytes.buffer);
  const u8 = (at: number, value: number) => view.setUint8(at, value);
  const u16 = (at: number, value: number) => view.setUint16(at, value, true);
  const u32 = (at: number, value: number) => view.setUint32(at, value, true);

  [SECTION_VERSION, ...counts].forEach((value, i) => u32(i * 4, value));

  bytes.set(automata, layout.automata);

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

const SHORT_FORM = 63;
const LONG_COUNT = 62;

function writeAutomata(states: readonly State[]): number[] {
  const bytes: number[] = [];
  states.forEach((state, self) => {
    const flags = (state.accept ? 64 : 0) + (state.blank ? 128 : 0);
    const { ranges } = state;
    const only = ranges.length === 1 ? ranges[0] : undefined;
    if (only && only.low === only.high && only.target === self - 1) {
      bytes.push(flags + SHORT_FORM, only.low);
      return;
    }
    if (ranges.length < LONG_COUNT) bytes.push(flags + ranges.length);
    else bytes.push(flags + LONG_COUNT, ranges.length);
    for (const { low, high, target } of ranges) {
      const back = self - target;
      let number = (back < 0 ? -back * 2 - 1 : back * 2) * 2 + (high > low ? 1 : 0);
      bytes.push(low);
      for (; number > 127; number >>>= 7) bytes.push((number & 127) | 128);
      bytes.push(number);
      if (high > low) bytes.push(high);
    }
  });
  return bytes;
}

export interface Automata {
  /** Per state: first range · 4, +1 accepting, +2 loop on separators. Shape [states + 1]. */
  readonly states: Uint32Array;
  /** Per range: low symbol, high symbol << 8; and the state it leads to. */
  readonly ranges: Uint16Array;
  readonly targets: Uint32Array;
}

/**
 * Unpacks a section's automata.
 *
 * @throws {RangeError} when they are not as long as the header says
 */
export function readAutomata(section: DataView): Automata {
  const states = new Uint32Array(section.getUint32(4, true) + 1);
  const ranges = new Uint16Array(section.getUint32(8, true));
  const targets = new Uint32Array(ranges.length);
  const end = HEADER_BYTES + section.getUint32(12, true);
  let at = HEADER_BYTES;
  let range = 0;
  for (let self = 0; self < states.length - 1; self++) {
    const head = section.getUint8(at++);
    states[self] = range * 4 + (head >> 6);
    let count = head & 63;
    if (count === SHORT_FORM) {
      const symbol = section.getUint8(at++);
      ranges[range] = symbol | (symbol << 8);
      targets[range++] = self - 1;
      continue;
    }
    if (count === LONG_COUNT) count = section.getUint8(at++);
    for (; count > 0; count--) {
      const low = section.getUint8(at++);
      let number = 0;
      for (let shift = 0; ; shift += 7) {
        const byte = section.getUint8(at++);
        number |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      const high = (number & 1) === 1 ? section.getUint8(at++) : low;
      const back = (number & 2) === 2 ? -((number >> 2) + 1) : number >> 2;
      ranges[range] = low | (high << 8);
      targets[range++] = self - back;
    }
  }
  states[states.length - 1] = range * 4;
  if (at !== end || range !== ranges.length)
    throw new RangeError('RULE section: automata are not as long as the header says');
  return { states, ranges, targets };
}

/** Counts of the tables, as the header has them. */
export function sectionCounts(section: DataView): number[] {
  return Array.from({ length: 10 }, (_, i) => section.getUint32(4 + i * 4, true));
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
  ] = counts;
  const automata = HEADER_BYTES;
  const patterns = automata + ((automataBytes + 3) & ~3);
  const steps = patterns + 8 * patternCount;
  const conditions = steps + 4 * stepCount;
  const rules = conditions + 8 * conditionCount;
  const literals = rules + 8 * ruleCount;
  const entries = literals + 16 * literalCount;
  return { automata, patterns, steps, conditions, rules, literals, entries, end: (entries + 6 * entryCount + 3) & ~3 };
}
