/**
 * Base64, base32, hexadecimal and binary: digits of six, five, four or one bits.
 */
import { byteAt, setByte } from './bytes';

/** Bit flags of `digitClasses`. */
export const CLASS_BASE64: i32 = 1;
export const CLASS_HEX: i32 = 2;
export const CLASS_BASE32: i32 = 4;
export const CLASS_BINARY: i32 = 8;

/** Which alphabets a byte is a digit of. Base64 and base64url count as one. */
export function digitClasses(byte: i32): i32 {
  if (byte >= 0x61 && byte <= 0x7a) return byte <= 0x66 ? CLASS_BASE64 | CLASS_HEX : CLASS_BASE64;
  if (byte >= 0x41 && byte <= 0x5a) {
    return byte <= 0x46 ? CLASS_BASE64 | CLASS_HEX | CLASS_BASE32 : CLASS_BASE64 | CLASS_BASE32;
  }
  if (byte >= 0x30 && byte <= 0x39) {
    if (byte <= 0x31) return CLASS_BASE64 | CLASS_HEX | CLASS_BINARY;
    return byte <= 0x37 ? CLASS_BASE64 | CLASS_HEX | CLASS_BASE32 : CLASS_BASE64 | CLASS_HEX;
  }
  return byte == 0x2b || byte == 0x2d || byte == 0x2f || byte == 0x5f ? CLASS_BASE64 : 0;
}

/** Value of a digit of `bits` bits, -1 for any other byte. */
function digitValue(byte: i32, bits: i32): i32 {
  if (bits == 6) {
    if (byte >= 0x61 && byte <= 0x7a) return byte - 71;
    if (byte >= 0x41 && byte <= 0x5a) return byte - 65;
    if (byte >= 0x30 && byte <= 0x39) return byte + 4;
    if (byte == 0x2b || byte == 0x2d) return 62;
    return byte == 0x2f || byte == 0x5f ? 63 : -1;
  }
  if (bits == 5) {
    if (byte >= 0x41 && byte <= 0x5a) return byte - 65;
    return byte >= 0x32 && byte <= 0x37 ? byte - 24 : -1;
  }
  if (bits == 4) return hexValue(byte);
  return byte == 0x30 || byte == 0x31 ? byte - 0x30 : -1;
}

/** 0 to 15, -1 for any other byte. */
export function hexValue(byte: i32): i32 {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 87 : -1;
}

/**
 * Writes the bytes that the digits in `raw[start, end)` hold to `out` from `at` on; other bytes are skipped,
 * and bits that fill no byte are dropped.
 *
 * @returns the end of what was written
 */
export function decodeDigits(
  raw: usize,
  start: i32,
  end: i32,
  bits: i32,
  out: usize,
  at: i32,
): i32 {
  let held: i32 = 0;
  let count: i32 = 0;
  for (let i = start; i < end; i += 1) {
    const byte = byteAt(raw, i);
    if (bits == 4 && byte == 0x30 && i + 1 < end && (byteAt(raw, i + 1) | 0x20) == 0x78) {
      i += 1;
      continue;
    }
    const value = digitValue(byte, bits);
    if (value < 0) continue;
    held = ((held << bits) | value) & 0xffff;
    count += bits;
    if (count >= 8) {
      count -= 8;
      setByte(out, at, (held >> count) & 0xff);
      at += 1;
    }
  }
  return at;
}
