/** Secret shapes: every one is found by its id when a token is made from it, and stand-ins are not. No token stands here. */
import { describe, expect, test } from 'vitest';
import { secretSentences } from '../../../models/eval/secret-sentences.ts';
import { openReading } from '../../../src/scan/pii/reading.ts';
import { findAssigned, findTokens } from '../../../src/scan/secrets/find.ts';
import { ASSIGNED, TOKENS } from '../../../src/scan/secrets/shapes.ts';
import { entropy, isHashLike, isStandIn } from '../../../src/scan/secrets/value.ts';

/** A shape as the generator reads it. */
const recipe = ({ source, flags }: RegExp): string => `${flags.includes('i') ? '(?i)' : ''}${source}`;

function tokenOf(shape: RegExp, index: number): string {
  const [made] = secretSentences(`\nx\t://\t\t${recipe(shape)}`).slice(index);
  return made!.sentence.slice(made!.start, made!.end);
}

function found(text: string, start: number, end: number): string[] {
  const ids: string[] = [];
  const reading = openReading(text);
  findTokens(reading, start, end, (id) => ids.push(id));
  findAssigned(reading, start, end, (id) => ids.push(id));
  return ids;
}

test('there are at least two hundred ids', () => {
  expect(new Set([...TOKENS, ...ASSIGNED].map(({ id }) => id)).size).toBeGreaterThanOrEqual(200);
});

test.each(TOKENS.map((shape, i) => ({ ...shape, i })))('token $i $id', ({ id, shape }) => {
  const right = Array.from({ length: 10 }, (_, n) => {
    const text = `My key: ${tokenOf(shape, n)} ok`;
    return found(text, 8, text.length - 3).includes(id);
  });
  expect(right.filter(Boolean).length).toBeGreaterThanOrEqual(8);
});

test.each(ASSIGNED.map((shape, i) => ({ ...shape, i })))('assigned $i $id', ({ id, keywords, shape }) => {
  const right = Array.from({ length: 10 }, (_, n) => {
    const name = `${keywords[0]}_${id.replace(/-/g, '_')}`.toUpperCase();
    const text = `${name} = "${tokenOf(shape, n)}"`;
    return found(text, name.length + 4, text.length - 1).includes(id);
  });
  expect(right.filter(Boolean).length).toBeGreaterThanOrEqual(8);
});

describe('values', () => {
  test.each([
    'your-api-key',
    'xxxxxxxxxxxxxxxx',
    'AKIAIOSFODNN7EXAMPLE',
    'changeme123',
    '<token-goes-here>',
    'process.env.KEY',
    '0000000000000000',
  ])('%s stands in', (value) => {
    expect(isStandIn(value)).toBe(true);
  });

  test('hashes are told from tokens', () => {
    expect(isHashLike('9fceb02d0ae598e95dc970b74767f19372d61af8')).toBe(true);
    expect(isHashLike('9fceb02d0ae598e95dc970b74767f19372d61afz')).toBe(false);
  });

  test('entropy, bits per character', () => {
    expect(entropy('aaaa')).toBe(0);
    expect(entropy('abcd')).toBe(2);
  });
});
