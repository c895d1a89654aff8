/**
 * Cuts the tokens of a text into the windows that the model reads.
 *
 * @module
 */
import type { Encoding, Tokenizer } from '../../engine/tokenizer.ts';
import { type Manifest, SPECIAL_TOKENS } from './manifest.ts';
import type { Piece } from './reader.ts';

/** Half-open token range. */
export interface TokenWindow {
  readonly first: number;
  readonly last: number;
}

/**
 * Windows of `size` tokens, each sharing at least `overlap` with the one before; the last ends with the text, so that
 * none is short but the only one.
 *
 * @param count tokens of the text
 * @returns none for no tokens
 * @complexity O(count / (size - overlap))
 */
export function tokenWindows(count: number, size: number, overlap: number): TokenWindow[] {
  if (count === 0) return [];
  const windows: TokenWindow[] = [];
  for (let first = 0; ; first += size - overlap) {
    if (first + size >= count) {
      windows.push({ first: Math.max(0, count - size), last: count });
      return windows;
    }
    windows.push({ first, last: first + size });
  }
}

/** A text as pieces: `[CLS]`, at most `window - 2` tokens, `[SEP]`. */
export function cutWindows(tokenizer: Tokenizer, text: string, { window, overlap }: Manifest): Piece[] {
  const encoding = tokenizer.encode(text);
  const { cls, sep } = tokenizer.special;
  return tokenWindows(encoding.ids.length, window - SPECIAL_TOKENS, overlap).map((range) =>
    pieceOf(encoding, range, cls, sep),
  );
}

function pieceOf({ ids, starts, ends }: Encoding, { first, last }: TokenWindow, cls: number, sep: number): Piece {
  const feed = new Int32Array(last - first + SPECIAL_TOKENS);
  feed[0] = cls;
  feed.set(ids.subarray(first, last), 1);
  feed[feed.length - 1] = sep;
  const tokens = { starts: starts.subarray(first, last), ends: ends.subarray(first, last) };
  return { start: starts[first]!, end: ends[last - 1]!, feed, tokens };
}
