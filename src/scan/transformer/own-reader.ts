/**
 * This package's own model as a reader: WordPiece windows, two heads, one logit per token.
 *
 * @module
 */
import type { Tokenizer } from '../../engine/tokenizer.ts';
import { calibrate } from '../calibrate.ts';
import type { HeadPlan, Manifest } from './manifest.ts';
import type { Logits } from './messages.ts';
import type { HeadRule, Missed, Reader } from './reader.ts';
import { cutWindows } from './windows.ts';

/** @param run how the model is run on token ids */
export function createOwnReader(
  manifest: Manifest,
  tokenizer: Tokenizer,
  run: (ids: Int32Array, stop: AbortSignal) => Promise<Logits | Missed>,
): Reader {
  return {
    version: manifest.version,
    heads: { user: ruleOf(manifest.heads.user), data: ruleOf(manifest.heads.data) },
    spanThreshold: manifest.spans.threshold,
    cut: (text) => cutWindows(tokenizer, text, manifest),
    async read({ feed }, stop) {
      const said = await run(feed as Int32Array, stop);
      if (typeof said === 'string') return said;
      const [user, data] = said.heads;
      // Without the logits of the special tokens.
      return { user: user!, data: data!, tokens: said.tokens.subarray(1, -1) };
    },
  };
}

function ruleOf({ settle, combine, calibration }: HeadPlan): HeadRule {
  return {
    settle,
    combine: (tier1, transformer) =>
      calibrate(calibration, combine.tier1 * tier1 + combine.transformer * transformer + combine.bias),
  };
}
