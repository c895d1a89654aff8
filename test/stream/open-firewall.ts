/** A firewall of the sources, with the engine and weights of the last build. */
import { readFile } from 'node:fs/promises';
import { composeFirewall, type Firewall, type FirewallOptions } from '../../src/firewall.ts';

const file = async (name: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await readFile(new URL(`../../dist/${name}`, import.meta.url)));

export function openFirewall(options: FirewallOptions): Promise<Firewall> {
  return composeFirewall(
    {
      wasm: async () => WebAssembly.compile(await file('engine.wasm')),
      pack: () => file('tier1.bin'),
      transformer: () => Promise.reject(new Error('openFirewall: tier 2 is off in these tests')),
    },
    { transformer: 'off', ...options },
  );
}
