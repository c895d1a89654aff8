/**
 * Tier 2 in Node: files from a folder, the model in worker threads.
 *
 * @module
 */
import { readFile, stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { createWasmTokenizer } from '../../engine/tokenizer.ts';
import { FirewallError } from '../../errors.ts';
import { createForeignReader, foreignLabels } from './foreign-reader.ts';
import { readManifest } from './manifest.ts';
import { type Answer, END } from './messages.ts';
import type { Resolved } from './options.ts';
import { createOwnReader } from './own-reader.ts';
import { createPool, type Port } from './pool.ts';
import type { Absent, Opened } from './stage.ts';

/** Where this package's files lie. */
export interface Files {
  /** Folder with `manifest.json`, `model.onnx` and `tokenizer.bin`. */
  readonly tier2: URL;
  readonly tokenizer: URL;
  /** The worker's script. */
  readonly worker: URL;
}

/** Enough for a server: more workers fill memory sooner than cores. */
const MOST_WORKERS = 4;

/**
 * @throws {FirewallError} `FW_MODEL` when files are missing or wrong, `FW_OPTIONS` when `labels` are
 */
export async function openInNode(files: Files, options: Resolved): Promise<Opened | Absent> {
  const folder = options.model === undefined ? files.tier2 : await folderOf(options.model);
  if (folder === undefined || !(await isFile(new URL('manifest.json', folder)))) {
    if (options.model === undefined)
      return { absent: `this installation carries no model: ${fileURLToPath(files.tier2)} holds no manifest.json` };
    return openForeign(files, options, options.model, folder);
  }
  const manifest = readManifest(await readJson(new URL('manifest.json', folder)));
  const [tables, tokenizerWasm] = await Promise.all([
    read(new URL('tokenizer.bin', folder)),
    WebAssembly.compile(await read(files.tokenizer)),
  ]);
  const model = new URL('model.onnx', folder);
  if (!(await isFile(model))) throw missing(model);

  const { backend, reason } = await chooseBackend(options.backend);
  const cores = availableParallelism();
  const threads = options.threads ?? 1;
  const workers = options.workers ?? Math.max(1, Math.min(MOST_WORKERS, Math.floor(cores / threads)));
  const pool = createPool({
    spawn: () => portOf(start(files.worker), backend),
    load: { kind: 'own', backend, threads, model: fileURLToPath(model), window: manifest.window },
    workers,
    maxQueue: options.maxQueue,
  });
  return {
    reader: createOwnReader(manifest, createWasmTokenizer(tokenizerWasm, tables), pool.run),
    ...{ backend, threads, workers, warm: pool.warm, dispose: pool.dispose },
    ...(reason !== undefined && { reason }),
  };
}

/** A text classifier in the layout of `@xenova/transformers`. */
function openForeign(files: Files, options: Resolved, model: string, folder: URL | undefined): Opened {
  const labels = foreignLabels(options);
  const workers = options.workers ?? 1;
  const pool = createPool({
    spawn: () => portOf(start(files.worker), 'native'),
    load: {
      kind: 'foreign',
      ...(folder === undefined
        ? { model }
        : { folder: fileURLToPath(new URL('..', folder)), model: basename(fileURLToPath(folder)) }),
      labels,
    },
    workers,
    maxQueue: options.maxQueue,
  });
  const reader = createForeignReader(model, pool.run);
  return { reader, backend: 'native', threads: 1, workers, warm: pool.warm, dispose: pool.dispose };
}

/** The native runtime where it is wanted and installed. */
async function chooseBackend(
  wanted: Resolved['backend'],
): Promise<{ readonly backend: 'wasm' | 'native'; readonly reason?: string }> {
  if (wanted === 'wasm') return { backend: 'wasm' };
  try {
    await import('onnxruntime-node');
    return { backend: 'native' };
  } catch (cause) {
    if (wanted === 'native')
      throw new FirewallError(
        'FW_OPTIONS',
        "createFirewall: transformer.backend 'native' needs onnxruntime-node; it did not load",
        { cause },
      );
    const installed = !(cause instanceof Error && 'code' in cause && cause.code === 'ERR_MODULE_NOT_FOUND');
    return { backend: 'wasm', ...(installed && { reason: 'onnxruntime-node is installed and did not load' }) };
  }
}

/** Without the flags of this process: `--input-type` and its like are not for a worker. */
function start(script: URL): Worker {
  return new Worker(script, { execArgv: [] });
}

function portOf(worker: Worker, backend: 'wasm' | 'native'): Port {
  worker.unref();
  return {
    post: (ask) => worker.postMessage(ask),
    listen({ answer, death }) {
      worker.on('message', (message: Answer) => answer(message));
      worker.on('error', (error) => death(error instanceof Error ? error : new Error(String(error))));
      worker.on('exit', (code) => death(new Error(`a worker of the transformer ended with status ${code}`)));
    },
    busy: (busy) => (busy ? worker.ref() : worker.unref()),
    end() {
      if (backend === 'wasm') return void worker.terminate();
      // A thread that is stopped amid native code takes the process with it: this one ends when its call has, and the
      // process waits for it.
      worker.ref();
      worker.postMessage(END);
    },
  };
}

/** A path's URL, ending in a slash; `undefined` where there is no such folder: then it names a model on the hub. */
async function folderOf(path: string): Promise<URL | undefined> {
  const url = pathToFileURL(path.endsWith('/') ? path : `${path}/`);
  const found = await stat(url).catch(() => undefined);
  return found?.isDirectory() ? url : undefined;
}

async function isFile(url: URL): Promise<boolean> {
  const found = await stat(url).catch(() => undefined);
  return found?.isFile() ?? false;
}

async function read(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return (await readFile(url)) as Uint8Array<ArrayBuffer>;
  } catch (cause) {
    throw missing(url, cause);
  }
}

async function readJson(url: URL): Promise<unknown> {
  const text = new TextDecoder().decode(await read(url));
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FirewallError('FW_MODEL', `expected JSON in ${fileURLToPath(url)}; got something else`, { cause });
  }
}

function missing(url: URL, cause?: unknown): FirewallError {
  return new FirewallError('FW_MODEL', `expected a file ${fileURLToPath(url)}; there is none to read`, { cause });
}
