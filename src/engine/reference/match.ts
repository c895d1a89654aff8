/**
 * Match: rule hits in a view's normalized text.
 *
 * Every token has a symbol: a word that rules name its own, a word that begins as
 * rules name it that beginning's, a separator its byte's. A literal says where a
 * match may begin; from there the first step's automaton runs over the symbols,
 * and from every token within reach of its ends the next one's. Every
 * token is tried at most once per step, a match spans at most MAX_MATCH
 * bytes and all steps together are bounded by the text's length, so no text and
 * no rule makes matching slow. `wasm/assembly/match/` does the same.
 *
 * @module
 */

import { MAX_HITS, MAX_HITS_PER_RULE, MAX_MATCH, MAX_TOKENS, TOKEN_PUNCT } from '../abi.ts';
import type { RuleHit } from '../engine.ts';
import { isWordByte, SEPARATORS, SYMBOL_OF } from '../rule-bytes.ts';
import {
  GAP,
  OPTIONAL,
  readAutomata,
  readWords,
  SECTION_VERSION,
  START_MASK,
  sectionCounts,
  sectionLayout,
  type WordSymbols,
} from '../rule-section.ts';
import { createLiteralScan } from './literal-scan.ts';
import type { View } from './view.ts';

export interface Matcher {
  /**
   * Appends the hits of one view, ordered by (startByte, endByte, rule); at most MAX_HITS, at most
   * MAX_HITS_PER_RULE of one rule, and no two of one rule overlapping.
   *
   * @param viewIndex copied into the hits
   * @param channels bit mask; rules for none of these channels are skipped
   * @complexity linear in the text's length
   */
  match(view: View, viewIndex: number, channels: number, hits: RuleHit[]): void;
  /** Index into `FAMILIES`. */
  family(rule: number): number;
  /** 0 low to 3 critical. */
  severity(rule: number): number;
}

export interface Budget {
  readonly base: number;
  readonly perByte: number;
}

/** Separators one blank may span. */
const MAX_BLANK = 8;
/**
 * Automaton steps allowed per text: a base and so many for each byte. A step is a symbol that leads on; beginning a run
 * counts as some, and a token at which no run can begin, or a pattern that cannot occur, as one.
 */
export const BUDGET: Budget = { base: 4096, perByte: 256 };
const STEPS_PER_RUN = 4;
const STEPS_PER_REFUSAL = 1;

/** Bits of a state. */
const ACCEPT = 1;
const BLANK = 2;
const BYTEWISE = 4;
const DEAD = -1;

const UNKNOWN = 0;
const ABSENT = 1;
const PRESENT = 2;

/**
 * @param section a RULE section, as `src/engine/rule-section.ts` lays it out
 * @param pack copied into the hits
 * @param budget for tests: another than every text's
 * @throws {RangeError} when the section is of another version or too short
 */
