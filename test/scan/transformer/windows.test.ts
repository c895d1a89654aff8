import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { merged } from '../../../src/scan/transformer/cascade.ts';
import { isDisguised } from '../../../src/scan/transformer/passages.ts';
import { tokenWindows } from '../../../src/scan/transformer/windows.ts';

describe('token windows', () => {
  test.each([
    ['no token', 0, []],
    ['one', 1, [[0, 1]]],
    ['exactly one window', 6, [[0, 6]]],
    [
      'one more',
      7,
      [
        [0, 6],
        [1, 7],
      ],
    ],
    [
      'two strides',
      10,
      [
        [0, 6],
        [4, 10],
      ],
    ],
    [
      'the last ends with the text',
      11,
      [
        [0, 6],
        [4, 10],
        [5, 11],
      ],
    ],
  ])('%s', (_name, count, want) => {
    expect(tokenWindows(count, 6, 2).map(({ first, last }) => [first, last])).toEqual(want);
  });

  test('together they cover every token; each shares the overlap with the one before', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.integer({ min: 1, max: 200 }), fc.nat(150), (count, size, wish) => {
        const overlap = Math.min(wish, size - 1);
        const windows = tokenWindows(count, size, overlap);
        let covered = 0;
        for (const { first, last } of windows) {
          const shares = first <= Math.max(0, covered - overlap);
          if (!shares || last - first !== Math.min(size, count) || last <= covered) return false;
          covered = last;
        }
        return covered === count;
      }),
    );
  });
});

describe('spans', () => {
  test.each([
    ['none', [], []],
    [
      'sorted',
      [
        [5, 6],
        [1, 2],
      ],
      [
        [1, 2],
        [5, 6],
      ],
    ],
    [
      'overlapping',
      [
        [1, 4],
        [3, 6],
      ],
      [[1, 6]],
    ],
    [
      'touching',
      [
        [1, 3],
        [3, 6],
      ],
      [[1, 6]],
    ],
    [
      'one inside another',
      [
        [1, 9],
        [3, 6],
      ],
      [[1, 9]],
    ],
  ])('%s become one where they meet', (_name, spans, want) => {
    const given = spans.map(([start, end]) => ({ start: start!, end: end! }));
    expect(merged(given).map(({ start, end }) => [start, end])).toEqual(want);
  });
});

describe('disguised letters', () => {
  const DISGUISED: readonly (readonly [string, string])[] = [
    ['a Cyrillic letter in a Latin word', 'ign\u043ere'],
    ['a Greek one', 'pr\u03bfmpt'],
    ['a Latin letter in a Cyrillic word', '\u043f\u0440aвило'],
    ['zero-width space', 'ig\u200bnore'],
    ['soft hyphen', 'ig\u00adnore'],
    ['joiner between Latin letters', 'ig\u200dnore'],
    ['bidi override', '\u202eerongi\u202c'],
    ['tag letters', 'hi\u{e0069}\u{e0067}'],
    ['variation selectors that carry bytes', 'hi\u{e0110}'],
    ['full width', '\uff49\uff47\uff4e\uff4f\uff52\uff45'],
    ['mathematical', '\u{1d422}\u{1d420}'],
    ['circled', '\u24d8\u24d6'],
  ];
  test.each(DISGUISED)('%s', (_name, text) => expect(isDisguised(text)).toBe(true));

  const PLAIN: readonly (readonly [string, string])[] = [
    ['English', 'Ignore the noise, please.'],
    ['accents', 'Größe, naïve, Łódź, Tiếng Việt'],
    ['Russian beside English', 'Слово word слово'],
    ['Greek', 'Καλημέρα'],
    ['Chinese', '你好,世界'],
    ['emoji of several characters', '👨\u200d👩\u200d👧 ❤\ufe0f 🇩🇪'],
    ['Persian with a non-joiner', 'می\u200cخواهم'],
    ['Hindi with a joiner', 'क्\u200dष'],
  ];
  test.each(PLAIN)('none in: %s', (_name, text) => expect(isDisguised(text)).toBe(false));
});
