/**
 * Composition in browsers: where the package's files lie, and a firewall made of what a loader brings.
 *
 * @module
 */
import type { Brought, Built, Progress } from './checked-files.ts';
import { FirewallError } from './errors.ts';
import { composeFirewall, type Firewall, type FirewallOptions } from './firewall.ts';
import type { WorkerLike } from './scan/transformer/browser.ts';

/** URLs of the package's files. */
export interface FileUrls {
  readonly engine: URL;
  readonly pack: URL;
  readonly tokenizer: URL;
  /** Weights of the tagger of names. */
  readonly names: URL;
  /** Folder with the transformer's `manifest.json`, `model.onnx` and `tokenizer.bin`. */
  readonly tier2: URL;
  /** Folder with onnxruntime-web's files. */
  readonly runtime: URL;
}

export interface BrowserParts {
  readonly urls: FileUrls;
  /** Starts a worker that runs tier 2. */
  worker(): WorkerLike;
  /** Whether that worker may have threads; asked of this realm when absent. */
  readonly isolated?: boolean;
  /** Brings the package's files. By default they are fetched. */
  readonly fetch?: (url: URL) => Promise<Brought>;
  /** The files that the worker of tier 2 is to check and keep as it brings them, by URL. */
  readonly known?: ReadonlyMap<string, Built>;
  /** Hears how far those have come. */
  readonly onProgress?: (progress: Progress) => void;
}

/** The files beside this script. Written out one by one, so that bundlers see them. */
export function ownUrls(): FileUrls {
  return {
    engine: new URL('./engine.wasm', import.meta.url),
    pack: new URL('./tier1.bin', import.meta.url),
    tokenizer: new URL('./tokenizer.wasm', import.meta.url),
    names: new URL('./names.bin', import.meta.url),
    tier2: new URL('./tier2/', import.meta.url),
    runtime: new URL('../../onnxruntime-web/dist/', import.meta.url),
  };
}

/**
 * @throws {FirewallError} as `composeFirewall`, and `FW_ENGINE` when a file is not there
 */
export function composeInBrowser(parts: BrowserParts, options?: FirewallOptions): Promise<Firewall> {
  const { urls } = parts;

  async function load(url: URL): Promise<ArrayBuffer> {
    const response = await (parts.fetch ?? fetch)(url);
    if (!response.ok)
      throw new FirewallError(
        'FW_ENGINE',
        `createFirewall: expected ${url.pathname} beside the script; got HTTP ${response.status}`,
      );
    return response.arrayBuffer();
  }

  return composeFirewall(
    {
      wasm: async () => WebAssembly.compile(await load(urls.engine)),
      pack: async () => new Uint8Array(await load(urls.pack)),
      names: () => load(urls.names),
      async transformer(wanted) {
        const { openInBrowser } = await import('./scan/transformer/browser.ts');
        return openInBrowser({ ...parts, ...urls }, wanted);
      },
    },
    options,
  );
}
