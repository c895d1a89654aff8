/**
 * Stretches of ascii85: five characters for four bytes.
 *
 * @module
 */
import { BYTES, NO_TEXT, type View } from './bytes.ts';
import { MIN_ASCII85, type Run } from './letters.ts';
import { fleetingFrom, goesOn, isLineBreak } from './stretches.ts';

/** Where the characters of the unfinished group stand. */
const PLACES = new Int32Array(5);

/** What a stretch reads as from each of its first five characters on, where that may be text. */
export function* ofAscii85(text: string, group: readonly Run[]): Generator<View> {
  if (group.at(-1)!.end - group[0]!.start < MIN_ASCII85) return;
  const readings = readingsOf(text, group);
  for (let skipped = 0; skipped < 5; skipped++) {
    if (((readings >> skipped) & 1) === 1) yield decode(text, group, skipped);
  }
}

function decode(text: string, group: readonly Run[], skipped: number): View {
  const fleeting = fleetingFrom(text, group, MIN_ASCII85);
  let skip = skipped;
  let before = group[0]!.start;
  let value = 0;
  let count = 0;
  /** Where the first byte begins that more text could change. */
  let open: number | undefined;
  /** Writes the bytes of a group; of a last one, short, what it lacks counts as the highest digit. */
  const finish = (): void => {
    for (let i = count; i < 5; i++) value = value * 85 + 84;
    for (let i = 0; i < count - 1; i++) {
      const byte = value > 0xffffffff ? NO_TEXT : (value >>> (24 - 8 * i)) & 0xff;
      BYTES.push(byte, PLACES[i]!, PLACES[i + 1]! + 1);
    }
    value = count = 0;
  };
  const settle = (at: number): void => {
    BYTES.settle();
    open ??= count > 0 ? PLACES[0]! : at;
  };
  for (const { start, end } of group) {
    if (!isLineBreak(text, before, start)) {
      finish();
      skip = skipped;
    }
    before = end;
    if (start === fleeting) settle(start);
    for (let at = start; at < end; at++) {
      if (skip > 0) {
        skip--;
        continue;
      }
      value = value * 85 + text.charCodeAt(at) - 0x21;
      PLACES[count++] = at;
      if (count === 5) finish();
    }
  }
  settle(before);
  finish();
  return BYTES.finish('ascii85', goesOn(text, group) ? open : undefined);
}

/** Of each byte: no text, a character, what goes on a character of several bytes, what begins one. */
const BYTE_KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte >= 0x80) return byte < 0xc0 ? 2 : byte < 0xc2 || byte > 0xf4 ? 0 : 3;
  return byte >= 0x20 || byte === 0 || byte === 9 || byte === 10 || byte === 13 ? 1 : 0;
});
/** Per kind of a byte and of the next one: whether both may be text. */
const FOLLOWS = Uint8Array.from({ length: 16 }, (_, pair) => {
  const first = pair >> 2;
  const next = pair & 3;
  return first > 0 && next > 0 && (first === 3 ? next === 2 : first === 2 || next !== 2) ? 1 : 0;
});
const ALL_READINGS = 0b11111;

/**
 * The readings, one bit for each number of characters skipped, that hold text: `MIN_TEXT` characters have at least one
 * group in them whose four bytes are all text. Of a stretch that may go on, all of them.
 */
function readingsOf(text: string, group: readonly Run[]): number {
  const { start, end } = group[0]!;
  if (group.length > 1 || goesOn(text, group)) return ALL_READINGS;
  let readings = 0;
  let value = 0;
  for (let at = start; at < end && readings !== ALL_READINGS; at++) {
    value = (value % 85 ** 4) * 85 + text.charCodeAt(at) - 0x21;
    if (at < start + 4 || value > 0xffffffff) continue;
    const first = BYTE_KINDS[value >>> 24]!;
    const second = BYTE_KINDS[(value >>> 16) & 0xff]!;
    if (FOLLOWS[(first << 2) | second] === 0) continue;
    const third = BYTE_KINDS[(value >>> 8) & 0xff]!;
    if (FOLLOWS[(second << 2) | third] === 0 || FOLLOWS[(third << 2) | BYTE_KINDS[value & 0xff]!] === 0) continue;
    readings |= 1 << ((at - 4 - start) % 5);
  }
  return readings;
}
