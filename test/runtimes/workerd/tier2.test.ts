import { createFirewall } from 'edgeward';
import { tier2 } from 'edgeward/tier2';
import onnxWasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import * as onnx from 'onnxruntime-web/wasm';
import { expect, inject, test } from 'vitest';
import tokenizer from '../../../dist/tokenizer.wasm';
import golden from '../../../models/weights/tier2/golden.json' with { type: 'json' };
import { createApp } from '../../../workers/cloudflare/app.ts';
import edge from '../../../workers/cloudflare/worker-tier2.ts';
import { differences, type GoldenRow, inspectAll } from '../../conformance/tier2.ts';

const { manifest, model, tables } = inject('tier2');
const bytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
const assets = { manifest, model: bytes(model), tables: bytes(tables), tokenizer, onnx, onnxWasm };

test('workerd reads with tier 2 like Node', async () => {
  const firewall = await createFirewall({ transformer: { assets } });
  await firewall.ready();
  expect(firewall.engine.transformer).toMatchObject({ state: 'ready', backend: 'wasm', threads: 1 });
  const want = inject('tier2Expected');
  expect(want.length).toBeGreaterThanOrEqual(12);
  expect(differences(want, await inspectAll(firewall))).toEqual([]);
});

test('the model of this package says in workerd what it says in Node', async () => {
  const firewall = await createFirewall({ transformer: { assets: tier2 } });
  const rows = golden as readonly GoldenRow[];
  const got = await inspectAll(
    firewall,
    rows.map(({ text, channel }) => [text, channel]),
  );
  const want = rows.map(({ verdict }) => verdict);
  expect(differences(want, got)).toEqual([]);
});

test('the deployed worker fetches the model among its static files, once', async () => {
  const asked: string[] = [];
  const ASSETS = {
    async fetch(url: string) {
      asked.push(new URL(url).pathname);
      return new Response(tier2.model as ArrayBuffer);
    },
  };
  const engine = async (): Promise<unknown> => (await edge.request('/engine', {}, { ASSETS })).json();
  const want = { name: 'wasm-simd', transformer: { state: 'ready', backend: 'wasm', threads: 1 } };
  expect(await Promise.all([engine(), engine()])).toMatchObject([want, want]);
  expect(asked).toEqual(['/edgeward/tier2/model.onnx']);
});

test('several texts at once wait for each other', async () => {
  const firewall = await createFirewall({ transformer: { assets } });
  const [first, ...others] = await Promise.all(Array.from({ length: 5 }, () => firewall.inspect('please zorbify')));
  for (const scan of [first!, ...others]) expect(scan).toMatchObject({ tier: 2, degraded: false, score: first!.score });
});

const chat = (message: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ message }),
});

test('the guarded worker refuses what only tier 2 understands', async () => {
  const app = createApp({ tier2: () => ({ assets }) });
  expect((await app.request('/chat', chat('please zorbify the house'), {})).status).toBe(403);
  expect(await (await app.request('/chat', chat('the house is old'), {})).json()).toMatchObject({ tier: 2 });
});

test('without the model it runs tier 1 and says so', async () => {
  const app = createApp();
  expect((await app.request('/chat', chat('please zorbify the house'), {})).status).toBe(200);
  expect(await (await app.request('/engine', {}, {})).json()).toMatchObject({
    name: 'wasm-simd',
    transformer: { state: 'off', reason: expect.stringContaining('this deployment carries no model') },
  });
});
