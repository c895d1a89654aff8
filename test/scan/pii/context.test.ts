/** The words around a place: marks in a text, and the headings of columns. */
import { describe, expect, test } from 'vitest';
import { openReading } from '../../../src/scan/pii/reading.ts';
import { openTables } from '../../../src/scan/pii/tables.ts';
import { openVocabulary } from '../../../src/scan/pii/vocabulary.ts';

const WORDS = ['phone', 'date of birth', 'führerschein', 'тел', '电话', 'a/c', "driver's license"];

/** What of a text the last word of the list ends with; empty when none is there. */
function last(text: string): string {
  const end = openVocabulary(text).last(WORDS, 0, text.length);
  return end < 0 ? '' : text.slice(0, end);
}

const FOUND: readonly (readonly [text: string, upTo: string])[] = [
  ['my Phone: 1', 'my Phone'],
  ['phone2', 'phone'],
  ['userPhoneNumber', 'userPhone'],
  ['dateOfBirth', 'dateOfBirth'],
  ['date_of-birth 1', 'date_of-birth'],
  ['DATE OF BIRTH', 'DATE OF BIRTH'],
  ['Mein Führerschein ist', 'Mein Führerschein'],
  ['его телефон', 'его тел'],
  ['我的电话是', '我的电话'],
  ['A/C 1', 'A/C'],
  ["phone, driver's license", "phone, driver's license"],
  ['İİ phone', 'İİ phone'],
];

describe('vocabulary', () => {
  test.each(FOUND)('%s', (text, upTo) => {
    expect(last(text)).toBe(upTo);
  });

  test.each(['telephone', 'phones', 'phoneé', 'отель', 'date of birthday', 'update of birth', ''])(
    'nothing in: %s',
    (text) => {
      expect(last(text)).toBe('');
    },
  );

  test('only within the two places, whatever was asked before', () => {
    const text = `phone ${'x'.repeat(300)} phone and on`;
    const vocabulary = openVocabulary(text);
    expect(vocabulary.last(WORDS, 300, text.length)).toBe(312);
    expect(vocabulary.last(WORDS, 6, 311)).toBe(-1);
    expect(vocabulary.last(WORDS, 0, 20)).toBe(5);
    expect(vocabulary.last(['on'], 300, text.length)).toBe(text.length);
  });
});

describe('tables', () => {
  const heading = (text: string, value: string): string | undefined => {
    const field = openTables(text).heading(text.indexOf(value));
    return field && text.slice(field.start, field.end);
  };

  test.each([
    ['a,b,c\n1,2,3', '3', 'c'],
    ['a\tb\tc\n1\t2\t3\n', '2', 'b'],
    ['intro: 7\n\na;b;c\n1;2;3\n4;5;6', '6', 'c'],
    ['a,"b,x",c\n1,"2,9",3', '3', 'c'],
    ['| a | b |\n|---|---|\n| 1 | 2 |', '2', ' b '],
  ])('%j: over %s stands %s', (text, value, want) => {
    expect(heading(text, value)).toBe(want);
  });

  test.each([
    ['a,b,c', 'c'], // no row
    ['a,b,c\n1,2', '2'], // another number of fields
    ['a,b\n1,2', '2'], // too few
    ['1,b,c\n7,2,3', '3'], // digits name no column
  ])('%j has no heading over %s', (text, value) => {
    expect(heading(text, value)).toBeUndefined();
  });
});

test('nearer is nearer; another number between hides a word', () => {
  const near = (text: string): number => openReading(text).near(WORDS, text.indexOf('9'), text.indexOf('9') + 1);
  expect(near('phone 9')).toBeGreaterThan(near('phone or the like 9'));
  expect(near('phone 123 and 9')).toBe(0);
  expect(near('9 (phone)')).toBe(0.5);
  expect(near('9; phone')).toBe(0);
});
