/**
 * What was pasted or dropped into a composer: data that others wrote, perhaps with instructions in it.
 *
 * @module
 */

export interface Piece {
  readonly text: string;
  /** Where it stands in the whole. */
  readonly start: number;
}

export interface Pasted {
  add(text: string): void;
  /** The pieces that still stand in a text beside words of the user's own. */
  piecesIn(text: string): readonly Piece[];
}

/** Shorter ones hold no instruction worth a look of its own. */
const LEAST_UNITS = 40;
const MOST_PIECES = 8;

export function createPasted(): Pasted {
  let pieces: readonly string[] = [];
  return {
    add(text) {
      const piece = text.replace(/\r\n?/g, '\n').trim();
      if (piece.length < LEAST_UNITS) return;
      pieces = [piece, ...pieces.filter((known) => known !== piece)].slice(0, MOST_PIECES);
    },
    piecesIn: (text) =>
      pieces.flatMap((piece): Piece[] => {
        const start = text.indexOf(piece);
        // A text that is nothing but pasted is what its user wants to say.
        return start < 0 || text.trim() === piece ? [] : [{ text: piece, start }];
      }),
  };
}
