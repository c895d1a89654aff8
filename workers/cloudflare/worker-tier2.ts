/**
 * The guard with both tiers.
 *
 *   npm run dev:edge -- --config workers/cloudflare/wrangler.tier2.jsonc
 *
 * @module
 */
import { createApp } from './app.ts';
import { tier2 } from './tier2.ts';

export default createApp({ tier2 });
