/**
 * Runs one automaton over a view's tokens.
 *
 * A step goes from state to state over a symbol: a word's, or a separator's byte's.
 */
import { MAX_MATCH, MAX_TOKENS, PADDING, TOKEN_PUNCT } from '../abi';
import { reserve, View } from '../view';
import {
  ABSENT,
  ACCEPT,
  addBit,
  BYTEWISE,
  FILTER_BYTES,
  LOOP,
  MANY,
  NO_RANGE,
  OPTIONAL,
  PRESENT,
  RulePack,
  STATE_BYTES,
  separators,
  startOfStep,
  symbols,
  UNKNOWN,
} from './pack';
import { symbolOfWord } from './words';

/** Separators one blank may span. */
const MAX_BLANK = 8;
const STEPS_PER_RUN = 4;
const STEPS_PER_REFUSAL = 1;

const DEAD = -1;
const MAX_SYMBOLS = 65536;

/** u16[MAX_TOKENS]: each token's symbol. */
const tokenSymbol: usize = reserve(MAX_TOKENS * 2);
/** u8[MAX_SYMBOLS]: which symbols the text has. */
const present: usize = reserve(MAX_SYMBOLS + PADDING);
/** The same as a bit set modulo its size, as steps' filters are. */
const presentBits: usize = reserve(FILTER_BYTES);

/** Steps left for this text. Below zero no run is begun. */
export let steps: i32 = 0;

/** Where the first symbol led in the last run that was admitted. */
let begun: i32 = DEAD;

/** The last token at which the last run may end. */
export let lastEnd: i32 = -1;

/** Reads the tokens' symbols and sets the steps allowed. */
export function readTokens(pack: RulePack, view: View, allowed: i32): void {
  steps = allowed;
  memory.fill(present, 0, pack.words.end);
  memory.fill(presentBits, 0, FILTER_BYTES);
  memory.fill(pack.beginnings, UNKNOWN, pack.stateCount);
  memory.fill(pack.patternsPresent, UNKNOWN, pack.patternCount);
  const text = view.text;
  const words = pack.words;
  for (let token = 0; token < view.tokenCount; token++) {
    const start: i32 = load<u16>(view.tokenStart + (token << 1));
    const symbol: u32 =
      load<u8>(view.tokenKind + token) == TOKEN_PUNCT
        ? load<u8>(symbols + <usize>load<u8>(text + start))
        : symbolOfWord(words, text + start, <i32>load<u16>(view.tokenEnd + (token << 1)) - start);
    store<u16>(tokenSymbol + (token << 1), <u16>symbol);
    store<u8>(present + symbol, 1);
    addBit(presentBits, symbol);
  }
}

// @ts-ignore: decorator
@inline
function symbolAt(token: i32): u32 {
  return load<u16>(tokenSymbol + (token << 1));
}

/** May every step of a pattern begin somewhere in this text, but for those that may be left out? */
// @ts-ignore: decorator
@inline
export function mayOccur(pack: RulePack, pattern: i32): bool {
  const known = load<u8>(pack.patternsPresent + pattern);
  return known != UNKNOWN ? known == PRESENT : seek(pack, pattern);
}

function seek(pack: RulePack, pattern: i32): bool {
  const row = pack.patterns + (pattern << 3);
  const first: u32 = load<u16>(row, 2);
  const end = first + load<u8>(row, 4);
  let isPresent = meetsFilter(pack, load<u16>(pack.rarest + (pattern << 1)));
  for (let step = first; step < end && isPresent; step++) {
    if (load<u32>(pack.steps + (step << 2)) & OPTIONAL) continue;
    isPresent = meetsFilter(pack, step) && mayBegin(pack, startOfStep(pack, step));
  }
  store<u8>(pack.patternsPresent + pattern, isPresent ? PRESENT : ABSENT);
  return isPresent;
}

/** Is any of a step's symbols, modulo the filter's size, in the text? Quicker than to ask which. */
// @ts-ignore: decorator
@inline
function meetsFilter(pack: RulePack, step: u32): bool {
  const filter = pack.filters + step * FILTER_BYTES;
  const low = v128.or(
    v128.and(v128.load(filter), v128.load(presentBits)),
    v128.and(v128.load(filter, 16), v128.load(presentBits, 16)),
  );
  const high = v128.or(
    v128.and(v128.load(filter, 32), v128.load(presentBits, 32)),
    v128.and(v128.load(filter, 48), v128.load(presentBits, 48)),
  );
  return v128.any_true(v128.or(low, high));
}

function mayBegin(pack: RulePack, state: i32): bool {
  const known = pack.beginnings + state / STATE_BYTES;
  if (load<u8>(known) != UNKNOWN) return load<u8>(known) == PRESENT;
  const row = pack.states + state;
  const head = load<u32>(row);
  let isPresent = (head & BYTEWISE) != 0;
  if (!isPresent) {
    if (head & MANY) {
      const first = load<u32>(row, 8);
      const end = first + (head >>> 8);
      for (let range = first; range < end && !isPresent; range++) {
        isPresent = hasAny(load<u16>(pack.lows + (range << 1)), load<u16>(pack.highs + (range << 1)));
      }
    } else {
      isPresent = hasAny(load<u16>(row, 4), load<u16>(row, 6));
    }
  }
  store<u8>(known, isPresent ? PRESENT : ABSENT);
  return isPresent;
}

