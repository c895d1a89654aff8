/** Tokenize and match alone, for `test/engine/harness/match.ts`: it writes normalized text into a view. */
import { PADDING } from '../../../wasm/assembly/abi';
import {
  hitCount,
  hitsPtr,
  initRules,
  literalScan,
  match,
  resetHits,
  ruleFamily,
  ruleSeverity,
  setBudget,
} from '../../../wasm/assembly/match/match';
import { tokenize } from '../../../wasm/assembly/text/tokenize';
import { newView, reserve } from '../../../wasm/assembly/view';

export { hitCount, hitsPtr, initRules, literalScan, reserve, resetHits, ruleFamily, ruleSeverity, setBudget };

const view = newView();
const text = view.text;

export function textPtr(): usize {
  return text;
}

export function textStart(): usize {
  return view.textStart;
}

export function textEnd(): usize {
  return view.textEnd;
}

/** Tokenizes and matches the text of `length` bytes that begins `shift` bytes into the buffer. */
export function runMatch(pack: i32, shift: i32, length: i32, channels: u32): void {
  view.text = text + shift;
  view.textLen = length;
  memory.fill(view.text + length, 0, PADDING);
  tokenize(view);
  match(pack, view, 0, channels);
}
