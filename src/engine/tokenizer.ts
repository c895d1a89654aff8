/**
 * Text to the vocabulary pieces that the transformer reads: BERT's uncased WordPiece.
 *
 * @module
 */
import { MAX_WORD, PIECE_UNITS } from '../../wasm/assembly/tokenizer/abi.ts';
import { caseFollows, readTokenizerTables } from './tokenizer-tables.ts';

/** What one text became, without the special tokens around it. All three arrays have the same length. */
export interface Encoding {
  /** Vocabulary ids. */
  readonly ids: Int32Array;
  /** UTF-16 offset into the text as passed at which each piece begins. */
  readonly starts: Uint32Array;
  /** UTF-16 offset behind each piece. */
  readonly ends: Uint32Array;
}

export interface Tokenizer {
  readonly name: 'wasm-simd' | 'reference';
  /** Ids of the special tokens, found by name in the vocabulary. */
  readonly special: { readonly unk: number; readonly cls: number; readonly sep: number; readonly pad: number };
  /**
   * @param text any string: lone surrogates, U+0000 and megabytes without a blank are legal
   * @complexity linear in `text.length`
   */
  encode(text: string): Encoding;
}

/** What `wasm/assembly/tokenizer/index.ts` exports. Pointers are byte offsets into `memory`. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  reserveTables(bytes: number): number;
  init(tables: number): void;
  inputAt(): number;
  idsAt(): number;
  startsAt(): number;
  endsAt(): number;
  begin(): void;
  feed(length: number, caseFollows: boolean, last: boolean): number;
}

const encoder = new TextEncoder();

/**
 * @param tables the bytes of `tokenizer.bin`
 * @throws {FirewallError} `FW_PACK` when the tables do not fit
 * @throws {WebAssembly.LinkError} when the module is not this package's tokenizer
 */
export function createWasmTokenizer(module: WebAssembly.Module, tables: Uint8Array): Tokenizer {
  const opened = readTokenizerTables(tables);
  const wasm = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  const at = wasm.reserveTables(tables.byteLength);
  new Uint8Array(wasm.memory.buffer, at, tables.byteLength).set(tables);
  wasm.init(at);
  // From here on the module reserves nothing more, so these stay valid.
  const { buffer } = wasm.memory;
  const input = new Uint8Array(buffer, wasm.inputAt(), PIECE_UNITS * 3);
  const capacity = input.length + MAX_WORD;
  const ids = new Int32Array(buffer, wasm.idsAt(), capacity);
  const starts = new Uint32Array(buffer, wasm.startsAt(), capacity);
  const ends = new Uint32Array(buffer, wasm.endsAt(), capacity);

  function encode(text: string): Encoding {
    wasm.begin();
    if (text.length <= PIECE_UNITS) {
      return taken(wasm.feed(encoder.encodeInto(text, input).written, false, true));
    }
    const parts: Encoding[] = [];
    let next = { follows: false, until: 0 };
    for (let start = 0, end = 0; start < text.length; start = end) {
      end = Math.min(start + PIECE_UNITS, text.length);
      if (isHighSurrogate(text.charCodeAt(end - 1)) && end < text.length) end--;
      if (next.until < end) next = caseFollows(opened, text, end);
      const { written } = encoder.encodeInto(text.slice(start, end), input);
      parts.push(taken(wasm.feed(written, next.follows, end === text.length)));
    }
    return join(parts);
  }

  function taken(count: number): Encoding {
    return { ids: ids.slice(0, count), starts: starts.slice(0, count), ends: ends.slice(0, count) };
  }

  return { name: 'wasm-simd', special: opened.special, encode };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function join(parts: readonly Encoding[]): Encoding {
  const length = parts.reduce((sum, { ids }) => sum + ids.length, 0);
  const ids = new Int32Array(length);
  const starts = new Uint32Array(length);
  const ends = new Uint32Array(length);
  let at = 0;
  for (const part of parts) {
    ids.set(part.ids, at);
    starts.set(part.starts, at);
    ends.set(part.ends, at);
    at += part.ids.length;
  }
  return { ids, starts, ends };
}
