/**
 * From rules to a `RULE` section: what the build does for the pack, and a firewall for its user's own rules.
 *
 * @module
 */

import {
  type SectionCondition,
  type SectionEntry,
  type SectionPattern,
  type SectionRule,
  writeSection,
} from '../../engine/rule-section.ts';
import { FAMILIES } from '../../engine/schema.ts';
import type { Pattern } from './ast.ts';
import { createAutomatonStore } from './automaton.ts';
import { RuleError } from './errors.ts';
import type { Fold } from './fold.ts';
import { MAX_LITERALS, MAX_PATTERNS_PER_RULE, type OWN_ROOM } from './limits.ts';
import { chooseLiterals, type Literal, literalKey, wayWithoutLiteral } from './literals.ts';
import { type ParseContext, parsePattern } from './parser.ts';
import { toPieces } from './pieces.ts';
import { CHANNEL_BITS, DEFAULT_CHANNELS, DEFAULT_WITHIN, readRules, SEVERITIES } from './source.ts';
import type { ConditionSource, RuleChannel, RuleSource, Severity } from './types.ts';
import { planLiterals } from './windows.ts';

/** What TypeScript keeps of a rule; its place in the list is the number in hits. */
export interface RuleInfo {
  readonly id: string;
  /** One of `FAMILIES`. */
  readonly family: string;
  readonly severity: Severity;
  readonly lang: string;
  readonly channels: readonly RuleChannel[];
}

export interface CompiledRules {
  readonly section: Uint8Array;
  readonly rules: readonly RuleInfo[];
  /** What was made of them, for reports. */
  readonly size: {
    readonly states: number;
    readonly words: number;
    readonly patterns: number;
    readonly literals: number;
    readonly unanchored: number;
  };
}

export interface CompileOptions {
  readonly fold: Fold;
  /** Named fragments for all rules; a rule's own file may add to them. */
  readonly parts?: ReadonlyMap<string, string>;
  /** The most that the rules may come to, where an engine has room for no more. */
  readonly room?: Readonly<Record<keyof typeof OWN_ROOM, number>>;
  /** The parts a rule sees, where that depends on the rule. */
  readonly partsOf?: (rule: RuleSource) => ReadonlyMap<string, string>;
}

/**
 * Compiles rules.
 *
 * @param value a list of rules, not yet checked
 * @throws {RuleError} at the first fault
 * @complexity linear in the patterns' length with all parts put in, but for making automata deterministic, which is bounded
 */
