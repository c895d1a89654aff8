/** The feature stages alone, for `test/engine/harness/features.ts`. */
import { MAX_HITS } from './abi';
import { dense, initLexicon } from './features/dense';
import {
  ngramBuckets,
  gramCount,
  ngramOffsets,
  gramTotal,
  hashWord,
  initLinear,
  linearValue,
  ngrams,
  segmentCount,
  segments,
  segmentSum,
  words,
} from './features/ngrams';
import { DENSE_COUNT } from './features/schema-abi';
import { forestMargin, initForest } from './model/forest';
import { newView, reserve } from './view';

export { reserve, initLexicon, initLinear, initForest, forestMargin, hashWord };

const view = newView();
export const text: usize = view.text;
export const tokenStart: usize = view.tokenStart;
export const tokenEnd: usize = view.tokenEnd;
export const tokenKind: usize = view.tokenKind;
export const stats: usize = view.stats;
export const hits: usize = reserve(MAX_HITS * 12);
export const x: usize = reserve(DENSE_COUNT * 4);
export const buckets: usize = ngramBuckets;
export const offsets: usize = ngramOffsets;
export const sums: usize = segmentSum;
export const counts: usize = segmentCount;

export function setView(textLen: i32, tokenCount: i32, decoders: u32, depth: i32): void {
  view.textLen = textLen;
  view.tokenCount = tokenCount;
  view.decoders = decoders;
  view.depth = depth;
}

/** The text's bytes moved `by` bytes on, so that vectors meet every alignment. */
export function moveText(by: i32): void {
  view.text = text + by;
}

export function runNgrams(head: i32): void {
  ngrams(view, head);
}

export function runDense(viewIndex: i32, hitCount: i32): void {
  dense(view, viewIndex, hits, hitCount, x);
}

export function getCount(): i32 {
  return gramCount;
}

export function getTotal(): i32 {
  return gramTotal;
}

export function getMargin(): f64 {
  return linearValue;
}

export function getSegments(): i32 {
  return segments;
}

export function getWords(): i32 {
  return words;
}

export function repeatNgrams(head: i32, times: i32): void {
  for (let i = 0; i < times; i++) ngrams(view, head);
}

export function repeatDense(times: i32): void {
  for (let i = 0; i < times; i++) dense(view, 0, hits, 0, x);
}

export function repeatForest(head: i32, times: i32): f64 {
  let sum: f64 = 0;
  for (let i = 0; i < times; i++) sum += forestMargin(head, x);
  return sum;
}
