/**
 * Text to the vocabulary pieces that the transformer reads.
 *
 * @module
 */

/** What one text became, without the special tokens around it. All three arrays have the same length. */
export interface Encoding {
  /** Vocabulary ids. */
  readonly ids: Int32Array;
  /** UTF-16 offset into the text as passed at which each piece begins. */
  readonly starts: Uint32Array;
  /** UTF-16 offset behind each piece. */
  readonly ends: Uint32Array;
}

export interface Tokenizer {
  readonly name: 'wasm-simd' | 'reference';
  /** Ids of the special tokens, found by name in the vocabulary. */
  readonly special: { readonly unk: number; readonly cls: number; readonly sep: number; readonly pad: number };
  /**
   * @param text any string: lone surrogates, U+0000 and megabytes without a blank are legal
   * @complexity linear in `text.length`
   */
  encode(text: string): Encoding;
}
