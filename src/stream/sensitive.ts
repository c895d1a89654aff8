/**
 * Personal data and secrets in a text that grows: piece by piece, each with what stands before it.
 *
 * @module
 */
import type { Finding } from '../types.ts';
import { MAX_CONTEXT } from './hold.ts';
import { createPieces, PIECE_OVERLAP, type Piece } from './sensitive-pieces.ts';

/** A finding at its place in the whole text. */
export interface Sighted {
  readonly start: number;
  readonly end: number;
  readonly finding: Finding;
}

export interface SensitiveReader {
  /** Everything before this place is decided. */
  readonly settled: number;
  /** Reads on to the end of a window; at least `MAX_CONTEXT` units before `settled` stand in it, or everything. */
  read(text: string, base: number, final: boolean): void;
  /** What was found before a place and not taken yet, ascending; spans and offsets are those of the whole text. */
  take(before: number): readonly Sighted[];
}

/** What a search is told of a manifest whose first lines have left. */
const MANIFEST = 'kind: Secret\ndata:\n';
/** Names and words stand so near; a record's other fields, and the command that a password goes to, may be farther. */
const NEAR_CONTEXT = 192;
const FEW_DIGITS = 6;
const KEY = 'secrets/private-key';
/** How far a secret goes on that the end of a window cut. */
const REST = /^[^\s"'`<>]*/;
const KEY_FOOTER = /(?:KEY|BLOCK)-----/i;

/** @param find personal data and secrets of one short text, each with one span; pure */
export function createSensitiveReader(find: (text: string) => readonly Finding[]): SensitiveReader {
  const pieces = createPieces();
  const found: Sighted[] = [];
  /** A secret that the end of a window at the limit cut. */
  let rest: Finding | undefined;

  function add(start: number, end: number, finding: Finding): void {
    found.push({ start, end, finding: { ...finding, spans: [{ start, end }] } });
  }

  function read(text: string, base: number, final: boolean): void {
    pieces.read(text, base, final, (piece) => {
      const start =
        rest === undefined ? piece.start : goOn(rest, text.slice(piece.start - base, piece.end - base), piece);
      if (start === piece.end) return start;
      return piece.hot ? search(text, base, piece, start) : Math.max(start, piece.end - PIECE_OVERLAP);
    });
  }

  /** Takes the rest of a secret that the last window cut. @returns where it ends */
  function goOn(secret: Finding, text: string, { start, end, keyOpen }: Piece): number {
    let length = REST.exec(text)![0].length;
    if (secret.id === KEY) {
      const footer = KEY_FOOTER.exec(text);
      if (footer !== null) length = footer.index + footer[0].length;
      else if (keyOpen) length = text.length;
    }
    if (length > 0) add(start, start + length, secret);
    if (start + length < end) rest = undefined;
    return start + length;
  }

  /** Finds what begins in a piece from `start` on; returns where the next one begins. */
  function search(text: string, base: number, piece: Piece, start: number): number {
    const { end, forced, digits, manifest, keyOpen, keyFrom } = piece;
    const most = Math.max(0, piece.start - MAX_CONTEXT);
    const far = forced || digits > FEW_DIGITS || text.slice(most - base, piece.start - base).includes('curl');
    const from = far ? most : Math.max(0, piece.start - NEAR_CONTEXT);
    const before = manifest ? MANIFEST : '';
    const offset = from - before.length;
    let sightings = find(before + text.slice(from - base, end - base))
      .map((finding): Sighted => {
        const [span] = finding.spans;
        return { start: Math.max(start, offset + span!.start), end: offset + span!.end, finding };
      })
      .filter((one) => one.end > start)
      .sort((a, b) => a.start - b.start);
    if (keyOpen) {
      // A key whose end has not come, or never does, is a key all the same.
      const key = Math.max(start, keyFrom);
      sightings = sightings.filter((one) => one.end <= key);
      const finding: Finding = { id: KEY, category: 'secret', score: 0.99, spans: [], decoders: [] };
      sightings.push({ start: key, end, finding });
    }
    if (!forced) {
      for (const one of sightings) add(one.start, one.end, one.finding);
      return end;
    }
    // What begins in the second half of the window is seen whole by the next one.
    let next = end - PIECE_OVERLAP;
    for (const one of sightings) {
      if (one.start >= next) break;
      if (one.end > next && one.start > start) {
        next = one.start;
        break;
      }
      add(one.start, one.end, one.finding);
      if (one.end > next) next = one.end;
    }
    const last = found.at(-1);
    if (next === end && last?.end === end) rest = last.finding;
    return splitsPair(text, next - base) ? next - 1 : next;
  }

  return {
    get settled() {
      return pieces.start;
    },
    read,
    take(before) {
      let count = 0;
      while (count < found.length && found[count]!.start < before) count++;
      return found.splice(0, count);
    },
  };
}

/** True where a surrogate pair would be torn. */
export function splitsPair(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0xdc00 || unit > 0xdfff) return false;
  const before = text.charCodeAt(at - 1);
  return before >= 0xd800 && before <= 0xdbff;
}
