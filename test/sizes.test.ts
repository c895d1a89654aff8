import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const KB = 1000;

interface Ceiling {
  readonly what: string;
  /** Files in dist/; of a script also the chunks it imports statically. */
  readonly files: readonly string[];
  /** Bytes after gzip. Raised in the commit that needs it, with the reason beside it. */
  readonly gzip: number;
}

const CEILINGS: readonly Ceiling[] = [
  { what: 'engine', files: ['engine.wasm'], gzip: 120 * KB },
  { what: 'tokenizer', files: ['tokenizer.wasm'], gzip: 4 * KB },
  { what: 'tier-1 weights', files: ['tier1.bin'], gzip: 700 * KB },
  { what: 'core JavaScript, Node', files: ['entry.node.js'], gzip: 40 * KB },
  { what: 'core JavaScript, workerd', files: ['entry.workerd.js'], gzip: 40 * KB },
  { what: 'core JavaScript, browser', files: ['entry.browser.js'], gzip: 40 * KB },
  { what: 'weights of the tagger of names, loaded when a policy names people', files: ['names.bin'], gzip: 600 * KB },
  // The codes of all errors come along.
  { what: 'vault', files: ['vault.js'], gzip: 13 * KB },
  { what: 'verifiers', files: ['verifier.js'], gzip: 8 * KB },
  { what: 'observers', files: ['observe.js'], gzip: 3 * KB },
  // Guards over ports, for extensions, take 1 kB.
  { what: 'what a page loads to guard itself', files: ['browser.js'], gzip: 17 * KB },
  { what: 'what its worker loads', files: ['worker.guard.js'], gzip: 26 * KB },
  // Hashes and seals that need no thread pool take 10 kB.
  { what: 'judgement', files: ['judgement.js'], gzip: 24 * KB },
  { what: 'a store', files: ['store.redis.js'], gzip: 5 * KB },
  { what: 'proxy alone', files: ['proxy.js'], gzip: 12 * KB },
  // What judges requests, takes out and refuses is one chunk, which the three share.
  // A request of its own, which asks Hono's for what is private there: 0.5 kB.
  { what: 'Hono adapter alone', files: ['hono.js'], gzip: 8.5 * KB },
  // Who asks, and a judgement over time: 1 kB.
  { what: 'node:http and Express adapter alone', files: ['node.js'], gzip: 10 * KB },
  { what: 'Fastify adapter alone', files: ['fastify.js'], gzip: 10 * KB },
];

interface Bundle {
  readonly outputs: Readonly<
    Record<
      string,
      {
        readonly entryPoint?: string;
        readonly imports: readonly { path: string; kind: string; external?: boolean }[];
      }
    >
  >;
}

const bundle: Bundle = JSON.parse(readFileSync(join(ROOT, 'dist/.bundle.json'), 'utf8'));

/** The script that an entry point inside the package became: its name holds a hash. */
function builtFrom(source: string): string {
  const found = Object.entries(bundle.outputs).find(([, { entryPoint }]) => entryPoint === source);
  if (found === undefined) throw new Error(`sizes: expected a script built from ${source}; dist/ holds none`);
  return found[0].slice('dist/'.length);
}

/** A script and the chunks it imports statically, each once; lazy chunks are not followed. */
function closure(file: string): { chunks: string[]; externals: string[] } {
  const chunks = new Set<string>();
  const externals = new Set<string>();
  const visit = (path: string): void => {
    if (chunks.has(path)) return;
    chunks.add(path);
    for (const edge of bundle.outputs[path]!.imports) {
      if (edge.kind !== 'import-statement') continue;
      if (edge.external) externals.add(edge.path);
      else visit(edge.path);
    }
  };
  visit(`dist/${file}`);
  return { chunks: [...chunks], externals: [...externals] };
}

function gzipSize(file: string): number {
  const paths = file.endsWith('.js') ? closure(file).chunks : [`dist/${file}`];
  return gzipSync(Buffer.concat(paths.map((path) => readFileSync(join(ROOT, path)))), { level: 9 }).length;
}

