/**
 * The transformer's files as modules, for runtimes that import them (workerd). The `.onnx` file needs a bundler rule:
 * `rules: [{ type: 'Data', globs: ['**\/*.onnx'], fallthrough: true }]` in `wrangler.jsonc`.
 *
 * @module
 */
import { tier2With } from './entry.tier2remote.ts';
import type { Tier2Assets } from './scan/transformer/assets.ts';
import model from './tier2/model.onnx';

/**
 * @example
 * ```ts
 * const firewall = await createFirewall({ transformer: { assets: tier2 } });
 * ```
 */
export const tier2: Tier2Assets = tier2With(model);