export function compileSection(value: unknown, options: CompileOptions): CompiledRules {
  const sources = readRules(value);
  const store = createAutomatonStore();
  const patterns: SectionPattern[] = [];
  const conditions: SectionCondition[] = [];
  const rules: SectionRule[] = [];
  const literals = new Map<
    string,
    { readonly bytes: string; readonly anchored: boolean; readonly entries: SectionEntry[] }
  >();
  const known = new Set<string>();

  function addPattern(pattern: Pattern, rule: number, id: string): number {
    const steps = pattern.stretches.flatMap(({ sequence, column }, i) => {
      const pieces = toPieces(sequence);
      const gapBehind = pattern.stretches[i + 1]?.gap;
      return pieces.map((piece, j) => ({
        start: store.add(piece.sequence, id, column),
        optional: piece.optional,
        gap: j === pieces.length - 1 ? gapBehind : undefined,
      }));
    });
    if (steps.length > 255) throw new RuleError(id, 0, 'expected at most 255 words and groups in a pattern; got more');
    patterns.push({ rule, lineStart: pattern.lineStart, steps });
    return patterns.length - 1;
  }

  function addLiterals(chosen: readonly Literal[], pattern: number): void {
    for (const literal of chosen) {
      const { bytes, anchored, wordsMin, wordsMax, lead } = literal;
      const key = literalKey(literal);
      known.add(key);
      const row = literals.get(key) ?? { bytes, anchored, entries: [] };
      literals.set(key, row);
      row.entries.push({ pattern, wordsMin, wordsMax, lead });
    }
  }

  sources.forEach((source, index) => {
    const context: ParseContext = {
      rule: source.id,
      parts: options.partsOf?.(source) ?? options.parts ?? new Map(),
      fold: options.fold,
    };
    for (const pattern of parseAll(source.match, context)) {
      const chosen = chooseLiterals(pattern.stretches, known);
      if (!chosen) {
        const first = pattern.stretches[0];
        const way = first ? wayWithoutLiteral(first.sequence) : '';
        throw new RuleError(
          source.id,
          1,
          `expected three fixed bytes in a row on every way through the pattern; got none in ${JSON.stringify(way)}`,
        );
      }
      addLiterals(chosen, addPattern(pattern, index, source.id));
    }
    const firstCondition = conditions.length;
    for (const [list, unless] of [
      [source.near, false],
      [source.unless, true],
    ] as const) {
      for (const condition of list ?? []) {
        const parsed = parseAll(typeof condition === 'string' ? condition : condition.pattern, context);
        const ids = parsed.map((pattern) => addPattern(pattern, index, source.id));
        conditions.push({ firstPattern: ids[0] ?? 0, patternCount: ids.length, unless, within: withinOf(condition) });
      }
    }
    rules.push({
      family: familyOf(source.id),
      severity: SEVERITIES.indexOf(source.severity),
      channels: (source.channels ?? DEFAULT_CHANNELS).reduce((bits, channel) => bits | CHANNEL_BITS[channel], 0),
      firstCondition,
      conditionCount: conditions.length - firstCondition,
    });
  });

  if (literals.size > MAX_LITERALS)
    throw new RuleError('rules', 0, `expected at most ${MAX_LITERALS} literals in all; got ${literals.size}`);
  if (patterns.length > 65535)
    throw new RuleError('rules', 0, `expected at most 65535 patterns in all; got ${patterns.length}`);
  const { states, words } = store.finish();
  const { room } = options;
  if (room) {
    const made = {
      states: states.length,
      ranges: states.reduce((sum, state) => sum + state.ranges.length, 0),
      words: words.length,
      letters: words.reduce((sum, { text }) => sum + text.length, 0),
      patterns: patterns.length,
      steps: patterns.reduce((sum, { steps }) => sum + steps.length, 0),
      conditions: conditions.length,
      literals: literals.size,
      entries: [...literals.values()].reduce((sum, { entries }) => sum + entries.length, 0),
    };
    for (const [what, count] of Object.entries(made)) {
      const most = room[what as keyof typeof made];
      if (count > most)
        throw new RuleError('rules', 0, `expected at most ${most} ${what} in all rules together; got ${count}`);
    }
  }
  const planned = planLiterals([...literals.values()]);
  const section = writeSection({ states, words, patterns, conditions, rules, literals: planned });
  return {
    section,
    rules: sources.map(infoOf),
    size: {
      states: states.length,
      words: words.length,
      patterns: patterns.length,
      literals: literals.size,
      unanchored: planned.filter(({ anchored }) => !anchored).length,
    },
  };
}

function parseAll(texts: string | readonly string[], context: ParseContext): Pattern[] {
  const patterns = [texts].flat().flatMap((text) => parsePattern(text, context));
  if (patterns.length > MAX_PATTERNS_PER_RULE) {
    throw new RuleError(
      context.rule,
      0,
      `expected at most ${MAX_PATTERNS_PER_RULE} patterns in a list; got ${patterns.length}`,
    );
  }
  return patterns;
}

function withinOf(condition: ConditionSource): number {
  if (typeof condition === 'string') return DEFAULT_WITHIN;
  return condition.within === 'text' ? 0 : (condition.within ?? DEFAULT_WITHIN);
}

function familyOf(id: string): number {
  const index = (FAMILIES as readonly string[]).indexOf(id.slice(0, id.indexOf('/')));
  return index < 0 ? FAMILIES.indexOf('custom') : index;
}

function infoOf(source: RuleSource): RuleInfo {
  return {
    id: source.id,
    family: FAMILIES[familyOf(source.id)] ?? 'custom',
    severity: source.severity,
    lang: source.lang ?? 'any',
    channels: source.channels ?? DEFAULT_CHANNELS,
  };
}
