/**
 * The WebAssembly engine: copies a block in, calls once, reads the answer.
 *
 * @module
 */
import { FirewallError } from '../errors.ts';
import { ABI_VERSION, MAX_RAW } from './abi.ts';
import { CANDIDATE_ROW, type CandidateView, candidateView } from './candidate.ts';
import type { BlockScan, Engine, RuleHit, ViewScan, ViewTrace } from './engine.ts';
import type { Pack } from './pack.ts';
import { DENSE_COUNT } from './schema.ts';

/** What `wasm/assembly/index.ts` exports. Pointers are byte offsets into `memory`. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  abiVersion(): number;
  reservePack(bytes: number): number;
  /** 0, or the four-character code of the section that did not fit. */
  init(pack: number): number;
  input(): number;
  scan(rawLength: number, head: number, channels: number): number;
  result(): number;
  hits(): number;
  hitCount(): number;
  ownRules(): number;
  ownRulesCapacity(): number;
  loadOwnRules(length: number): number;
  unwrapped(): number;
  unwrapAll(rawLength: number): number;
  candidates(view: number): number;
  candidatesAt(): number;
  viewDecoders(view: number): number;
  viewRaw(view: number): number;
  viewRawLength(view: number): number;
  viewRawStart(view: number): number;
  viewRawEnd(view: number): number;
  trace(view: number, head: number): void;
  viewText(view: number): number;
  viewTextLength(view: number): number;
  viewTextStart(view: number): number;
  dense(): number;
  ngrams(): number;
  ngramAt(): number;
  ngramCount(): number;
  weight(head: number, bucket: number): number;
}

/** Bytes of one view's row in the result, and of one hit: see `wasm/assembly/index.ts`. */
const RESULT_HEADER = 16;
const RESULT_ROW = 32;
const HIT_ROW = 12;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * @throws {FirewallError} `FW_PACK` when a section does not fit the engine
 * @throws {WebAssembly.LinkError} when the module is not this package's engine
 */
export function createWasmEngine(module: WebAssembly.Module, pack: Pack): Engine {
  const wasm = new WebAssembly.Instance(module, {}).exports as unknown as Exports;
  if (wasm.abiVersion() !== ABI_VERSION) {
    throw new FirewallError(
      'FW_PACK',
      `createWasmEngine: expected an engine of ABI version ${ABI_VERSION}; got ${wasm.abiVersion()}`,
    );
  }
  const at = wasm.reservePack(pack.bytes.byteLength);
  new Uint8Array(wasm.memory.buffer, at, pack.bytes.byteLength).set(pack.bytes);
  const misfit = wasm.init(at);
  if (misfit !== 0) {
    throw new FirewallError('FW_PACK', `createWasmEngine: section ${fourCharacters(misfit)} does not fit this engine`);
  }
  // From here on the engine reserves nothing more, so these stay valid.
  const { buffer } = wasm.memory;
  const input = new Uint8Array(buffer, wasm.input(), MAX_RAW);
  const data = new DataView(buffer);
  const result = wasm.result();
  const hitsAt = wasm.hits();

  /** The block whose views the engine holds. */
  let held: string | undefined;

  /** Hands a block over; returns its length in bytes. */
  function write(block: string): number {
    held = block;
    return encoder.encodeInto(block, input).written;
  }

  function scan(block: string, head: number, channels: number): BlockScan {
    const viewCount = wasm.scan(write(block), head, channels);
    const views: ViewScan[] = [];
    for (let i = 0; i < viewCount; i++) views.push(readView(i));
    const hitCount = wasm.hitCount();
    const hits: RuleHit[] = [];
    for (let i = 0; i < hitCount; i++) hits.push(readHit(hitsAt + i * HIT_ROW));
    return { views, hits, truncated: data.getUint32(result + 4, true) !== 0 };
  }

  function readView(i: number): ViewScan {
    const row = result + RESULT_HEADER + i * RESULT_ROW;
    return {
      decoders: data.getUint32(row, true),
      peakStart: data.getUint16(row + 4, true),
      peakEnd: data.getUint16(row + 6, true),
      linear: data.getFloat64(row + 8, true),
      forest: data.getFloat64(row + 16, true),
    };
  }

  function readHit(row: number): RuleHit {
    return {
      rule: data.getUint16(row, true),
      pack: data.getUint8(row + 2),
      view: data.getUint8(row + 3),
      start: data.getUint16(row + 4, true),
      end: data.getUint16(row + 6, true),
      startByte: data.getUint16(row + 8, true),
      endByte: data.getUint16(row + 10, true),
    };
  }

  function traceView(i: number, head: number): ViewTrace {
    wasm.trace(i, head);
    const textAt = wasm.viewText(i);
    const count = wasm.ngramCount();
    const bytesAt = new Uint16Array(buffer, wasm.ngramAt(), count);
    const textStart = new Uint16Array(buffer, wasm.viewTextStart(i), wasm.viewTextLength(i) + 1);
    return {
      ...readView(i),
      text: decoder.decode(new Uint8Array(buffer, textAt, wasm.viewTextLength(i))),
      dense: new Float32Array(buffer, wasm.dense(), DENSE_COUNT).slice(),
      ngrams: new Uint32Array(buffer, wasm.ngrams(), count).slice(),
      ngramAt: bytesAt.map((byte) => textStart[byte]!),
    };
  }

  return {
    name: 'wasm-simd',
    scan,
    trace(block, head, channels) {
      const whole = scan(block, head, channels);
      return { scan: whole, views: whole.views.map((_, i) => traceView(i, head)) };
    },
    candidates(block) {
      // Most often the block was scanned a moment ago.
      const count = block === held ? wasm.unwrapped() : wasm.unwrapAll(write(block));
      const views: CandidateView[] = [];
      for (let i = 0; i < count; i++) {
        const length = wasm.viewRawLength(i);
        views.push(
          candidateView(block, {
            decoders: wasm.viewDecoders(i),
            rows: new Uint16Array(buffer, wasm.candidatesAt(), (wasm.candidates(i) * CANDIDATE_ROW) / 2),
            raw: new Uint8Array(buffer, wasm.viewRaw(i), length),
            start: new Uint16Array(buffer, wasm.viewRawStart(i), length),
            end: new Uint16Array(buffer, wasm.viewRawEnd(i), length),
          }),
        );
      }
      return views;
    },
    weight: (head, bucket) => wasm.weight(head, bucket),
    loadRules(section) {
      const capacity = wasm.ownRulesCapacity();
      if (section.byteLength > capacity) {
        throw new FirewallError(
          'FW_RULE',
          `loadRules: rules must compile to at most ${capacity} bytes; got ${section.byteLength}`,
        );
      }
      new Uint8Array(buffer, wasm.ownRules(), section.byteLength).set(section);
      if (wasm.loadOwnRules(section.byteLength) === 0)
        throw new FirewallError('FW_RULE', 'loadRules: the compiled rules do not fit this engine');
    },
  };
}

function fourCharacters(code: number): string {
  return String.fromCharCode(code & 255, (code >> 8) & 255, (code >> 16) & 255, code >>> 24);
}
