/**
 * Match: rule hits in a view's normalized text, appended to the hit list.
 *
 * `src/engine/reference/match.ts` says it plainly; this does the same, step for step.
 *
 * A hit is twelve bytes: u16 rule, u8 pack, u8 view, u16 start, u16 end (UTF-16 units of the block), u16 first byte,
 * u16 end byte in the view's text.
 */
import { MAX_HITS, MAX_HITS_PER_RULE, MAX_MATCH, MAX_TOKENS, MAX_VIEWS, TOKEN_PUNCT } from '../abi';
import { reserve, View } from '../view';
import { admits, lastEnd, mayOccur, readTokens, refuse, run, steps } from './automaton';
import { scanLiterals } from './literals';
import {
  ABSENT,
  GAP,
  guardOf,
  initSymbols,
  isSection,
  loadPack,
  NO_STEP,
  OPTIONAL,
  PRESENT,
  packFor,
  packForOwn,
  RulePack,
  startOfStep,
  TRY_BYTES,
  UNKNOWN,
} from './pack';

const MAX_BLANK = 8;
let stepsBase = 4096;
let stepsPerByte = 256;

const HIT_BYTES = 12;
const hitList: usize = reserve(MAX_VIEWS * 2 * MAX_HITS * HIT_BYTES);
let hitTotal = 0;

/** u16[MAX_TOKENS + 1]: word tokens before each token. */
const rank: usize = reserve((MAX_TOKENS + 1) * 2);
/** u16[MAX_TOKENS + 1]: the word tokens themselves. */
const wordTokens: usize = reserve((MAX_TOKENS + 1) * 2);
/** Flags of the tokens from which the next step is tried, and at which this one ended, relative to the match's first. */
const starts: usize = reserve(MAX_MATCH + 9);
const ends: usize = reserve(MAX_MATCH + 9);
/** Least and greatest flag set in each; all others are zero. */
const NONE = MAX_MATCH + 1;
let startLow = NONE;
let startHigh = -1;
let endLow = NONE;
let endHigh = -1;

let builtIn: RulePack = changetype<RulePack>(0);
let own: RulePack = changetype<RulePack>(0);

/** What `match` is at. */
let rules: RulePack = changetype<RulePack>(0);
let view: View = changetype<View>(0);
let packNumber = 0;
let viewNumber = 0;
let channelBits: u32 = 0;
let firstHit = 0;

/**
 * Loads a RULE section; its bytes stay where they are.
 *
 * @param pack 0 the built-in rules, once, before any other; 1 the user's, any number of times
 * @returns false when the section does not fit
 */
export function initRules(pack: i32, section: usize, length: i32): bool {
  if (!isSection(section, length)) return false;
  if (pack == 0) {
    initSymbols();
    builtIn = packFor(section);
    own = packForOwn();
    return loadPack(builtIn, section, length);
  }
  return loadPack(own, section, length);
}

export function ruleFamily(pack: i32, rule: i32): i32 {
  return load<u8>((pack == 0 ? builtIn : own).rules + (rule << 3));
}

/** 0 low to 3 critical. */
export function ruleSeverity(pack: i32, rule: i32): i32 {
  return load<u8>((pack == 0 ? builtIn : own).rules + (rule << 3), 1);
}

export function hitsPtr(): usize {
  return hitList;
}

export function hitCount(): i32 {
  return hitTotal;
}

export function resetHits(): void {
  hitTotal = 0;
}

/**
 * Appends the hits of one view, ordered by first byte, end byte and rule.
 *
 * @param channels bit mask; rules for none of these channels are skipped
 */
export function match(pack: i32, scanned: View, viewIndex: i32, channels: u32): void {
  rules = pack == 0 ? builtIn : own;
  view = scanned;
  packNumber = pack;
  viewNumber = viewIndex;
  channelBits = channels;
  firstHit = hitTotal;
  cursor = 0;
  isRead = false;
  scanLiterals(rules, view.text, view.textLen, onLiteral);
  sortHits();
}

/** Are the tokens read? They are when a first literal is found: in most texts of some languages none is. */
let isRead = false;

function readView(): void {
  isRead = true;
  countWords();
  readTokens(rules, view, stepsBase + stepsPerByte * view.textLen);
  memory.fill(rules.cache, UNKNOWN, rules.conditionCount);
  memory.fill(rules.ruleHits, 0, rules.ruleCount);
}

