/**
 * The entry for Node: reads the engine and its weights from beside this file.
 *
 * @module
 */
import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { composeFirewall, type Firewall, type FirewallOptions } from './firewall.ts';

export * from './exports.ts';

/**
 * Starts a firewall: load once, then `scan` as often as you like.
 *
 * @throws {FirewallError} when an option is wrong or the engine cannot start; see `errors.ts` for the codes
 */
export function createFirewall(options?: FirewallOptions): Promise<Firewall> {
  return composeFirewall(
    {
      wasm: async () => WebAssembly.compile(await readFile(new URL('./engine.wasm', import.meta.url))),
      pack: () => readFile(new URL('./tier1.bin', import.meta.url)),
      names: () => readFile(new URL('./names.bin', import.meta.url)),
      hash: (text) => hash('sha256', text, 'binary'),
      async transformer(wanted) {
        const { openInNode } = await import('./scan/transformer/node.ts');
        const files = {
          tier2: new URL('./tier2/', import.meta.url),
          tokenizer: new URL('./tokenizer.wasm', import.meta.url),
          worker: new URL('./worker.node.js', import.meta.url),
        };
        return openInNode(files, wanted);
      },
    },
    options,
  );
}
