/**
 * A loaded RULE section: where its tables lie, its automata unpacked, its prefilter built.
 *
 * `src/engine/rule-section.ts` has the layout. The built-in pack takes the room it
 * needs; room for the user's is set aside beforehand, since nothing is reserved
 * once texts are scanned.
 */
import { PADDING } from '../abi';
import { reserve } from '../view';
import { loadWords, newWords, Words } from './words';

const SECTION_VERSION: u32 = 2;
const HEADER_BYTES = 64;

/** What a user's pack may hold; `src/scan/rules/limits.ts` says the same. */
const OWN_STATES = 16384;
const OWN_RANGES = 49152;
const OWN_WORDS = 8192;
const OWN_LETTERS = 65536;
const OWN_STEPS = 8192;
const OWN_PATTERNS = 8192;
const OWN_ENTRIES = 16384;
const OWN_CONDITIONS = 4096;
const OWN_RULES = 1024;
const OWN_LITERALS = 4096;

/** Bits of a state: the first three as the section has them. */
export const ACCEPT: u32 = 1;
export const LOOP: u32 = 2;
export const BYTEWISE: u32 = 4;
export const MANY: u32 = 8;
export const STATE_BYTES = 12;
/** Lowest and highest symbol of a state that leads nowhere. */
export const NO_RANGE: u32 = 1;

/** Bits of a step. */
export const OPTIONAL: u32 = 0x400000;
export const GAP: u32 = 0x800000;

/** What is known of something in a text. */
export const UNKNOWN: u8 = 0;
export const ABSENT: u8 = 1;
export const PRESENT: u8 = 2;

/** See `RulePack.filters`: a power of two. */
export const FILTER_BYTES = 64;

/** Bits of the filters over windows' hashes. */
const WINDOW_FILTER_BYTES = 8192;
const BUCKETS = 8;

/** Bits of a step that hold its start state. */
export const START_MASK: u32 = 0x3fffff;

/** No step has this number: there are fewer. */
export const NO_STEP: u32 = 0xffff;
export const TRY_BYTES = 12;

const LONG_COUNT = 31;
const WIDE = 1;
const ELSEWHERE = 2;

/** u8[256]: separators in byte order, then word bytes in byte order, as `src/engine/rule-bytes.ts` has them. */
export const symbols: usize = reserve(256);
/** The number of separators: symbols from here on are words. */
export let separators: u32 = 0;

export function initSymbols(): void {
  let next = 0;
  for (let byte = 0; byte < 256; byte++) if (!isWordByte(byte)) store<u8>(symbols + byte, <u8>(next++));
  separators = next;
  for (let byte = 0; byte < 256; byte++) if (isWordByte(byte)) store<u8>(symbols + byte, <u8>(next++));
}

function isWordByte(byte: i32): bool {
  return byte >= 0x80 || byte == 0x5f || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);
}

