/**
 * Text smuggled in invisible code points: Unicode tags and variation selectors.
 */
import { View } from '../view';
import { byteAt, halfAt, setByte, setHalf } from './bytes';
import { readableEnd } from './readable';

/** Characters, or selectors in a row, that make a message; fewer have harmless uses. */
const MIN_SMUGGLED: i32 = 4;

/** U+E0020 to U+E007E stand for ASCII. Tags behind a black flag name a region and are left out. */
export function untag(from: View, to: View): bool {
  const raw = from.raw;
  const rawLen = from.rawLen;
  let at: i32 = 0;
  let flag = false;
  for (let i: i32 = 0; i + 3 < rawLen; ) {
    const lead = byteAt(raw, i);
    const third = byteAt(raw, i + 2);
    if (lead == 0xf3 && byteAt(raw, i + 1) == 0xa0 && (third == 0x80 || third == 0x81)) {
      const byte = ((third & 1) << 6) | (byteAt(raw, i + 3) & 0x3f);
      if (!flag && byte >= 0x20 && byte < 0x7f) {
        setByte(to.text, at, byte);
        setHalf(to.textStart, at, halfAt(from.rawStart, i));
        setHalf(to.textEnd, at, halfAt(from.rawEnd, i + 3));
        at += 1;
      }
      i += 4;
      continue;
    }
    flag = lead == 0xf0 && byteAt(raw, i + 1) == 0x9f && third == 0x8f && byteAt(raw, i + 3) == 0xb4;
    i += flag ? 4 : 1;
  }
  return at >= MIN_SMUGGLED && foldInPlace(to, at);
}

/** Runs of selectors stand for bytes: U+FE00 to U+FE0F for 0 to 15, U+E0100 to U+E01EF for 16 to 255. */
export function unselect(from: View, to: View): bool {
  const raw = from.raw;
  const rawLen = from.rawLen;
  let at: i32 = 0;
  let runStart: i32 = 0;
  let i: i32 = 0;
  while (i <= rawLen) {
    let byte: i32 = -1;
    let size: i32 = 1;
    const lead = i < rawLen ? byteAt(raw, i) : 0;
    if (lead == 0xef && i + 2 < rawLen && byteAt(raw, i + 1) == 0xb8 && byteAt(raw, i + 2) <= 0x8f) {
      byte = byteAt(raw, i + 2) & 15;
      size = 3;
    } else if (lead == 0xf3 && i + 3 < rawLen && byteAt(raw, i + 1) == 0xa0) {
      const third = byteAt(raw, i + 2);
      const value = ((third & 3) << 6) | (byteAt(raw, i + 3) & 0x3f);
      if (third >= 0x84 && third <= 0x87 && value < 0xf0) {
        byte = value + 16;
        size = 4;
      }
    }
    if (byte >= 0) {
      setByte(to.text, at, byte);
      setHalf(to.textStart, at, halfAt(from.rawStart, i));
      setHalf(to.textEnd, at, halfAt(from.rawEnd, i + size - 1));
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
function foldInPlace(to: View, len: i32): bool {
  let at: i32 = 0;
  let blank: i32 = -1;
  for (let i: i32 = 0; i < len; i += 1) {
    const byte = byteAt(to.text, i);
    if (byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d) {
      if (at == 0) continue;
      if (blank < 0) {
        blank = at;
        setByte(to.text, at, 0x20);
        setHalf(to.textStart, at, halfAt(to.textStart, i));
        at += 1;
      }
      if (byte == 0x0a || byte == 0x0d) setByte(to.text, blank, 0x0a);
      setHalf(to.textEnd, blank, halfAt(to.textEnd, i));
      continue;
    }
    if (byte < 0x20 || byte == 0x7f) continue;
    blank = -1;
    setByte(to.text, at, byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte);
    setHalf(to.textStart, at, halfAt(to.textStart, i));
    setHalf(to.textEnd, at, halfAt(to.textEnd, i));
    at += 1;
  }
  if (blank >= 0) at -= 1;
  to.textLen = at;
  return at > 0;
}
