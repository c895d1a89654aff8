/**
 * What both engines say of where personal data or secrets may stand.
 *
 * @module
 */
export * from '../../wasm/assembly/match/candidates-abi.ts';

/** One reading of a block (the block itself, or what it unwraps to), and its candidates. */
export interface CandidateView {
  /** DECODER_* bits that lead from the block to this view; 0 for the block itself. */
  readonly decoders: number;
  readonly text: string;
  /** Per candidate three numbers, ascending: start, end (UTF-16 units of `text`), CANDIDATE_* flags. */
  readonly rows: Uint16Array;
  /** Of unit `i` of `text`, the half-open span in the block. Absent for the block itself. */
  readonly spans?: { readonly start: Uint16Array; readonly end: Uint16Array };
}

/** A view's raw text as an engine holds it: UTF-8 with the span, in units of the block, of every byte. */
export interface RawView {
  readonly decoders: number;
  readonly raw: Uint8Array;
  readonly start: Uint16Array;
  readonly end: Uint16Array;
  /** Start, end (bytes), flags. */
  readonly rows: Uint16Array;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** From bytes to UTF-16 units; what it returns holds no memory of the engine's. */
export function candidateView(block: string, { decoders, raw, start, end, rows }: RawView): CandidateView {
  if (decoders === 0) {
    if (raw.length === block.length) return { decoders, text: block, rows: rows.slice() };
    const units = rows.slice();
    for (let i = 0; i < units.length; i += 3) {
      units[i] = start[units[i]!]!;
      units[i + 1] = end[units[i + 1]! - 1]!;
    }
    return { decoders, text: block, rows: units };
  }
  const text = decoder.decode(raw);
  if (text.length === raw.length) {
    return { decoders, text, rows: rows.slice(), spans: { start: start.slice(), end: end.slice() } };
  }
  // Which unit each byte became: bytes of the view are valid UTF-8, so lengths tell.
  const unitOf = new Uint16Array(raw.length + 1);
  const spanStart = new Uint16Array(text.length);
  const spanEnd = new Uint16Array(text.length);
  let unit = 0;
  let byte = 0;
  for (const point of text) {
    const size = byteLength(point);
    for (let k = 0; k < size && byte < raw.length; k++) unitOf[byte++] = unit;
    for (let k = 0; k < point.length; k++) {
      spanStart[unit] = start[byte - size]!;
      spanEnd[unit++] = end[byte - 1]!;
    }
  }
  unitOf[raw.length] = unit;
  const units = rows.slice();
  for (let i = 0; i < units.length; i += 3) {
    units[i] = unitOf[units[i]!]!;
    units[i + 1] = unitOf[units[i + 1]!]!;
  }
  return { decoders, text, rows: units, spans: { start: spanStart, end: spanEnd } };
}

function byteLength(character: string): number {
  const point = character.codePointAt(0)!;
  return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}
