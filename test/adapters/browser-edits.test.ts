import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Edit, editsOf } from '../../src/adapters/browser/field.ts';
import { createVault } from '../../src/vault.ts';

const apply = (text: string, edits: readonly Edit[]): string =>
  [...edits]
    .sort((a, b) => b.start - a.start)
    .reduce((changed, { start, end, text }) => changed.slice(0, start) + text + changed.slice(end), text);

const at = (start: number, end: number) => ({ start, end, type: 'email' });

test.each([
  ['no redaction', 'abc', [], 'abc', []],
  ['one', 'to a@b now', [at(3, 6)], 'to [X] now', [{ start: 3, end: 6, text: '[X]' }]],
  [
    'neighbors',
    'a@bc@d',
    [at(0, 3), at(3, 6)],
    '[X][Y]',
    [
      { start: 0, end: 3, text: '' },
      { start: 3, end: 6, text: '[X][Y]' },
    ],
  ],
  [
    'a kept part changed',
    'a@b and "x"',
    [at(0, 3)],
    '[X] and \\"x\\"',
    [{ start: 0, end: 11, text: '[X] and \\"x\\"' }],
  ],
  ['nothing kept', 'a@b', [at(0, 3)], '[X]', [{ start: 0, end: 3, text: '[X]' }]],
] as const)('%s', (_, text, redactions, redacted, want) => {
  expect(editsOf(text, redactions, redacted)).toEqual(want);
});

test('whatever the vault made of a text, the edits make of it too', () => {
  const piece = fc.constantFrom(
    'a@x.example',
    'b@y.example',
    ' ',
    'word',
    '[EMAIL_1]',
    '"',
    'https://h/?q=',
    '{',
    '\n',
  );
  fc.assert(
    fc.property(fc.array(fc.record({ piece, value: fc.boolean() }), { maxLength: 12 }), (pieces) => {
      let text = '';
      const redactions = pieces.flatMap(({ piece, value }) => {
        const start = text.length;
        text += piece;
        return value ? [at(start, text.length)] : [];
      });
      const redacted = createVault().redact(text, redactions);
      expect(apply(text, editsOf(text, redactions, redacted))).toBe(redacted);
    }),
  );
});