/** For tests: another budget than every text's. */
export function setBudget(base: i32, perByte: i32): void {
  stepsBase = base;
  stepsPerByte = perByte;
}

let literalsFound = 0;

/** For benchmarks: how often the built-in pack's literals occur in any text with PADDING zeros behind it. */
export function literalScan(text: usize, length: i32): i32 {
  literalsFound = 0;
  scanLiterals(builtIn, text, length, countLiteral);
  return literalsFound;
}

function countLiteral(literal: i32, start: i32): void {
  literalsFound++;
}

function countWords(): void {
  const kinds = view.tokenKind;
  const count = view.tokenCount;
  let words = 0;
  for (let token = 0; token < count; token++) {
    store<u16>(rank + (token << 1), <u16>words);
    store<u16>(wordTokens + (words << 1), <u16>token);
    words += i32(load<u8>(kinds + token) != TOKEN_PUNCT);
  }
  store<u16>(rank + (count << 1), <u16>words);
}

// @ts-ignore: decorator
@inline
function startOf(token: i32): i32 {
  return load<u16>(view.tokenStart + (token << 1));
}

// @ts-ignore: decorator
@inline
function endOf(token: i32): i32 {
  return load<u16>(view.tokenEnd + (token << 1));
}

// @ts-ignore: decorator
@inline
function wordsBefore(token: i32): i32 {
  return load<u16>(rank + (token << 1));
}

// @ts-ignore: decorator
@inline
function isPunct(token: i32): bool {
  return load<u8>(view.tokenKind + token) == TOKEN_PUNCT;
}

/** Where the last token was found. Literals come in order, but for a few. */
let cursor = 0;

/** The token that holds a byte, or -1. */
function tokenAt(byte: i32): i32 {
  const count = view.tokenCount;
  let low = cursor;
  let high = min(low + 4, count);
  if (low == count || startOf(low) > byte) low = 0;
  else if (high == count || startOf(high) > byte) {
    while (low + 1 < high && startOf(low + 1) <= byte) low++;
    cursor = low;
    return byte < endOf(low) ? low : -1;
  }
  high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(middle) <= byte) low = middle + 1;
    else high = middle;
  }
  if (low == 0) return -1;
  cursor = low - 1;
  return byte < endOf(cursor) ? cursor : -1;
}

/** The token so many words before another, or -1 where there is none near enough. */
// @ts-ignore: decorator
@inline
function wordsBack(token: i32, words: i32): i32 {
  if (words == 0) return token;
  const word = wordsBefore(token) - words;
  if (word < 0) return -1;
  const back: i32 = load<u16>(wordTokens + (word << 1));
  return startOf(token) - startOf(back) > MAX_MATCH ? -1 : back;
}

