/**
 * The gradient-boosted forest; `src/engine/reference/forest.ts` is the readable twin.
 *
 * `initForest` turns the section's arrays into nodes of 16 bytes {f32 threshold or
 * leaf value, u32 byte offset of the feature, usize left, usize right}, so that a
 * step is one cache line. A leaf points at itself: four trees walk side by side for
 * as many steps as the deepest of them has, without a branch to mispredict.
 */
import { DENSE_COUNT } from '../features/schema-abi';
import { reserve } from '../view';

const HEADER: u64 = 24;
const NODE: i32 = 16;

// Per head.
const bias: usize = reserve(16);
const treeCount: usize = reserve(8);
/** usize: u32 pairs {address of the root, steps to the deepest leaf}, one per tree. */
const treesOf: usize = reserve(8);

/**
 * Opens a `GBM0` or `GBM1` section into memory of its own; a head is opened once.
 * False when it is not a forest over this engine's features or holds a link that
 * could make a walk leave its tree or not end.
 */
export function initForest(head: i32, section: usize, length: i32): bool {
  if (<u64>length < HEADER) return false;
  const trees = load<u32>(section);
  const nodes = load<u32>(section, 4);
  if (load<u32>(section, 8) != DENSE_COUNT || !isFinite(load<f64>(section, 16))) return false;
  if (trees == 0 && nodes != 0) return false;
  const featureAt = HEADER + (<u64>trees << 2);
  const valueAt = featureAt + (((<u64>nodes + 1) >> 1) << 2);
  const leftAt = valueAt + (<u64>nodes << 2);
  const rightAt = leftAt + (<u64>nodes << 1);
  if (<u64>length < rightAt + (<u64>nodes << 1)) return false;

  const roots = section + <usize>HEADER;
  for (let tree: u32 = 0; tree < trees; tree++) {
    const root = load<u32>(roots + (<usize>tree << 2));
    if (root >= nodes) return false;
    if (tree == 0 ? root != 0 : root <= load<u32>(roots + (<usize>(tree - 1) << 2))) return false;
  }

  const packed = reserve(<i32>nodes * NODE);
  /** u32[nodes]: steps from a node to its deepest leaf. */
  const heights = reserve(<i32>nodes * 4);
  const table = reserve(<i32>trees * 8);
  // From the back: children stand behind their parents, so their heights are known.
  let end = nodes;
  for (let tree = <i32>trees - 1; tree >= 0; tree--) {
    const root = load<u32>(roots + (tree << 2));
    for (let node = <i32>end - 1; node >= <i32>root; node--) {
      const feature: i32 = load<i16>(section + <usize>featureAt + (node << 1));
      const value = load<f32>(section + <usize>valueAt + (node << 2));
      if (!isFinite(value)) return false;
      const to = packed + node * NODE;
      store<f32>(to, value);
      if (feature == -1) {
        store<usize>(to, to, 8);
        store<usize>(to, to, 12);
        continue;
      }
      if (feature < 0 || feature >= DENSE_COUNT) return false;
      const left = root + load<u16>(section + <usize>leftAt + (node << 1));
      const right = root + load<u16>(section + <usize>rightAt + (node << 1));
      if (left <= <u32>node || left >= end || right <= <u32>node || right >= end) return false;
      store<u32>(to, <u32>feature << 2, 4);
      store<usize>(to, packed + left * NODE, 8);
      store<usize>(to, packed + right * NODE, 12);
      const below = max(load<u32>(heights + (<usize>left << 2)), load<u32>(heights + (<usize>right << 2)));
      store<u32>(heights + (node << 2), below + 1);
    }
    store<usize>(table + (tree << 3), packed + root * NODE);
    store<u32>(table + (tree << 3), load<u32>(heights + (<usize>root << 2)), 4);
    end = root;
  }
  store<f64>(bias + (head << 3), load<f64>(section, 16));
  store<u32>(treeCount + (head << 2), trees);
  store<usize>(treesOf + (head << 2), table);
  return true;
}

// @ts-ignore: decorator
@inline
function step(node: usize, x: usize): usize {
  const left = load<usize>(node, 8);
  const right = load<usize>(node, 12);
  return select(left, right, load<f32>(x + load<u32>(node, 4)) <= load<f32>(node));
}

/** Log-odds of the features `x`, f32[DENSE_COUNT]. */
export function forestMargin(head: i32, x: usize): f64 {
  const trees: i32 = load<i32>(treeCount + (head << 2));
  let at = load<usize>(treesOf + (head << 2));
  let margin = load<f64>(bias + (head << 3));
  let tree = 0;
  for (; tree + 4 <= trees; tree += 4, at += 32) {
    let a = load<usize>(at);
    let b = load<usize>(at, 8);
    let c = load<usize>(at, 16);
    let d = load<usize>(at, 24);
    let steps = max(
      max(load<u32>(at, 4), load<u32>(at, 12)),
      max(load<u32>(at, 20), load<u32>(at, 28)),
    );
    for (; steps > 0; steps--) {
      a = step(a, x);
      b = step(b, x);
      c = step(c, x);
      d = step(d, x);
    }
    margin += <f64>load<f32>(a);
    margin += <f64>load<f32>(b);
    margin += <f64>load<f32>(c);
    margin += <f64>load<f32>(d);
  }
  for (; tree < trees; tree++, at += 8) {
    let node = load<usize>(at);
    for (let steps = load<u32>(at, 4); steps > 0; steps--) node = step(node, x);
    margin += <f64>load<f32>(node);
  }
  return margin;
}
