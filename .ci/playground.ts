/**
 * Puts the playground together: `dist/playground/`, a site that any web server can serve from any path.
 *
 * The package lies in its `edgeward/` as it was built, so that workers and weights are found beside the scripts and the
 * site shares its bytes with every other user of the package. The npm package leaves these copies out: it holds the files
 * once already, and `edgeward serve` finds them there.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');
const SITE = join(DIST, 'playground');

/** What the page and its workers import, by name in `dist/`. */
const SCRIPTS = [
  ...['browser.js', 'worker.guard.js', 'worker.browser.js', 'entry.browser.js', 'testing.js', 'built-files.js'],
];
const BINARIES = ['engine.wasm', 'tier1.bin', 'tokenizer.wasm'];
/** Of onnxruntime-web, where a transformer is installed. */
const RUNTIME = ['ort.wasm.min.mjs', 'ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'];

interface Bundle {
  readonly outputs: Readonly<
    Record<string, { readonly imports: readonly { readonly path: string; readonly external?: boolean }[] }>
  >;
}

/** The scripts and every chunk that they may ever load. */
function withChunks(scripts: readonly string[]): string[] {
  const { outputs }: Bundle = JSON.parse(readFileSync(join(DIST, '.bundle.json'), 'utf8'));
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.add(name);
    for (const { path, external } of outputs[`dist/${name}`]?.imports ?? []) {
      if (!external) visit(posix.basename(path));
    }
  };
  for (const script of scripts) visit(script);
  return [...found];
}

export function buildPlayground(): void {
  execFileSync(
    join(ROOT, 'node_modules/.bin/vite'),
    ['build', '--config', 'demo/playground/vite.config.ts', '--logLevel', 'warn'],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const edgeward = join(SITE, 'edgeward');
  const copy = (from: string, to: string): void => {
    mkdirSync(dirname(join(edgeward, to)), { recursive: true });
    copyFileSync(from, join(edgeward, to));
  };
  for (const name of [...withChunks(SCRIPTS), ...BINARIES]) copy(join(DIST, name), name);
  if (existsSync(join(DIST, 'tier2'))) {
    cpSync(join(DIST, 'tier2'), join(edgeward, 'tier2'), { recursive: true });
    for (const name of RUNTIME) copy(join(ROOT, 'node_modules/onnxruntime-web/dist', name), `ort/${name}`);
  }
  writeOffline();
}

/** What a visit without a network needs, with a version that changes when any of it does; see `offline.js`. */
function writeOffline(): void {
  const files = readdirSync(SITE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !['offline.js', '_headers'].includes(entry.name))
    .map(({ parentPath, name }) => posix.join(parentPath.slice(SITE.length + 1).replaceAll('\\', '/'), name))
    // The guard keeps these by itself, under their hash.
    .filter((path) => !/^edgeward\/(?:tier2\/|ort\/.*\.wasm$|[^/]+\.(?:wasm|bin)$)/.test(path))
    .sort();
  const hash = createHash('sha256');
  for (const path of files) hash.update(path).update(readFileSync(join(SITE, path)));
  const script = readFileSync(join(SITE, 'offline.js'), 'utf8');
  const [version, urls] = [hash.digest('hex').slice(0, 12), files.map((path) => path.replace(/^index\.html$/, ''))];
  writeFileSync(
    join(SITE, 'offline.js'),
    script.replace("'VERSION'", JSON.stringify(version)).replace("['FILES']", JSON.stringify(urls)),
  );
}
