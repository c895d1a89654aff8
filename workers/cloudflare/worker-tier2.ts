/**
 * The guarded chat endpoint with the transformer on board: 22 MB gzip, more than the 10 MB that Cloudflare takes today.
 * It is for a workerd of your own, and for local development.
 *
 *   npx wrangler dev --config workers/cloudflare/wrangler.tier2.jsonc
 *
 * @module
 */
import { tier2 } from 'edgeward/tier2';
import { createApp } from './app.ts';

export default createApp({ transformer: { assets: tier2 } });
