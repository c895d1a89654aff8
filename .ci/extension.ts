/**
 * Puts the browser extension together: `dist/extension/chromium` and `dist/extension/firefox`, folders to be loaded unpacked.
 *
 * @module
 */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildOptions, build, type Plugin } from 'esbuild';
import { type BrowserName, manifestOf } from '../demo/extension/manifest.ts';
import { copyPackage } from './package-files.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'demo/extension');
const BROWSERS: readonly BrowserName[] = ['chromium', 'firefox'];
/** What the extension's pages and the guard's workers import, by name in `dist/`. */
const SCRIPTS = ['browser.js', 'worker.guard.js', 'worker.browser.js', 'built-files.js'];

/** `edgeward/browser` -> `./edgeward/browser.js`: the package lies in the extension as it was built. */
const AS_BUILT: Plugin = {
  name: 'as-built',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^edgeward\/browser$/ }, () => ({ path: './edgeward/browser.js', external: true })),
};

export async function buildExtension(): Promise<void> {
  for (const browser of BROWSERS) {
    const outdir = join(ROOT, 'dist/extension', browser);
    rmSync(outdir, { recursive: true, force: true });
    mkdirSync(outdir, { recursive: true });
    const options: BuildOptions = {
      absWorkingDir: SOURCE,
      outdir,
      bundle: true,
      target: 'es2022',
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'eof',
      logLevel: 'warning',
      logOverride: { 'ignored-bare-import': 'silent' }, // chunks of the package that do nothing by themselves
    };
    const pages = ['popup', 'options', ...(browser === 'chromium' ? ['offscreen'] : [])];
    await build({
      ...options,
      format: 'esm',
      plugins: [AS_BUILT],
      entryPoints: [
        { in: `src/background.${browser}.ts`, out: 'background' },
        { in: 'pages/pages.css', out: 'pages' },
        ...pages.map((name) => ({ in: `src/${name}.ts`, out: name })),
      ],
    });
    // A content script is one classic script. It never opens a guard of its own, so it needs no address.
    await build({
      ...options,
      format: 'iife',
      entryPoints: ['src/content.ts'],
      define: { 'import.meta.url': '"about:blank"' },
    });
    for (const name of pages) cpSync(join(SOURCE, `pages/${name}.html`), join(outdir, `${name}.html`));
    cpSync(join(SOURCE, 'icons'), join(outdir, 'icons'), { recursive: true });
    copyPackage(join(outdir, 'edgeward'), SCRIPTS);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    writeFileSync(join(outdir, 'manifest.json'), `${JSON.stringify(manifestOf(browser, version), null, 2)}\n`);
    console.error(`extension: ${browser} ${(sizeOf(outdir) / 1e6).toFixed(1)} MB`);
  }
}

/** Bytes of all files in a folder. */
function sizeOf(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
