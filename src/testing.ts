/**
 * `edgeward/testing`: what a test of a guarded application needs.
 *
 * @module
 */
export { OBFUSCATIONS, type Obfuscation } from './testing/obfuscate.ts';
