import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from 'recheck';
import ts from 'typescript';
import { expect, test } from 'vitest';

const SRC = join(import.meta.dirname, '../src');

interface Pattern {
  readonly where: string;
  readonly source: string;
  readonly flags: string;
}

function patternsOf(file: string): Pattern[] {
  const source = ts.createSourceFile(file, readFileSync(join(SRC, file), 'utf8'), ts.ScriptTarget.ES2022, true);
  const found: Pattern[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      const line = source.getLineAndCharacterOfPosition(node.pos).line + 1;
      found.push({ where: `${file}:${line}`, source: node.text.slice(1, end), flags: node.text.slice(end + 1) });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const patterns = files.flatMap(patternsOf);

test('the checker sees the patterns, and no stage builds one at run time', () => {
  expect(patterns.length).toBeGreaterThanOrEqual(25);
  const stages = files.filter((file) => !/^(adapters|testing)\//.test(file));
  const built = stages.filter((file) => /\bRegExp\(/.test(readFileSync(join(SRC, file), 'utf8')));
  expect(built).toEqual([]);
});

/** Steps are counted, not time: on a busy machine a clock calls a linear pattern vulnerable. Slow for long patterns. */
const BY_STEPS = { attackTimeout: null, incubationTimeout: null, recallTimeout: null, timeout: 150_000 } as const;

test.each(patterns)(
  '$where /$source/$flags takes linear time',
  async ({ source, flags }) => {
    const quick = await check(source, flags, { timeout: 20_000 });
    const verdict = quick.status === 'safe' ? quick : await check(source, flags, BY_STEPS);
    const attack = verdict.status === 'vulnerable' ? `${verdict.complexity.summary}: ${verdict.attack.pattern}` : '';
    expect(verdict.status, attack).toBe('safe');
  },
  180_000,
);
