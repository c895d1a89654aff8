/**
 * Reads `*.yaml` of a folder and compiles all their rules: the pack's `RULE` section.
 *
 *     npx tsx models/rules/compile.ts        # report sizes
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { LineCounter, parseDocument } from 'yaml';
import { createNormalizer } from '../../src/engine/reference/normalize.ts';
import { type CompiledRules, compileSection } from '../../src/scan/rules/compile.ts';
import { RuleError } from '../../src/scan/rules/errors.ts';
import { createFold, type Fold } from '../../src/scan/rules/fold.ts';
import type { RuleSource } from '../../src/scan/rules/types.ts';

export const RULES_DIRECTORY: string = fileURLToPath(new URL('.', import.meta.url));
const FOLD_FILE = new URL('../weights/fold.bin', import.meta.url);

/** Seen by the rules of every file. */
const SHARED_PARTS = 'parts.yaml';

export interface RuleFile {
  /** Its name without folder. */
  readonly name: string;
  readonly parts: ReadonlyMap<string, string>;
  readonly rules: readonly RuleSource[];
}

/** The folding table as a stage, from the file `models/tables/build-fold.ts` writes. */
export function openNormalizer(): ReturnType<typeof createNormalizer> {
  const bytes = readFileSync(FOLD_FILE);
  return createNormalizer(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
}

/**
 * Reads the rule files of a folder, in order of their names, `parts.yaml` first.
 *
 * @throws {RuleError} naming file and line where a file is no YAML or holds something other than parts and rules
 */
export function readRuleFiles(directory: string = RULES_DIRECTORY): RuleFile[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.yaml') && name !== SHARED_PARTS);
  return [SHARED_PARTS, ...names.sort()].map((name) => readRuleFile(join(directory, name)));
}

export function readRuleFile(path: string): RuleFile {
  const name = basename(path);
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(path, 'utf8'), { lineCounter: lines });
  const fault = document.errors[0];
  if (fault) {
    const { line, col } = lines.linePos(fault.pos[0]);
    throw new RuleError(
      `${name}:${line}:${col}`,
      0,
      `expected YAML; got ${fault.code}: ${fault.message.split('\n')[0]}`,
    );
  }
  const content: unknown = document.toJS();
  const { parts = {}, rules = [], ...others } = (content ?? {}) as { parts?: unknown; rules?: unknown };
  const extra = Object.keys(others)[0];
  if (extra !== undefined)
    throw new RuleError(name, 0, `expected only "parts" and "rules" at the top; got ${JSON.stringify(extra)}`);
  if (!Array.isArray(rules)) throw new RuleError(name, 0, 'rules: expected a list');
  const entries = Object.entries(parts as Record<string, unknown>);
  for (const [part, text] of entries) {
    if (typeof text !== 'string') throw new RuleError(`${name}, part ${part}`, 0, 'expected a pattern in quotes');
  }
  return { name, parts: new Map(entries as [string, string][]), rules: rules as RuleSource[] };
}

/**
 * Compiles the rules of a folder.
 *
 * @returns the section, and what stays in TypeScript of every rule in the order of its number
 * @throws {RuleError} at the first fault
 */
export function compileRules(directory: string = RULES_DIRECTORY): CompiledRules {
  return compileRuleFiles(readRuleFiles(directory), createFold(openNormalizer()));
}

/** Compiles the rules of files already read; the parts of `parts.yaml` are seen by all of them. */
export function compileRuleFiles(files: readonly RuleFile[], fold: Fold): CompiledRules {
  const shared = files.find(({ name }) => name === SHARED_PARTS)?.parts ?? new Map<string, string>();
  const partsOf = new Map<RuleSource, ReadonlyMap<string, string>>();
  for (const { parts, rules } of files) {
    const seen = new Map([...shared, ...parts]);
    for (const rule of rules) partsOf.set(rule, seen);
  }
  const rules = files.flatMap((file) => file.rules);
  return compileSection(rules, { fold, partsOf: (rule) => partsOf.get(rule) ?? shared });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { section, rules, size } = compileRules();
  const zipped = gzipSync(section, { level: 9 }).length;
  console.log(
    `${rules.length} rules, ${size.patterns} patterns, ${size.states} states, ${size.words} words, ${size.literals} literals, ${size.unanchored} of them inside words`,
  );
  console.log(`${section.length} bytes, ${zipped} gzip`);
}
