/**
 * Rules as people write them, checked field by field; and what their words stand for.
 *
 * @module
 */
import { RuleError } from './errors.ts';
import { MAX_RULES, MAX_WITHIN } from './limits.ts';
import type { RuleChannel, RuleSource, Severity } from './types.ts';

export const SEVERITIES: readonly Severity[] = ['low', 'medium', 'high', 'critical'];

/** A channel's bit in `channels` masks, as `match` takes them. */
export const CHANNEL_BITS: Readonly<Record<RuleChannel, number>> = {
  user: 1,
  system: 2,
  tool: 4,
  retrieved: 8,
  model: 16,
};

export const DEFAULT_CHANNELS: readonly RuleChannel[] = ['user', 'tool', 'retrieved'];
export const DEFAULT_WITHIN = 12;

const FIELDS = ['id', 'severity', 'lang', 'channels', 'match', 'near', 'unless', 'hits', 'nearMisses'];

/**
 * Checks that a value is a list of rules with unique ids. Patterns are checked when they are compiled.
 *
 * @throws {RuleError} naming the rule and the field
 */
export function readRules(value: unknown): RuleSource[] {
  if (!Array.isArray(value)) throw new RuleError('rules', 0, `expected a list of rules; got ${show(value)}`);
  if (value.length > MAX_RULES)
    throw new RuleError('rules', 0, `expected at most ${MAX_RULES} rules; got ${value.length}`);
  const seen = new Set<string>();
  return value.map((item: unknown, index) => {
    const rule = readRule(item, index);
    if (seen.has(rule.id)) throw new RuleError(rule.id, 0, 'expected a unique id; got it twice');
    seen.add(rule.id);
    return rule;
  });
}

function readRule(value: unknown, index: number): RuleSource {
  if (!isRecord(value)) throw new RuleError(`number ${index + 1}`, 0, `expected an object; got ${show(value)}`);
  const id = value['id'];
  if (typeof id !== 'string' || !/^[a-z0-9-]{1,40}\/[a-z0-9-]{1,80}$/.test(id)) {
    throw new RuleError(
      `number ${index + 1}`,
      0,
      `id: expected "family/name" in lower-case letters, digits and hyphens; got ${show(id)}`,
    );
  }
  const fail = (field: string, expected: string): never => {
    throw new RuleError(id, 0, `${field}: expected ${expected}; got ${show(value[field])}`);
  };
  for (const field of Object.keys(value)) {
    if (!FIELDS.includes(field)) throw new RuleError(id, 0, `expected only ${FIELDS.join(', ')}; got ${show(field)}`);
  }
  const { severity, lang, channels, match } = value;
  if (!SEVERITIES.includes(severity as Severity)) fail('severity', SEVERITIES.join(', '));
  if (lang !== undefined && !(typeof lang === 'string' && /^(any|[a-z]{2})$/.test(lang)))
    fail('lang', 'an ISO 639-1 code or "any"');
  if (
    channels !== undefined &&
    !(
      Array.isArray(channels) &&
      channels.length > 0 &&
      channels.every((name) => Object.hasOwn(CHANNEL_BITS, String(name)))
    )
  ) {
    fail('channels', `a list of ${Object.keys(CHANNEL_BITS).join(', ')}`);
  }
  if (!isPatterns(match)) fail('match', 'a pattern or a list of patterns');
  for (const field of ['near', 'unless']) {
    const conditions = value[field];
    if (conditions !== undefined && !(Array.isArray(conditions) && conditions.every(isCondition))) {
      fail(field, `a list of patterns or of {pattern, within: 1 to ${MAX_WITHIN} | text}`);
    }
  }
  for (const field of ['hits', 'nearMisses']) {
    const texts = value[field];
    if (texts !== undefined && !(Array.isArray(texts) && texts.every((text) => typeof text === 'string')))
      fail(field, 'a list of texts');
  }
  return value as unknown as RuleSource;
}

function isCondition(value: unknown): boolean {
  if (typeof value === 'string') return value.length > 0;
  if (!isRecord(value) || !isPatterns(value['pattern'])) return false;
  const within = value['within'];
  const isWords = typeof within === 'number' && Number.isInteger(within) && within >= 1 && within <= MAX_WITHIN;
  return within === undefined || within === 'text' || isWords;
}

function isPatterns(value: unknown): boolean {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.length > 0 && list.every((pattern) => typeof pattern === 'string' && pattern.length > 0);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Short, one line, and never the whole of a text. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 40 ? `${text.slice(0, 37)}...` : text;
}
