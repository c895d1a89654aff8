/**
 * The guard with both tiers. The model lies beside the playground's files, where this worker fetches it once per
 * isolate, for a script may hold 10 MB and the model takes 19.
 *
 *   npm run dev:edge -- --config workers/cloudflare/wrangler.tier2.jsonc
 *
 * @module
 */
import { tier2With } from 'edgeward/tier2-remote';
import { createApp } from './app.ts';

/** Only its path counts: the binding asks no other host. */
const MODEL = 'https://assets.local/edgeward/tier2/model.onnx';

export default createApp(({ ASSETS }) => ({
  assets: tier2With(async () => {
    const response = await ASSETS?.fetch(MODEL);
    if (!response?.ok) {
      throw new Error(
        `worker: expected the model among the static files; got ${response?.status ?? 'no ASSETS binding'}`,
      );
    }
    return response.arrayBuffer();
  }),
}));