@unmanaged
export class RulePack {
  stateCount: i32;
  patternCount: i32;
  ruleCount: i32;
  conditionCount: i32;
  literalCount: i32;
  anchoredCount: i32;
  /** Tables of the section itself. */
  patterns: usize;
  steps: usize;
  conditions: usize;
  rules: usize;
  literals: usize;
  entries: usize;
  /**
   * Per state u32 flags (1 accepting, 2 loop on separators, 4 reads words by bytes, 8 many ranges); u16 lowest and u16
   * highest symbol of its only range; u32 where that range leads. With many ranges their number stands in the flags from
   * bit 8 on, and the index of the first in place of where it leads. A state with no range has a lowest symbol above
   * the highest. States are named by their offsets in this table.
   */
  states: usize;
  /** Of states with many: u16[ranges] lowest and highest symbols; u32[ranges]: the state it leads to. */
  lows: usize;
  highs: usize;
  targets: usize;
  words: Words;
  /** Per step a bit set over symbols modulo its size: none is missing of those at which a run may begin. */
  filters: usize;
  /** Of this text, UNKNOWN, ABSENT or PRESENT: u8[conditions] on the whole of it. */
  cache: usize;
  /** The same, u8[states]: does it have a symbol that leads on? u8[patterns]: may all steps that must be there begin? */
  beginnings: usize;
  patternsPresent: usize;
  /** u16[patterns]: of the steps that must be there the one with the fewest symbols to begin with. */
  rarest: usize;
  /**
   * Per entry of a literal twelve bytes: u16 pattern, u16 rule, u16 the step a match begins with (NO_STEP: the first may be
   * left out), u8 fewest and u8 most words back, u8 lead, u8 channels, u16 0.
   */
  tries: usize;
  /** Per rule: u8 hits of this text; and four spans, u16 start and end. */
  ruleHits: usize;
  ruleSpans: usize;
  /** Bit sets over hashes of windows: those that begin words, of four bytes and of three; and those inside words. */
  filterFour: usize;
  filterThree: usize;
  filterInside: usize;
  /** Open addressing, rows of u32 window, u16 first literal, u16 count (0: empty). */
  tableFour: usize;
  tableThree: usize;
  tableMask: u32;
  /** Nibble masks of the windows inside words: v128[4] for low nibbles, v128[4] for high ones. */
  nibbles: usize;
  /** i32[9]: first literal of each bucket, and the end. */
  buckets: usize;
  /** Room, for a pack that is loaded into what was set aside. */
  stateRoom: i32;
  stepRoom: i32;
  patternRoom: i32;
  entryRoom: i32;
  rangeRoom: i32;
  conditionRoom: i32;
  ruleRoom: i32;
  literalRoom: i32;
}

function newPack(
  states: i32,
  ranges: i32,
  words: i32,
  letters: i32,
  steps: i32,
  patterns: i32,
  entries: i32,
  conditions: i32,
  rules: i32,
  literals: i32,
): RulePack {
  const pack = changetype<RulePack>(reserve(offsetof<RulePack>()));
  pack.stateRoom = states;
  pack.rangeRoom = ranges;
  pack.conditionRoom = conditions;
  pack.ruleRoom = rules;
  pack.literalRoom = literals;
  pack.stepRoom = steps;
  pack.patternRoom = patterns;
  pack.entryRoom = entries;
  pack.states = reserve(states * STATE_BYTES);
  pack.lows = reserve(ranges * 2 + PADDING);
  pack.highs = reserve(ranges * 2 + PADDING);
  pack.targets = reserve(ranges * 4);
  pack.words = newWords(words, letters);
  pack.filters = reserve(steps * FILTER_BYTES);
  pack.cache = reserve(conditions);
  pack.beginnings = reserve(states);
  pack.patternsPresent = reserve(patterns);
  pack.rarest = reserve(patterns * 2);
  pack.tries = reserve(entries * TRY_BYTES);
  pack.ruleHits = reserve(rules);
  pack.ruleSpans = reserve(rules * 16);
  pack.filterFour = reserve(WINDOW_FILTER_BYTES);
  pack.filterThree = reserve(WINDOW_FILTER_BYTES);
  pack.filterInside = reserve(WINDOW_FILTER_BYTES);
  let capacity = 16;
  while (capacity < literals * 2) capacity <<= 1;
  pack.tableFour = reserve(capacity * 8);
  pack.tableThree = reserve(capacity * 8);
  pack.tableMask = capacity - 1;
  pack.nibbles = reserve(128);
  pack.buckets = reserve((BUCKETS + 1) * 4);
  return pack;
}

/** Room for the built-in pack's tables. */
export function packFor(section: usize): RulePack {
  return newPack(
    load<u32>(section, 4),
    load<u32>(section, 8),
    load<u32>(section, 44),
    load<u32>(section, 52),
    load<u32>(section, 20),
    load<u32>(section, 16),
    load<u32>(section, 36),
    load<u32>(section, 24),
    load<u32>(section, 28),
    load<u32>(section, 32),
  );
}

