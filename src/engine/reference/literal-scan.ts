/**
 * The literal stage: where a section's literals stand in a text.
 *
 * Hits come in order of their windows' positions; at one position windows of
 * four bytes before windows of three, then in the section's order.
 *
 * @module
 */
import { sectionCounts, sectionLayout } from '../../scan/rules/section.ts';

/** Called with the literal's index and its first byte; the literal lies wholly within the text. */
export type OnLiteral = (literal: number, start: number) => void;

/** @returns scans `text[0, length)`, calling back for every occurrence of every literal */
export function createLiteralScan(section: DataView): (text: Uint8Array, length: number, found: OnLiteral) => void {
  const counts = sectionCounts(section);
  const literalCount = counts[7] ?? 0;
  const first = sectionLayout(counts).literals;
  const bytesOf = (literal: number, i: number) => section.getUint8(first + literal * 16 + i);
  const lengthOf = (literal: number) => bytesOf(literal, 8);
  const offsetOf = (literal: number) => bytesOf(literal, 9);

  // By window: the first literal that has it, and the one after the last.
  const four = new Map<number, [from: number, to: number]>();
  const three = new Map<number, [from: number, to: number]>();
  /** Which low 16 bits of three bytes, mixed, begin any window. */
  const filter = new Uint8Array(65536);
  for (let literal = 0; literal < literalCount; literal++) {
    const offset = offsetOf(literal);
    const short = lengthOf(literal) === 3;
    const head = bytesOf(literal, offset) | (bytesOf(literal, offset + 1) << 8) | (bytesOf(literal, offset + 2) << 16);
    filter[mix(head)] = 1;
    const key = short ? head : head | (bytesOf(literal, offset + 3) << 24);
    const map = short ? three : four;
    const range = map.get(key);
    if (range) range[1] = literal + 1;
    else map.set(key, [literal, literal + 1]);
  }

  function verify(text: Uint8Array, length: number, at: number, range: [number, number] | undefined, found: OnLiteral): void {
    if (!range) return;
    for (let literal = range[0]; literal < range[1]; literal++) {
      const start = at - offsetOf(literal);
      const size = lengthOf(literal);
      if (start < 0 || start + size > length) continue;
      let i = 0;
      while (i < size && text[start + i] === bytesOf(literal, i)) i++;
      if (i === size) found(literal, start);
    }
  }

  return (text, length, found) => {
    if (length < 3) return;
    let head = ((text[0] ?? 0) << 8) | ((text[1] ?? 0) << 16);
    for (let at = 0; at + 3 <= length; at++) {
      head = (head >>> 8) | ((text[at + 2] ?? 0) << 16);
      if (filter[mix(head)] === 0) continue;
      if (at + 4 <= length) verify(text, length, at, four.get(head | ((text[at + 3] ?? 0) << 24)), found);
      verify(text, length, at, three.get(head), found);
    }
  };
}

function mix(head: number): number {
  return (head ^ (head >>> 8)) & 0xffff;
}
