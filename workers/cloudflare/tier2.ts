/**
 * Tier 2's model as a static file: it lies beside the playground's, for a script may hold 10 MB and the model takes 19.
 *
 * @module
 */
import type { FirewallOptions } from 'edgeward';
import { tier2With } from 'edgeward/tier2-remote';
import type { Bindings } from './app.ts';

/** Only its path counts: the binding asks no other host. */
const MODEL = 'https://assets.local/edgeward/tier2/model.onnx';

/** Fetched once per isolate, when the first text needs it. */
export function tier2({ ASSETS }: Bindings): NonNullable<FirewallOptions['transformer']> {
  return {
    assets: tier2With(async () => {
      const response = await ASSETS?.fetch(MODEL);
      if (!response?.ok) {
        throw new Error(
          `worker: expected the model among the static files; got ${response?.status ?? 'no ASSETS binding'}`,
        );
      }
      return response.arrayBuffer();
    }),
  };
}
