/**
 * Puts `.br` beside what pages load before tier 2, so that a server that has no compression of its own can send it.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const DIST = join(import.meta.dirname, '../dist');
const KINDS = /\.(?:js|css|html|svg|wasm|bin)$/;
/** Tier 2 and its runtime: large, and a model does not shrink. */
const LARGE = /(?:^|\/)(?:tier2|ort)\//;

/** What is compressed already and has not changed since stays. */
export function buildCompressed(): void {
  const site = join(DIST, 'playground');
  const paths = [
    ...readdirSync(DIST).map((name) => join(DIST, name)),
    ...(existsSync(site)
      ? readdirSync(site, { recursive: true, encoding: 'utf8' }).map((name) => join(site, name))
      : []),
  ];
  for (const path of paths) {
    if (!KINDS.test(path) || LARGE.test(path.replaceAll('\\', '/'))) continue;
    const done = statSync(`${path}.br`, { throwIfNoEntry: false });
    if (done !== undefined && done.mtimeMs >= statSync(path).mtimeMs) continue;
    const bytes = readFileSync(path);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params }));
  }
}
