/**
 * Tier 2's files as a runtime that imports modules holds them.
 *
 * @module
 */
import type { Onnx } from './session.ts';

export interface Tier2Assets {
  /** Parsed `manifest.json`. */
  readonly manifest: unknown;
  /** Bytes of `model.onnx`. */
  readonly model: ArrayBuffer | Uint8Array;
  /** Bytes of `tokenizer.bin`. */
  readonly tables: ArrayBuffer | Uint8Array;
  /** `tokenizer.wasm`, compiled. */
  readonly tokenizer: WebAssembly.Module;
  /** The module `onnxruntime-web/wasm`. */
  readonly onnx: Onnx;
  /** `onnxruntime-web/ort-wasm-simd-threaded.wasm`, compiled. */
  readonly onnxWasm: WebAssembly.Module;
}
