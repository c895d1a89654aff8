/**
 * The engine's entry: one block in, its views' margins and rule hits out.
 *
 * Result, at `result()`: u32 view count, u32 truncated, 8 bytes unused; then per
 * view 32 bytes: u32 decoders, u16 peak start, u16 peak end (UTF-16 units of the
 * block), f64 linear margin, f64 forest margin, 8 bytes unused.
 *
 * `src/engine/reference/engine.ts` runs the same stages in the same order.
 */
import { ABI_VERSION, DECODER_COUNT, MAX_DEPTH, MAX_HITS, MAX_NGRAMS, MAX_VIEWS, SEGMENT_BYTES } from './abi';
import { dense as writeDense, initLexicon } from './features/dense';
import {
  gramCount,
  initLinear,
  linearValue,
  ngramBuckets,
  ngramOffsets,
  ngrams as countNgrams,
  segments,
  weight as linearWeight,
} from './features/ngrams';
import { DENSE_COUNT, PEAK_FEATURE } from './features/schema-abi';
import { candidateRows, findCandidates } from './match/candidates';
import { hitCount as countHits, hitsPtr, initRules, match, resetHits } from './match/match';
import { forestMargin, initForest } from './model/forest';
import { fillIdentitySpans, initNormalize, normalize } from './text/normalize';
import { tokenize } from './text/tokenize';
import { initTransform, suspect, transform } from './text/transform';
import { unwrap } from './text/unwrap';
import { newView, reserve, View } from './view';

const RESULT_HEADER = 16;
const RESULT_ROW = 32;
const OWN_RULES_BYTES = 262144;
const BUILT_IN = 0;
const OWN = 1;

const views = new StaticArray<View>(MAX_VIEWS);
/** Of these, the block and what it unwraps to. */
let unwrappedCount = 0;
for (let i = 0; i < MAX_VIEWS; i++) views[i] = newView();
const resultAt = reserve(RESULT_HEADER + MAX_VIEWS * RESULT_ROW);
const featuresAt = reserve(DENSE_COUNT * 4);
const ownRulesAt = reserve(OWN_RULES_BYTES);
let hasOwnRules = false;

export function abiVersion(): i32 {
  return ABI_VERSION;
}

// --- start ----------------------------------------------------------------------------------------------

/** Room for a whole pack. Call once. */
export function reservePack(bytes: i32): usize {
  return reserve(bytes);
}

/** Opens every section of the pack at `pack`. Returns 0, or the four-character code of the first that does not fit. */
export function init(pack: usize): u32 {
  const count = load<u32>(pack, 8);
  for (let i: u32 = 0; i < count; i++) {
    const row = pack + 16 + i * 16;
    const code = load<u32>(row);
    if (!open(code, pack + load<u32>(row, 4), load<i32>(row, 8))) return code;
  }
  return 0;
}

function open(code: u32, at: usize, length: i32): bool {
  if (code == 0x444c4f46) return initNormalize(at, length); // FOLD
  if (code == 0x47495254) return initTransform(at, length); // TRIG
  if (code == 0x454c5552) return initRules(BUILT_IN, at, length); // RULE
  if (code == 0x4958454c) return initLexicon(at, length); // LEXI
  if (code == 0x304e494c) return initLinear(0, at, length); // LIN0
  if (code == 0x314e494c) return initLinear(1, at, length); // LIN1
  if (code == 0x304d4247) return initForest(0, at, length); // GBM0
  if (code == 0x314d4247) return initForest(1, at, length); // GBM1
  return true;
}

/** Where the caller's compiled rules go, and how many bytes may. */
export function ownRules(): usize {
  return ownRulesAt;
}

export function ownRulesCapacity(): i32 {
  return OWN_RULES_BYTES;
}

export function loadOwnRules(length: i32): bool {
  hasOwnRules = initRules(OWN, ownRulesAt, length);
  return hasOwnRules;
}

// --- scan -----------------------------------------------------------------------------------------------

/** Where the block's UTF-8 goes: `MAX_RAW` bytes. */
export function input(): usize {
  return views[0].raw;
}