/** Has the text a symbol from `low` to `high`? */
// @ts-ignore: decorator
@inline
function hasAny(low: u32, high: u32): bool {
  if (low == high) return load<u8>(present + low) != 0;
  let at = low;
  while (at + 16 <= high + 1) {
    if (v128.any_true(v128.load(present + at))) return true;
    at += 16;
  }
  while (at <= high) {
    if (load<u8>(present + at)) return true;
    at++;
  }
  return false;
}

/** The state a symbol leads to, or DEAD. */
// @ts-ignore: decorator
@inline
function follow(pack: RulePack, state: i32, symbol: u32): i32 {
  const row = pack.states + state;
  const head = load<u32>(row);
  let at = load<u32>(row, 8);
  if ((head & MANY) == 0) return symbol >= load<u16>(row, 4) && symbol <= load<u16>(row, 6) ? <i32>at : DEAD;
  // Eight ranges are compared at a time.
  const last = at + (head >>> 8);
  const wanted = i16x8.splat(<i16>symbol);
  let below: u32;
  do {
    below = ctz(~i16x8.bitmask(i16x8.lt_u(v128.load(pack.highs + (at << 1)), wanted)) | 0x100);
    at += below;
  } while (below == 8 && at < last);
  return at < last && symbol >= load<u16>(pack.lows + (at << 1)) ? load<i32>(pack.targets + (at << 2)) : DEAD;
}

/** Accounts for a try that need not be made. */
// @ts-ignore: decorator
@inline
export function refuse(): void {
  steps -= STEPS_PER_REFUSAL;
}

/** May a run of a step begin at a token? Where not, that costs something. */
// @ts-ignore: decorator
@inline
export function admits(pack: RulePack, view: View, step: u32, token: i32): bool {
  const symbol = symbolAt(token);
  const bits: u32 = load<u8>(pack.filters + step * FILTER_BYTES + ((symbol >>> 3) & (FILTER_BYTES - 1)));
  if (((bits >>> (symbol & 7)) & 1) != 0 && begins(pack, view, startOfStep(pack, step), token, symbol)) return true;
  refuse();
  return false;
}

function begins(pack: RulePack, view: View, start: i32, token: i32, symbol: u32): bool {
  if (load<u32>(pack.states + start) & BYTEWISE) {
    symbol = load<u8>(symbols + <usize>load<u8>(view.text + <usize>load<u16>(view.tokenStart + (token << 1))));
  }
  begun = follow(pack, start, symbol);
  return begun != DEAD;
}

/**
 * A run that was admitted just before.
 *
 * @param reached where to mark every token the run may end with, relative to `first`; 0: nowhere
 * @returns the first such token, or -1
 */
export function run(pack: RulePack, view: View, start: i32, from: i32, first: i32, reached: usize): i32 {
  const tokenStart = view.tokenStart;
  const tokenEnd = view.tokenEnd;
  const states = pack.states;
  const text = view.text;
  const count = view.tokenCount;
  const limit: i32 = <i32>load<u16>(tokenStart + (first << 1)) + MAX_MATCH;
  const bytewise = (load<u32>(states + start) & BYTEWISE) != 0;
  let byte: i32 = load<u16>(tokenStart + (from << 1));
  let state = start;
  let blanks = 0;
  let found = -1;
  let taken = STEPS_PER_RUN;
  let isDead = false;
  for (let token = from; token < count; token++) {
    const end: i32 = load<u16>(tokenEnd + (token << 1));
    if (end > limit) break;
    // Bytes one by one: the white space before the token, and the token where this automaton wants it so.
    const spelled: i32 = bytewise ? end : <i32>load<u16>(tokenStart + (token << 1));
    for (; byte < spelled; byte++) {
      const symbol: u32 = load<u8>(symbols + <usize>load<u8>(text + byte));
      state = follow(pack, state, symbol);
      if (state == DEAD) {
        isDead = true;
        break;
      }
      taken++;
      if (symbol < separators && load<u32>(states + state) & LOOP) {
        if (++blanks > MAX_BLANK) {
          isDead = true;
          break;
        }
      } else {
        blanks = 0;
      }
    }
    if (isDead) break;
    if (!bytewise) {
      const symbol = symbolAt(token);
      state = token == from ? begun : follow(pack, state, symbol);
      if (state == DEAD) break;
      taken++;
      if (symbol < separators && load<u32>(states + state) & LOOP) {
        if (++blanks > MAX_BLANK) break;
      } else {
        blanks = 0;
      }
      byte = end;
    }
    if ((load<u32>(states + state) & ACCEPT) == 0) continue;
    if (found < 0) found = token;
    lastEnd = token;
    if (reached != 0) store<u8>(reached + token - first, 1);
    if (load<u32>(states + state, 4) == NO_RANGE) break;
  }
  steps -= taken;
  return found;
}
