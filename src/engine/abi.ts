/**
 * The numbers shared with the WebAssembly engine, from their one source.
 *
 * @module
 */
export * from '../../wasm/assembly/abi.ts';
