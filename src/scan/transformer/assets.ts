/**
 * Tier 2's files as a runtime that imports modules holds them.
 *
 * @module
 */
import type { Onnx } from './session.ts';

export type Bytes = ArrayBuffer | Uint8Array;

export interface Tier2Assets {
  /** Parsed `manifest.json`. */
  readonly manifest: unknown;
  /** Bytes of `model.onnx`, or what fetches them when the first text needs them. */
  readonly model: Bytes | (() => Promise<Bytes>);
  /** Bytes of `tokenizer.bin`. */
  readonly tables: Bytes;
  /** `tokenizer.wasm`, compiled. */
  readonly tokenizer: WebAssembly.Module;
  /** The module `onnxruntime-web/wasm`. */
  readonly onnx: Onnx;
  /** `onnxruntime-web/ort-wasm-simd-threaded.wasm`, compiled. */
  readonly onnxWasm: WebAssembly.Module;
}
