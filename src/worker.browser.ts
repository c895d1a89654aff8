/**
 * A module worker that runs the transformer: built to `dist/worker.browser.js`.
 *
 * onnxruntime-web is imported by its URL: a worker knows no import map, and a bundler
 * that packed it would have its threads run the packed script.
 *
 * @module
 */
import { type Brought, createFiles } from './checked-files.ts';
import { openForeignSession, type Transformers } from './scan/transformer/foreign-session.ts';
import type { Ask, LoadForeign, LoadOwn, Told } from './scan/transformer/messages.ts';
import { serve } from './scan/transformer/serve.ts';
import { type Onnx, openSession, type Session } from './scan/transformer/session.ts';

/** The runtime's WebAssembly, in its folder. */
const RUNTIME_WASM = 'ort-wasm-simd-threaded.wasm';

/** Where asks come from and answers go: the page that started the worker, or a port that it passed on. */
type Line = Pick<MessagePort, 'postMessage' | 'onmessage'>;

function listen(line: Line): void {
  const tell = (told: Told): void => line.postMessage(told);
  const onAsk = serve({ own: (ask) => own(ask, tell), foreign }, (answer, transfer) =>
    line.postMessage(answer, { transfer: [...transfer] }),
  );
  line.onmessage = ({ data, ports: [port] }: MessageEvent<Ask | null>) => {
    if (port !== undefined) listen(port);
    else if (data !== null) void onAsk(data);
  };
}

async function own(ask: LoadOwn, tell: (told: Told) => void): Promise<Session<Int32Array>> {
  const { known, model } = ask;
  const runtime = ask.runtime!;
  const bring = known === undefined ? fetch : createFiles(known, (progress) => tell({ progress }));
  const bytes = load(bring, new URL(model));
  const onnx: Onnx = await import(/* @vite-ignore */ /* webpackIgnore: true */ `${runtime}ort.wasm.min.mjs`);
  onnx.env.wasm.wasmPaths = runtime;
  // Otherwise the runtime fetches its WebAssembly by itself, and nobody looks whether it is the one.
  if (known !== undefined) onnx.env.wasm.wasmBinary = await load(bring, new URL(RUNTIME_WASM, runtime));
  return openSession(onnx, new Uint8Array(await bytes), ask);
}

async function load(bring: (url: URL) => Promise<Brought>, url: URL): Promise<ArrayBuffer> {
  const response = await bring(url);
  if (!response.ok) throw new Error(`expected a file at ${url.href}; got HTTP ${response.status}`);
  return response.arrayBuffer();
}

async function foreign(ask: LoadForeign): Promise<Session<string>> {
  const library: unknown = await import('@xenova/transformers');
  return openForeignSession(library as Transformers, ask);
}

listen(globalThis as unknown as Line);