describe('size ceilings, gzip', () => {
  test.each(CEILINGS)('$what stays below $gzip bytes', ({ files, gzip }) => {
    expect(files.reduce((sum, file) => sum + gzipSize(file), 0)).toBeLessThanOrEqual(gzip);
  });

  test('personal data and secrets, loaded when a policy asks', () => {
    // Streets of twelve languages and the words of all rows take 6 kB, towns, countries, words that announce an address
    // and known routing numbers 5; what answers need too lies in chunks of its own.
    expect(gzipSize(builtFrom('src/scan/pii/module.ts'))).toBeLessThanOrEqual(59 * KB);
  });

  test('the tagger of names, loaded when a policy names people', () => {
    expect(gzipSize(builtFrom('src/scan/pii/names/tagger.ts'))).toBeLessThanOrEqual(8 * KB);
    expect(closure('entry.node.js').chunks).not.toContain(`dist/${builtFrom('src/scan/pii/names/tagger.ts')}`);
  });

  test('the scan of answers, loaded unless a policy turns it off', () => {
    expect(gzipSize(builtFrom('src/scan/output/module.ts'))).toBeLessThanOrEqual(25 * KB);
  });
});

describe('the edge worker as it is uploaded, gzip', () => {
  /** What `npm run deploy:edge` would send, without sending it. */
  function upload(config: string): number {
    const folder = mkdtempSync(join(tmpdir(), 'edgeward-upload-'));
    try {
      const args = ['deploy', '--dry-run', '--outdir', folder, '--config', `workers/cloudflare/${config}`];
      execFileSync(join(ROOT, 'node_modules/.bin/wrangler'), args, {
        cwd: ROOT,
        env: { ...process.env, CI: '1', WRANGLER_SEND_METRICS: 'false' },
        stdio: 'pipe',
      });
      const files = readdirSync(folder).filter((name) => /\.(?:js|wasm|bin)$/.test(name));
      return files.reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test.each([
    { what: 'tier 1', config: 'wrangler.jsonc', gzip: 1000 * KB },
    // The model, 19 MB, is one of the static files.
    { what: 'both tiers', config: 'wrangler.tier2.jsonc', gzip: 5200 * KB },
    { what: 'both tiers and bans', config: 'wrangler.bans.jsonc', gzip: 5250 * KB },
  ])(
    '$what stays below $gzip bytes',
    ({ config, gzip }) => {
      const bytes = upload(config);
      expect(bytes).toBeGreaterThan(500 * KB); // or the files are no longer where they were
      expect(bytes).toBeLessThanOrEqual(gzip);
    },
    400_000,
  );
});

describe('what an entry loads', () => {
  test.each([
    ['entry.node.js', (path: string) => isBuiltin(path)],
    ['entry.workerd.js', (path: string) => ['./engine.wasm', './tier1.bin'].includes(path)],
    ['entry.browser.js', () => false],
    ['worker.node.js', (path: string) => isBuiltin(path)],
    ['worker.browser.js', () => false],
    ['testing.js', () => false],
    ['vault.js', () => false],
    ['verifier.js', () => false],
    ['observe.js', () => false],
    ['audit.js', (path: string) => isBuiltin(path)],
    ['config.js', (path: string) => isBuiltin(path) || path === 'zod'],
    ['browser.js', () => false],
    ['worker.guard.js', (path: string) => path === './built-files.js'],
    ['judgement.js', () => false],
    ['store.memory.js', () => false],
    ['store.sqlite.js', () => false],
    ['store.redis.js', () => false],
    ['store.cloudflare.js', () => false],
    ['hono.js', (path: string) => /^hono(\/|$)/.test(path)],
    ['node.js', (path: string) => isBuiltin(path)],
    ['fastify.js', (path: string) => isBuiltin(path)],
    ['proxy.js', (path: string) => /^hono(\/|$)/.test(path)],
  ] as const)('%s loads no package it does not need', (file, allowed) => {
    expect(closure(file).externals.filter((path) => !allowed(path))).toEqual([]);
  });

  test('the entries import nothing lazily that they could not do without', () => {
    const lazy = closure('entry.node.js').chunks.flatMap((path) =>
      bundle.outputs[path]!.imports.filter(({ kind }) => kind === 'dynamic-import').map(({ path }) => path),
    );
    expect(lazy.length).toBeGreaterThan(0); // the rule compiler, explanations: not in the core
  });
});
