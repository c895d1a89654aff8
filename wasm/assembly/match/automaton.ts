/**
 * Runs one automaton over a view's text from a token's start.
 *
 * What a run found is remembered by start state and token: rules share pieces, and
 * the windows in which they are tried overlap.
 */
import { MAX_MATCH } from '../abi';
import { reserve, View } from '../view';
import { RulePack } from './pack';

/** Separators one blank may span. */
const MAX_BLANK = 8;
const STEPS_PER_START = 4;

/** Remembered runs: a power of two. What ends nowhere is remembered as NOWHERE, what ends more than once not at all. */
const MEMO_SIZE = 4096;
const NOWHERE: u32 = 0xffff;

/** u32 start state << 14 | token, all ones where nothing is remembered; u16 end token. */
const memoKey: usize = reserve(MEMO_SIZE * 4);
const memoEnd: usize = reserve(MEMO_SIZE * 2);

/** u8[256]: separators in byte order, then word bytes in byte order, as `src/engine/rule-bytes.ts` has them. */
const symbols: usize = reserve(256);
let separators: u32 = 0;

/** Steps left for this text. Below zero no run is begun. */
export let steps: i32 = 0;

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

/** Forgets the last text and sets the steps allowed for the next. */
export function resetRuns(allowed: i32): void {
  steps = allowed;
  memory.fill(memoKey, 255, MEMO_SIZE * 4);
}

/**
 * @param reached where to mark every token the run may end with, relative to `first`; 0: nowhere
 * @returns the first such token, or -1
 */
export function run(pack: RulePack, view: View, start: u32, from: i32, first: i32, reached: usize): i32 {
  const tokenEnd = view.tokenEnd;
  const limit: i32 = <i32>load<u16>(view.tokenStart + (first << 1)) + MAX_MATCH;
  const slot = (((start * 0x9e3779b1) >>> 20) + from) & (MEMO_SIZE - 1);
  const key = (start << 14) | from;
  if (load<u32>(memoKey + (slot << 2)) == key) {
    steps -= 1;
    const end: u32 = load<u16>(memoEnd + (slot << 1));
    if (end == NOWHERE || <i32>load<u16>(tokenEnd + (end << 1)) > limit) return -1;
    if (reached != 0) store<u8>(reached + end - first, 1);
    lastEnd = end;
    return end;
  }
  const states = pack.states;
  const ranges = pack.ranges;
  const targets = pack.targets;
  const text = view.text;
  const count = view.tokenCount;
  const begin: i32 = load<u16>(view.tokenStart + (from << 1));
  let byte = begin;
  let state = start;
  let bits = load<u32>(states + (state << 2));
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
      const symbol: u32 = load<u8>(symbols + <u32>load<u8>(text + byte));
      // A list of words begins with many ranges: they are searched by halves.
      let range = bits >>> 2;
      let high = load<u32>(states + (state << 2), 4) >>> 2;
      const last = high;
      while (range < high) {
        const middle = (range + high) >>> 1;
        if (symbol > <u32>load<u8>(ranges + (middle << 1), 1)) range = middle + 1;
        else high = middle;
      }
      isDead = range == last || symbol < <u32>load<u8>(ranges + (range << 1));
      if (isDead) break;
      state = load<u32>(targets + (range << 2));
      bits = load<u32>(states + (state << 2));
      if (symbol < separators && (bits & 2) != 0) {
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
    if ((bits & 1) == 0) continue;
    if (found < 0) found = token;
    else isWhole = false;
    lastEnd = token;
    if (reached != 0) store<u8>(reached + token - first, 1);
  }
  steps -= STEPS_PER_START + byte - begin;
  if (isWhole) {
    store<u32>(memoKey + (slot << 2), key);
    store<u16>(memoEnd + (slot << 1), found < 0 ? <u16>NOWHERE : <u16>found);
  }
  return found;
}