/** Room for the user's. */
export function packForOwn(): RulePack {
  return newPack(
    OWN_STATES,
    OWN_RANGES,
    OWN_WORDS,
    OWN_LETTERS,
    OWN_STEPS,
    OWN_PATTERNS,
    OWN_ENTRIES,
    OWN_CONDITIONS,
    OWN_RULES,
    OWN_LITERALS,
  );
}

/** Is this a section of this version, as long as it says? */
export function isSection(section: usize, length: i32): bool {
  return length >= HEADER_BYTES && load<u32>(section) == SECTION_VERSION;
}

/** Reads a section, which stays where it is, into a pack. False when it does not fit. */
export function loadPack(pack: RulePack, section: usize, length: i32): bool {
  const states: i32 = load<u32>(section, 4);
  const ranges: i32 = load<u32>(section, 8);
  const automata: i32 = load<u32>(section, 12);
  pack.conditionCount = load<u32>(section, 24);
  pack.ruleCount = load<u32>(section, 28);
  pack.literalCount = load<u32>(section, 32);
  pack.anchoredCount = load<u32>(section, 40);
  if (<u32>states > <u32>pack.stateRoom || <u32>ranges > <u32>pack.rangeRoom) return false;
  if (<u32>pack.conditionCount > <u32>pack.conditionRoom || <u32>pack.ruleCount > <u32>pack.ruleRoom) return false;
  if (<u32>pack.literalCount > <u32>pack.literalRoom) return false;
  const steps: i32 = load<u32>(section, 20);
  const entries: i32 = load<u32>(section, 36);
  pack.stateCount = states;
  pack.patternCount = load<u32>(section, 16);
  if (<u32>steps > <u32>pack.stepRoom || <u32>pack.patternCount > <u32>pack.patternRoom) return false;
  if (<u32>entries > <u32>pack.entryRoom) return false;
  const at = section + HEADER_BYTES;
  const words = at + automata;
  const wordBytes: i32 = load<u32>(section, 48);
  pack.patterns = section + ((HEADER_BYTES + automata + wordBytes + 3) & ~3);
  pack.steps = pack.patterns + 8 * load<u32>(section, 16);
  pack.conditions = pack.steps + 4 * steps;
  pack.rules = pack.conditions + 8 * pack.conditionCount;
  pack.literals = pack.rules + 8 * pack.ruleCount;
  pack.entries = pack.literals + 16 * pack.literalCount;
  if (pack.entries + 6 * load<u32>(section, 36) > section + length) return false;
  if (!unpackAutomata(pack, at, words, states, ranges)) return false;
  if (!loadWords(pack.words, load<u32>(section, 44), load<u32>(section, 52), words, words + wordBytes, separators)) return false;
  fillFilters(pack, steps);
  findRarest(pack);
  fillTries(pack, entries);
  memory.fill(pack.filterFour, 0, WINDOW_FILTER_BYTES);
  memory.fill(pack.filterThree, 0, WINDOW_FILTER_BYTES);
  memory.fill(pack.filterInside, 0, WINDOW_FILTER_BYTES);
  memory.fill(pack.tableFour, 0, (pack.tableMask + 1) * 8);
  memory.fill(pack.tableThree, 0, (pack.tableMask + 1) * 8);
  memory.fill(pack.nibbles, 0, 128);
  for (let literal = 0; literal < pack.literalCount; literal++) {
    if (literal < pack.anchoredCount) addAnchored(pack, literal);
    else addFloating(pack, literal);
  }
  closeBuckets(pack);
  return true;
}

/** Where the last number read ends. */
let cursor: usize = 0;

/** Reads a number: seven bits a byte, the least significant first. */
function take(): i32 {
  let number = 0;
  let shift = 0;
  let byte: i32 = 0;
  do {
    byte = load<u8>(cursor++);
    number |= (byte & 127) << shift;
    shift += 7;
  } while (byte > 127);
  return number;
}

