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
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { copyPackage } from './package-files.ts';

const ROOT = join(import.meta.dirname, '..');
const SITE = join(ROOT, 'dist/playground');

/** What the page and its workers import, by name in `dist/`. */
const SCRIPTS = [
  ...['browser.js', 'worker.guard.js', 'worker.browser.js', 'entry.browser.js', 'testing.js', 'built-files.js'],
];

export function buildPlayground(): void {
  execFileSync(
    join(ROOT, 'node_modules/.bin/vite'),
    ['build', '--config', 'demo/playground/vite.config.ts', '--logLevel', 'warn'],
    { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  copyPackage(join(SITE, 'edgeward'), SCRIPTS);
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
