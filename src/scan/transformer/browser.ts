/**
 * Tier 2 in browsers: files from URLs, the model in module workers.
 *
 * @module
 */
import { createWasmTokenizer } from '../../engine/tokenizer.ts';
import { FirewallError } from '../../errors.ts';
import { createForeignReader, foreignLabels } from './foreign-reader.ts';
import { readManifest } from './manifest.ts';
import type { Answer, Ask, FileProgress, KnownFile, Told } from './messages.ts';
import type { Resolved } from './options.ts';
import { createOwnReader } from './own-reader.ts';
import { createPool, type Port } from './pool.ts';
import type { Absent, Opened } from './stage.ts';

export interface BrowserFiles {
  /** Folder with `manifest.json`, `model.onnx` and `tokenizer.bin`. */
  readonly tier2: URL;
  readonly tokenizer: URL;
  /** Folder with onnxruntime-web's files, where the caller names none. */
  readonly runtime: URL;
  /** Starts the worker's script. Written beside the script's URL, so that bundlers see both. */
  worker(): WorkerLike;
  /** Whether that worker may have threads; asked of this realm when absent. */
  readonly isolated?: boolean;
  /** Brings files, but for the largest, the model and its runtime: those the worker brings. By default they are fetched. */
  readonly fetch?: Fetch;
  /** What the worker checks and keeps as it brings it, by URL. */
  readonly known?: ReadonlyMap<string, KnownFile>;
  /** Hears how far the worker's files have come. */
  readonly onProgress?: (progress: FileProgress) => void;
}

/** As much of `fetch` as is used here. */
type Fetch = (url: URL) => Promise<Pick<Response, 'ok' | 'status' | 'url' | 'json' | 'arrayBuffer'>>;

/** A worker, or one that somebody else started and lends. */
export interface WorkerLike {
  postMessage(message: Ask): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Answer | Told>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

/** More threads than this gain little on models of this size. */
const MOST_THREADS = 4;
/** The page's own: a thread that waits for its turn is what its user would feel. */
const PAGE_CORES = 1;

/**
 * @throws {FirewallError} `FW_MODEL` when files are missing or wrong, `FW_OPTIONS` when the platform cannot do what was asked
 */
export async function openInBrowser(files: BrowserFiles, options: Resolved): Promise<Opened | Absent> {
  if (options.backend === 'native')
    throw new FirewallError(
      'FW_OPTIONS',
      "createFirewall: transformer.backend must be 'auto' or 'wasm' in a browser; got 'native'",
    );
  const folder = options.model === undefined ? files.tier2 : folderOf(options.model);
  const bring = files.fetch ?? fetch;
  const found = await bring(new URL('manifest.json', folder));
  if (!found.ok) {
    if (options.model === undefined)
      return { absent: `this deployment carries no model: HTTP ${found.status} for ${found.url}` };
    return openForeign(files, options, options.model);
  }
  const manifest = readManifest(await found.json());
  const [tables, tokenizerWasm] = await Promise.all([
    load(bring, new URL('tokenizer.bin', folder)),
    load(bring, files.tokenizer).then((bytes) => WebAssembly.compile(bytes)),
  ]);
  const isolated = files.isolated ?? globalThis.crossOriginIsolated === true;
  const cores = navigator.hardwareConcurrency ?? 1;
  const wanted = options.threads ?? Math.max(1, Math.min(MOST_THREADS, cores - PAGE_CORES));
  const threads = isolated ? wanted : 1;
  const workers = options.workers ?? 1;
  const runtime = options.runtime === undefined ? files.runtime : folderOf(options.runtime);
  const model = new URL('model.onnx', folder);
  const { known } = files;
  const pool = createPool({
    spawn: () => portOf(files),
    load: {
      ...{ kind: 'own', backend: 'wasm', threads, window: manifest.window },
      ...{ model: model.href, runtime: runtime.href, ...(known && { known }) },
    },
    workers,
    maxQueue: options.maxQueue,
  });
  return {
    reader: createOwnReader(manifest, createWasmTokenizer(tokenizerWasm, new Uint8Array(tables)), pool.run),
    ...{ backend: 'wasm', threads, workers, warm: pool.warm, dispose: pool.dispose },
    ...(wanted > threads && { reason: 'one thread: the page is not cross-origin isolated' }),
  };
}

/** A text classifier in the layout of `@xenova/transformers`, from a URL or the hub. */
function openForeign(files: BrowserFiles, options: Resolved, model: string): Opened {
  const labels = foreignLabels(options);
  const workers = options.workers ?? 1;
  const isUrl = /^(?:[a-z]+:|\.{0,2}\/)/i.test(model);
  const at = isUrl ? folderOf(model) : undefined;
  const name = at?.pathname.split('/').at(-2) ?? model;
  const pool = createPool({
    spawn: () => portOf(files),
    load: { kind: 'foreign', model: name, labels, ...(at !== undefined && { folder: new URL('..', at).href }) },
    workers,
    maxQueue: options.maxQueue,
  });
  const reader = createForeignReader(model, pool.run);
  return { reader, backend: 'wasm', threads: 1, workers, warm: pool.warm, dispose: pool.dispose };
}

function portOf({ worker: start, onProgress }: BrowserFiles): Port {
  const worker = start();
  return {
    post: (ask) => worker.postMessage(ask),
    listen({ answer, death }) {
      worker.onmessage = ({ data }) => ('progress' in data ? onProgress?.(data.progress) : answer(data));
      worker.onerror = ({ message }) =>
        death(new Error(`a worker of the transformer failed: ${message || 'its script did not load'}`));
    },
    busy: () => {},
    end: () => worker.terminate(),
  };
}

function folderOf(url: string): URL {
  return new URL(url.endsWith('/') ? url : `${url}/`, globalThis.location?.href);
}

async function load(bring: Fetch, url: URL): Promise<ArrayBuffer> {
  const response = await bring(url);
  if (!response.ok) throw new FirewallError('FW_MODEL', `expected a file at ${url.href}; got HTTP ${response.status}`);
  return response.arrayBuffer();
}
