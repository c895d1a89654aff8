/**
 * A module worker that runs the transformer: built to `dist/worker.browser.js`.
 *
 * onnxruntime-web is imported by its URL: a worker knows no import map, and a bundler
 * that packed it would have its threads run the packed script.
 *
 * @module
 */
import { openForeignSession, type Transformers } from './scan/transformer/foreign-session.ts';
import type { Ask } from './scan/transformer/messages.ts';
import { serve } from './scan/transformer/serve.ts';
import { type Onnx, openSession } from './scan/transformer/session.ts';

const onAsk = serve(
  {
    async own(ask) {
      const runtime = ask.runtime!;
      const onnx: Onnx = await import(/* @vite-ignore */ /* webpackIgnore: true */ `${runtime}ort.wasm.min.mjs`);
      onnx.env.wasm.wasmPaths = runtime;
      const response = await fetch(ask.model);
      if (!response.ok) throw new Error(`expected the model at ${ask.model}; got HTTP ${response.status}`);
      return openSession(onnx, new Uint8Array(await response.arrayBuffer()), ask);
    },
    async foreign(ask) {
      const library: unknown = await import('@xenova/transformers');
      return openForeignSession(library as Transformers, ask);
    },
  },
  (answer, transfer) => postMessage(answer, { transfer: [...transfer] }),
);
addEventListener('message', ({ data }: MessageEvent<Ask>) => void onAsk(data));