export function createMatcher(section: DataView, pack: number, budget: Budget = BUDGET): Matcher {
  if (section.getUint32(0, true) !== SECTION_VERSION)
    throw new RangeError(`RULE section: expected version ${SECTION_VERSION}`);
  const counts = sectionCounts(section);
  const at = sectionLayout(counts);
  if (section.byteLength < at.end)
    throw new RangeError(`RULE section: expected ${at.end} bytes; got ${section.byteLength}`);
  const u8 = (offset: number) => section.getUint8(offset);
  const u16 = (offset: number) => section.getUint16(offset, true);
  const u32 = (offset: number) => section.getUint32(offset, true);
  const scanLiterals = createLiteralScan(section);
  const { states, lows, highs, targets } = readAutomata(section);
  const symbolOf = createSymbols(readWords(section));

  /** The symbol of each token. */
  const symbols = new Uint16Array(MAX_TOKENS);

  /** Word tokens before each token, shape [tokenCount + 1]. */
  const rank = new Uint16Array(MAX_TOKENS + 1);
  /** The word tokens themselves. */
  const wordTokens = new Uint16Array(MAX_TOKENS + 1);
  /** The tokens from which the next step is tried, and at which this one ended, relative to the match's first. */
  const starts = createTokenSet();
  const ends = createTokenSet();
  /** Per condition on the whole text: UNKNOWN, ABSENT or PRESENT. */
  const cache = new Uint8Array(counts[5] ?? 0);
  /** The symbols of this text; and per state whether it leads on over one of them, per pattern whether all its steps do. */
  const present = new Set<number>();
  const beginnings = new Uint8Array(counts[0] ?? 0);
  const patternsPresent = new Uint8Array(counts[3] ?? 0);
  let view: View;
  let steps = 0;

  function readTokens(): void {
    let words = 0;
    present.clear();
    for (let token = 0; token < view.tokenCount; token++) {
      const symbol = symbolOf(view.text, startOf(token), endOf(token));
      symbols[token] = symbol;
      present.add(symbol);
      rank[token] = words;
      wordTokens[words] = token;
      if (view.tokenKind[token] !== TOKEN_PUNCT) words++;
    }
    rank[view.tokenCount] = words;
  }

  const startOf = (token: number) => view.tokenStart[token] ?? 0;
  const endOf = (token: number) => view.tokenEnd[token] ?? 0;
  const wordsBefore = (token: number) => rank[token] ?? 0;

  /** The token that holds a byte, or -1. */
  function tokenAt(byte: number): number {
    let low = 0;
    let high = view.tokenCount;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (startOf(middle) <= byte) low = middle + 1;
      else high = middle;
    }
    return low > 0 && byte < endOf(low - 1) ? low - 1 : -1;
  }

  /** May every step of a pattern begin somewhere in this text, but for those that may be left out? */
  function mayOccur(pattern: number): boolean {
    if (patternsPresent[pattern] === UNKNOWN) {
      const row = at.patterns + pattern * 8;
      let isPresent = true;
      for (let i = 0; i < u8(row + 4); i++) {
        const bits = u32(at.steps + (u16(row + 2) + i) * 4);
        if ((bits & OPTIONAL) === 0 && !mayBegin(bits & START_MASK)) isPresent = false;
      }
      patternsPresent[pattern] = isPresent ? PRESENT : ABSENT;
    }
    return patternsPresent[pattern] === PRESENT;
  }

  function mayBegin(state: number): boolean {
    if (isBytewise(state)) return true;
    if (beginnings[state] === UNKNOWN) {
      const isPresent = [...present].some((symbol) => follow(state, symbol) !== DEAD);
      beginnings[state] = isPresent ? PRESENT : ABSENT;
    }
    return beginnings[state] === PRESENT;
  }

  /** May a run of a step begin at a token? Where not, that costs something. */
  function admits(step: number, token: number): boolean {
    const start = u32(step) & START_MASK;
    const symbol = isBytewise(start) ? (SYMBOL_OF[view.text[startOf(token)] ?? 0] ?? 0) : (symbols[token] ?? 0);
    if (follow(start, symbol) !== DEAD) return true;
    steps -= STEPS_PER_REFUSAL;
    return false;
  }

  /** The same for a pattern's first step, where it must not be left out. */
  function admitsFirst(pattern: number, token: number): boolean {
    const step = at.steps + u16(at.patterns + pattern * 8 + 2) * 4;
    return (u32(step) & OPTIONAL) !== 0 || admits(step, token);
  }

  /**
   * Runs an automaton from a token's start.
   *
   * @param reached where to mark every token it may end with, relative to `first`
   * @returns the first such token, or -1
   */
  function run(start: number, from: number, first: number, reached: TokenSet | undefined): number {
    const limit = startOf(first) + MAX_MATCH;
    const bytewise = isBytewise(start);
    let state = start;
    let blanks = 0;
    let found = -1;
    steps -= STEPS_PER_RUN;

    /** Does a symbol lead on? A blank longer than allowed leads nowhere. */
    function goes(symbol: number): boolean {
      state = follow(state, symbol);
      if (state === DEAD) return false;
      steps--;
      const isBlank = symbol < SEPARATORS && ((states[state] ?? 0) & BLANK) !== 0;
      blanks = isBlank ? blanks + 1 : 0;
      return blanks <= MAX_BLANK;
    }
    function goesOver(fromByte: number, toByte: number): boolean {
      for (let byte = fromByte; byte < toByte; byte++) if (!goes(SYMBOL_OF[view.text[byte] ?? 0] ?? 0)) return false;
      return true;
    }

    for (let token = from; token < view.tokenCount && endOf(token) <= limit; token++) {
      if (token > from && !goesOver(endOf(token - 1), startOf(token))) break;
      if (bytewise ? !goesOver(startOf(token), endOf(token)) : !goes(symbols[token] ?? 0)) break;
      if (((states[state] ?? 0) & ACCEPT) === 0) continue;
      if (found < 0) found = token;
      reached?.add(token - first);
    }
    return found;
  }

  function isBytewise(state: number): boolean {
    return ((states[state] ?? 0) & BYTEWISE) !== 0;
  }

  /** The state a symbol leads to, or DEAD. */
  function follow(state: number, symbol: number): number {
    const end = (states[state + 1] ?? 0) >> 3;
    let low = (states[state] ?? 0) >> 3;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (symbol > (highs[middle] ?? 0)) low = middle + 1;
      else high = middle;
    }
    return low < end && symbol >= (lows[low] ?? 0) ? (targets[low] ?? DEAD) : DEAD;
  }

  /** The last token of the shortest match of a pattern that begins at a token, or -1. */
  function matchFrom(pattern: number, first: number): number {
    const row = at.patterns + pattern * 8;
    if ((u8(row + 5) & 1) !== 0 && startOf(first) > 0 && view.text[startOf(first) - 1] !== 0x0a) return -1;
    const firstStep = at.steps + u16(row + 2) * 4;
    const lastStep = firstStep + (u8(row + 4) - 1) * 4;
    if (firstStep === lastStep) return run(u32(firstStep) & START_MASK, first, first, undefined);
    starts.add(0);
    for (let step = firstStep; step < lastStep; step += 4) {
      const bits = u32(step);
      runAll(step, first, ends);
      if ((bits & OPTIONAL) === 0) starts.clear();
      if ((bits & GAP) !== 0) addGapStarts(bits >>> 24, first, step + 4);
      else addBlankStarts(first, step + 4);
      ends.clear();
      if (starts.isEmpty()) return -1;
    }
    const last = runAll(lastStep, first, undefined);
    starts.clear();
    return last;
  }

  /** Runs one step's automaton from every token in `starts`. */
  function runAll(step: number, first: number, reached: TokenSet | undefined): number {
    const state = u32(step) & START_MASK;
    let found = -1;
    for (let token = first + starts.low; token <= first + starts.high; token++) {
      if (!starts.has(token - first)) continue;
      if (steps < 0 || (!reached && found >= 0 && token > found)) return found;
      if (!admits(step, token)) continue;
      const last = run(state, token, first, reached);
      if (last >= 0 && (found < 0 || last < found)) found = last;
    }
    return found;
  }

  /**
   * Adds a token to `starts`, but for one that the next step refuses: what an optional step refuses may be for the one
   * behind it.
   */
  function addStart(token: number, first: number, next: number): void {
    if ((u32(next) & OPTIONAL) !== 0 || admits(next, token)) starts.add(token - first);
  }

  /** Adds to `starts` the tokens behind an end with one to eight separators, or with none beside a solo character, between. */
  function addBlankStarts(first: number, step: number): void {
    const limit = Math.min(first + MAX_MATCH + 1, view.tokenCount);
    for (let end = first + ends.low; end <= first + ends.high; end++) {
      if (!ends.has(end - first)) continue;
      for (let next = end + 1; next < limit; next++) {
        const blank = startOf(next) - endOf(end);
        if (blank > MAX_BLANK) break;
        const isWord = view.tokenKind[next] !== TOKEN_PUNCT;
        if (blank > 0 || (isWord && view.tokenKind[end] !== TOKEN_PUNCT)) addStart(next, first, step);
        if (isWord) break;
      }
    }
  }

  /** Adds to `starts` the tokens behind an end with at most `gap` words between. */
  function addGapStarts(gap: number, first: number, step: number): void {
    const limit = Math.min(first + MAX_MATCH + 1, view.tokenCount);
    let next = first + 1;
    for (let end = first + ends.low; end <= first + ends.high; end++) {
      if (!ends.has(end - first)) continue;
      if (next <= end) next = end + 1;
      while (next < limit && wordsBefore(next) - wordsBefore(end + 1) <= gap) {
        addStart(next, first, step);
        next++;
      }
    }
  }

  function holds(condition: number, first: number, last: number): boolean {
    const row = at.conditions + condition * 8;
    const within = u16(row + 4);
    if (within === 0) {
      if (cache[condition] === UNKNOWN) cache[condition] = occurs(row, 0, view.tokenCount) ? PRESENT : ABSENT;
      return cache[condition] === PRESENT;
    }
    let from = first;
    while (from > 0 && wordsBefore(first) - wordsBefore(from - 1) <= within) from--;
    let to = last + 1;
    while (to < view.tokenCount && wordsBefore(to) - wordsBefore(last + 1) < within) to++;
    return occurs(row, from, to);
  }

  function occurs(row: number, from: number, to: number): boolean {
    const pattern = u16(row);
    const count = u8(row + 2);
    let isPossible = false;
    for (let i = 0; i < count; i++) isPossible ||= mayOccur(pattern + i);
    if (!isPossible) return false;
    for (let token = from; token < to; token++) {
      for (let i = 0; i < count; i++) {
        if (steps < 0) return false;
        if (!mayOccur(pattern + i)) steps -= STEPS_PER_REFUSAL;
        else if (admitsFirst(pattern + i, token) && matchFrom(pattern + i, token) >= 0) return true;
      }
    }
    return false;
  }

  function allows(rule: number, first: number, last: number): boolean {
    const row = at.rules + rule * 8;
    const from = u16(row + 4);
    for (let condition = from; condition < from + u16(row + 6); condition++) {
      const unless = u8(at.conditions + condition * 8 + 3) === 1;
      if (holds(condition, first, last) === unless) return false;
    }
    return true;
  }

  return {
    family: (rule) => u8(at.rules + rule * 8),
    severity: (rule) => u8(at.rules + rule * 8 + 1),

    match(of, viewIndex, channels, hits) {
      view = of;
      steps = budget.base + budget.perByte * view.textLen;
      readTokens();
      cache.fill(UNKNOWN);
      beginnings.fill(UNKNOWN);
      patternsPresent.fill(UNKNOWN);
      const found: RuleHit[] = [];
      const byRule = new Map<number, RuleHit[]>();

      /** Tries a pattern at one token; a rule's hits do not overlap. */
      function tryAt(pattern: number, rule: number, first: number): void {
        const startByte = startOf(first);
        const earlier = byRule.get(rule) ?? [];
        if (earlier.length === MAX_HITS_PER_RULE) return;
        if (earlier.some((hit) => startByte >= hit.startByte && startByte < hit.endByte)) return;
        const last = matchFrom(pattern, first);
        if (last < 0 || !allows(rule, first, last)) return;
        const endByte = endOf(last);
        const [start, end] = [view.textStart[startByte] ?? 0, view.textEnd[endByte - 1] ?? 0];
        const hit: RuleHit = { pack, rule, view: viewIndex, start, end, startByte, endByte };
        found.push(hit);
        byRule.set(rule, [...earlier, hit]);
      }

      scanLiterals(view.text, view.textLen, (literal, start) => {
        const token = tokenAt(start);
        if (token < 0) return;
        const row = at.literals + literal * 16;
        const firstEntry = u16(row + 12);
        for (let entry = firstEntry; entry < firstEntry + u16(row + 14); entry++) {
          const offset = at.entries + entry * 6;
          const pattern = u16(offset);
          const rule = u16(at.patterns + pattern * 8);
          if ((u8(at.rules + rule * 8 + 2) & channels) === 0) continue;
          if (!mayOccur(pattern)) {
            steps -= STEPS_PER_REFUSAL;
            continue;
          }
          const [fewest, most, lead] = [u8(offset + 2), u8(offset + 3), u8(offset + 4)];
          // The farthest start first, so that the longer reading of "(please|) ignore" wins.
          for (let words = most; words >= fewest; words--) {
            const base = wordsBack(token, words);
            if (base < 0) continue;
            let farthest = base;
            while (farthest > 0 && base - farthest < lead && view.tokenKind[farthest - 1] === TOKEN_PUNCT) farthest--;
            for (let first = farthest; first <= base; first++) {
              if (steps < 0 || found.length === MAX_HITS) return;
              if (admitsFirst(pattern, first)) tryAt(pattern, rule, first);
            }
          }
        }
      });

      found.sort((a, b) => a.startByte - b.startByte || a.endByte - b.endByte || a.rule - b.rule);
      hits.push(...found);
    },
  };

  /** The token so many words before another, or -1 where there is none near enough. */
  function wordsBack(token: number, words: number): number {
    if (words === 0) return token;
    const word = wordsBefore(token) - words;
    if (word < 0) return -1;
    const back = wordTokens[word] ?? 0;
    return startOf(token) - startOf(back) > MAX_MATCH ? -1 : back;
  }
}

