/**
 * Runs one automaton over a view's text from a token's start.
 *
 * What a run found is remembered by start state and token: rules share pieces, and
 * the windows in which they are tried overlap.
 */
import { MAX_MATCH, MAX_TOKENS } from '../abi';
import { reserve, View } from '../view';
import { ACCEPT, LOOP, MANY, PREFIX_BYTES, RulePack } from './pack';

/** Separators one blank may span. */
const MAX_BLANK = 8;
const STEPS_PER_START = 4;

/** Remembered runs: a power of two. What ends nowhere is remembered as NOWHERE, what ends more than once not at all. */
const MEMO_SIZE = 4096;
const NOWHERE: u32 = 0xffff;

/** Rows of u32 start state << 14 | token, all ones where nothing is remembered; u16 end token; u16 steps. */
const memo: usize = reserve(MEMO_SIZE * 8);
/** What a remembered run costs. */
const STEPS_PER_MEMO = 1;
/** The most a run costs that ends at its second byte. */
const STEPS_PER_REFUSAL = STEPS_PER_START + 1;

/** u8[MAX_TOKENS] each: the first symbol of every token, times four, and the second; modulo 32. */
const firstSymbol: usize = reserve(MAX_TOKENS);
const secondSymbol: usize = reserve(MAX_TOKENS);

/** u8[256]: separators in byte order, then word bytes in byte order, as `src/engine/rule-bytes.ts` has them. */
const symbols: usize = reserve(256);
let separators: u32 = 0;

/** Steps left for this text. Below zero no run is begun. */
export let steps: i32 = 0;

/** Are steps counted one by one? Else no fewer are counted, and runs that find nothing are left out. */
let isExact = false;

/** The last token at which the last run may end. */
export let lastEnd: i32 = -1;

export function initAutomaton(): void {
  let next = 0;
  for (let byte = 0; byte < 256; byte++) if (!isWordByte(byte)) store<u8>(symbols + byte, <u8>(next++));
  separators = next;
  for (let byte = 0; byte < 256; byte++) if (isWordByte(byte)) store<u8>(symbols + byte, <u8>(next++));
}

function isWordByte(byte: i32): bool {
  return byte >= 0x80 || byte == 0x5f || (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a);
}

/** Reads the tokens' first symbols. */
export function readPrefixes(view: View): void {
  for (let token = 0; token < view.tokenCount; token++) {
    const at = view.text + <usize>load<u16>(view.tokenStart + (token << 1));
    store<u8>(firstSymbol + token, (load<u8>(symbols + <usize>load<u8>(at)) & 31) << 2);
    store<u8>(secondSymbol + token, load<u8>(symbols + <usize>load<u8>(at, 1)) & 31);
  }
}

/** Forgets the last text and sets the steps allowed for the next, and whether they are counted exactly. */
export function resetRuns(allowed: i32, exactly: bool): void {
  steps = allowed;
  isExact = exactly;
  memory.fill(memo, 255, MEMO_SIZE * 8);
}

/** The filter of a step's first symbols, or 0 where every run is to be made. */
// @ts-ignore: decorator
@inline
export function prefixesOf(pack: RulePack, step: u32): usize {
  return isExact || step >= <u32>pack.prefixCount ? 0 : pack.prefixes + step * PREFIX_BYTES;
}

/** May a match of the step begin at a token? Where not, the run is accounted for and need not be made. */
// @ts-ignore: decorator
@inline
export function admits(prefixes: usize, token: i32): bool {
  if (prefixes == 0) return true;
  const row = load<u32>(prefixes + <usize>load<u8>(firstSymbol + token));
  if (((row >>> <u32>load<u8>(secondSymbol + token)) & 1) != 0) return true;
  steps -= STEPS_PER_REFUSAL;
  return false;
}

/**
 * @param reached where to mark every token the run may end with, relative to `first`; 0: nowhere
 * @returns the first such token, or -1
 */
export function run(pack: RulePack, view: View, start: u32, from: i32, first: i32, reached: usize): i32 {
  const tokenEnd = view.tokenEnd;
  const limit: i32 = <i32>load<u16>(view.tokenStart + (first << 1)) + MAX_MATCH;
  const slot = memo + <usize>(((((start * 0x9e3779b1) >>> 20) + from) & (MEMO_SIZE - 1)) << 3);
  const key = (start << 14) | from;
  if (load<u32>(slot) == key) {
    steps -= isExact ? STEPS_PER_MEMO : <i32>load<u16>(slot, 6);
    const end: u32 = load<u16>(slot, 4);
    if (end == NOWHERE || <i32>load<u16>(tokenEnd + (end << 1)) > limit) return -1;
    if (reached != 0) store<u8>(reached + end - first, 1);
    lastEnd = end;
    return end;
  }
  const states = pack.states;
  const text = view.text;
  const count = view.tokenCount;
  const begin: i32 = load<u16>(view.tokenStart + (from << 1));
  let byte = begin;
  let state = states + (start << 3);
  let head = load<u32>(state);
  let blanks = 0;
  let found = -1;
  let isWhole = true;
  let isDead = false;
  for (let token = from; token < count; token++) {
    const end: i32 = load<u16>(tokenEnd + (token << 1));
    if (end > limit) {
      isWhole = false;
      break;
    }
    while (byte < end) {
      const symbol: u32 = load<u8>(symbols + <usize>load<u8>(text + byte));
      let next = load<u32>(state, 4);
      if ((head & MANY) == 0) {
        isDead = symbol < ((head >>> 8) & 255) || symbol > head >>> 16;
      } else {
        // A list of words begins with many ranges: sixteen are compared at a time.
        const last = next + (head >>> 8);
        const wanted = i8x16.splat(<i8>symbol);
        let below: u32;
        do {
          below = ctz(~i8x16.bitmask(i8x16.lt_u(v128.load(pack.highs + next), wanted)) | 0x10000);
          next += below;
        } while (below == 16 && next < last);
        isDead = next >= last || symbol < <u32>load<u8>(pack.lows + next);
        next = load<u32>(pack.targets + (next << 2));
      }
      if (isDead) break;
      state = states + next;
      head = load<u32>(state);
      if ((head & LOOP) != 0 && symbol < separators) {
        blanks++;
        if (blanks > MAX_BLANK) {
          isDead = true;
          break;
        }
      } else {
        blanks = 0;
      }
      byte++;
    }
    if (isDead) break;
    if ((head & ACCEPT) == 0) continue;
    if (found < 0) found = token;
    else isWhole = false;
    lastEnd = token;
    if (reached != 0) store<u8>(reached + token - first, 1);
  }
  const cost = STEPS_PER_START + byte - begin;
  steps -= cost;
  if (isWhole) {
    store<u32>(slot, key);
    store<u16>(slot, found < 0 ? <u16>NOWHERE : <u16>found, 4);
    store<u16>(slot, <u16>cost, 6);
  }
  return found;
}
