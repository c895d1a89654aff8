/**
 * The playground's files, with headers that let it be isolated and run nothing but its own scripts.
 *
 * @module
 */
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { createMiddleware } from 'hono/factory';

/** Folders, as absolute paths. */
export interface SiteFolders {
  /** The page and its scripts. */
  readonly page: string;
  /** The package's files, which the page looks for in `edgeward/`. */
  readonly edgeward: string;
  /** Those of `onnxruntime-web/dist`, which it looks for in `edgeward/ort/`; absent where the package is not installed. */
  readonly runtime?: string;
}

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  // Both together isolate the page, so that tier 2 may have threads.
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  // Files keep their names when they change: a browser asks each time whether they did.
  'cache-control': 'no-cache',
};

export function createSite({ page, edgeward, runtime }: SiteFolders): Hono {
  const site = new Hono();
  site.use(
    createMiddleware(async (c, next) => {
      await next();
      for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
    }),
  );
  site.use(etag(), dated);
  if (runtime !== undefined) site.get('/edgeward/ort/*', below('/edgeward/ort', runtime));
  site.get('/edgeward/*', below('/edgeward', edgeward));
  site.get('/*', below('', page));
  return site;
}

/** A file's tag without reading it: when it was written, and how long the form is that is sent. */
const dated = createMiddleware(async (c, next) => {
  await next();
  const written = Date.parse(c.res.headers.get('last-modified') ?? '');
  if (!Number.isNaN(written)) c.header('etag', `"${written.toString(36)}-${c.res.headers.get('content-length')}"`);
});

function below(prefix: string, root: string): ReturnType<typeof serveStatic> {
  return serveStatic({ root, precompressed: true, rewriteRequestPath: (path) => path.slice(prefix.length) });
}
