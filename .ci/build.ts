/**
 * Builds `dist/` from nothing: the engine, the pack, the JavaScript and the declarations.
 *
 *   npm run build [-- wasm pack names tier2 files bundle schema playground compressed extension types]
 *
 * Everything lands flat in `dist/`, so that `new URL('./engine.wasm', import.meta.url)`
 * means the same in an entry and in a chunk the entries share.
 *
 * @module
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { buildCompressed } from './compressed.ts';
import { buildExtension } from './extension.ts';
import { buildPlayground } from './playground.ts';
import { bundleWorker } from './worker.ts';

const ROOT = join(import.meta.dirname, '..');
const BIN = join(ROOT, 'node_modules/.bin');

/** Name in `dist/` -> source. */
const ENTRIES = {
  'entry.node': './src/entry.node.ts',
  'entry.workerd': './src/entry.workerd.ts',
  'entry.browser': './src/entry.browser.ts',
  'entry.tier2': './src/entry.tier2.ts',
  'entry.tier2remote': './src/entry.tier2remote.ts',
  'entry.names': './src/entry.names.ts',
  'worker.node': './src/worker.node.ts',
  'worker.browser': './src/worker.browser.ts',
  hono: './src/adapters/hono.ts',
  node: './src/adapters/node/main.ts',
  fastify: './src/adapters/node/fastify.ts',
  proxy: './src/adapters/proxy/main.ts',
  testing: './src/testing.ts',
  vault: './src/vault.ts',
  verifier: './src/verifier.ts',
  'verifier.web': './src/verifier.web.ts',
  config: './src/config.ts',
  audit: './src/audit.ts',
  observe: './src/observe.ts',
  judgement: './src/judgement.ts',
  'store.memory': './src/stores/memory.ts',
  'store.sqlite': './src/stores/sqlite.ts',
  'store.redis': './src/stores/redis.ts',
  'store.cloudflare': './src/stores/cloudflare.ts',
  browser: './src/adapters/browser/main.ts',
  cli: './src/adapters/cli/main.ts',
};

/** Small libraries that become part of the chunk that needs them, so that a page can load it as it is. */
const BUNDLED = /^(?:@(?:noble|scure|eslint-community)\/|refa$)/;
/** What workerd imports as modules, and what the step `files` makes. */
const EXTERNAL = ['node:*', '*.wasm', '*.bin', '*.onnx', '*/tier2/manifest.json', '*/built-files.js'];

/**
 * Of refa the automata are needed. Its reader of JavaScript expressions, which nothing here calls, brings 200 kB (gzip)
 * of Unicode tables, every one of them a JSON.parse: they go.
 */
const REFA = /\/refa\/index\.js$/;
const withoutTables = (path: string): string =>
  readFileSync(path, 'utf8').replace(/JSON\.parse\(('[^']*'|"[^"]*")\)/g, (whole, json: string) =>
    whole.length < 500 ? whole : json[1] === '[' ? '[]' : '{}',
  );

const LIBRARIES: Plugin = {
  name: 'libraries',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: BUNDLED }, ({ path }) => ({ path: fileURLToPath(import.meta.resolve(path)) }));
    onLoad({ filter: REFA }, ({ path }) => ({ contents: withoutTables(path), loader: 'js' }));
  },
};

function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
}

/** Name in `dist/` -> the module's entry. */
const MODULES = {
  'engine.wasm': 'wasm/assembly/index.ts',
  'tokenizer.wasm': 'wasm/assembly/tokenizer/index.ts',
};

