/**
 * The guard with tier 1 alone: a small upload for every plan.
 *
 *   npm run dev:edge
 *
 * @module
 */
import { createApp } from './app.ts';

export default createApp();
