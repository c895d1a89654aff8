import { expect, test } from 'vitest';
import { buildPack, readTrained } from '../../models/build-pack.ts';
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

test.each(['LIN0', 'LIN1'] as const)('%s is read as it was trained', (code) => {
  expect(same(readPack(bytes).section(code), trained.models[code])).toBe(true);
});

test('reading leaves the bytes as they are, and what was read can be read again', () => {
  const before = bytes.slice();
  const once = readPack(bytes);
  expect(same(readPack(once.bytes).section('LIN1'), once.section('LIN1'))).toBe(true);
  expect(same(bytes, before)).toBe(true);
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
];

test.each(BAD)('%s is refused', (_, file, message) => {
  expect(() => readPack(file)).toThrow(message);
  expect(() => readPack(file)).toThrow(expect.objectContaining({ code: 'FW_PACK' }));
});
