import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import manifest from '../../../models/weights/names/manifest.json' with { type: 'json' };
import { FEATURES, featuresOf } from '../../../src/scan/pii/names/features.ts';
import { hashWord, openLexicon, packLexicon } from '../../../src/scan/pii/names/lexicon.ts';
import { createTagger, LABELS } from '../../../src/scan/pii/names/tagger.ts';
import { tokenize } from '../../../src/scan/pii/names/tokens.ts';

const WEIGHTS = readFileSync(join(import.meta.dirname, '../../../models/weights/names/names.bin'));
const tag = createTagger(WEIGHTS);
const found = (text: string): string[] =>
  tag(text)
    .filter(({ score }) => score >= 0.5)
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);

describe('tokens', () => {
  test.each([
    ["Jean-Luc O'Brien's", ['Jean-Luc', "O'Brien", "'s"]],
    ["l'avenue d'Anne", ["l'", 'avenue', "d'", 'Anne']],
    ["Mehmet'in evi", ['Mehmet', "'in", 'evi']],
    ['J. R. Tolkien.', ['J.', 'R.', 'Tolkien', '.']],
    ['12b, SW1A 2AA', ['12b', ',', 'SW1A', '2AA']],
    ['to a.b@c.example, now', ['to', 'a.b@c.example', ',', 'now']],
    ['山田さん 김', ['山', '田', 'さ', 'ん', '김']],
    ['a\r\n\r\nb', ['a', '\r', 'b']],
    ['👩x', ['👩', 'x']],
  ])('%s', (text, words) => {
    expect(tokenize(text).map(({ start, end }) => text.slice(start, end))).toEqual(words);
  });

  test('ascend, lie within the text and leave out nothing but white space', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        let at = 0;
        let skipped = '';
        let ascends = true;
        for (const { start, end } of tokenize(text)) {
          ascends &&= start >= at && end > start;
          skipped += text.slice(at, start);
          at = end;
        }
        expect(ascends).toBe(true);
        expect((skipped + text.slice(at)).trim()).toBe('');
      }),
    );
  });
});

test('a lexicon knows what went in', () => {
  const words = new Map(Array.from({ length: 5000 }, (_, i) => [`word${i}`, 1 + (i % 15)] as const));
  const count = new Set([...words.keys()].map((word) => hashWord(word) >>> 8)).size;
  const lexicon = openLexicon(packLexicon(words), count);
  for (const [word, kinds] of words) expect(lexicon.kinds(hashWord(word)) & kinds).toBe(kinds);
  const strangers = Array.from({ length: 5000 }, (_, i) => lexicon.kinds(hashWord(`other ${i}`)));
  expect(strangers.filter((kinds) => kinds !== 0).length).toBeLessThan(25);
});

test('every token has every feature', () => {
  const text = 'Hello, 山田太郎 and Jane Doe!';
  const tokens = tokenize(text);
  expect(featuresOf(text, tokens, openLexicon(new Uint8Array(), 0)).length).toBe(tokens.length * FEATURES);
});

describe('the shipped tagger', () => {
  test('is what its manifest says', async () => {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', WEIGHTS));
    expect(Buffer.from(digest).toString('hex')).toBe(manifest.sha256);
    expect(WEIGHTS.length).toBe(manifest.bytes);
    expect(manifest.labels).toEqual([...LABELS]);
  });

  test.each([
    ['My name is John Miller and I live in Boston.', 'person John Miller'],
    ['Dear Ms. Bergström,\nthank you for your letter.', 'person Bergström'],
    ['Patient: María García López, DOB 1990-02-11', 'person María García López'],
    ['Sehr geehrter Herr Schäfer, anbei die Rechnung.', 'person Schäfer'],
    ["Je m'appelle Camille Lefèvre et j'ai une question.", 'person Camille Lefèvre'],
    ['我叫王小明,有一个问题。', 'person 王小明'],
    ['担当者:山田太郎', 'person 山田太郎'],
    ['안녕하세요, 김민준입니다.', 'person 김민준'],
    ['Меня зовут Иван Петров, у меня вопрос.', 'person Иван Петров'],
    ['my name is jane smith and i need help', 'person jane smith'],
    ['Please ship it to 12 Baker Street before Monday.', 'address 12 Baker Street'],
  ])('%s', (text, first) => {
    expect(found(text)).toContain(first);
  });

  test.each([
    'Will Apple open a store in May?',
    'Machine Learning and Data Science are taught on Monday.',
    'The White House and the European Union signed the Paris Agreement.',
    'const userName = await readFile(path);',
    'How do I sort a list in Python?',
    'Guten Morgen! Die Bundesrepublik Deutschland hat sechzehn Länder.',
    '今天天气怎么样?',
    '',
  ])('nobody in: %s', (text) => {
    expect(found(text)).toEqual([]);
  });

  test('takes any string, in linear time and without overlaps', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        let at = 0;
        for (const { start, end } of tag(text)) {
          expect(start).toBeGreaterThanOrEqual(at);
          expect(end).toBeGreaterThan(start);
          at = end;
        }
        expect(at).toBeLessThanOrEqual(text.length);
      }),
    );
    expect(tag('Name: Jane Doe\n'.repeat(3000)).length).toBe(3000);
  });

  test.each([
    ['empty', new Uint8Array()],
    ['cut', WEIGHTS.subarray(0, 1000)],
    ['foreign', new Uint8Array(5000)],
  ] as const)('refuses weights that are %s', (_, bytes) => {
    expect(() => createTagger(bytes)).toThrow(/names\.bin.*FW_PACK/);
  });
});
