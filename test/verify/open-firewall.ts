/**
 * A firewall of this source tree, with the engine and the weights that were built.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { composeFirewall, type Firewall, type FirewallOptions } from '../../src/firewall.ts';
import { openInNode } from '../../src/scan/transformer/node.ts';

const DIST = pathToFileURL(`${join(import.meta.dirname, '../../dist')}/`);

export function openFirewall(options: FirewallOptions = {}): Promise<Firewall> {
  return composeFirewall(
    {
      wasm: async () => WebAssembly.compile(await readFile(new URL('engine.wasm', DIST))),
      pack: () => readFile(new URL('tier1.bin', DIST)),
      transformer: (wanted) =>
        openInNode(
          {
            tier2: new URL('tier2/', DIST),
            tokenizer: new URL('tokenizer.wasm', DIST),
            worker: new URL('worker.node.js', DIST),
          },
          wanted,
        ),
    },
    { transformer: 'off', ...options },
  );
}