function onLiteral(literal: i32, start: i32): void {
  const token = tokenAt(start);
  if (token < 0) return;
  if (!isRead) readView();
  const row = rules.literals + (literal << 4);
  const first: i32 = load<u16>(row, 12);
  const end = rules.tries + (first + <i32>load<u16>(row, 14)) * TRY_BYTES;
  const words = wordsBefore(token);
  for (let at = rules.tries + first * TRY_BYTES; at < end; at += TRY_BYTES) {
    if ((<u32>load<u8>(at, 9) & channelBits) == 0) continue;
    const pattern: i32 = load<u16>(at);
    if (!mayOccur(rules, pattern)) {
      refuse();
      continue;
    }
    const rule: i32 = load<u16>(at, 2);
    const step: u32 = load<u16>(at, 4);
    const fewest: i32 = load<u8>(at, 6);
    const lead: i32 = load<u8>(at, 8);
    // The farthest start first, so that the longer reading of "(please|) ignore" wins.
    for (let back = min(<i32>load<u8>(at, 7), words); back >= fewest; back--) {
      const base = wordsBack(token, back);
      if (base < 0) continue;
      let farthest = base;
      while (farthest > 0 && base - farthest < lead && isPunct(farthest - 1)) farthest--;
      for (let from = farthest; from <= base; from++) {
        if (steps < 0 || hitTotal - firstHit == MAX_HITS) return;
        if (step == NO_STEP || admits(rules, view, step, from)) tryAt(pattern, rule, from);
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function isOptional(step: u32): bool {
  return (load<u32>(rules.steps + (step << 2)) & OPTIONAL) != 0;
}

/** Tries a pattern at one token; a rule's hits do not overlap. */
function tryAt(pattern: i32, rule: i32, first: i32): void {
  const startByte = startOf(first);
  const earlier: i32 = load<u8>(rules.ruleHits + rule);
  if (earlier == MAX_HITS_PER_RULE) return;
  const spans = rules.ruleSpans + (rule << 4);
  for (let i = 0; i < earlier; i++) {
    if (startByte >= <i32>load<u16>(spans + (i << 2)) && startByte < <i32>load<u16>(spans + (i << 2), 2)) return;
  }
  const last = matchFrom(pattern, first);
  if (last < 0 || !allows(rule, first, last)) return;
  const endByte = endOf(last);
  store<u8>(rules.ruleHits + rule, <u8>(earlier + 1));
  store<u16>(spans + (earlier << 2), <u16>startByte);
  store<u16>(spans + (earlier << 2), <u16>endByte, 2);
  const hit = hitList + hitTotal * HIT_BYTES;
  hitTotal++;
  store<u16>(hit, <u16>rule);
  store<u8>(hit, <u8>packNumber, 2);
  store<u8>(hit, <u8>viewNumber, 3);
  store<u16>(hit, load<u16>(view.textStart + (startByte << 1)), 4);
  store<u16>(hit, load<u16>(view.textEnd + ((endByte - 1) << 1)), 6);
  store<u16>(hit, <u16>startByte, 8);
  store<u16>(hit, <u16>endByte, 10);
}

/** The last token of the shortest match of a pattern that begins at a token, or -1. */
function matchFrom(pattern: i32, first: i32): i32 {
  const row = rules.patterns + (pattern << 3);
  const startByte = startOf(first);
  if ((load<u8>(row, 5) & 1) != 0 && startByte > 0 && load<u8>(view.text + startByte - 1) != 0x0a) return -1;
  const firstStep: u32 = load<u16>(row, 2);
  const lastStep = firstStep + <u32>load<u8>(row, 4) - 1;
  if (firstStep == lastStep) return run(rules, view, startOfStep(rules, firstStep), first, first, 0);
  // Most tries end with the first step: nothing is set up for it.
  let step = firstStep;
  if (!isOptional(step)) {
    const end = run(rules, view, startOfStep(rules, step), first, first, ends);
    if (end < 0) return -1;
    endLow = end - first;
    endHigh = lastEnd - first;
    followEnds(step, first);
    if (startHigh < 0) return -1;
    step++;
  } else {
    addStart(0);
  }
  for (; step < lastStep; step++) {
    endLow = NONE;
    endHigh = -1;
    runAll(step, first, ends);
    if (!isOptional(step)) clearStarts();
    if (endHigh >= 0) followEnds(step, first);
    if (startHigh < 0) return -1;
  }
  const last = runAll(lastStep, first, 0);
  clearStarts();
  return last;
}

/** Adds the tokens behind the ends of a step to `starts`, but for those the next step refuses, and clears `ends`. */
function followEnds(step: u32, first: i32): void {
  const bits = load<u32>(rules.steps + (step << 2));
  // What an optional step refuses may be for the one behind it.
  const next = isOptional(step + 1) ? NO_STEP : step + 1;
  if (bits & GAP) addGapStarts(bits >>> 24, first, next);
  else addBlankStarts(first, next);
  clear(ends, endLow, endHigh);
}

// @ts-ignore: decorator
@inline
function addStart(token: i32): void {
  store<u8>(starts + token, 1);
  startLow = min(startLow, token);
  startHigh = max(startHigh, token);
}

/** Clears eight flags at a time: those outside are clear already. */
// @ts-ignore: decorator
@inline
function clear(flags: usize, low: i32, high: i32): void {
  for (let at = low; at <= high; at += 8) store<u64>(flags + at, 0);
}

function clearStarts(): void {
  if (startHigh >= 0) clear(starts, startLow, startHigh);
  startLow = NONE;
  startHigh = -1;
}

/** Runs one step's automaton from every token in `starts`. */
function runAll(step: u32, first: i32, reached: usize): i32 {
  const state = startOfStep(rules, step);
  const end = first + startHigh;
  let found = -1;
  for (let token = first + startLow; token <= end; token++) {
    if (load<u8>(starts + token - first) == 0) continue;
    if (steps < 0 || (reached == 0 && found >= 0 && token > found)) return found;
    if (!admits(rules, view, step, token)) continue;
    const last = run(rules, view, state, token, first, reached);
    if (last < 0) continue;
    if (found < 0 || last < found) found = last;
    endLow = min(endLow, last - first);
    endHigh = max(endHigh, lastEnd - first);
  }
  return found;
}

/** Adds to `starts` the tokens behind an end with one to eight separators, or with none beside a solo character, between. */
function addBlankStarts(first: i32, step: u32): void {
  const limit = min(first + MAX_MATCH + 1, view.tokenCount);
  for (let end = first + endLow; end <= first + endHigh; end++) {
    if (load<u8>(ends + end - first) == 0) continue;
    for (let next = end + 1; next < limit; next++) {
      const blank = startOf(next) - endOf(end);
      if (blank > MAX_BLANK) break;
      const isWord = !isPunct(next);
      const isNear = blank > 0 || (isWord && !isPunct(end));
      if (isNear && (step == NO_STEP || admits(rules, view, step, next))) addStart(next - first);
      if (isWord) break;
    }
  }
}

/** Adds to `starts` the tokens behind an end with at most `gap` words between. */
function addGapStarts(gap: i32, first: i32, step: u32): void {
  const limit = min(first + MAX_MATCH + 1, view.tokenCount);
  let next = first + 1;
  for (let end = first + endLow; end <= first + endHigh; end++) {
    if (load<u8>(ends + end - first) == 0) continue;
    if (next <= end) next = end + 1;
    while (next < limit && wordsBefore(next) - wordsBefore(end + 1) <= gap) {
      if (step == NO_STEP || admits(rules, view, step, next)) addStart(next - first);
      next++;
    }
  }
}

function allows(rule: i32, first: i32, last: i32): bool {
  const row = rules.rules + (rule << 3);
  const from: i32 = load<u16>(row, 4);
  const to = from + <i32>load<u16>(row, 6);
  for (let condition = from; condition < to; condition++) {
    const unless = load<u8>(rules.conditions + (condition << 3), 3) == 1;
    if (holds(condition, first, last) == unless) return false;
  }
  return true;
}

function holds(condition: i32, first: i32, last: i32): bool {
  const row = rules.conditions + (condition << 3);
  const within: i32 = load<u16>(row, 4);
  if (within == 0) {
    const known = rules.cache + condition;
    if (load<u8>(known) == UNKNOWN) store<u8>(known, occurs(row, 0, view.tokenCount) ? PRESENT : ABSENT);
    return load<u8>(known) == PRESENT;
  }
  let from = first;
  while (from > 0 && wordsBefore(first) - wordsBefore(from - 1) <= within) from--;
  let to = last + 1;
  while (to < view.tokenCount && wordsBefore(to) - wordsBefore(last + 1) < within) to++;
  return occurs(row, from, to);
}

function occurs(row: usize, from: i32, to: i32): bool {
  const pattern: i32 = load<u16>(row);
  const count: i32 = load<u8>(row, 2);
  let isPossible = false;
  for (let i = 0; i < count; i++) isPossible = mayOccur(rules, pattern + i) || isPossible;
  if (!isPossible) return false;
  for (let token = from; token < to; token++) {
    for (let i = 0; i < count; i++) {
      if (steps < 0) return false;
      if (!mayOccur(rules, pattern + i)) {
        refuse();
        continue;
      }
      const step = guardOf(rules, pattern + i);
      if (step != NO_STEP && !admits(rules, view, step, token)) continue;
      if (matchFrom(pattern + i, token) >= 0) return true;
    }
  }
  return false;
}

/** Orders this view's hits by first byte, end byte and rule: they are few and nearly in order. */
function sortHits(): void {
  for (let i = firstHit + 1; i < hitTotal; i++) {
    const row = hitList + i * HIT_BYTES;
    const key = keyOf(row);
    const low = load<u64>(row);
    const high = load<u32>(row, 8);
    let at = i;
    while (at > firstHit && keyOf(hitList + (at - 1) * HIT_BYTES) > key) {
      memory.copy(hitList + at * HIT_BYTES, hitList + (at - 1) * HIT_BYTES, HIT_BYTES);
      at--;
    }
    store<u64>(hitList + at * HIT_BYTES, low);
    store<u32>(hitList + at * HIT_BYTES, high, 8);
  }
}

function keyOf(hit: usize): u64 {
  return (<u64>load<u16>(hit, 8) << 32) | (<u64>load<u16>(hit, 10) << 16) | <u64>load<u16>(hit);
}
