/**
 * `edgeward/verifier` outside Node: the same names, without the code that only Node can run.
 *
 * @module
 */
import { FirewallError } from './errors.ts';
import type { TransformersOptions } from './verify/transformers.ts';
import type { Verifier } from './verify/verifier.ts';

export type { Channel, Verification } from './types.ts';
export { createLlmVerifier, type LlmOptions, type LlmStatus, type LlmVerifier } from './verify/llm.ts';
export type { TransformersOptions } from './verify/transformers.ts';
export type { Verifier } from './verify/verifier.ts';

/**
 * Runs in Node only.
 *
 * @throws {FirewallError} `FW_OPTIONS`, always
 */
export async function createTransformersVerifier(_options: TransformersOptions): Promise<Verifier> {
  throw new FirewallError(
    'FW_OPTIONS',
    'createTransformersVerifier: expected Node, whose worker threads run the model; got a runtime without them',
  );
}
