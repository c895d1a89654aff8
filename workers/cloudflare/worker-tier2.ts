/**
 * The guarded chat endpoint with the transformer on board: an upload of some 20 MB, which not every plan takes.
 *
 *   npx wrangler dev --config workers/cloudflare/wrangler.tier2.jsonc
 *
 * @module
 */
import { tier2 } from 'edgeward/tier2';
import { createApp } from './app.ts';

export default createApp({ transformer: { assets: tier2 } });
