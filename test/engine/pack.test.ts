import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildPack, readTrained, untrained } from '../../models/build-pack.ts';
import { compileRules } from '../../models/rules/compile.ts';
import { FORMS } from '../../src/engine/compact.ts';
import { readPack } from '../../src/engine/pack.ts';

const trained = readTrained();
const bytes = buildPack(trained);
const ROW = 16;

/** Where the table's row of a section stands. */
function rowOf(code: string): number {
  for (let row = 16; ; row += ROW) if (String.fromCharCode(...bytes.subarray(row, row + 4)) === code) return row;
}

function changed(change: (bytes: Uint8Array, data: DataView) => void): Uint8Array {
  const copy = bytes.slice();
  change(copy, new DataView(copy.buffer));
  return copy;
}

const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const weights = (name: string): Uint8Array => readFileSync(join(import.meta.dirname, '../../models/weights', name));
const SECTIONS: readonly (readonly [code: string, bytes: Uint8Array])[] = [
  ['RULE', compileRules().section],
  ['FOLD', weights('fold.bin')],
  ['TRIG', weights('plausibility.bin')],
  ['LEXI', weights('lexicon.bin')],
  ...Object.entries(trained.models),
];

test.each(SECTIONS)('%s is read as it was made', (code, made) => {
  expect(same(readPack(bytes).section(code), made)).toBe(true);
});

test('models that say nothing yet are read too', () => {
  const start = untrained();
  const pack = readPack(buildPack(start));
  for (const [code, made] of Object.entries(start.models)) expect(same(pack.section(code), made)).toBe(true);
});

test('a Buffer at an odd offset is read alike, and left alone', () => {
  const buffer = Buffer.concat([Buffer.of(0), bytes]).subarray(1);
  expect(same(readPack(buffer).bytes, readPack(bytes).bytes)).toBe(true);
  expect(same(buffer, bytes)).toBe(true);
});

test('reading leaves the bytes as they are, and what was read can be read again', () => {
  const before = bytes.slice();
  const once = readPack(bytes);
  const twice = readPack(once.bytes);
  expect(twice.bytes).toBe(once.bytes);
  for (const [code] of SECTIONS) expect(same(twice.section(code), once.section(code))).toBe(true);
  expect(same(bytes, before)).toBe(true);
});

test.each(Object.keys(FORMS))('%s of any bytes is restored or refused', (code) => {
  const at = new DataView(bytes.buffer).getUint32(rowOf(code) + 4, true);
  const length = new DataView(bytes.buffer).getUint32(rowOf(code) + 8, true);
  const change = fc.tuple(fc.oneof(fc.nat(63), fc.nat(length - 1)), fc.nat(255));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.boolean(), (changes, isCut) => {
      const file = bytes.slice();
      for (const [offset, byte] of changes) file[at + offset] = byte;
      if (isCut) new DataView(file.buffer).setUint32(rowOf(code) + 8, changes[0]![0], true);
      try {
        readPack(file);
      } catch (error) {
        expect(error).toMatchObject({ code: 'FW_PACK' });
      }
    }),
    { numRuns: 60 },
  );
});

const BAD: readonly (readonly [name: string, bytes: Uint8Array, message: RegExp])[] = [
  ['nothing', new Uint8Array(0), /starts with EWP1; got 0 other bytes/],
  ['another file', new Uint8Array(64).fill(7), /starts with EWP1/],
  ['another version', changed((_, data) => data.setUint32(4, 999, true)), /ABI version \d+; got 999/],
  ['cut off', bytes.slice(0, bytes.length >> 1), /section \d+ ends at byte \d+; the file has \d+/],
  ['a header alone', bytes.slice(0, 16), /expected a section META/],
  [
    'a difference from nothing',
    changed((copy) => copy.fill(88, rowOf('LIN0'), rowOf('LIN0') + 4)),
    /expected a section LIN0 of \d+ bytes beside DIF1; got none/,
  ],
  [
    'a difference of another length',
    changed((_, data) => data.setUint32(rowOf('DIF1') + 8, 32, true)),
    /expected a section LIN0 of 32 bytes beside DIF1; got \d+/,
  ],
  [
    'a forest without its last leaf',
    changed((_, data) => data.setUint32(rowOf('GBT0') + 8, data.getUint32(rowOf('GBT0') + 8, true) - 4, true)),
    /section GBT0: expected \d+ binary trees of \d+ nodes; got \d+ bytes/,
  ],
  [
    'a lexicon of more hashes than bytes',
    changed((_, data) => data.setUint32(data.getUint32(rowOf('LEXD') + 4, true) + 4, 8000, true)),
    /section LEXD: expected 8000 hashes for a table of 16384; got \d+ bytes/,
  ],
  [
    'rules with a table behind their end',
    changed((_, data) => {
      const end = data.getUint32(rowOf('RULT') + 4, true) + data.getUint32(rowOf('RULT') + 8, true);
      data.setUint32(end - 12, 0x7fffffff, true); // where the last table ends
    }),
    /section RULT: expected rows of 16 bytes from \d+ to 2147483647 of \d+/,
  ],
];

test.each(BAD)('%s is refused', (_, file, message) => {
  expect(() => readPack(file)).toThrow(message);
  expect(() => readPack(file)).toThrow(expect.objectContaining({ code: 'FW_PACK' }));
});