const STEPS: Readonly<Record<string, () => unknown>> = {
  wasm: () => {
    const flags = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort='];
    for (const [name, entry] of Object.entries(MODULES)) run(join(BIN, 'asc'), [entry, ...flags, '-o', `dist/${name}`]);
  },

  pack: () => run(process.execPath, ['--import', 'tsx', 'models/build-pack.ts']),

  names: () => copyFileSync(join(ROOT, 'models/weights/names/names.bin'), join(ROOT, 'dist/names.bin')),

  // Absent until it is trained: then tier 1 works alone.
  tier2: () => {
    const from = join(ROOT, 'models/weights/tier2');
    const to = join(ROOT, 'dist/tier2');
    rmSync(to, { recursive: true, force: true });
    if (!existsSync(join(from, 'manifest.json'))) return;
    mkdirSync(to, { recursive: true });
    for (const name of ['model.onnx', 'manifest.json']) copyFileSync(join(from, name), join(to, name));
    const tables = ['models/tables/build-tokenizer.ts', join(from, 'vocab.txt'), join(to, 'tokenizer.bin')];
    run(process.execPath, ['--import', 'tsx', ...tables]);
  },

  // What pages load, with size and hash: the guard's worker trusts nothing else.
  files: () => {
    const runtime = 'ort-wasm-simd-threaded.wasm';
    const tier2 = existsSync(join(ROOT, 'dist/tier2')) ? readdirSync(join(ROOT, 'dist/tier2')) : [];
    const files = ['engine.wasm', 'tokenizer.wasm', 'tier1.bin', 'names.bin', ...tier2.map((name) => `tier2/${name}`)];
    const rows = [
      ...files.map((name) => [name, join(ROOT, 'dist', name)] as const),
      [`ort/${runtime}`, join(ROOT, 'node_modules/onnxruntime-web/dist', runtime)] as const,
    ].map(([name, path]) => {
      const bytes = readFileSync(path);
      return [name, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }];
    });
    writeFileSync(
      join(ROOT, 'dist/built-files.js'),
      `export const FILES = ${JSON.stringify(Object.fromEntries(rows), null, 2)};\n`,
    );
  },

  bundle: async () => {
    const { metafile } = await build({
      absWorkingDir: ROOT,
      entryPoints: ENTRIES,
      outdir: 'dist',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      packages: 'external',
      plugins: [LIBRARIES],
      external: EXTERNAL,
      chunkNames: '[name]-[hash]',
      minifySyntax: true,
      minifyWhitespace: true,
      legalComments: 'eof', // the notices of what is bundled
      metafile: true,
      logLevel: 'warning',
    });
    const worker = await bundleWorker({
      bundled: BUNDLED,
      external: EXTERNAL,
      load: { filter: REFA, contents: withoutTables },
    });
    // Who imports what: the size test and the dependency test read it.
    const outputs = { ...metafile.outputs, ...worker };
    writeFileSync(join(ROOT, 'dist/.bundle.json'), JSON.stringify({ outputs }));
  },

  schema: async () => {
    const { jsonSchema } = await import('../src/config/schema.ts');
    writeFileSync(join(ROOT, 'dist/config.schema.json'), `${JSON.stringify(jsonSchema(), null, 2)}\n`);
  },

  playground: buildPlayground,

  compressed: buildCompressed,

  extension: buildExtension,

  types: () => {
    const config = join(ROOT, '.cache/tsconfig.types.json');
    const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8'));
    const options = {
      ...compilerOptions,
      allowJs: false,
      checkJs: false,
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rewriteRelativeImportExtensions: true,
      rootDir: '..',
      outDir: '../dist/types',
      typeRoots: ['../node_modules/@types'],
    };
    mkdirSync(join(ROOT, '.cache'), { recursive: true });
    const files = ['../src/*.d.ts', ...Object.values(ENTRIES).map((entry) => `.${entry}`)];
    writeFileSync(config, JSON.stringify({ compilerOptions: options, include: files }));
    run(join(BIN, 'tsc'), ['--project', config]);
    // TypeScript leaves `./x.ts` in declarations; a consumer has `./x.d.ts`, whose name in an import is `./x.js`.
    const folder = join(ROOT, 'dist/types');
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.d.ts'))) {
      const text = readFileSync(join(folder, file), 'utf8');
      writeFileSync(join(folder, file), text.replace(/(from |import\()(['"])(\.[^'"]+)\.ts\2/g, '$1$2$3.js$2'));
    }
  },
};

const ALWAYS: ReadonlySet<string> = new Set(['files', 'compressed']);
const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in STEPS));
if (unknown.length > 0) throw new Error(`build: steps are ${Object.keys(STEPS).join(', ')}; got ${unknown.join(', ')}`);

if (named.length === 0) rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
mkdirSync(join(ROOT, 'dist'), { recursive: true });
for (const [name, step] of Object.entries(STEPS)) {
  // A part built alone has a new hash, and its compressed form is another.
  if (named.length > 0 && !named.includes(name) && !ALWAYS.has(name)) continue;
  const start = performance.now();
  await step();
  console.error(`build: ${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
}
if (named.length === 0) writeFileSync(join(ROOT, 'dist/.built'), '');
