/**
 * A loaded RULE section: where its tables lie, its automata unpacked, its prefilter built.
 *
 * `src/engine/rule-section.ts` has the layout. The built-in pack takes the room it
 * needs; room for the user's is set aside beforehand, since nothing is reserved
 * once texts are scanned.
 */
import { PADDING } from '../abi';
import { reserve } from '../view';

const SECTION_VERSION: u32 = 1;
const HEADER_BYTES = 48;

/** What a user's pack may hold; `src/scan/rules/limits.ts` says the same. */
const OWN_STATES = 16384;
const OWN_RANGES = 49152;
const OWN_CONDITIONS = 4096;
const OWN_RULES = 1024;
const OWN_LITERALS = 4096;

/** Steps of a user's pack that get a prefix filter; later ones are run unasked. */
const OWN_FILTERS = 4096;

/** Bits of a state's flags. */
export const ACCEPT: u32 = 1;
export const LOOP: u32 = 2;
export const MANY: u32 = 4;

/** u32[32]: see `RulePack.prefixes`. */
export const PREFIX_BYTES = 128;

/** Bits of the filters over windows' hashes. */
const FILTER_BYTES = 8192;
const BUCKETS = 8;

/** Bits of a step that hold its start state. */
export const START_MASK: u32 = 0x3fffff;

const SHORT_FORM = 63;
const LONG_COUNT = 62;

@unmanaged
export class RulePack {
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
   * Per state u8 flags (1 accepting, 2 loop on separators, 4 many ranges), u8 lowest and u8 highest symbol of its only
   * range, u8 0, u32 where that range leads; with many ranges u8 flags, u8 their number, u16 0, u32 the first of them.
   * A state with no range has a lowest symbol above the highest. States are named by their offsets in this table.
   */
  states: usize;
  /** Of states with many: u8[ranges] lowest and highest symbols; u32[ranges]: the state it leads to. */
  lows: usize;
  highs: usize;
  targets: usize;
  /**
   * Per step u32[32], a row per first symbol modulo 32 and a bit per second: none is missing of the pairs of symbols
   * with which a match of the step may begin.
   */
  prefixes: usize;
  /** Steps that have such a filter. */
  prefixCount: i32;
  /** u8[conditions], see `match.ts`. */
  cache: usize;
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
  prefixRoom: i32;
  rangeRoom: i32;
  conditionRoom: i32;
  ruleRoom: i32;
  literalRoom: i32;
}

function newPack(states: i32, ranges: i32, conditions: i32, rules: i32, literals: i32, prefixes: i32): RulePack {
  const pack = changetype<RulePack>(reserve(offsetof<RulePack>()));
  pack.stateRoom = states;
  pack.rangeRoom = ranges;
  pack.conditionRoom = conditions;
  pack.ruleRoom = rules;
  pack.literalRoom = literals;
  pack.prefixRoom = prefixes;
  pack.states = reserve(states * 8);
  pack.lows = reserve(ranges + PADDING);
  pack.highs = reserve(ranges + PADDING);
  pack.targets = reserve(ranges * 4);
  pack.prefixes = reserve(prefixes * PREFIX_BYTES);
  pack.cache = reserve(conditions);
  pack.ruleHits = reserve(rules);
  pack.ruleSpans = reserve(rules * 16);
  pack.filterFour = reserve(FILTER_BYTES);
  pack.filterThree = reserve(FILTER_BYTES);
  pack.filterInside = reserve(FILTER_BYTES);
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
    load<u32>(section, 24),
    load<u32>(section, 28),
    load<u32>(section, 32),
    load<u32>(section, 20),
  );
}

