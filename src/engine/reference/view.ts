/**
 * A view: one reading of a block of text, with the way back to the original.
 *
 * `wasm/assembly/view.ts` is the same structure in linear memory.
 *
 * @module
 */
import { MAX_RAW, MAX_TEXT, MAX_TOKENS, STAT_COUNT } from '../abi.ts';

export interface View {
  /** UTF-8 before normalization, first `rawLen` bytes. Empty for views made from another view's normalized text. */
  readonly raw: Uint8Array;
  rawLen: number;
  /** For raw byte `i`, the half-open span of UTF-16 code units in the block it came from. */
  readonly rawStart: Uint16Array;
  readonly rawEnd: Uint16Array;
  /** Normalized UTF-8, first `textLen` bytes, and the same way back. */
  readonly text: Uint8Array;
  textLen: number;
  readonly textStart: Uint16Array;
  readonly textEnd: Uint16Array;
  /** Byte offsets into `text`, half-open, and TOKEN_* kinds; first `tokenCount`. */
  readonly tokenStart: Uint16Array;
  readonly tokenEnd: Uint16Array;
  readonly tokenKind: Uint8Array;
  tokenCount: number;
  /** Indexed by STAT_*. */
  readonly stats: Uint32Array;
  /** DECODER_* bits of all steps from the original to here. */
  decoders: number;
  /** Unwrapping steps so far. */
  depth: number;
}

export function newView(): View {
  return {
    raw: new Uint8Array(MAX_RAW),
    rawLen: 0,
    rawStart: new Uint16Array(MAX_RAW),
    rawEnd: new Uint16Array(MAX_RAW),
    text: new Uint8Array(MAX_TEXT),
    textLen: 0,
    textStart: new Uint16Array(MAX_TEXT),
    textEnd: new Uint16Array(MAX_TEXT),
    tokenStart: new Uint16Array(MAX_TOKENS),
    tokenEnd: new Uint16Array(MAX_TOKENS),
    tokenKind: new Uint8Array(MAX_TOKENS),
    tokenCount: 0,
    stats: new Uint32Array(STAT_COUNT),
    decoders: 0,
    depth: 0,
  };
}
