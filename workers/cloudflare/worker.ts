/**
 * The guarded chat endpoint with tier 1 alone: a small upload for every plan.
 *
 *   npx wrangler dev --config workers/cloudflare/wrangler.jsonc
 *
 * @module
 */
import { createApp } from './app.ts';

export default createApp();
