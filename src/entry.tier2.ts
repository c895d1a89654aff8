/**
 * The transformer's files as modules, for runtimes that import them (workerd). The `.onnx` file needs a bundler rule:
 * `rules: [{ type: 'Data', globs: ['**\/*.onnx'], fallthrough: true }]` in `wrangler.jsonc`.
 *
 * @module
 */

import onnxWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import * as onnx from 'onnxruntime-web/wasm';
import type { Tier2Assets } from './scan/transformer/assets.ts';
import manifest from './tier2/manifest.json';
import model from './tier2/model.onnx';
import tables from './tier2/tokenizer.bin';
import tokenizer from './tokenizer.wasm';

/**
 * @example
 * ```ts
 * const firewall = await createFirewall({ transformer: { assets: tier2 } });
 * ```
 */
export const tier2: Tier2Assets = { manifest, model, tables, tokenizer, onnx, onnxWasm };
