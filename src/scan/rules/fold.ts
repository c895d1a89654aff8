/**
 * Folding of pattern text by the engine's own normalizer, so that patterns and texts cannot drift apart.
 *
 * @module
 */
import { newView, type View } from '../../engine/reference/view.ts';

/** A code point's normalized form; empty for what normalizing deletes. */
export type Fold = (codePoint: number) => string;

/** @param normalize the reference engine's stage, as `createNormalizer` makes it */
export function createFold(normalize: (view: View) => void): Fold {
  const view = newView();
  const known = new Map<number, string>();
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  return (codePoint) => {
    let folded = known.get(codePoint);
    if (folded === undefined) {
      const bytes = encoder.encode(String.fromCodePoint(codePoint));
      view.raw.set(bytes);
      view.raw.fill(0, bytes.length, bytes.length + 16);
      view.rawLen = bytes.length;
      normalize(view);
      folded = decoder.decode(view.text.subarray(0, view.textLen));
      known.set(codePoint, folded);
    }
    return folded;
  };
}