/** Reads the block; returns the number of its views. `channels`: bit mask of the channels whose rules apply. */
export function scan(rawLength: i32, head: i32, channels: u32): i32 {
  let truncated = false;
  const first = views[0];
  first.rawLen = rawLength;
  first.decoders = 0;
  first.depth = 0;
  fillIdentitySpans(first);
  normalize(first);
  tokenize(first);
  let count = 1;
  let last = first;
  while (last.depth < MAX_DEPTH && unwrap(last, views[count])) {
    last = views[count++];
    normalize(last);
    tokenize(last);
  }
  unwrappedCount = count;
  const kinds = suspect(last);
  for (let bit = 0; bit < DECODER_COUNT; bit++) {
    const kind: u32 = 1 << bit;
    if ((kinds & kind) == 0) continue;
    if (count == MAX_VIEWS) {
      truncated = true;
      break;
    }
    if (transform(kind, last, views[count])) tokenize(views[count++]);
  }

  resetHits();
  for (let index = 0; index < count; index++) {
    const before = countHits();
    match(BUILT_IN, views[index], index, channels);
    if (hasOwnRules) match(OWN, views[index], index, channels);
    judge(index, head);
    if (gramCount == MAX_NGRAMS || countHits() - before >= MAX_HITS) truncated = true;
  }
  store<u32>(resultAt, count);
  store<u32>(resultAt, truncated ? 1 : 0, 4);
  return count;
}

/** Margins of one view, from its matches to the forest; leaves its features at `featuresAt`. */
function judge(index: i32, head: i32): void {
  const view = views[index];
  countNgrams(view, head);
  writeDense(view, index, hitsPtr(), countHits(), featuresAt);
  const windows = max(1, segments - 1);
  const peak = <i32>nearest(<f64>load<f32>(featuresAt + PEAK_FEATURE * 4) * windows) * SEGMENT_BYTES;
  const peakEnd = min(peak + 2 * SEGMENT_BYTES, view.textLen);
  const row = resultAt + RESULT_HEADER + index * RESULT_ROW;
  store<u32>(row, view.decoders);
  store<u16>(row, peakEnd == 0 ? 0 : load<u16>(view.textStart + peak * 2), 4);
  store<u16>(row, peakEnd == 0 ? 0 : load<u16>(view.textEnd + (peakEnd - 1) * 2), 6);
  store<f64>(row, linearValue, 8);
  store<f64>(row, forestMargin(head, featuresAt), 16);
}

export function result(): usize {
  return resultAt;
}

export function hits(): usize {
  return hitsPtr();
}

export function hitCount(): i32 {
  return countHits();
}

// --- candidates: where personal data and secrets may stand -----------------------------------------------

/** Reads the block and what it unwraps to, without judging it; returns the number of these views. */
export function unwrapAll(rawLength: i32): i32 {
  const first = views[0];
  first.rawLen = rawLength;
  first.decoders = 0;
  first.depth = 0;
  fillIdentitySpans(first);
  let count = 1;
  while (count <= MAX_DEPTH && unwrap(views[count - 1], views[count])) count++;
  unwrappedCount = count;
  return count;
}

/** What `unwrapAll` returns, of the block that was read last, by it or by `scan`. */
export function unwrapped(): i32 {
  return unwrappedCount;
}

/** Looks through the raw text of one of these views; returns the number of candidates. */
export function candidates(index: i32): i32 {
  return findCandidates(views[index]);
}

export function candidatesAt(): usize {
  return candidateRows();
}

export function viewDecoders(index: i32): u32 {
  return views[index].decoders;
}

export function viewRaw(index: i32): usize {
  return views[index].raw;
}

export function viewRawLength(index: i32): i32 {
  return views[index].rawLen;
}

export function viewRawStart(index: i32): usize {
  return views[index].rawStart;
}

export function viewRawEnd(index: i32): usize {
  return views[index].rawEnd;
}

// --- trace: what a view's margin was made of ------------------------------------------------------------

/** Judges a view of the last scan again, so that the getters below speak of it. */
export function trace(index: i32, head: i32): void {
  judge(index, head);
}

export function viewText(index: i32): usize {
  return views[index].text;
}

export function viewTextLength(index: i32): i32 {
  return views[index].textLen;
}

export function viewTextStart(index: i32): usize {
  return views[index].textStart;
}

export function dense(): usize {
  return featuresAt;
}

export function ngrams(): usize {
  return ngramBuckets;
}

export function ngramAt(): usize {
  return ngramOffsets;
}

export function ngramCount(): i32 {
  return gramCount;
}

/** Log-odds of one n-gram bucket, before length normalization. */
export function weight(head: i32, bucket: i32): f64 {
  return linearWeight(head, bucket);
}
