/**
 * A view: one reading of a block of text, with the way back to the original.
 *
 * `raw` is UTF-8 before normalization, `text` after it. `rawStart[i]`, `rawEnd[i]`
 * (and `textStart`, `textEnd`) give, for byte `i`, the half-open span of UTF-16
 * code units in the block it came from. A decoded run maps every byte to the
 * whole run; a per-character transformation maps each byte to its character.
 */
import { MAX_RAW, MAX_TEXT, MAX_TOKENS, PADDING, STAT_COUNT } from './abi';

@unmanaged
export class View {
  /** u8[rawLen]. Empty for views made from another view's normalized text. */
  raw: usize;
  rawLen: i32;
  /** u16[rawLen] each. */
  rawStart: usize;
  rawEnd: usize;

  /** u8[textLen], normalized. */
  text: usize;
  textLen: i32;
  /** u16[textLen] each. */
  textStart: usize;
  textEnd: usize;

  /** u16[tokenCount] each: byte offsets into `text`, half-open. */
  tokenStart: usize;
  tokenEnd: usize;
  /** u8[tokenCount], one of TOKEN_*. */
  tokenKind: usize;
  tokenCount: i32;

  /** u32[STAT_COUNT]. */
  stats: usize;
  /** DECODER_* bits of all steps from the original to here. */
  decoders: u32;
  /** Unwrapping steps so far. */
  depth: i32;
}

/** Bump allocation that is never undone: the engine reserves all its memory once. 16-byte aligned, zeroed. */
export function reserve(bytes: i32): usize {
  return (heap.alloc(<usize>(bytes + 31)) + 15) & ~(<usize>15);
}

export function newView(): View {
  const view = changetype<View>(reserve(offsetof<View>()));
  view.raw = reserve(16 + MAX_RAW + PADDING) + 16;
  view.rawStart = reserve((MAX_RAW + PADDING) * 2);
  view.rawEnd = reserve((MAX_RAW + PADDING) * 2);
  view.text = reserve(16 + MAX_TEXT + PADDING) + 16;
  view.textStart = reserve((MAX_TEXT + PADDING) * 2);
  view.textEnd = reserve((MAX_TEXT + PADDING) * 2);
  view.tokenStart = reserve(MAX_TOKENS * 2);
  view.tokenEnd = reserve(MAX_TOKENS * 2);
  view.tokenKind = reserve(MAX_TOKENS);
  view.stats = reserve(STAT_COUNT * 4);
  return view;
}