/** @returns the symbol of the token whose bytes are `text[start, end)` */
function createSymbols({
  words,
  stems,
  longest,
}: WordSymbols): (text: Uint8Array, start: number, end: number) => number {
  return (text, start, end) => {
    const first = text[start] ?? 0;
    if (!isWordByte(first)) return SYMBOL_OF[first] ?? 0;
    const token = String.fromCharCode(...text.subarray(start, Math.min(end, start + longest)));
    const own = end - start <= longest ? words.get(token) : undefined;
    if (own !== undefined) return own;
    for (let length = token.length; ; length--) {
      const symbol = stems.get(token.slice(0, length));
      if (symbol !== undefined) return symbol;
    }
  };
}

interface TokenSet {
  /** Least and greatest member; `low > high` when empty. */
  readonly low: number;
  readonly high: number;
  add(token: number): void;
  has(token: number): boolean;
  isEmpty(): boolean;
  clear(): void;
}

/** A set of numbers from 0 to MAX_MATCH that costs only what lies between its ends. */
function createTokenSet(): TokenSet {
  const flags = new Uint8Array(MAX_MATCH + 1);
  const set = {
    low: flags.length,
    high: -1,
    add(token: number): void {
      flags[token] = 1;
      if (token < set.low) set.low = token;
      if (token > set.high) set.high = token;
    },
    has: (token: number) => flags[token] === 1,
    isEmpty: () => set.high < 0,
    clear(): void {
      flags.fill(0, set.low, set.high + 1);
      set.low = flags.length;
      set.high = -1;
    },
  };
  return set;
}
