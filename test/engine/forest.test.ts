/** The forest: both engines against a walk of the trees as they were built, and against broken sections. */
import { describe, expect, test } from 'vitest';
import { createForest } from '../../src/engine/reference/forest.ts';
import { DENSE_COUNT } from '../../src/engine/schema.ts';
import { createFeatureEngine, forestOf, random, randomTree, type TreeNode } from './harness/features.ts';

const engine = createFeatureEngine();
const { exports } = engine;
const init = (section: DataView, head = 0) => exports.initForest(head, engine.place(section), section.byteLength);

function walk(trees: readonly (readonly TreeNode[])[], bias: number, x: Float32Array): number {
  let margin = bias;
  for (const tree of trees) {
    let node = tree[0] as TreeNode;
    while (node.feature >= 0) {
      const goLeft = (x[node.feature] as number) <= Math.fround(node.value);
      node = tree[goLeft ? node.left : node.right] as TreeNode;
    }
    margin += Math.fround(node.value);
  }
  return margin;
}

const LEAF: TreeNode = { feature: -1, value: 1, left: 0, right: 0 };
const STUMP: TreeNode[] = [{ feature: 0, value: 0.5, left: 1, right: 2 }, LEAF, { ...LEAF, value: -1 }];

describe('margins', () => {
  const next = random(1);
  const forests: [what: string, trees: TreeNode[][]][] = [
    ['no tree', []],
    ['one leaf', [[LEAF]]],
    ['one stump', [STUMP]],
    ...[2, 3, 4, 5, 6, 7, 8, 9, 300].map((count): [string, TreeNode[][]] => [
      `${count} trees`,
      Array.from({ length: count }, () => randomTree(next, 1 + Math.floor(next() * 40))),
    ]),
  ];
  test.each(forests)('%s', (_, trees) => {
    const section = forestOf(trees);
    const forest = createForest(section);
    expect(init(section)).toBeTruthy();
    const at = exports.x.value as number;
    for (let round = 0; round < 50; round++) {
      const x = Float32Array.from({ length: DENSE_COUNT }, () => next() * 4 - 1);
      new Float32Array(exports.memory.buffer, at, DENSE_COUNT).set(x);
      const expected = walk(trees, 0.25, x);
      expect(forest(x)).toBe(expected);
      expect(exports.forestMargin(0, at)).toBe(expected);
    }
  });

  test('a value equal to the threshold goes left', () => {
    const section = forestOf([STUMP], 0);
    const x = new Float32Array(DENSE_COUNT);
    x[0] = 0.5;
    expect(createForest(section)(x)).toBe(1);
  });

  test('the heads keep apart', () => {
    expect(init(forestOf([[LEAF]], 1), 0)).toBeTruthy();
    expect(init(forestOf([[LEAF]], 2), 1)).toBeTruthy();
    const at = exports.x.value as number;
    expect([exports.forestMargin(0, at), exports.forestMargin(1, at)]).toEqual([2, 3]);
  });
});

describe('broken sections are refused', () => {
  const change = (edit: (section: DataView) => void): DataView => {
    const section = forestOf([STUMP, STUMP]);
    edit(section);
    return section;
  };
  const [split, , right] = STUMP as [TreeNode, TreeNode, TreeNode];
  const bad: [what: string, section: DataView][] = [
    ['empty', new DataView(new ArrayBuffer(0))],
    ['cut off', new DataView(forestOf([STUMP]).buffer, 0, 50)],
    ['other feature count', change((section) => section.setUint32(8, DENSE_COUNT + 1, true))],
    ['infinite bias', change((section) => section.setFloat64(16, Infinity, true))],
    ['huge tree count', change((section) => section.setUint32(0, 0xffffffff, true))],
    ['huge node count', change((section) => section.setUint32(4, 0xffffffff, true))],
    ['nodes without a tree', change((section) => section.setUint32(0, 0, true))],
    ['first root not 0', change((section) => section.setUint32(24, 1, true))],
    ['root past the nodes', change((section) => section.setUint32(28, 6, true))],
    ['roots not ascending', change((section) => section.setUint32(28, 0, true))],
    ['feature too large', forestOf([[{ ...split, feature: DENSE_COUNT }, LEAF, right]])],
    ['feature below −1', forestOf([[{ ...split, feature: -2 }, LEAF, right]])],
    ['threshold not a number', forestOf([[{ ...split, value: NaN }, LEAF, right]])],
    ['child is its own parent', forestOf([[{ ...split, left: 0 }, LEAF, right]])],
    ['child in the next tree', forestOf([[{ ...split, right: 3 }, LEAF, right], STUMP])],
    ['child past the nodes', forestOf([[{ ...split, right: 60000 }, LEAF, right]])],
    ['child before its parent', forestOf([[split, { ...split, left: 0, right: 2 }, right]])],
  ];
  test.each(bad)('%s', (_, section) => {
    expect(() => createForest(section)).toThrow(RangeError);
    expect(init(section)).toBeFalsy();
  });
});
