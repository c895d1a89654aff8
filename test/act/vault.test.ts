/** The vault: what goes in comes out, and nothing else changes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createVault, openVault } from '../../src/act/vault.ts';
import type { Redaction, Strategy } from '../../src/types.ts';

/** Marks every `‹value›` of a text as a span of the type. */
function marked(text: string, type = 'email', strategy?: Strategy): [text: string, redactions: Redaction[]] {
  let plain = '';
  const redactions: Redaction[] = [];
  for (const part of text.split(/(‹[^›]*›)/)) {
    const value = part.startsWith('‹') ? part.slice(1, -1) : part;
    if (part.startsWith('‹')) {
      redactions.push({ start: plain.length, end: plain.length + value.length, type, ...(strategy && { strategy }) });
    }
    plain += value;
  }
  return [plain, redactions];
}

const CASES: readonly (readonly [name: string, text: string, want: string])[] = [
  ['plain', 'Write to ‹a@b.c› or ‹d@e.f›.', 'Write to [EMAIL_1] or [EMAIL_2].'],
  ['the same value twice', '‹a@b.c› ‹a@b.c›', '[EMAIL_1] [EMAIL_1]'],
  ['a number the text uses itself', '[EMAIL_1] ‹a@b.c› [ email 2 ]', '[EMAIL_1] [EMAIL_3] [ email 2 ]'],
  ['in brackets', '[‹a@b.c›]', '[[EMAIL_1]]'],
  ['behind a backslash', '\\‹a@b.c›\\', '\\[EMAIL_1]\\'],
  ['in a URL', 'http://‹h.example›/x?y=‹a@b.c›', 'http://__EMAIL_1__/x?y=__EMAIL_2__'],
  ['where underscores would join what stands before', 'http://x/__email_1‹a@b.c›', 'http://x/__email_1[EMAIL_1]'],
  ['a bare number in JSON', '{"n": ‹4111›, "m": [‹4111›]}', '{"n": "[EMAIL_1]", "m": ["[EMAIL_1]"]}'],
  ['a string in JSON', '{"n": "x ‹4111›, y"}', '{"n": "x [EMAIL_1], y"}'],
];

describe('redact', () => {
  test.each(CASES)('%s', (_, text, want) => {
    const vault = createVault();
    const [plain, redactions] = marked(text);
    const redacted = vault.redact(plain, redactions);
    expect(redacted).toBe(want);
    expect(vault.restore(redacted)).toBe(plain);
  });

  test('JSON stays JSON, a URL a URL', () => {
    const vault = createVault();
    const [json, spans] = marked('{"n": ‹4111111111111111›, "url": "https://x.org/?to=‹a@b.c›"}', 'card');
    const value = JSON.parse(vault.redact(json, spans)) as { n: string; url: string };
    expect(() => new URL(value.url)).not.toThrow();
    expect(vault.restoreIn(value)).toEqual(JSON.parse(json));
  });

  test('what an earlier text was given is protected in a later one', () => {
    const vault = createVault();
    vault.redact(...marked('‹a@b.c›'));
    const later = vault.redact('What does [EMAIL_1] mean?', []);
    expect(later).toBe('What does [TEXT_1] mean?');
    expect(vault.restore(later)).toBe('What does [EMAIL_1] mean?');
  });

  test.each([
    ['mask', '****-**', /^\*{4}-\*{2}$/],
    ['hash', 'hash', /^email_[0-9a-f]{16}$/],
    ['drop', '', /^$/],
  ] as const)('%s does not come back', (strategy, _, want) => {
    const vault = createVault();
    const redacted = vault.redact(...marked('‹1234-56›', 'email', strategy));
    expect(redacted).toMatch(want);
    expect(vault.restore(redacted)).toBe(redacted);
  });

  test('a hash is the same under the same key alone', () => {
    const key = new Uint8Array(16).fill(7);
    const hash = (from?: Uint8Array) =>
      createVault(from && { key: from }).redact(...marked('‹a@b.c›', 'email', 'hash'));
    expect(hash(key)).toBe(hash(key));
    expect(hash()).not.toBe(hash());
  });

  test('a pseudonym has the form of its value, and comes back', () => {
    const vault = createVault({ isValid: (_, value) => value.endsWith('7') });
    const redacted = vault.redact(...marked('SSN ‹536-90-4399›, again ‹536-90-4399›', 'us-ssn', 'pseudonym'));
    expect(redacted).toMatch(/^SSN (\d{3}-\d{2}-\d{3}7), again \1$/);
    expect(vault.restore(`It is ${redacted.slice(4, 15)}.`)).toBe('It is 536-90-4399.');
  });

  test.each([
    ['outside', [{ start: 0, end: 9, type: 'email' }]],
    ['empty', [{ start: 1, end: 1, type: 'email' }]],
    [
      'overlapping',
      [
        { start: 0, end: 2, type: 'email' },
        { start: 1, end: 3, type: 'email' },
      ],
    ],
  ])('spans %s are an error', (_, redactions) => {
    expect(() => createVault().redact('text', redactions)).toThrowError(/FW_INPUT/);
  });
});

