/**
 * Ascii85: five characters from `!` to `u` for four bytes. `z`, four zero bytes, is in no text and not read.
 */
import { byteAt, setByte } from './bytes';

/**
 * Writes the bytes of `raw[start, end)` to `out` from `at` on; white space is skipped.
 *
 * @returns the end of what was written, or -1 when this is no ascii85
 */
export function decodeAscii85(raw: usize, start: i32, end: i32, out: usize, at: i32): i32 {
  let value: u64 = 0;
  let count: i32 = 0;
  for (let i = start; i < end; i += 1) {
    const byte = byteAt(raw, i);
    if (byte <= 0x20) continue;
    if (byte < 0x21 || byte > 0x75) return -1;
    value = value * 85 + <u64>(byte - 0x21);
    count += 1;
    if (count < 5) continue;
    if (value > 0xffffffff) return -1;
    for (let k: i32 = 24; k >= 0; k -= 8) {
      setByte(out, at, <i32>(value >> <u64>k) & 0xff);
      at += 1;
    }
    value = 0;
    count = 0;
  }
  if (count == 1) return -1;
  if (count > 1) {
    for (let k = count; k < 5; k += 1) value = value * 85 + 84;
    if (value > 0xffffffff) return -1;
    for (let k: i32 = 1; k < count; k += 1) {
      setByte(out, at, <i32>(value >> <u64>(32 - 8 * k)) & 0xff);
      at += 1;
    }
  }
  return at;
}
