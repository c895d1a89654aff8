/**
 * The entry for browsers, their workers, and bundlers that know `new URL(…, import.meta.url)`.
 *
 * @module
 */
import { FirewallError } from './errors.ts';
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
      wasm: async () => WebAssembly.compile(await load(new URL('./engine.wasm', import.meta.url))),
      pack: async () => new Uint8Array(await load(new URL('./tier1.bin', import.meta.url))),
      async transformer(wanted) {
        const { openInBrowser } = await import('./scan/transformer/browser.ts');
        const files = {
          tier2: new URL('./tier2/', import.meta.url),
          tokenizer: new URL('./tokenizer.wasm', import.meta.url),
          runtime: new URL('../../onnxruntime-web/dist/', import.meta.url),
          worker: () => new Worker(new URL('./worker.browser.js', import.meta.url), { type: 'module' }),
        };
        return openInBrowser(files, wanted);
      },
    },
    options,
  );
}

async function load(url: URL): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok)
    throw new FirewallError(
      'FW_ENGINE',
      `createFirewall: expected ${url.pathname} beside the script; got HTTP ${response.status}`,
    );
  return response.arrayBuffer();
}