function unpackAutomata(pack: RulePack, from: usize, end: usize, states: i32, ranges: i32): bool {
  cursor = from;
  let left = ranges;
  let stored = 0;
  for (let self = 0; self < states; self++) {
    const head = take();
    const row = pack.states + self * STATE_BYTES;
    let count = head >> 3;
    if (count == LONG_COUNT) count = take();
    left -= count;
    if (left < 0) return false;
    const isMany = count > 1;
    store<u32>(row, isMany ? (head & 7) | MANY | (count << 8) : head & 7);
    store<u32>(row, isMany ? 0 : NO_RANGE, 4);
    store<u32>(row, stored, 8);
    let next = 0;
    let target = self - 1;
    for (; count > 0; count--) {
      const bits = take();
      const low = next + (bits >> 2);
      const high = bits & WIDE ? low + take() : low;
      if (bits & ELSEWHERE) {
        const back = take();
        target = self - (back & 1 ? -((back >> 1) + 1) : back >> 1);
      }
      if (cursor > end || <u32>target >= <u32>states) return false;
      next = high + 1;
      if (!isMany) {
        store<u16>(row, <u16>low, 4);
        store<u16>(row, <u16>high, 6);
        store<u32>(row, target * STATE_BYTES, 8);
        continue;
      }
      store<u16>(pack.lows + (stored << 1), <u16>low);
      store<u16>(pack.highs + (stored << 1), <u16>high);
      store<u32>(pack.targets + (stored << 2), target * STATE_BYTES);
      stored++;
    }
  }
  return cursor == end && left == 0;
}

/** The start state of a step. */
// @ts-ignore: decorator
@inline
export function startOfStep(pack: RulePack, step: u32): i32 {
  return <i32>(load<u32>(pack.steps + (step << 2)) & START_MASK) * STATE_BYTES;
}

function fillFilters(pack: RulePack, steps: i32): void {
  for (let step = 0; step < steps; step++) {
    const filter = pack.filters + step * FILTER_BYTES;
    const row = pack.states + startOfStep(pack, step);
    const head = load<u32>(row);
    memory.fill(filter, head & BYTEWISE ? 255 : 0, FILTER_BYTES);
    const first = load<u32>(row, 8);
    if (head & MANY) {
      for (let range = first; range < first + (head >>> 8); range++) {
        addRange(filter, load<u16>(pack.lows + (range << 1)), load<u16>(pack.highs + (range << 1)));
      }
    } else {
      addRange(filter, load<u16>(row, 4), load<u16>(row, 6));
    }
  }
}

function addRange(filter: usize, low: u32, high: u32): void {
  const last = min(high, low + FILTER_BYTES * 8 - 1);
  for (let symbol = low; symbol <= last; symbol++) addBit(filter, symbol);
}

/** Adds a symbol to a filter. */
// @ts-ignore: decorator
@inline
export function addBit(filter: usize, symbol: u32): void {
  const at = filter + ((symbol >>> 3) & (FILTER_BYTES - 1));
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(symbol & 7)));
}

function findRarest(pack: RulePack): void {
  for (let pattern = 0; pattern < pack.patternCount; pattern++) {
    const row = pack.patterns + (pattern << 3);
    const first: u32 = load<u16>(row, 2);
    const end = first + load<u8>(row, 4);
    let fewest: i64 = i64.MAX_VALUE;
    for (let step = first; step < end; step++) {
      if (load<u32>(pack.steps + (step << 2)) & OPTIONAL) continue;
      let count: i64 = 0;
      for (let i = 0; i < FILTER_BYTES; i += 8) count += popcnt<i64>(load<i64>(pack.filters + step * FILTER_BYTES + i));
      if (count >= fewest) continue;
      fewest = count;
      store<u16>(pack.rarest + (pattern << 1), <u16>step);
    }
  }
}

