/**
 * The entry for workerd (Cloudflare Workers), where WebAssembly must arrive as a compiled module.
 *
 * @module
 */
import wasm from './engine.wasm';
import { composeFirewall, type Firewall, type FirewallOptions } from './firewall.ts';
import pack from './tier1.bin';

export * from './exports.ts';

/**
 * Starts a firewall: load once, then `scan` as often as you like.
 *
 * @throws {FirewallError} when an option is wrong or the engine cannot start; see `errors.ts` for the codes
 */
export function createFirewall(options?: FirewallOptions): Promise<Firewall> {
  return composeFirewall(
    {
      wasm: async () => wasm,
      pack: async () => new Uint8Array(pack),
      async transformer(wanted) {
        const { openInline } = await import('./scan/transformer/inline.ts');
        return openInline(wanted);
      },
    },
    options,
  );
}