describe('restore', () => {
  const vault = createVault();
  vault.redact(...marked('‹jane@x.org›'));

  test.each([
    '[EMAIL_1]',
    '[email_1]',
    '[ Email_1 ]',
    '[EMAIL 1]',
    '[Email-1]',
    '\\[EMAIL\\_1\\]',
    '__EMAIL_1__',
    '__email_1__',
  ])('%s', (placeholder) => {
    expect(vault.restore(`Hi ${placeholder}!`)).toBe('Hi jane@x.org!');
  });

  test.each(['[EMAIL_2]', '[PHONE_1]', 'EMAIL_1', '[EMAIL]', '[1]', '[EMAIL_1', '[a [b'])('not %s', (text) => {
    expect(vault.restore(text)).toBe(text);
  });

  test('in the arguments of a tool call', () => {
    const call = { to: ['[EMAIL_1]'], '[EMAIL_1]': { n: 1, ok: true, nil: null } };
    expect(vault.restoreIn(call)).toEqual({ to: ['jane@x.org'], 'jane@x.org': { n: 1, ok: true, nil: null } });
  });

  test('another vault knows nothing of it', () => {
    expect(createVault().restore('[EMAIL_1]')).toBe('[EMAIL_1]');
  });
});

describe('seal', () => {
  const key = new Uint8Array(32).fill(3);

  test('opens with its key and goes on numbering', async () => {
    const vault = createVault();
    vault.redact(...marked('‹a@b.c›'));
    const sealed = await vault.seal(key);
    expect(sealed).not.toContain('a@b.c');
    const opened = await openVault(sealed, key);
    expect(opened.restore('[EMAIL_1]')).toBe('a@b.c');
    expect(opened.redact(...marked('‹a@b.c› ‹d@e.f›'))).toBe('[EMAIL_1] [EMAIL_2]');
  });

  test('not with another key, changed or cut', async () => {
    const sealed = await createVault().seal(key);
    const wrong = new Uint8Array(32);
    await expect(openVault(sealed, wrong)).rejects.toThrowError(/FW_VAULT/);
    await expect(openVault(`${sealed.slice(0, -6)}AAAAAA`, key)).rejects.toThrowError(/FW_VAULT/);
    await expect(openVault('x', key)).rejects.toThrowError(/FW_VAULT/);
    await expect(createVault().seal(new Uint8Array(5))).rejects.toThrowError(/16 or 32 bytes; got 5/);
  });
});

test('a look-alike that overlaps another one is protected too', () => {
  const vault = createVault();
  vault.redact(...marked('‹first@example.org›'));
  const [text, redactions] = marked('__‹email_1›__EMAIL_1__');
  expect(vault.restore(vault.redact(text, redactions))).toBe(text);
});

test('whatever the text and the spans, restore undoes redact', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '[',
      ']',
      '\\',
      '__',
      '_',
      'EMAIL',
      'email_1',
      '[EMAIL_1]',
      '[ email 2 ]',
      '__EMAIL_1__',
      '1',
      '"',
      '{"a":',
      '}',
      '://',
      ' ',
      '👩‍👩‍👧',
      '語',
      'e\u0301',
      '\ud83d',
    ),
    fc.string({ unit: 'binary', maxLength: 5 }),
  );
  const part = fc.tuple(piece, fc.boolean());
  fc.assert(
    fc.property(fc.array(fc.array(part, { maxLength: 12 }), { minLength: 1, maxLength: 3 }), (turns) => {
      const vault = createVault({ key: new Uint8Array(16) });
      for (const parts of turns) {
        let text = '';
        const redactions: Redaction[] = [];
        for (const [value, taken] of parts) {
          if (taken && value !== '')
            redactions.push({ start: text.length, end: text.length + value.length, type: 'email' });
          text += value;
        }
        expect(vault.restore(vault.redact(text, redactions))).toBe(text);
      }
    }),
    { numRuns: 3000 },
  );
});
