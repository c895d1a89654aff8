import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** Each folder of src/, and the folders it may import. Read top to bottom: data flows down. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  engine: ['.', 'engine', 'wasm'],
  text: ['.', 'engine', 'text'],
  scan: ['.', 'engine', 'text', 'scan'],
  decide: ['.', 'decide'],
  act: ['.', 'act'],
  stream: ['.', 'engine', 'text', 'scan', 'decide', 'act', 'stream'],
  verify: ['.', 'engine', 'text', 'scan', 'verify'],
  stores: ['.', 'stores'],
  judge: ['.', 'stores', 'verify', 'judge'],
  audit: ['.', 'audit'],
  config: ['.', 'config'],
  testing: ['.', 'engine', 'testing'],
  '.': [
    '.',
    'engine',
    'text',
    'scan',
    'decide',
    'act',
    'stream',
    'verify',
    'stores',
    'judge',
    'audit',
    'config',
    'testing',
  ],
  adapters: ['.', 'adapters'],
};
/** Of the root files, the stages may use only these; the rest compose and are for adapters. */
const NOUNS = ['types.ts', 'errors.ts'];
/** What an adapter sees: a firewall arrives, it is not built. The command line and the page's worker are the ones that build. */
const FOR_ADAPTERS = [
  ...NOUNS,
  'chat-texts.ts',
  'firewall.ts',
  'exports.ts',
  'vault.ts',
  'audit.ts',
  'observe.ts',
  'judgement.ts',
];
const BUILDERS = [
  ['src/adapters/cli/', 'entry.node.ts'],
  ['src/adapters/cli/', 'open-store.ts'],
  ['src/adapters/cli/', 'config.ts'],
  ['src/adapters/cli/', 'configured.ts'],
  ['src/adapters/browser/worker.ts', 'compose.browser.ts'],
  // Its pages hear how far each file has come.
  ['src/adapters/browser/', 'checked-files.ts'],
] as const;
/** Shared numbers, written once in the common subset of both languages. */
const SHARED_WITH_WASM = /^wasm\/assembly\/(?:[a-z]+\/)*(?:[a-z-]+-)?abi\.ts$/;

interface Import {
  /** Relative to the repository root, as is `target` when the import is a path. */
  readonly file: string;
  readonly target: string;
  readonly relative: boolean;
}

const SPECIFIER = /(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g;

function importsOf(folder: string): Import[] {
  const full = join(ROOT, folder);
  if (!existsSync(full)) return [];
  const files = readdirSync(full, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|tsx|js|mjs)$/.test(file) && !/(^|\/)(node_modules|dist|build)\//.test(file))
    .map((file) => posix.join(folder, file.replaceAll('\\', '/')));
  return files.flatMap((file) =>
    [...readFileSync(join(ROOT, file), 'utf8').matchAll(SPECIFIER)].map(([, specifier]) => {
      const relative = specifier!.startsWith('.');
      return { file, relative, target: relative ? posix.join(posix.dirname(file), specifier!) : specifier! };
    }),
  );
}

/** `src/scan/scanner.ts` -> `scan`; `src/types.ts` -> `.`; `wasm/assembly/abi.ts` -> `wasm`. */
function stage(path: string): string {
  const [top, second, third] = path.split('/');
  if (top !== 'src') return top!;
  return third === undefined ? '.' : second!;
}

function allowedInSrc({ file, target }: Import): boolean {
  // What a bundler imports as a module: binaries, and tier 2's manifest.
  if (/\.(?:wasm|bin|onnx|json)$/.test(target)) return /^src\/entry\.[a-z0-9]+\.ts$/.test(file);
  const [from, to] = [stage(file), stage(target)];
  if (!MAY_IMPORT[from]?.includes(to)) return false;
  if (to === 'wasm') return SHARED_WITH_WASM.test(target);
  if (to !== '.' || from === '.') return true;
  const root = posix.basename(target);
  if (from !== 'adapters') return NOUNS.includes(root);
  return FOR_ADAPTERS.includes(root) || BUILDERS.some(([own, tool]) => file.startsWith(own) && root === tool);
}

const show = ({ file, target }: Import): string => `${file} -> ${target}`;

describe('imports', () => {
  test('src/ imports only downwards', () => {
    const edges = importsOf('src').filter(({ relative }) => relative);
    expect(edges.length).toBeGreaterThan(50); // or the pattern above has stopped seeing imports
    expect(edges.filter((edge) => !allowedInSrc(edge)).map(show)).toEqual([]);
  });

  test('an adapter keeps its folder to itself, but for its entry; what adapters share stands beside them', () => {
    const home = (path: string): string | undefined => /^src\/adapters\/([^/]+)\//.exec(path)?.[1];
    const edges = importsOf('src/adapters').filter(({ target }) => home(target) !== undefined);
    expect(edges.length).toBeGreaterThan(0);
    const foreign = edges.filter(({ file, target }) => home(file) !== home(target) && !target.endsWith('/main.ts'));
    expect(foreign.map(show)).toEqual([]);
  });

  test('wasm/ imports nothing from outside', () => {
    const edges = importsOf('wasm');
    expect(edges.length).toBeGreaterThan(5);
    expect(edges.filter(({ target, relative }) => !relative || !target.startsWith('wasm/')).map(show)).toEqual([]);
  });

  test('models/ builds and trains with the stages, and knows nothing of what composes them', () => {
    const edges = importsOf('models').filter(({ target, relative }) => relative && !target.startsWith('models/'));
    expect(edges.length).toBeGreaterThan(0);
    const wrong = edges.filter(({ target }) => {
      if (SHARED_WITH_WASM.test(target)) return false;
      const to = stage(target);
      if (to === '.') return !NOUNS.includes(posix.basename(target));
      return !target.startsWith('src/') || !['engine', 'text', 'scan', 'testing'].includes(to);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test('workers/ and demo/ are customers: they import the package by name', () => {
    const edges = ['workers', 'demo'].flatMap(importsOf); // none while the folders are empty
    const wrong = edges.filter(({ target, relative }) => relative && !/^(workers|demo)\//.test(target));
    expect(wrong.map(show)).toEqual([]);
  });
});

describe('sources', () => {
  const names = ['src', 'wasm', 'models', 'workers', 'demo', 'test']
    .map((folder) => join(ROOT, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder, { recursive: true, encoding: 'utf8' }))
    .filter((file) => file.endsWith('.ts') && !file.includes('node_modules/'));

  test('files are kebab-case and named after an idea', () => {
    expect(names.length).toBeGreaterThan(40);
    const bases = names.map((file) => posix.basename(file));
    expect(bases.filter((name) => !/^[a-z0-9]+([-.][a-z0-9]+)*\.ts$/.test(name))).toEqual([]);
    expect(bases.filter((name) => /^(utils?|helpers?|common|misc|core)\.ts$/.test(name))).toEqual([]);
  });

  test('scanning and deciding are pure: no clock, no network, no randomness, no environment', () => {
    const impure = /\b(?:Date\.now|new Date|performance\.|Math\.random|fetch\(|process\.|setTimeout|localStorage)/;
    const stages = ['engine', 'text', 'scan', 'decide'];
    const files = stages.flatMap((folder) => {
      const full = join(ROOT, 'src', folder);
      const inside = readdirSync(full, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
      // The transformer waits, on workers and deadlines: it is no pure stage.
      return inside.filter((file) => !file.startsWith('transformer/')).map((file) => join(full, file));
    });
    expect(files.length).toBeGreaterThan(15);
    const withoutComments = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    expect(files.filter((file) => impure.test(withoutComments(readFileSync(file, 'utf8'))))).toEqual([]);
  });
});
