/**
 * A user's rules in a YAML or JSON file, in the layout of `models/rules/*.yaml`.
 *
 * @module
 */
import { LineCounter, parseDocument } from 'yaml';
import type { RuleSource } from '../../exports.ts';
import { CliError } from './fault.ts';
import { readText } from './lines.ts';

/** Parts within parts. */
const MAX_DEPTH = 8;
/** A part's name in braces, and what can keep braces from being one: escapes and the ends of character classes. */
const PART = /\\.|[[\]]|\{([a-z][a-z0-9-]{0,60})\}/gs;

type Parts = Readonly<Record<string, unknown>>;

/**
 * Reads a rule file: a list of rules, or `parts` and `rules`. The rules come with their parts put in.
 *
 * What is inside a rule is checked when a firewall compiles it.
 *
 * @throws {CliError} naming file, line and column when it is neither YAML nor JSON, or another layout
 */
export async function readRuleFile(command: string, path: string): Promise<RuleSource[]> {
  const lineCounter = new LineCounter();
  const document = parseDocument(await readText(command, path), { lineCounter });
  const fault = document.errors[0];
  if (fault !== undefined) {
    const { line, col } = lineCounter.linePos(fault.pos[0]);
    throw new CliError(
      `${command}: ${path}:${line}:${col}: expected YAML or JSON; got ${fault.message.split('\n')[0]}`,
    );
  }
  const content: unknown = document.toJS();
  const layout = Array.isArray(content) ? { rules: content } : content;
  if (!isRecord(layout) || !Array.isArray(layout['rules']) || !isRecord(layout['parts'] ?? {})) {
    throw new CliError(`${command}: ${path}: expected a list of rules, or an object with "rules" and perhaps "parts"`);
  }
  const parts = (layout['parts'] ?? {}) as Parts;
  const rules: unknown[] = layout['rules'];
  return rules.map((rule) => (isRecord(rule) ? withParts(`${command}: ${path}`, rule, parts) : rule) as RuleSource);
}

function withParts(where: string, rule: Readonly<Record<string, unknown>>, parts: Parts): unknown {
  const here = `${where}: rule ${String(rule['id'])}`;
  const putIn = (value: unknown): unknown => {
    if (typeof value === 'string') return expand(here, value, parts, 0);
    if (Array.isArray(value)) return value.map(putIn);
    return isRecord(value) && 'pattern' in value ? { ...value, pattern: putIn(value['pattern']) } : value;
  };
  const fields = ['match', 'near', 'unless'].filter((field) => field in rule);
  return { ...rule, ...Object.fromEntries(fields.map((field) => [field, putIn(rule[field])])) };
}

function expand(where: string, pattern: string, parts: Parts, depth: number): string {
  let inClass = false;
  return pattern.replace(PART, (whole: string, name: string | undefined) => {
    if (whole === '[' || whole === ']') inClass = whole === '[';
    if (name === undefined || inClass) return whole;
    const part = Object.hasOwn(parts, name) ? parts[name] : undefined;
    if (typeof part !== 'string') {
      throw new CliError(
        `${where}: expected a part among ${Object.keys(parts).join(', ') || '(the file has none)'}; got {${name}}`,
      );
    }
    if (depth === MAX_DEPTH)
      throw new CliError(`${where}: expected parts within parts at most ${MAX_DEPTH} deep; got {${name}}`);
    return `(${expand(where, part, parts, depth + 1)})`;
  });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