function fillTries(pack: RulePack, entries: i32): void {
  for (let entry = 0; entry < entries; entry++) {
    const from = pack.entries + entry * 6;
    const to = pack.tries + entry * TRY_BYTES;
    const pattern = load<u16>(from);
    const row = pack.patterns + (<usize>pattern << 3);
    const rule = load<u16>(row);
    store<u16>(to, pattern);
    store<u16>(to, rule, 2);
    store<u16>(to, <u16>guardOf(pack, pattern), 4);
    store<u16>(to, load<u16>(from, 2), 6);
    store<u8>(to, load<u8>(from, 4), 8);
    store<u8>(to, load<u8>(pack.rules + (<usize>rule << 3), 2), 9);
  }
}

/** The step that a match of a pattern must begin with, or NO_STEP where the first may be left out. */
// @ts-ignore: decorator
@inline
export function guardOf(pack: RulePack, pattern: i32): u32 {
  const step: u32 = load<u16>(pack.patterns + (pattern << 3), 2);
  return load<u32>(pack.steps + (step << 2)) & OPTIONAL ? NO_STEP : step;
}

/** Hash of a window, sixteen bits. */
// @ts-ignore: decorator
@inline
export function hashWindow(window: u32): u32 {
  return (window * 0x9e3779b1) >>> 16;
}

function setBit(filter: usize, hash: u32): void {
  const at = filter + (hash >>> 3);
  store<u8>(at, load<u8>(at) | (<u8>1 << <u8>(hash & 7)));
}

// @ts-ignore: decorator
@inline
export function hasBit(filter: usize, hash: u32): bool {
  return ((load<u8>(filter + (hash >>> 3)) >>> (hash & 7)) & 1) != 0;
}

function addAnchored(pack: RulePack, literal: i32): void {
  const row = pack.literals + (literal << 4);
  const isShort = load<u8>(row, 8) == 3;
  const window = isShort ? load<u32>(row) & 0xffffff : load<u32>(row);
  const hash = hashWindow(window);
  setBit(isShort ? pack.filterThree : pack.filterFour, hash);
  const table = isShort ? pack.tableThree : pack.tableFour;
  let slot = hash & pack.tableMask;
  for (;;) {
    const at = table + (slot << 3);
    const count = load<u16>(at, 6);
    if (count == 0) {
      store<u32>(at, window);
      store<u16>(at, <u16>literal, 4);
    }
    if (count == 0 || load<u32>(at) == window) {
      // Literals with one window follow each other in the section.
      store<u16>(at, count + 1, 6);
      return;
    }
    slot = (slot + 1) & pack.tableMask;
  }
}

function addFloating(pack: RulePack, literal: i32): void {
  const row = pack.literals + (literal << 4);
  const window = row + load<u8>(row, 9);
  const bit: i32 = 1 << load<u8>(row, 10);
  const isShort = load<u8>(row, 8) == 3;
  setBit(pack.filterInside, hashWindow(isShort ? load<u32>(window) & 0xffffff : load<u32>(window)));
  for (let i = 0; i < 4; i++) {
    const low = pack.nibbles + (i << 4);
    const high = low + 64;
    if (i == 3 && isShort) {
      for (let nibble = 0; nibble < 16; nibble++) {
        store<u8>(low + nibble, load<u8>(low + nibble) | bit);
        store<u8>(high + nibble, load<u8>(high + nibble) | bit);
      }
      continue;
    }
    const byte: i32 = load<u8>(window + i);
    store<u8>(low + (byte & 15), load<u8>(low + (byte & 15)) | bit);
    store<u8>(high + (byte >> 4), load<u8>(high + (byte >> 4)) | bit);
  }
}

/** Literals inside words follow in order of their buckets: where does each begin? */
function closeBuckets(pack: RulePack): void {
  let literal = pack.anchoredCount;
  for (let bucket = 0; bucket <= BUCKETS; bucket++) {
    while (literal < pack.literalCount && <i32>load<u8>(pack.literals + (literal << 4), 10) < bucket) literal++;
    store<i32>(pack.buckets + (bucket << 2), literal);
  }
  store<i32>(pack.buckets + (BUCKETS << 2), pack.literalCount);
}
