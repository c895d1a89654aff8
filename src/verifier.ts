/**
 * `edgeward/verifier`: second opinions beside the embedded one, which is `firewall.verifier` where none is given.
 *
 * @module
 */

import { openTransformersVerifier, type TransformersOptions } from './verify/transformers.ts';
import type { Verifier } from './verify/verifier.ts';

export type { Channel, Verification } from './types.ts';
export { createLlmVerifier, type LlmOptions, type LlmStatus, type LlmVerifier } from './verify/llm.ts';
export type { TransformersOptions } from './verify/transformers.ts';
export type { Verifier } from './verify/verifier.ts';

/**
 * A text classifier of your own, run by the optional peer `@xenova/transformers` in a worker thread. Node only.
 *
 * @throws {FirewallError} `FW_OPTIONS`, `FW_MODEL`
 */
export async function createTransformersVerifier(options: TransformersOptions): Promise<Verifier> {
  return openTransformersVerifier(async (wanted) => {
    const { openInNode } = await import('./scan/transformer/node.ts');
    const files = {
      tier2: new URL('./tier2/', import.meta.url),
      tokenizer: new URL('./tokenizer.wasm', import.meta.url),
      worker: new URL('./worker.node.js', import.meta.url),
    };
    return openInNode(files, wanted);
  }, options);
}
