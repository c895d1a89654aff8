/**
 * A worker thread that runs the transformer: built to `dist/worker.node.js`.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { openForeignSession, type Transformers } from './scan/transformer/foreign-session.ts';
import { type Ask, END } from './scan/transformer/messages.ts';
import { serve } from './scan/transformer/serve.ts';
import { type Onnx, openSession } from './scan/transformer/session.ts';

const port = parentPort;
if (port === null) throw new Error('this script runs in a worker thread');
const onAsk = serve(
  {
    async own(ask) {
      const onnx: unknown = await (ask.backend === 'native' ? import('onnxruntime-node') : import('onnxruntime-web'));
      return openSession(onnx as Onnx, await readFile(ask.model), ask);
    },
    async foreign(ask) {
      const library: unknown = await import('@xenova/transformers');
      return openForeignSession(library as Transformers, ask);
    },
  },
  (answer, transfer) => port.postMessage(answer, [...transfer]),
);
port.on('message', (ask: Ask | typeof END) => {
  if (ask === END) port.close();
  else void onAsk(ask);
});
