/**
 * Match: rule hits in a view's normalized text.
 *
 * A literal says where a match may begin; from there the first step's automaton
 * runs, and from every token within reach of its ends the next one's. Every
 * token is tried at most once per step, a match spans at most MAX_MATCH
 * bytes and all steps together are bounded by the text's length, so no text and
 * no rule makes matching slow. `wasm/assembly/match/` does the same.
 *
 * @module
 */

import { MAX_HITS, MAX_HITS_PER_RULE, MAX_MATCH, MAX_TOKENS, TOKEN_PUNCT } from '../abi.ts';
import type { RuleHit } from '../engine.ts';
import { SEPARATORS, SYMBOL_OF } from '../rule-bytes.ts';
import {
  GAP,
  OPTIONAL,
  readAutomata,
  SECTION_VERSION,
  START_MASK,
  sectionCounts,
  sectionLayout,
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

/** Separators one blank may span. */
const MAX_BLANK = 8;
/** Automaton steps allowed per text: a base and so many for each byte. Starting an automaton counts as some. */
const STEPS_BASE = 4096;
const STEPS_PER_BYTE = 256;
const STEPS_PER_START = 4;

/** Remembered runs: a power of two. What ends nowhere is remembered as NOWHERE, what ends more than once not at all. */
const MEMO_SIZE = 4096;
const NOWHERE = 0xffff;
const NO_KEY = 0xffffffff;

const UNKNOWN = 0;
const ABSENT = 1;
const PRESENT = 2;

/**
 * @param section a RULE section, as `src/engine/rule-section.ts` lays it out
 * @param pack copied into the hits
 * @throws {RangeError} when the section is of another version or too short
 */
export function createMatcher(section: DataView, pack: number): Matcher {
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
  const { states, ranges, targets } = readAutomata(section);

  /** Word tokens before each token, shape [tokenCount + 1]. */
  const rank = new Uint16Array(MAX_TOKENS + 1);
  /** The word tokens themselves. */
  const wordTokens = new Uint16Array(MAX_TOKENS + 1);
  /** The tokens from which the next step is tried, and at which this one ended, relative to the match's first. */
  const starts = createTokenSet();
  const ends = createTokenSet();
  /** Per condition on the whole text: UNKNOWN, ABSENT or PRESENT. */
  const cache = new Uint8Array(counts[5] ?? 0);
  /** Runs of this text by start state and token: rules share pieces, and windows overlap. */
  const memoKey = new Uint32Array(MEMO_SIZE);
  const memoEnd = new Uint16Array(MEMO_SIZE);
  let view: View;
  let steps = 0;

  function countWords(): void {
    let words = 0;
    for (let token = 0; token < view.tokenCount; token++) {
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

  /**
   * Runs an automaton from a token's start.
   *
   * @param reached where to mark every token it may end with, relative to `first`
   * @returns the first such token, or -1
   */
  function run(start: number, from: number, first: number, reached: TokenSet | undefined): number {
    const limit = startOf(first) + MAX_MATCH;
    const slot = ((Math.imul(start, 0x9e3779b1) >>> 20) + from) & (MEMO_SIZE - 1);
    const key = ((start << 14) | from) >>> 0;
    if (memoKey[slot] === key) {
      steps -= 1;
      const end = memoEnd[slot] ?? NOWHERE;
      if (end === NOWHERE || endOf(end) > limit) return -1;
      reached?.add(end - first);
      return end;
    }
    const { text } = view;
    let byte = startOf(from);
    const begin = byte;
    let state = start;
    let blanks = 0;
    let found = -1;
    let isWhole = true;
    walk: for (let token = from; token < view.tokenCount; token++) {
      const end = endOf(token);
      if (end > limit) {
        isWhole = false;
        break;
      }
      for (; byte < end; byte++) {
        const symbol = SYMBOL_OF[text[byte] ?? 0] ?? 0;
        state = follow(state, symbol);
        if (state < 0) break walk;
        if (symbol < SEPARATORS && ((states[state] ?? 0) & 2) !== 0) {
          blanks++;
          if (blanks > MAX_BLANK) break walk;
        } else {
          blanks = 0;
        }
      }
      if (((states[state] ?? 0) & 1) === 0) continue;
      if (found < 0) found = token;
      else isWhole = false;
      reached?.add(token - first);
    }
    steps -= STEPS_PER_START + byte - begin;
    if (isWhole) {
      memoKey[slot] = key;
      memoEnd[slot] = found < 0 ? NOWHERE : found;
    }
    return found;
  }

  /** The state a symbol leads to, or -1. A list of words begins with many ranges: they are searched by halves. */
  function follow(state: number, symbol: number): number {
    let low = (states[state] ?? 0) >> 2;
    let high = (states[state + 1] ?? 0) >> 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (symbol > (ranges[middle] ?? 0) >> 8) low = middle + 1;
      else high = middle;
    }
    return low < (states[state + 1] ?? 0) >> 2 && symbol >= ((ranges[low] ?? 0) & 255) ? (targets[low] ?? -1) : -1;
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
      runAll(bits & START_MASK, first, ends);
      if ((bits & OPTIONAL) === 0) starts.clear();
      if ((bits & GAP) !== 0) addGapStarts(bits >>> 24, first);
      else addBlankStarts(first);
      ends.clear();
      if (starts.isEmpty()) return -1;
    }
    const last = runAll(u32(lastStep) & START_MASK, first, undefined);
    starts.clear();
    return last;
  }

  /** Runs one step's automaton from every token in `starts`. */
  function runAll(state: number, first: number, reached: TokenSet | undefined): number {
    let found = -1;
    for (let token = first + starts.low; token <= first + starts.high; token++) {
      if (!starts.has(token - first)) continue;
      if (steps < 0 || (!reached && found >= 0 && token > found)) return found;
      const last = run(state, token, first, reached);
      if (last >= 0 && (found < 0 || last < found)) found = last;
    }
    return found;
  }

  /** Adds to `starts` the tokens behind an end with one to eight separators, or with none beside a solo character, between. */
  function addBlankStarts(first: number): void {
    const limit = Math.min(first + MAX_MATCH + 1, view.tokenCount);
    for (let end = first + ends.low; end <= first + ends.high; end++) {
      if (!ends.has(end - first)) continue;
      for (let next = end + 1; next < limit; next++) {
        const blank = startOf(next) - endOf(end);
        if (blank > MAX_BLANK) break;
        const isWord = view.tokenKind[next] !== TOKEN_PUNCT;
        if (blank > 0 || (isWord && view.tokenKind[end] !== TOKEN_PUNCT)) starts.add(next - first);
        if (isWord) break;
      }
    }
  }

  /** Adds to `starts` the tokens behind an end with at most `gap` words between. */
  function addGapStarts(gap: number, first: number): void {
    const limit = Math.min(first + MAX_MATCH + 1, view.tokenCount);
    let next = first + 1;
    for (let end = first + ends.low; end <= first + ends.high; end++) {
      if (!ends.has(end - first)) continue;
      if (next <= end) next = end + 1;
      while (next < limit && wordsBefore(next) - wordsBefore(end + 1) <= gap) {
        starts.add(next - first);
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
    for (let token = from; token < to; token++) {
      for (let i = 0; i < u8(row + 2); i++) {
        if (steps < 0) return false;
        if (matchFrom(pattern + i, token) >= 0) return true;
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
      steps = STEPS_BASE + STEPS_PER_BYTE * view.textLen;
      countWords();
      cache.fill(UNKNOWN);
      memoKey.fill(NO_KEY);
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
          const [fewest, most, lead] = [u8(offset + 2), u8(offset + 3), u8(offset + 4)];
          // The farthest start first, so that the longer reading of "(please|) ignore" wins.
          for (let words = most; words >= fewest; words--) {
            const base = wordsBack(token, words);
            if (base < 0) continue;
            let farthest = base;
            while (farthest > 0 && base - farthest < lead && view.tokenKind[farthest - 1] === TOKEN_PUNCT) farthest--;
            for (let first = farthest; first <= base; first++) {
              if (steps < 0 || found.length === MAX_HITS) return;
              tryAt(pattern, rule, first);
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
