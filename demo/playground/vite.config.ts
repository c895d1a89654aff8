/**
 * Builds the playground: a folder of files that any web server can serve from any path.
 *
 *   npm run build -- playground        from the repository's root: the page, and the package's files beside it
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vite';

const ROOT = join(import.meta.dirname, '../..');

/**
 * What `public/_headers` says, for hosts that send no headers: scripts from this origin alone, and WebAssembly. Styles
 * that scripts set are no inline styles, and none stand in the page.
 */
const CONTENT_SECURITY_POLICY = contentSecurityPolicyIn(
  readFileSync(join(import.meta.dirname, 'public/_headers'), 'utf8'),
);

function contentSecurityPolicyIn(headers: string): string {
  const policy = /^\s*Content-Security-Policy:\s*(.+)$/m.exec(headers)?.[1];
  if (policy === undefined) throw new Error('vite: public/_headers must have a Content-Security-Policy; got none');
  // Pages cannot say of themselves who may frame them.
  return policy.replace(/;\s*frame-ancestors [^;]*/, '');
}

interface Bundle {
  readonly outputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string; readonly kind: string }[] }>
  >;
}

/** Scripts that the page's own imports, and what those import: asked for together with it, not after it. */
function scripts(): string[] {
  const { outputs }: Bundle = JSON.parse(readFileSync(join(ROOT, 'dist/.bundle.json'), 'utf8'));
  const found = new Set<string>();
  const visit = (path: string): void => {
    if (found.has(path)) return;
    found.add(path);
    for (const { path: next, kind } of outputs[path]?.imports ?? []) if (kind === 'import-statement') visit(next);
  };
  visit('dist/browser.js');
  return [...found].map((path) => path.replace('dist/', './edgeward/'));
}

/** What the guard's worker fetches: on its way while the page is drawn and the worker starts. */
const FETCHED = ['./edgeward/tier1.bin', './edgeward/engine.wasm'];

interface Exports {
  readonly exports: Readonly<
    Record<string, { readonly browser?: { readonly default: string }; readonly default: string }>
  >;
}

const { exports }: Exports = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** `edgeward/browser` -> `../edgeward/browser.js`: the package lies beside the page as it was built, workers and weights with it. */
function asBuilt(): Plugin {
  return {
    name: 'edgeward-as-built',
    apply: 'build',
    enforce: 'pre',
    resolveId(id) {
      if (!/^edgeward(\/|$)/.test(id)) return null;
      const target = exports[`.${id.slice('edgeward'.length)}`];
      if (target === undefined) throw new Error(`vite: package.json exports no ${id}`);
      const file = (target.browser ?? target).default;
      return { id: file.replace('./dist/', '../edgeward/'), external: true };
    },
  };
}

function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build', // while developing, vite puts styles and scripts into the page
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: CONTENT_SECURITY_POLICY },
        injectTo: 'head-prepend',
      },
    ],
  };
}

function preloads(): Plugin {
  return {
    name: 'preloads',
    apply: 'build',
    transformIndexHtml: () => {
      const links = [
        ...scripts().map((href) => ({ rel: 'modulepreload', href })),
        ...FETCHED.map((href) => ({ rel: 'preload', as: 'fetch', crossorigin: 'anonymous', href })),
      ];
      return links.map((attrs) => ({ tag: 'link', attrs, injectTo: 'head' }));
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [asBuilt(), contentSecurityPolicy(), preloads()],
  worker: { format: 'es', plugins: () => [asBuilt()] },
  build: {
    outDir: join(ROOT, 'dist/playground'),
    emptyOutDir: true,
    target: 'es2022',
    modulePreload: { polyfill: false }, // it would be a script in the page
    assetsInlineLimit: 0,
  },
});
