/**
 * The literal stage: where a section's literals stand in a text.
 *
 * Literals that begin a word are looked for where one may begin: at a word byte
 * behind a separator, at every lead byte and at ASCII behind another script, since
 * solo characters need no separator. The others are looked for at every byte. Hits come in that order; then in order of their windows' positions, and
 * at one position in the section's order.
 *
 * @module
 */
import { isWordByte } from '../rule-bytes.ts';
import { sectionCounts, sectionLayout } from '../rule-section.ts';

/** Called with the literal's index and its first byte; the literal lies wholly within the text. */
export type OnLiteral = (literal: number, start: number) => void;

/** By window: indices of the literals that have it. */
type Table = Map<number, number[]>;

/** @returns scans `text[0, length)`, calling back for every occurrence of every literal */
export function createLiteralScan(section: DataView): (text: Uint8Array, length: number, found: OnLiteral) => void {
  const counts = sectionCounts(section);
  const [literalCount = 0, anchoredCount = 0] = [counts[7], counts[9]];
  const first = sectionLayout(counts).literals;
  const bytesOf = (literal: number, i: number) => section.getUint8(first + literal * 16 + i);
  const lengthOf = (literal: number) => bytesOf(literal, 8);
  const offsetOf = (literal: number) => bytesOf(literal, 9);

  const anchored = createTables();
  const floating = createTables();
  for (let literal = 0; literal < literalCount; literal++) {
    const { four, three, filter } = literal < anchoredCount ? anchored : floating;
    const at = offsetOf(literal);
    const head = bytesOf(literal, at) | (bytesOf(literal, at + 1) << 8) | (bytesOf(literal, at + 2) << 16);
    filter[mix(head)] = 1;
    if (lengthOf(literal) === 3) add(three, head, literal);
    else add(four, head | (bytesOf(literal, at + 3) << 24), literal);
  }

  function verify(text: Uint8Array, length: number, at: number, literals: readonly number[], found: OnLiteral): void {
    for (const literal of literals) {
      const start = at - offsetOf(literal);
      const size = lengthOf(literal);
      if (start < 0 || start + size > length) continue;
      let i = 0;
      while (i < size && text[start + i] === bytesOf(literal, i)) i++;
      if (i === size) found(literal, start);
    }
  }

  function look(
    text: Uint8Array,
    length: number,
    at: number,
    { four, three, filter }: typeof anchored,
  ): readonly number[] {
    const head = (text[at] ?? 0) | ((text[at + 1] ?? 0) << 8) | ((text[at + 2] ?? 0) << 16);
    if (filter[mix(head)] === 0) return [];
    const long = at + 4 <= length ? four.get(head | ((text[at + 3] ?? 0) << 24)) : undefined;
    const short = three.get(head);
    return long && short ? [...long, ...short].sort((a, b) => a - b) : (long ?? short ?? []);
  }

  return (text, length, found) => {
    let before = 0;
    for (let at = 0; at + 3 <= length; at++) {
      const byte = text[at] ?? 0;
      const begins = byte >= 0xc0 || (byte < 0x80 && isWordByte(byte) && (before >= 0x80 || !isWordByte(before)));
      if (begins) verify(text, length, at, look(text, length, at, anchored), found);
      before = byte;
    }
    if (anchoredCount === literalCount) return;
    for (let at = 0; at + 3 <= length; at++) {
      const literals = look(text, length, at, floating);
      if (literals.length > 0) verify(text, length, at, literals, found);
    }
  };
}

function createTables() {
  return {
    four: new Map() as Table,
    three: new Map() as Table,
    /** By three bytes mixed to sixteen bits: may a window begin so? */
    filter: new Uint8Array(65536),
  };
}

function add(table: Table, key: number, literal: number): void {
  const list = table.get(key);
  if (list) list.push(literal);
  else table.set(key, [literal]);
}

function mix(head: number): number {
  return (head ^ (head >>> 8)) & 0xffff;
}
