/**
 * The literal stage: where a pack's literals stand in a text, sixteen bytes at a time.
 *
 * Nearly all literals begin a word. A vector classifies sixteen bytes and leaves a
 * bit for every word that begins; there, four bytes are hashed into a bit set. So
 * the cost hardly depends on how many literals there are. The few that may stand
 * inside words or begin with punctuation go through Teddy: per position of a
 * window of four bytes two 16-entry tables, one by the low nibble and one by the
 * high, whose bytes hold a bit per bucket; the AND over the positions leaves the
 * buckets that may match.
 *
 * Both report what may match and compare the literal's bytes; neither misses one.
 * `src/engine/reference/literal-scan.ts` finds the same in the same order.
 *
 * Source: Teddy is from Intel's Hyperscan (Wang et al., NSDI 2019).
 */
import { hasBit, hashWindow, RulePack } from './pack';

/** Called with a literal's index and its first byte. */
export type OnLiteral = (literal: i32, start: i32) => void;

const scratch: usize = memory.data(16, 16);

export function scanLiterals(pack: RulePack, text: usize, length: i32, found: OnLiteral): void {
  scanWordStarts(pack, text, length, found);
  if (pack.anchoredCount < pack.literalCount) scanInside(pack, text, length, found);
}

function scanWordStarts(pack: RulePack, text: usize, length: i32, found: OnLiteral): void {
  const filterFour = pack.filterFour;
  const filterThree = pack.filterThree;
  let carry = 0;
  for (let at = 0; at < length; at += 16) {
    const chunk = v128.load(text + at);
    const letter = i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x61)), i8x16.splat(26));
    const digit = i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x30)), i8x16.splat(10));
    const words = i8x16.bitmask(v128.or(v128.or(letter, digit), i8x16.eq(chunk, i8x16.splat(0x5f))));
    // A solo character is a token wherever it stands, and so is what follows it: every lead byte may begin one.
    const leads = i8x16.bitmask(i8x16.ge_u(chunk, i8x16.splat(<i8>0xc0)));
    let starts = (words & ~((words << 1) | carry)) | leads;
    carry = (words >> 15) & 1;
    if (at + 16 > length) starts &= (1 << (length - at)) - 1;
    while (starts != 0) {
      const here = at + ctz(starts);
      starts &= starts - 1;
      const window = load<u32>(text + here);
      const four = hashWindow(window);
      const three = hashWindow(window & 0xffffff);
      if (hasBit(filterFour, four)) lookUp(pack, pack.tableFour, window, four, text, here, length, found);
      if (hasBit(filterThree, three)) {
        lookUp(pack, pack.tableThree, window & 0xffffff, three, text, here, length, found);
      }
    }
  }
}

function lookUp(pack: RulePack, table: usize, window: u32, hash: u32, text: usize, here: i32, length: i32, found: OnLiteral): void {
  const mask = pack.tableMask;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    const row = table + (slot << 3);
    const count: i32 = load<u16>(row, 6);
    if (count == 0) return;
    if (load<u32>(row) != window) continue;
    const first: i32 = load<u16>(row, 4);
    for (let literal = first; literal < first + count; literal++) verify(pack, literal, text, here, length, found);
    return;
  }
}

// @ts-ignore: decorator
@inline
function verify(pack: RulePack, literal: i32, text: usize, here: i32, length: i32, found: OnLiteral): void {
  const row = pack.literals + (literal << 4);
  const size: i32 = load<u8>(row, 8);
  const start = here - <i32>load<u8>(row, 9);
  if (start < 0 || start + size > length) return;
  const mask = (<u64>-1) >>> (64 - (size << 3));
  if ((load<u64>(text + start) & mask) == load<u64>(row)) found(literal, start);
}

function scanInside(pack: RulePack, text: usize, length: i32, found: OnLiteral): void {
  const filter = pack.filterInside;
  const nibbles = pack.nibbles;
  const low0 = v128.load(nibbles);
  const low1 = v128.load(nibbles, 16);
  const low2 = v128.load(nibbles, 32);
  const low3 = v128.load(nibbles, 48);
  const high0 = v128.load(nibbles, 64);
  const high1 = v128.load(nibbles, 80);
  const high2 = v128.load(nibbles, 96);
  const high3 = v128.load(nibbles, 112);
  const nibble = i8x16.splat(15);
  for (let at = 0; at < length; at += 16) {
    const chunk0 = v128.load(text + at);
    const chunk1 = v128.load(text + at, 1);
    const chunk2 = v128.load(text + at, 2);
    const chunk3 = v128.load(text + at, 3);
    const hit0 = v128.and(i8x16.swizzle(low0, v128.and(chunk0, nibble)), i8x16.swizzle(high0, i8x16.shr_u(chunk0, 4)));
    const hit1 = v128.and(i8x16.swizzle(low1, v128.and(chunk1, nibble)), i8x16.swizzle(high1, i8x16.shr_u(chunk1, 4)));
    const hit2 = v128.and(i8x16.swizzle(low2, v128.and(chunk2, nibble)), i8x16.swizzle(high2, i8x16.shr_u(chunk2, 4)));
    const hit3 = v128.and(i8x16.swizzle(low3, v128.and(chunk3, nibble)), i8x16.swizzle(high3, i8x16.shr_u(chunk3, 4)));
    const hit = v128.and(v128.and(hit0, hit1), v128.and(hit2, hit3));
    if (!v128.any_true(hit)) continue;
    let places = i8x16.bitmask(i8x16.ne(hit, i8x16.splat(0)));
    if (at + 16 > length) places &= (1 << (length - at)) - 1;
    v128.store(scratch, hit);
    while (places != 0) {
      const bit = ctz(places);
      places &= places - 1;
      // The masks let some per cent of all places through; the hash leaves hardly any.
      const window = load<u32>(text + at + bit);
      if (!hasBit(filter, hashWindow(window)) && !hasBit(filter, hashWindow(window & 0xffffff))) continue;
      let buckets: i32 = load<u8>(scratch + bit);
      while (buckets != 0) {
        const bucket = pack.buckets + (ctz(buckets) << 2);
        buckets &= buckets - 1;
        const end = load<i32>(bucket, 4);
        for (let literal = load<i32>(bucket); literal < end; literal++) verify(pack, literal, text, at + bit, length, found);
      }
    }
  }
}
