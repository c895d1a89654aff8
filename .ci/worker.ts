/**
 * Bundles the worker that judges for pages. It starts while a page waits for it, so that it comes in as few files as can
 * be: what it imports is one of them, what nearly every policy loads another each. (esbuild makes a file of every set of
 * modules that two others share: fifteen of them before the worker's first line runs.)
 *
 * @module
 */
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ROOT = join(import.meta.dirname, '..');

/** As in the metafile of esbuild. */
export interface Output {
  readonly bytes: number;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: true }[];
}

const GROUPS = [
  // Needed without personal data too.
  { name: 'hashes', test: /node_modules\/@noble\//, priority: 4 },
  { name: 'card', test: /src\/scan\/pii\/card\.ts$/, priority: 4 },
  { name: 'guard', test: /src\/adapters\/browser\/worker\.ts$/, priority: 3 },
  { name: 'sensitive', test: /src\/scan\/pii\/module\.ts$/, priority: 2 },
  { name: 'vault', test: /src\/act\/vault\.ts$/, priority: 1 },
];

export interface Libraries {
  /** Packages that become part of the worker; others stay imports. */
  readonly bundled: RegExp;
  /** Endings of what is no script of the bundle, `*` before them; `node:*` names a scheme. */
  readonly external: readonly string[];
  /** A file of theirs that is read in another way. */
  readonly load: { readonly filter: RegExp; contents(path: string): string };
}

/** @returns file -> its size and imports, paths from the root */
export async function bundleWorker({ bundled, external, load }: Libraries): Promise<Record<string, Output>> {
  const endings = external.filter((path) => path.startsWith('*')).map((path) => path.slice(1));
  const bundle = await rolldown({
    cwd: ROOT,
    input: { 'worker.guard': './src/adapters/browser/worker.ts' },
    platform: 'neutral',
    external: (id) => endings.some((ending) => id.endsWith(ending)) || (!/^[./]|^src\//.test(id) && !bundled.test(id)),
    plugins: [
      {
        name: 'libraries',
        load: { filter: { id: load.filter }, handler: (id) => load.contents(id) },
      },
    ],
    logLevel: 'warn',
  });
  const { output } = await bundle.write({
    dir: join(ROOT, 'dist'),
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'worker-[name]-[hash].js',
    minify: { compress: true, mangle: false },
    comments: { legal: true },
    codeSplitting: { groups: GROUPS, includeDependenciesRecursively: true },
  });
  await bundle.close();
  const chunks = output.filter((file) => file.type === 'chunk');
  const built = new Set(chunks.map(({ fileName }) => fileName));
  const edges = (names: readonly string[], kind: string): Output['imports'] =>
    names.map((name) =>
      built.has(name) ? { path: `dist/${name}`, kind } : { path: `./${name}`, kind, external: true as const },
    );
  return Object.fromEntries(
    chunks.map(({ fileName, code, imports, dynamicImports }) => [
      `dist/${fileName}`,
      {
        bytes: Buffer.byteLength(code),
        imports: [...edges(imports, 'import-statement'), ...edges(dynamicImports, 'dynamic-import')],
      },
    ]),
  );
}
