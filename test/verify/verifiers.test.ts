import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { openInNode } from '../../src/scan/transformer/node.ts';
import { createLlmVerifier } from '../../src/verify/llm.ts';
import { openTransformersVerifier } from '../../src/verify/transformers.ts';
import { writeTinyClassifier, writeTinyModel } from '../scan/transformer/tiny-model.ts';
import { startLlmServer } from './llm-server.ts';
import { openFirewall } from './open-firewall.ts';
import { verifierSuite } from './verifier-suite.ts';

const DIST = pathToFileURL(`${join(import.meta.dirname, '../../dist')}/`);

verifierSuite('deep', async () => {
  const folder = writeTinyModel();
  const firewall = await openFirewall({ transformer: { model: folder.path, workers: 1 } });
  return {
    verifier: firewall.verifier,
    dispose() {
      firewall.dispose();
      folder.remove();
    },
  };
});

verifierSuite('transformers', async () => {
  const folder = writeTinyClassifier();
  const files = {
    tier2: new URL('tier2/', DIST),
    tokenizer: new URL('tokenizer.wasm', DIST),
    worker: new URL('worker.node.js', DIST),
  };
  const verifier = await openTransformersVerifier((wanted) => openInNode(files, wanted), {
    model: folder.path,
    labels: ['INJECTION'],
  });
  return { verifier, dispose: folder.remove };
});

verifierSuite('llm', async () => {
  const server = await startLlmServer();
  return { verifier: createLlmVerifier({ baseUrl: server.baseUrl, model: 'tiny' }), dispose: server.close };
});
