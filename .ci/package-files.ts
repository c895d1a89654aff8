/**
 * The package's files as a page or an extension carries them: scripts with their chunks, weights, tier 2 and its runtime.
 *
 * @module
 */
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

const BINARIES = ['engine.wasm', 'tier1.bin', 'tokenizer.wasm', 'names.bin'];
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

/** @param folder where they go @param scripts names in `dist/` */
export function copyPackage(folder: string, scripts: readonly string[]): void {
  const copy = (from: string, to: string): void => {
    mkdirSync(dirname(join(folder, to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  };
  for (const name of [...withChunks(scripts), ...BINARIES]) copy(join(DIST, name), name);
  if (existsSync(join(DIST, 'tier2'))) {
    cpSync(join(DIST, 'tier2'), join(folder, 'tier2'), { recursive: true });
    for (const name of RUNTIME) copy(join(ROOT, 'node_modules/onnxruntime-web/dist', name), `ort/${name}`);
  }
}
