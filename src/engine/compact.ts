/**
 * The forms in which sections stand in `tier1.bin`: without what follows from the rest, and like beside like, so that
 * the compressed file is a fifteenth smaller. `models/FORMAT.md` has the bytes.
 *
 * Each form has a function that makes it, for the build, and one that restores the section as engines read it.
 *
 * @module
 */

/** Sections by their codes, as the file has them. */
type Sections = ReadonlyMap<string, Uint8Array>;

/** By the form's code: the section's, and what restores it. Throws a RangeError where the bytes are no such form. */
export const FORMS: Readonly<
  Record<string, { readonly plain: string; restore(bytes: Uint8Array, others: Sections): Uint8Array }>
> = {
  DIF1: { plain: 'LIN1', restore: (bytes, others) => fromDifference(bytes, others.get('LIN0')) },
  GBT0: { plain: 'GBM0', restore: fromTrees },
  GBT1: { plain: 'GBM1', restore: fromTrees },
  LEXD: { plain: 'LEXI', restore: fromHashes },
  RULT: { plain: 'RULE', restore: fromColumns },
};

/** u32 buckets, f32 scale, f32 bias, u32 0 of a linear model. */
const LINEAR_HEADER = 16;

/** Weights less those of another head, which are much alike. */
export function toDifference(linear: Uint8Array, from: Uint8Array): Uint8Array {
  return linear.map((byte, i) => (i < LINEAR_HEADER ? byte : byte - from[i]!));
}

function fromDifference(bytes: Uint8Array, from: Uint8Array | undefined): Uint8Array {
  if (from?.length !== bytes.length)
    throw new RangeError(`expected a section LIN0 of ${bytes.length} bytes beside DIF1; got ${from?.length ?? 'none'}`);
  const linear = new Uint8Array(bytes); // a Buffer's slice is no copy
  for (let i = LINEAR_HEADER; i < linear.length; i++) linear[i]! += from[i]!;
  return linear;
}

const FOREST_HEADER = 24;
const LEAF = -1;

/** Offsets of a forest's arrays, which stand one behind the other. */
function forestLayout(trees: number, nodes: number) {
  const features = FOREST_HEADER + trees * 4;
  const values = features + Math.ceil(nodes / 2) * 4;
  const left = values + nodes * 4;
  const right = left + nodes * 2;
  return { features, values, left, right, end: right + nodes * 2 };
}

/** A forest whose nodes stand in preorder, without the numbers that say so; thresholds before leaves. */
export function toTrees(forest: Uint8Array): Uint8Array {
  const from = viewOf(forest);
  const trees = from.getUint32(0, true);
  const nodes = from.getUint32(4, true);
  const { features, values } = forestLayout(trees, nodes);
  const at = FOREST_HEADER + (values - features);
  const bytes = new Uint8Array(at + nodes * 4);
  bytes.set(forest.subarray(0, FOREST_HEADER));
  bytes.set(forest.subarray(features, values), FOREST_HEADER);
  const to = viewOf(bytes);
  let threshold = at;
  let leaf = at + innerNodes(trees, nodes) * 4;
  for (let node = 0; node < nodes; node++) {
    const isLeaf = from.getInt16(features + node * 2, true) === LEAF;
    to.setUint32(isLeaf ? leaf : threshold, from.getUint32(values + node * 4, true), true);
    if (isLeaf) leaf += 4;
    else threshold += 4;
  }
  return bytes;
}

function fromTrees(bytes: Uint8Array): Uint8Array {
  const from = viewOf(bytes);
  const trees = from.getUint32(0, true);
  const nodes = from.getUint32(4, true);
  const inner = innerNodes(trees, nodes);
  const { features, values, left, right, end } = forestLayout(trees, nodes);
  const thresholds = FOREST_HEADER + (values - features);
  if (bytes.length !== thresholds + nodes * 4 || inner < 0 || !Number.isInteger(inner))
    throw new RangeError(`expected ${trees} binary trees of ${nodes} nodes; got ${bytes.length} bytes`);
  const forest = new Uint8Array(end);
  forest.set(bytes.subarray(0, FOREST_HEADER));
  forest.set(bytes.subarray(FOREST_HEADER, thresholds), features);
  const to = viewOf(forest);
  /** Inner nodes whose right child is still to come. */
  const open: number[] = [];
  let tree = 0;
  let root = 0;
  let threshold = 0;
  let wasLeaf = true;
  for (let node = 0; node < nodes; node++) {
    if (wasLeaf) {
      const parent = open.pop();
      if (parent !== undefined) {
        to.setUint16(right + parent * 2, node - root, true);
      } else {
        root = node;
        if (tree < trees) to.setUint32(FOREST_HEADER + tree * 4, node, true);
        tree++;
      }
    }
    wasLeaf = from.getInt16(FOREST_HEADER + node * 2, true) === LEAF;
    const value = wasLeaf ? inner + node - threshold : threshold++;
    if (thresholds + value * 4 >= bytes.length) break;
    to.setUint32(values + node * 4, from.getUint32(thresholds + value * 4, true), true);
    if (wasLeaf) continue;
    to.setUint16(left + node * 2, node + 1 - root, true);
    open.push(node);
  }
  if (tree !== trees || threshold !== inner || open.length > 0)
    throw new RangeError(`expected ${trees} binary trees of ${nodes} nodes; got ${tree} of another size`);
  return forest;
}

