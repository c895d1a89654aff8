/**
 * What the cascade asks of tier 2, whichever model stands behind it.
 *
 * @module
 */

export type HeadName = 'user' | 'data';

/** A stretch of text the model reads at once. */
export interface Piece {
  /** UTF-16 units of the text that was cut, half-open. */
  readonly start: number;
  readonly end: number;
  /** What the model is fed; only the reader that cut the piece knows what it means. */
  readonly feed: Int32Array | string;
  /** Where each token stands in the text that was cut, special tokens left out; absent where the model marks none. */
  readonly tokens?: { readonly starts: Uint32Array; readonly ends: Uint32Array };
}

/** What the model said of a piece, log-odds. */
export interface Reading {
  readonly user: number;
  readonly data: number;
  /** That a token belongs to an injected instruction; as long as the piece's tokens, absent where it has none. */
  readonly tokens?: Float32Array;
}

/** Why a piece was not read: the queue was full, or the caller's deadline or signal came first. */
export type Missed = 'busy' | 'stopped';

export interface HeadRule {
  /** Tier 1 answers alone when the logit of its score lies below or above. */
  readonly settle: { readonly below: number; readonly above: number };
  /** @returns probability in [0, 1] from tier 1's logit and the largest logit of a piece */
  combine(tier1: number, transformer: number): number;
}

export interface Reader {
  readonly version: string;
  readonly heads: Readonly<Record<HeadName, HeadRule>>;
  /** Tokens above this logit are marked. */
  readonly spanThreshold: number;
  /** Cuts a text into overlapping pieces that together cover it; none for a text without tokens. */
  cut(text: string): readonly Piece[];
  /**
   * @throws {Error} when the model or the worker it runs in fails
   */
  read(piece: Piece, stop: AbortSignal): Promise<Reading | Missed>;
}