/** Room for the user's. */
export function packForOwn(): RulePack {
  return newPack(OWN_STATES, OWN_RANGES, OWN_CONDITIONS, OWN_RULES, OWN_LITERALS, OWN_FILTERS);
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
  const at = section + HEADER_BYTES;
  pack.patterns = at + ((automata + 3) & ~3);
  pack.steps = pack.patterns + 8 * load<u32>(section, 16);
  pack.conditions = pack.steps + 4 * load<u32>(section, 20);
  pack.rules = pack.conditions + 8 * pack.conditionCount;
  pack.literals = pack.rules + 8 * pack.ruleCount;
  pack.entries = pack.literals + 16 * pack.literalCount;
  if (pack.entries + 6 * load<u32>(section, 36) > section + length) return false;
  if (!unpackAutomata(pack, at, at + automata, states, ranges)) return false;
  fillPrefixes(pack, load<u32>(section, 20));
  memory.fill(pack.filterFour, 0, FILTER_BYTES);
  memory.fill(pack.filterThree, 0, FILTER_BYTES);
  memory.fill(pack.filterInside, 0, FILTER_BYTES);
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

function unpackAutomata(pack: RulePack, from: usize, end: usize, states: i32, ranges: i32): bool {
  let at = from;
  let left = ranges;
  let stored = 0;
  for (let self = 0; self < states; self++) {
    const head: i32 = load<u8>(at++);
    const row = pack.states + (self << 3);
    const flags = head >> 6;
    let count = head & 63;
    if (count == SHORT_FORM) {
      const symbol: i32 = load<u8>(at++);
      if (--left < 0) return false;
      store<u32>(row, flags | (symbol << 8) | (symbol << 16));
      store<u32>(row, (self - 1) << 3, 4);
      continue;
    }
    if (count == LONG_COUNT) count = load<u8>(at++);
    left -= count;
    if (left < 0) return false;
    store<u32>(row, count < 2 ? flags | 0x100 : flags | MANY | (count << 8));
    store<u32>(row, stored, 4);
    const isMany = count > 1;
    for (; count > 0; count--) {
      const low: i32 = load<u8>(at++);
      let number = 0;
      for (let shift = 0; ; shift += 7) {
        const byte: i32 = load<u8>(at++);
        number |= (byte & 127) << shift;
        if (byte < 128) break;
      }
      const high: i32 = number & 1 ? load<u8>(at++) : low;
      const back = number & 2 ? -((number >> 2) + 1) : number >> 2;
      if (at > end) return false;
      const target = (self - back) << 3;
      if (!isMany) {
        store<u32>(row, flags | (low << 8) | (high << 16));
        store<u32>(row, target, 4);
        break;
      }
      store<u8>(pack.lows + stored, <u8>low);
      store<u8>(pack.highs + stored, <u8>high);
      store<u32>(pack.targets + (stored << 2), target);
      stored++;
    }
  }
  return at == end && left == 0;
}

function fillPrefixes(pack: RulePack, steps: i32): void {
  pack.prefixCount = min(steps, pack.prefixRoom);
  memory.fill(pack.prefixes, 0, pack.prefixCount * PREFIX_BYTES);
  for (let step = 0; step < pack.prefixCount; step++) {
    const start = (load<u32>(pack.steps + (step << 2)) & START_MASK) << 3;
    const row = pack.states + start;
    const filter = pack.prefixes + step * PREFIX_BYTES;
    const head = load<u32>(row);
    const next = load<u32>(row, 4);
    if (!(head & MANY)) {
      addPrefixes(pack, filter, (head >>> 8) & 255, (head >>> 16) & 255, next);
      continue;
    }
    for (let range = next; range < next + (head >>> 8); range++) {
      const target = load<u32>(pack.targets + (range << 2));
      addPrefixes(pack, filter, load<u8>(pack.lows + range), load<u8>(pack.highs + range), target);
    }
  }
}

/** Adds the pairs of any symbol from `low` to `high` and one that may follow in `state`. */
function addPrefixes(pack: RulePack, filter: usize, low: u32, high: u32, state: u32): void {
  const seconds = secondsOf(pack, state);
  for (let symbol = low; symbol <= min(high, low + 31); symbol++) {
    const row = filter + ((symbol & 31) << 2);
    store<u32>(row, load<u32>(row) | seconds);
  }
}

/** The symbols, modulo 32, that may follow in a state: all of them where a match may end. */
function secondsOf(pack: RulePack, state: u32): u32 {
  const head = load<u32>(pack.states + state);
  const next = load<u32>(pack.states + state, 4);
  if (head & ACCEPT) return <u32>-1;
  if (!(head & MANY)) return bitsOf((head >>> 8) & 255, (head >>> 16) & 255);
  let bits: u32 = 0;
  for (let range = next; range < next + (head >>> 8); range++) {
    bits |= bitsOf(load<u8>(pack.lows + range), load<u8>(pack.highs + range));
  }
  return bits;
}

function bitsOf(low: u32, high: u32): u32 {
  if (high < low) return 0;
  return high - low > 30 ? <u32>-1 : rotl((<u32>2 << (high - low)) - 1, low & 31);
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
