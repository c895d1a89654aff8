/**
 * Opens `tokenizer.bin`. `models/FORMAT.md` has the bytes, `models/tables/build-tokenizer.ts` writes them.
 *
 * Everything is checked here once, so that neither tokenizer can be led out of its tables.
 *
 * @module
 */
import {
  AT_CLS,
  AT_ENTRIES,
  AT_MAGIC,
  AT_NODES,
  AT_PAD,
  AT_PAGES,
  AT_POOL,
  AT_RECORDS,
  AT_SEP,
  AT_UNK,
  AT_VERSION,
  AT_VOCABULARY,
  COUNT_MASK,
  COUNT_SHIFT,
  FLAG_CASED,
  FLAG_IGNORABLE,
  HEADER_BYTES,
  KIND_MAPPED,
  KIND_MASK,
  PAGE_COUNT,
  POOL_SHIFT,
  TOKENIZER_MAGIC,
  TOKENIZER_VERSION,
} from '../../wasm/assembly/tokenizer/abi.ts';
import { FirewallError } from '../errors.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface TokenizerTables {
  readonly special: Tokenizer['special'];
  /** What becomes of a code point: `KIND_*`, `FLAG_*` and the rest of the record. */
  record(codePoint: number): number;
  /** Normalized code points of mapped ones. */
  readonly pool: Uint32Array;
  /** Per node of the trie, in breadth-first order behind the two roots: the byte that leads to it. */
  readonly labels: Uint8Array;
  /** Per node: how many children it has. */
  readonly childCounts: Uint8Array;
  /** Per node: the id of the entry that ends there, or -1. */
  readonly ids: Int32Array;
}

/** @throws {FirewallError} `FW_PACK` when the bytes are no tables of this version, or point outside themselves */
export function readTokenizerTables(bytes: Uint8Array): TokenizerTables {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = bytes.byteLength;
  if (length < HEADER_BYTES || data.getUint32(AT_MAGIC, true) !== TOKENIZER_MAGIC)
    throw misfit(`expected a file that starts with EWT1; got ${length} other bytes`);
  const version = data.getUint32(AT_VERSION, true);
  if (version !== TOKENIZER_VERSION) throw misfit(`expected tables of version ${TOKENIZER_VERSION}; got ${version}`);

  const pages = data.getUint32(AT_PAGES, true);
  const recordCount = data.getUint32(AT_RECORDS, true);
  const poolLength = data.getUint32(AT_POOL, true);
  const nodes = data.getUint32(AT_NODES, true);
  const entries = data.getUint32(AT_ENTRIES, true);
  const vocabulary = data.getUint32(AT_VOCABULARY, true);
  const indexAt = HEADER_BYTES;
  const pagesAt = indexAt + PAGE_COUNT * 2;
  const recordsAt = pagesAt + pages * 512;
  const poolAt = recordsAt + recordCount * 4;
  const labelsAt = poolAt + poolLength * 4;
  const countsAt = labelsAt + nodes;
  const endsAt = countsAt + nodes;
  const lowAt = endsAt + Math.ceil(nodes / 8);
  const highAt = lowAt + entries * 2;
  if (highAt + entries !== length) throw misfit(`its header describes ${highAt + entries} bytes; got ${length}`);

  // Copies, for the bytes may stand at an odd offset. Little-endian, as everything that runs WebAssembly is.
  const copy = (from: number, to: number): ArrayBuffer => new Uint8Array(bytes.subarray(from, to)).buffer;
  const pageOf = new Uint16Array(copy(indexAt, pagesAt));
  const recordOf = new Uint16Array(copy(pagesAt, recordsAt));
  const records = new Uint32Array(copy(recordsAt, poolAt));
  const pool = new Uint32Array(copy(poolAt, labelsAt));
  if (pageOf.some((page) => page >= pages)) throw misfit(`a page is numbered beyond the ${pages} there are`);
  if (recordOf.some((record) => record >= recordCount))
    throw misfit(`a record is numbered beyond the ${recordCount} there are`);
  for (const record of records) {
    const beyond = (record >>> POOL_SHIFT) + ((record >>> COUNT_SHIFT) & COUNT_MASK);
    if ((record & KIND_MASK) === KIND_MAPPED && beyond > poolLength)
      throw misfit(`a record points beyond the pool's ${poolLength} code points`);
  }

  const labels = bytes.subarray(labelsAt, countsAt);
  const childCounts = bytes.subarray(countsAt, endsAt);
  const ids = new Int32Array(nodes).fill(-1);
  let children = 2;
  let entry = 0;
  for (let node = 0; node < nodes; node++) {
    // A child stands behind its parent, so every walk ends.
    if (node >= children) throw misfit(`node ${node} of the trie has no parent`);
    children += childCounts[node]!;
    if (((bytes[endsAt + (node >> 3)]! >> (node & 7)) & 1) === 0) continue;
    if (entry < entries) ids[node] = data.getUint16(lowAt + entry * 2, true) | (bytes[highAt + entry]! << 16);
    if (ids[node]! >= vocabulary) throw misfit(`entry ${entry} has id ${ids[node]} of a vocabulary of ${vocabulary}`);
    entry++;
  }
  if (nodes < 2 || children !== nodes || entry !== entries)
    throw misfit(`the trie has ${nodes} nodes and ${entries} entries; its nodes say ${children} and ${entry}`);

  const special = {
    unk: data.getUint32(AT_UNK, true),
    cls: data.getUint32(AT_CLS, true),
    sep: data.getUint32(AT_SEP, true),
    pad: data.getUint32(AT_PAD, true),
  };
  for (const [name, id] of Object.entries(special)) {
    if (id >= vocabulary) throw misfit(`${name} has id ${id} of a vocabulary of ${vocabulary}`);
  }
  return {
    special,
    record: (codePoint) => records[recordOf[pageOf[codePoint >> 8]! * 256 + (codePoint & 255)]!]!,
    pool,
    labels,
    childCounts,
    ids,
  };
}

/**
 * Whether a letter with case follows a capital sigma, whatever is ignorable between them.
 *
 * @returns the answer, and the offset up to which it was looked for: it is the same from everywhere before
 * @complexity up to the first code point that is not ignorable
 */
export function caseFollows(tables: TokenizerTables, text: string, from: number): { follows: boolean; until: number } {
  let at = from;
  while (at < text.length) {
    const code = text.codePointAt(at)!;
    const record = tables.record(code);
    if ((record & FLAG_IGNORABLE) === 0) return { follows: (record & FLAG_CASED) !== 0, until: at };
    at += code > 0xffff ? 2 : 1;
  }
  return { follows: false, until: at };
}

function misfit(what: string): FirewallError {
  return new FirewallError('FW_PACK', `readTokenizerTables: ${what}`);
}
