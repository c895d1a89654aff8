/**
 * The gradient-boosted forest over the dense features, one per head.
 *
 * @module
 */
import { DENSE_COUNT } from '../schema.ts';

/** Log-odds of the features `x`, shape [DENSE_COUNT]. */
export type Forest = (x: Float32Array) => number;

const LEAF = -1;
const HEADER = 24;

/**
 * Opens a `GBM0` or `GBM1` section.
 *
 * Children must stand behind their parent within the same tree: a walk then ends
 * whatever the section holds.
 *
 * @throws RangeError when the section is not a forest over this engine's features.
 */
export function createForest(section: DataView): Forest {
  const expect = (good: boolean, what: string): void => {
    if (!good) throw new RangeError(`GBM: ${what}`);
  };
  expect(section.byteLength >= HEADER, 'shorter than its header');
  const trees = section.getUint32(0, true);
  const nodes = section.getUint32(4, true);
  expect(section.getUint32(8, true) === DENSE_COUNT, `expected ${DENSE_COUNT} features`);
  const bias = section.getFloat64(16, true);
  expect(Number.isFinite(bias), 'bias is not finite');
  // Both counts are below 2^32, so the sums stay exact.
  const featureAt = HEADER + trees * 4;
  const valueAt = featureAt + Math.ceil(nodes / 2) * 4;
  const leftAt = valueAt + nodes * 4;
  const rightAt = leftAt + nodes * 2;
  expect(section.byteLength >= rightAt + nodes * 2, 'shorter than its nodes');
  expect(trees > 0 || nodes === 0, 'nodes without a tree');

  const root = new Uint32Array(trees);
  for (let tree = 0; tree < trees; tree++) {
    root[tree] = section.getUint32(HEADER + tree * 4, true);
    const ascends = tree === 0 ? root[0] === 0 : (root[tree] as number) > (root[tree - 1] as number);
    expect(ascends && (root[tree] as number) < nodes, 'roots must start at 0, ascend and be nodes');
  }
  const feature = new Int16Array(nodes);
  const value = new Float32Array(nodes);
  const left = new Uint16Array(nodes);
  const right = new Uint16Array(nodes);
  let tree = 0;
  for (let node = 0; node < nodes; node++) {
    while (tree + 1 < trees && (root[tree + 1] as number) <= node) tree++;
    const end = tree + 1 < trees ? (root[tree + 1] as number) : nodes;
    const own = node - (root[tree] ?? 0);
    feature[node] = section.getInt16(featureAt + node * 2, true);
    value[node] = section.getFloat32(valueAt + node * 4, true);
    left[node] = section.getUint16(leftAt + node * 2, true);
    right[node] = section.getUint16(rightAt + node * 2, true);
    expect(Number.isFinite(value[node]), 'threshold or leaf is not finite');
    if (feature[node] === LEAF) continue;
    expect((feature[node] as number) >= 0 && (feature[node] as number) < DENSE_COUNT, 'feature out of range');
    for (const child of [left[node] as number, right[node] as number]) {
      expect(child > own && node - own + child < end, 'child out of range');
    }
  }

  return (x) => {
    let margin = bias;
    for (const base of root) {
      let node = base;
      while (feature[node] !== LEAF) {
        const goLeft = (x[feature[node] as number] as number) <= (value[node] as number);
        node = base + ((goLeft ? left[node] : right[node]) as number);
      }
      margin += value[node] as number;
    }
    return margin;
  };
}
