/**
 * A module worker that runs the transformer: built to `dist/worker.browser.js`.
 *
 * onnxruntime-web is imported by its URL: a worker knows no import map, and a bundler
 * that packed it would have its threads run the packed script.
 *
 * @module
 */
import { openForeignSession, type Transformers } from './scan/transformer/foreign-session.ts';
import type { Ask, LoadForeign, LoadOwn } from './scan/transformer/messages.ts';
import { serve } from './scan/transformer/serve.ts';
import { type Onnx, openSession, type Session } from './scan/transformer/session.ts';

/** Where asks come from and answers go: the page that started the worker, or a port that it passed on. */
type Line = Pick<MessagePort, 'postMessage' | 'onmessage'>;

function listen(line: Line): void {
  const onAsk = serve({ own, foreign }, (answer, transfer) => line.postMessage(answer, { transfer: [...transfer] }));
  line.onmessage = ({ data, ports: [port] }: MessageEvent<Ask | null>) => {
    if (port !== undefined) listen(port);
    else if (data !== null) void onAsk(data);
  };
}

async function own(ask: LoadOwn): Promise<Session<Int32Array>> {
  const runtime = ask.runtime!;
  const onnx: Onnx = await import(/* @vite-ignore */ /* webpackIgnore: true */ `${runtime}ort.wasm.min.mjs`);
  onnx.env.wasm.wasmPaths = runtime;
  const { handed } = ask;
  if (handed !== undefined) onnx.env.wasm.wasmBinary = handed.runtime;
  return openSession(onnx, new Uint8Array(handed?.model ?? (await fetchModel(ask.model))), ask);
}

async function fetchModel(url: string): Promise<ArrayBuffer> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`expected the model at ${url}; got HTTP ${response.status}`);
  return response.arrayBuffer();
}

async function foreign(ask: LoadForeign): Promise<Session<string>> {
  const library: unknown = await import('@xenova/transformers');
  return openForeignSession(library as Transformers, ask);
}

listen(globalThis as unknown as Line);
