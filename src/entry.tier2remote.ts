/**
 * The transformer's files as modules, for runtimes that import them (workerd), but for the model: it lies elsewhere,
 * such as beside a worker's static files, for a script may hold less than it takes.
 *
 * @module
 */
import onnxWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import * as onnx from 'onnxruntime-web/wasm';
import type { Tier2Assets } from './scan/transformer/assets.ts';
import manifest from './tier2/manifest.json';
import tables from './tier2/tokenizer.bin';
import tokenizer from './tokenizer.wasm';

/**
 * @param model bytes of `edgeward/tier2/model.onnx` of this very version, or what fetches them, once
 * @example
 * ```ts
 * const model = async () => (await env.ASSETS.fetch('http://assets.local/model.onnx')).arrayBuffer();
 * const firewall = await createFirewall({ transformer: { assets: tier2With(model) } });
 * ```
 */
export function tier2With(model: Tier2Assets['model']): Tier2Assets {
  return { manifest, model, tables, tokenizer, onnx, onnxWasm };
}
