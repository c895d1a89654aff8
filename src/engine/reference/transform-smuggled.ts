/**
 * Text smuggled in invisible code points: Unicode tags and variation selectors.
 *
 * @module
 */
import { readableEnd } from './readable.ts';
import type { View } from './view.ts';

/** Characters, or selectors in a row, that make a message; fewer have harmless uses. */
const MIN_SMUGGLED = 4;

/** U+E0020 to U+E007E stand for ASCII. Tags behind a black flag name a region and are left out. */
export function untag(from: View, to: View): boolean {
  const { raw, rawLen } = from;
  let at = 0;
  let flag = false;
  for (let i = 0; i + 3 < rawLen; ) {
    const lead = raw[i] ?? 0;
    const third = raw[i + 2] ?? 0;
    if (lead === 0xf3 && raw[i + 1] === 0xa0 && (third === 0x80 || third === 0x81)) {
      const byte = ((third & 1) << 6) | ((raw[i + 3] ?? 0) & 0x3f);
      if (!flag && byte >= 0x20 && byte < 0x7f) {
        to.text[at] = byte;
        to.textStart[at] = from.rawStart[i] ?? 0;
        to.textEnd[at] = from.rawEnd[i + 3] ?? 0;
        at += 1;
      }
      i += 4;
      continue;
    }
    flag = lead === 0xf0 && raw[i + 1] === 0x9f && third === 0x8f && raw[i + 3] === 0xb4;
    i += flag ? 4 : 1;
  }
  return at >= MIN_SMUGGLED && foldInPlace(to, at);
}

/** Runs of selectors stand for bytes: U+FE00 to U+FE0F for 0 to 15, U+E0100 to U+E01EF for 16 to 255. */
export function unselect(from: View, to: View): boolean {
  const { raw, rawLen } = from;
  let at = 0;
  let runStart = 0;
  let i = 0;
  while (i <= rawLen) {
    let byte = -1;
    let size = 1;
    const lead = i < rawLen ? (raw[i] ?? 0) : 0;
    if (lead === 0xef && i + 2 < rawLen && raw[i + 1] === 0xb8 && (raw[i + 2] ?? 0) <= 0x8f) {
      byte = (raw[i + 2] ?? 0) & 15;
      size = 3;
    } else if (lead === 0xf3 && i + 3 < rawLen && raw[i + 1] === 0xa0) {
      const third = raw[i + 2] ?? 0;
      const value = ((third & 3) << 6) | ((raw[i + 3] ?? 0) & 0x3f);
      if (third >= 0x84 && third <= 0x87 && value < 0xf0) {
        byte = value + 16;
        size = 4;
      }
    }
    if (byte >= 0) {
      to.text[at] = byte;
      to.textStart[at] = from.rawStart[i] ?? 0;
      to.textEnd[at] = from.rawEnd[i + size - 1] ?? 0;
      at += 1;
    } else {
      if (at - runStart < MIN_SMUGGLED) at = runStart;
      runStart = at;
    }
    i += size;
  }
  const end = at >= MIN_SMUGGLED ? readableEnd(to.text, 0, at, false) : -1;
  return end > 0 && foldInPlace(to, end);
}

/** Lower case, controls deleted, white space runs collapsed and trimmed; false when nothing stays. */
function foldInPlace(to: View, len: number): boolean {
  let at = 0;
  let blank = -1;
  for (let i = 0; i < len; i += 1) {
    const byte = to.text[i] ?? 0;
    if (byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d) {
      if (at === 0) continue;
      if (blank < 0) {
        blank = at;
        to.text[at] = 0x20;
        to.textStart[at] = to.textStart[i] ?? 0;
        at += 1;
      }
      if (byte === 0x0a || byte === 0x0d) to.text[blank] = 0x0a;
      to.textEnd[blank] = to.textEnd[i] ?? 0;
      continue;
    }
    if (byte < 0x20 || byte === 0x7f) continue;
    blank = -1;
    to.text[at] = byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte;
    to.textStart[at] = to.textStart[i] ?? 0;
    to.textEnd[at] = to.textEnd[i] ?? 0;
    at += 1;
  }
  if (blank >= 0) at -= 1;
  to.textLen = at;
  return at > 0;
}