/** A binary tree has one leaf more than inner nodes. */
function innerNodes(trees: number, nodes: number): number {
  return (nodes - trees) / 2;
}

const TABLE_HEADER = 16;

/** A table of word classes as ascending hashes, each less the one before. */
export function toHashes(table: Uint8Array): Uint8Array {
  const from = viewOf(table);
  const capacity = from.getUint32(0, true);
  const rows = Array.from({ length: capacity }, (_, slot) => ({
    hash: from.getUint32(TABLE_HEADER + slot * 4, true),
    classes: from.getUint32(TABLE_HEADER + (capacity + slot) * 4, true),
  }))
    .filter(({ hash }) => hash !== 0)
    .sort((a, b) => a.hash - b.hash);
  const steps: number[] = [];
  let before = 0;
  for (const { hash } of rows) {
    let step = hash - before;
    for (; step > 127; step = Math.floor(step / 128)) steps.push((step & 127) | 128);
    steps.push(step);
    before = hash;
  }
  const bytes = new Uint8Array(TABLE_HEADER + rows.length * 4 + steps.length);
  bytes.set(table.subarray(0, TABLE_HEADER));
  rows.forEach(({ classes }, i) => {
    viewOf(bytes).setUint32(TABLE_HEADER + i * 4, classes, true);
  });
  bytes.set(steps, TABLE_HEADER + rows.length * 4);
  return bytes;
}

function fromHashes(bytes: Uint8Array): Uint8Array {
  const from = viewOf(bytes);
  const capacity = from.getUint32(0, true);
  const count = from.getUint32(4, true);
  const isPower = capacity > 0 && (capacity & (capacity - 1)) === 0;
  // A hash takes at least a byte, and a table is at least a quarter full.
  if (!isPower || count >= capacity || capacity > Math.max(16, count * 4) || count * 5 > bytes.length - TABLE_HEADER)
    throw new RangeError(`expected ${count} hashes for a table of ${capacity}; got ${bytes.length} bytes`);
  const table = new Uint8Array(TABLE_HEADER + capacity * 8);
  table.set(bytes.subarray(0, TABLE_HEADER));
  const to = viewOf(table);
  let at = TABLE_HEADER + count * 4;
  let hash = 0;
  for (let i = 0; i < count; i++) {
    for (let unit = 1, byte = 128; byte > 127; unit *= 128) {
      byte = from.getUint8(at++);
      hash += (byte & 127) * unit;
    }
    let slot = hash & (capacity - 1);
    while (to.getUint32(TABLE_HEADER + slot * 4, true) !== 0) slot = (slot + 1) & (capacity - 1);
    to.setUint32(TABLE_HEADER + slot * 4, hash, true);
    to.setUint32(TABLE_HEADER + (capacity + slot) * 4, from.getUint32(TABLE_HEADER + i * 4, true), true);
  }
  return table;
}

/** Where a table stands in a section, and how it is cut into rows. */
interface Table {
  readonly from: number;
  readonly to: number;
  /** Bytes of a row. */
  readonly width: number;
}

const COLUMNS_HEADER = 4;
const COLUMNS_ROW = 12;

/** A section with some of its tables column by column, and behind them where those stand. */
export function toColumns(section: Uint8Array, tables: readonly Table[]): Uint8Array {
  const bytes = new Uint8Array(section.length + tables.length * COLUMNS_ROW + COLUMNS_HEADER);
  bytes.set(section);
  const view = viewOf(bytes);
  let at = section.length;
  for (const table of tables) {
    eachByte(table, (row, column) => {
      bytes[column] = section[row]!;
    });
    for (const [i, value] of [table.from, table.to, table.width].entries()) view.setUint32(at + i * 4, value, true);
    at += COLUMNS_ROW;
  }
  view.setUint32(at, tables.length, true);
  return bytes;
}

function fromColumns(bytes: Uint8Array): Uint8Array {
  const view = viewOf(bytes);
  const count = view.getUint32(bytes.length - COLUMNS_HEADER, true);
  const end = bytes.length - COLUMNS_HEADER - count * COLUMNS_ROW;
  if (end < 0) throw new RangeError(`expected ${count} tables; got ${bytes.length} bytes`);
  const section = new Uint8Array(bytes.subarray(0, end));
  for (let i = 0, at = end; i < count; i++, at += COLUMNS_ROW) {
    const [from, to, width] = [view.getUint32(at, true), view.getUint32(at + 4, true), view.getUint32(at + 8, true)];
    if (from > to || to > end || width === 0 || (to - from) % width !== 0)
      throw new RangeError(`expected rows of ${width} bytes from ${from} to ${to} of ${end}`);
    eachByte({ from, to, width }, (row, column) => {
      section[row] = bytes[column]!;
    });
  }
  return section;
}

/** @param visit where a byte stands in rows, and where in columns */
function eachByte({ from, to, width }: Table, visit: (row: number, column: number) => void): void {
  const rows = (to - from) / width;
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < width; column++) visit(from + row * width + column, from + column * rows + row);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
