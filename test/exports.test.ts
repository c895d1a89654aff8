import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };

const ROOT = join(import.meta.dirname, '..');

/** Every declaration file the exports map names, under the subpath and condition that name it. */
const ENTRIES = Object.entries(manifest.exports).flatMap(([subpath, target]): [string, string][] => {
  if (typeof target === 'string') return [];
  if ('types' in target) return [[subpath, target.types]];
  return Object.entries(target).map(([condition, { types }]) => [`${subpath} (${condition})`, types]);
});

/** Names a module exports, types marked as such, sorted. */
function surface(declarations: string): string[] {
  const file = join(ROOT, declarations);
  const program = ts.createProgram([file], {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    skipLibCheck: true,
    types: [],
  });
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!);
  if (module === undefined) throw new Error(`${declarations} is no module`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => {
      const real = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      return real.flags & ts.SymbolFlags.Value ? symbol.name : `type ${symbol.name}`;
    })
    .sort();
}

describe('public surface: adding a name is a decision in a diff', () => {
  test.each(ENTRIES)('%s', (_name, declarations) => {
    expect(surface(declarations)).toMatchSnapshot();
  });

  test('every runtime exports the same names', () => {
    const [first, ...others] = ENTRIES.filter(([name]) => name.startsWith('. ')).map(([, file]) => surface(file));
    expect(others.length).toBeGreaterThanOrEqual(3);
    for (const other of others) expect(other).toEqual(first);
  });
});

test('the exports map is the agreed one', () => {
  expect(manifest.exports).toMatchSnapshot();
});

test('every file the package names was built', () => {
  const targets = JSON.stringify([manifest.exports, manifest.bin]).match(/\.?\/?dist\/[^"]+/g) ?? [];
  expect(targets.length).toBeGreaterThanOrEqual(14);
  // A pattern stands for what is there.
  for (const target of targets.filter((path) => !path.includes('*')))
    expect(() => readFileSync(join(ROOT, target)), target).not.toThrow();
});
