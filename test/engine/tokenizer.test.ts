import { beforeAll, describe, expect, test } from 'vitest';
import { openAutoTokenizer } from '../../models/eval/auto-tokenizer.ts';
import { buildTokenizer, describeCharacters } from '../../models/tables/build-tokenizer.ts';
import { createReferenceTokenizer } from '../../src/engine/reference/wordpiece.ts';
import { createWasmTokenizer, type Encoding, type Tokenizer } from '../../src/engine/tokenizer.ts';
import { readTokenizerTables } from '../../src/engine/tokenizer-tables.ts';
import {
  AT_CLS,
  AT_MAGIC,
  AT_NODES,
  AT_PAGES,
  AT_VERSION,
  HEADER_BYTES,
  MAX_WORD,
  PAGE_COUNT,
  PIECE_UNITS,
} from '../../wasm/assembly/tokenizer/abi.ts';
import { random } from './harness/engines.ts';
import { compileTokenizer, randomText, SAMPLE, smallVocabulary } from './tokenizer-harness.ts';

const SEED = 20261122;
const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]'];
const VOCABULARY = smallVocabulary();
const CHARACTERS = describeCharacters();

let module: WebAssembly.Module;
let tables: Uint8Array;
let wasm: Tokenizer;
let reference: Tokenizer;

beforeAll(() => {
  module = compileTokenizer();
  tables = buildTokenizer(VOCABULARY, CHARACTERS);
  wasm = createWasmTokenizer(module, tables);
  reference = createReferenceTokenizer(tables);
});

/** Every entry as `piece@start-end`. */
function pieces(tokenizer: Tokenizer, text: string, vocabulary = VOCABULARY): string[] {
  const { ids, starts, ends } = tokenizer.encode(text);
  expect([starts.length, ends.length]).toEqual([ids.length, ids.length]);
  return Array.from(ids, (id, i) => `${vocabulary[id]}@${starts[i]}-${ends[i]}`);
}

/** Both answers as text: comparing long lists entry by entry takes the test runner seconds. */
function expectEqual(text: string, about: string = JSON.stringify(text.slice(0, 80))): void {
  const flat = ({ ids, starts, ends }: Encoding): string => `${ids}; ${starts}; ${ends}`;
  expect(flat(wasm.encode(text)), about).toBe(flat(reference.encode(text)));
}

describe('cases', () => {
  const vocabulary = [
    ...SPECIAL,
    ...'abceiknosz',
    ...['cafe', 'strasse', 'straß', 'so', 'not', '##e', '##s', '##so', '##not', '##ing', '##σ', '##ς', '##α', '##a'],
    ...['α', 'σ', 'ας', 'ασ', '中', '文', 'か', 'が', '##\u3099', 'ᄒ', '##ᅡ', '##ᆫ', 'न', '##\u093c', '##\u093e'],
    ...['!', '.', ',', "'", '-', '_', '#', '=', '[', ']', '…', '。', '«', '`', '$', '+', '~', ';', 'sep', 'fi', 'ﬁ'],
    ...['\u{1f600}', '##\u{1f600}', '👩', '##👧', '\u{20bb7}', '##\u{20bb7}', '\u{10428}', 'ᾳ', '\u05e9', '##\u05b7'],
    ...['##\u05c1', '##\u05c1\u05b7', '##\u05b7\u05c1', '1', '##1', '##b', '##c', '##k', '™', 'ß', '##ß', 'ſ', 'k'],
  ].filter((entry, i, all) => all.indexOf(entry) === i);
  const unknown = (to: number, from = 0): string => `[UNK]@${from}-${to}`;
  const CASES: readonly [name: string, text: string, expected: readonly string[]][] = [
    ['empty', '', []],
    ['blanks alone', ' \t\r\n\u00a0\u3000\u2028 ', []],
    ['controls alone', '\0\x01\x1b\u200b\ufeff\ufffd\x85', []],
    ['capitals', 'CAFE', ['cafe@0-4']],
    ['accents composed', 'Café', ['cafe@0-4']],
    ['accents apart', 'cafe\u0301 a', ['cafe@0-5', 'a@6-7']],
    ['an accent on nothing', '\u0301 a', ['a@2-3']],
    ['an accent behind a blank belongs to nothing', 'a \u0301b', ['a@0-1', 'b@3-4']],
    ['continuations', 'soso notsoing', ['so@0-2', '##so@2-4', 'not@5-8', '##so@8-10', '##ing@10-13']],
    ['one unknown part makes the word unknown', 'soxso not', [unknown(5), 'not@6-9']],
    ['the longest, not the best', 'straße', ['straß@0-5', '##e@5-6']],
    [
      'ASCII punctuation',
      "a.b,c!'-_#=[]`$+~;",
      [
        ...['a@0-1', '.@1-2', 'b@2-3', ',@3-4', 'c@4-5', '!@5-6', "'@6-7", '-@7-8', '_@8-9', '#@9-10', '=@10-11'],
        ...['[@11-12', ']@12-13', '`@13-14', '$@14-15', '+@15-16', '~@16-17', ';@17-18'],
      ],
    ],
    ['punctuation beyond ASCII', 'a…b。c«', ['a@0-1', '…@1-2', 'b@2-3', '。@3-4', 'c@4-5', '«@5-6']],
    ['symbols beyond ASCII are no punctuation', 'a™', [unknown(2)]],
    ['punctuation that decomposes to ASCII', 'a≠b\u037ec', ['a@0-1', '=@1-2', 'b@2-3', ';@3-4', 'c@4-5']],
    ['special tokens in a text are text', '[SEP]', ['[@0-1', 'sep@1-4', ']@4-5']],
    ['controls vanish inside a word', 'ca\0f\u200be\x7f', ['cafe@0-6']],
    ['a control is no end of a word', 'a\x01 \x02b', ['a@0-1', 'b@4-5']],
    ['Han stands alone', 'a中文b', ['a@0-1', '中@1-2', '文@2-3', 'b@3-4']],
    ['Han beyond U+FFFF does not', '𠮷𠮷', ['\u{20bb7}@0-2', '##\u{20bb7}@2-4']],
    ['kana decomposes', 'か が', ['か@0-1', 'か@2-3', '##\u3099@2-3']],
    ['Hangul becomes jamo', '한', ['ᄒ@0-1', '##ᅡ@0-1', '##ᆫ@0-1']],
    ['jamo are what they are', '\u1112\u1161\u11ab', ['ᄒ@0-1', '##ᅡ@1-2', '##ᆫ@2-3']],
    ['marks of Indic scripts stay', 'ऩा', ['न@0-1', '##\u093c@0-1', '##\u093e@1-2']],
    ['marks in canonical order', '\u05e9\u05c1\u05b7', ['\u05e9@0-1', '##\u05b7\u05c1@1-3']],
    ['marks kept in order by U+034F', '\u05e9\u05c1\u034f\u05b7', ['\u05e9@0-1', '##\u05c1\u05b7@1-4']],
    ['dotted capital I', 'İ', ['i@0-1']],
    ['Kelvin', '\u212a', ['k@0-1']],
    ['long s stays', 'ſ', ['ſ@0-1']],
    ['ligatures stay', 'ﬁ', ['ﬁ@0-1']],
    ['iota below', 'ᾼ', ['α@0-1']],
    ['astral capitals', '\u{10400}', ['\u{10428}@0-2']],
    ['emoji', '😀😀', ['\u{1f600}@0-2', '##\u{1f600}@2-4']],
    ['ZWJ', '👩\u200d👧', ['👩@0-2', '##👧@3-5']],
    ['final sigma', 'ΑΣ', ['ας@0-2']],
    ['sigma before case', 'ΑΣα', ['ασ@0-2', '##α@2-3']],
    ['sigma alone', 'Σ', ['σ@0-1']],
    ['sigma across punctuation', "ΑΣ.α ΑΣ'", ['ασ@0-2', '.@2-3', 'α@3-4', 'ας@5-7', "'@7-8"]],
    ['sigma and what vanishes', 'Α\u200bΣ\u0301\u0301α', ['ασ@0-5', '##α@5-6']],
    ['sigma after a blank', 'Α Σ', ['α@0-1', 'σ@2-3']],
    ['lone surrogates vanish', 'a\ud800b \udc00 c\udbff', ['a@0-1', '##b@2-3', 'c@6-7']],
    [
      'a word of 100',
      'a'.repeat(MAX_WORD),
      ['a@0-1', ...Array.from({ length: 99 }, (_, i) => `##a@${i + 1}-${i + 2}`)],
    ],
    ['a word of 101', `${'a'.repeat(MAX_WORD + 1)} b`, [unknown(MAX_WORD + 1), 'b@102-103']],
    [
      '100 beyond ASCII',
      `é${'á'.repeat(99)}`,
      ['e@0-1', ...Array.from({ length: 99 }, (_, i) => `##a@${i + 1}-${i + 2}`)],
    ],
    ['101 beyond ASCII', 'á'.repeat(101), [unknown(101)]],
    ['101 jamo', `${'한'.repeat(33)}하`, [unknown(34)]],
    ['accents do not count', `b${'\u0301'.repeat(500)}a`, ['b@0-501', '##a@501-502']],
  ];

  let both: readonly Tokenizer[];
  beforeAll(() => {
    const bytes = buildTokenizer(vocabulary, CHARACTERS);
    both = [createWasmTokenizer(module, bytes), createReferenceTokenizer(bytes)];
  });

  test.each(CASES)('%s', (_, text, expected) => {
    for (const tokenizer of both) expect(pieces(tokenizer, text, vocabulary), tokenizer.name).toEqual(expected);
  });
});

describe('equal to AutoTokenizer', () => {
  let auto: (text: string) => number[];
  beforeAll(async () => {
    auto = await openAutoTokenizer(VOCABULARY);
  });

  test('on texts in many scripts, whole, cut and joined', () => {
    let unknown = 0;
    let entries = 0;
    SAMPLE.forEach((text, i) => {
      const other = SAMPLE[(i * 7 + 3) % SAMPLE.length]!;
      for (const variant of [text, text.toUpperCase(), text.normalize('NFD'), text.replaceAll(' ', ''), text + other]) {
        const ids = Array.from(wasm.encode(variant).ids);
        expect(ids, variant).toEqual(auto(variant));
        unknown += ids.filter((id) => id === wasm.special.unk).length;
        entries += ids.length;
      }
    });
    expect(entries).toBeGreaterThan(3000);
    expect(unknown / entries).toBeLessThan(0.25); // or equal ids would say little
  });

  test('on random Unicode', () => {
    const next = random(SEED);
    for (let i = 0; i < 200; i++) {
      const text = randomText(next);
      expect(Array.from(wasm.encode(text).ids), JSON.stringify(text)).toEqual(auto(text));
    }
  });

  test('on every code point of alphabets and marks, between letters and before a sigma', async () => {
    const RANGES = [
      ...[
        [0, 0x3100],
        [0xa640, 0xac20],
        [0xd7a0, 0xd800],
        [0xf8f0, 0x10000],
        [0x10000, 0x12000],
      ],
      ...[
        [0x16e40, 0x16eb0],
        [0x16fe0, 0x17000],
        [0x1bc90, 0x1bcb0],
        [0x1d150, 0x1d250],
        [0x1d400, 0x1d800],
      ],
      ...[
        [0x1e000, 0x1e960],
        [0x2f800, 0x2fa20],
        [0xe0000, 0xe0200],
      ],
    ] as const;
    const codes = RANGES.flatMap(([from, to]) => Array.from({ length: to - from }, (_, i) => from + i));
    const characters = codes.map((code) => String.fromCodePoint(code));
    const known = new Set([...SPECIAL, 'a', 'b', '##a', '##b', 'σ', 'ς', '##σ', '##ς']);
    for (const character of characters) {
      for (const part of character.toLowerCase().normalize('NFD')) known.add(part).add(`##${part}`);
    }
    const vocabulary = [...known];
    const every = await openAutoTokenizer(vocabulary);
    const everyWasm = createWasmTokenizer(module, buildTokenizer(vocabulary, CHARACTERS));
    const wrong: string[] = [];
    for (let from = 0; from < characters.length; from += 64) {
      const text = characters
        .slice(from, from + 64)
        .map((c) => `a${c}b A${c}Σ ${c}Σ`)
        .join('  ');
      const theirs = every(text);
      if (Array.from(everyWasm.encode(text).ids).join() !== theirs.join()) wrong.push(codes[from]!.toString(16));
    }
    expect(wrong).toEqual([]);
  });
});

describe('wasm equals the reference', () => {
  test('on random Unicode, spans included', () => {
    const next = random(SEED + 1);
    for (let i = 0; i < 600; i++) {
      const text = randomText(next);
      expectEqual(text);
    }
  });

  test('at every place in a vector', () => {
    for (const text of SAMPLE) {
      const plain = pieces(wasm, text).length;
      for (let offset = 0; offset <= 17; offset++) {
        expect(pieces(wasm, ' '.repeat(offset) + text)).toHaveLength(plain);
        for (const before of ['x'.repeat(offset), `${'é'.repeat(offset)} `]) {
          expectEqual(before + text);
        }
      }
    }
  });

  const BORDERS = [
    ...['ΑΣα ΑΣ. ΑΣ', "\u0301\u0323Σ\u0301.:'α", '\u05c1\u05b7\u034f\u05b0 é', '👩‍👩‍👧 𠮷野', '한국어 각'],
    ...['previous ins', '中文。a', '\udc00\ud800a', 'İa\u0307'],
  ];
  const FILLERS = ['a', ' ', 'Α', 'é', '中', '한', '\u0301', '.', "'", '\u05b0', '😀', 'so ', 'Σ', '\u200b', '\0'];
  test.each(FILLERS)('where pieces meet, behind much of %j', (filler) => {
    const long = filler.repeat(PIECE_UNITS);
    for (const border of BORDERS) {
      for (let before = 0; before <= border.length; before++) {
        const text = `Α${long.slice(0, PIECE_UNITS - before - 1)}${border}${long.slice(0, 20)}`;
        expectEqual(text, `${before} units of ${JSON.stringify(border)}`);
      }
    }
  });
});

describe('spans', () => {
  const fold = (text: string): string =>
    text
      .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\ufffd\s]/gu, '')
      .toLowerCase()
      .normalize('NFD')
      .replace(/[\u0300-\u036f]/g, '')
      .replaceAll('ς', 'σ');

  test('a span holds what normalizes to its entry, and nothing else unless it shares a character', () => {
    const next = random(SEED + 2);
    const texts = [...SAMPLE, ...Array.from({ length: 500 }, () => randomText(next))];
    let checked = 0;
    for (const text of texts) {
      const { ids, starts, ends } = wasm.encode(text);
      for (let i = 0; i < ids.length; i++) {
        const [start, end] = [starts[i]!, ends[i]!];
        expect(start < end && end <= text.length).toBe(true);
        if (ids[i] === wasm.special.unk) continue;
        const entry = VOCABULARY[ids[i]!]!;
        const letters = (entry.startsWith('##') ? entry.slice(2) : entry).replaceAll('ς', 'σ');
        const shared = ids.some((_, other) => other !== i && starts[other]! < end && ends[other]! > start);
        const evidence = fold(text.slice(start, end));
        if (shared) expect(evidence.includes(letters), `${JSON.stringify(text)} ${entry}`).toBe(true);
        else expect(evidence, `${JSON.stringify(text)} ${entry}`).toBe(letters);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(10_000);
  });
});

describe('long texts', () => {
  test('a megabyte without a blank is one unknown word', () => {
    const text = `${'ab1'.repeat(400_000)} a`;
    for (const tokenizer of [wasm, reference]) {
      expect(pieces(tokenizer, text)).toEqual(['[UNK]@0-1200000', 'a@1200001-1200002']);
    }
  });

  test('memory does not grow with the text', () => {
    const { Instance } = WebAssembly;
    let memory: WebAssembly.Memory | undefined;
    WebAssembly.Instance = class extends Instance {
      constructor(...args: ConstructorParameters<typeof Instance>) {
        super(...args);
        memory = this.exports['memory'] as WebAssembly.Memory;
      }
    };
    try {
      const own = createWasmTokenizer(module, tables);
      const before = memory!.buffer.byteLength;
      expect(own.encode('한.'.repeat(200_000)).ids).toHaveLength(800_000);
      expect(own.encode(`${'Σ\u0301'.repeat(200_000)}α`).ids).toEqual(Int32Array.of(own.special.unk));
      expect(memory!.buffer.byteLength).toBe(before);
    } finally {
      WebAssembly.Instance = Instance;
    }
  });

  test('a text leaves nothing behind for the next', () => {
    const texts = [
      'Α',
      'Σ',
      'x'.repeat(PIECE_UNITS * 2),
      'instr',
      '\u05e9\u05c1',
      '\u05b7',
      `${'Α'.repeat(PIECE_UNITS)}Σ`,
    ];
    for (const first of texts) {
      for (const second of texts) {
        wasm.encode(first);
        expect(wasm.encode(second)).toEqual(reference.encode(second));
      }
    }
  });
});

describe('tables', () => {
  const changed = (change: (data: DataView) => void): Uint8Array => {
    const copy = tables.slice();
    change(new DataView(copy.buffer));
    return copy;
  };

  test('special tokens are found by name', () => {
    const special = { unk: '[UNK]', cls: '[CLS]', sep: '[SEP]', pad: '[PAD]' };
    for (const { special: ids } of [wasm, reference]) {
      expect(Object.fromEntries(Object.entries(ids).map(([name, id]) => [name, VOCABULARY[id]]))).toEqual(special);
    }
  });

  test('the bytes may stand anywhere in a buffer', () => {
    const moved = new Uint8Array(tables.length + 3);
    moved.set(tables, 3);
    expect(createWasmTokenizer(module, moved.subarray(3)).encode(SAMPLE[0]!)).toEqual(wasm.encode(SAMPLE[0]!));
  });

  test.each([
    ['nothing', () => new Uint8Array(0)],
    ['other bytes', () => changed((data) => data.setUint32(AT_MAGIC, 1, true))],
    ['another version', () => changed((data) => data.setUint32(AT_VERSION, 99, true))],
    ['half of it', () => tables.slice(0, tables.length >> 1)],
    ['a byte too many', () => Uint8Array.of(...tables, 0)],
    ['counts that do not fit', () => changed((data) => data.setUint32(AT_NODES, 7, true))],
    ['a page there is not', () => changed((data) => data.setUint16(HEADER_BYTES, 0xffff, true))],
    ['a record there is not', () => changed((data) => data.setUint16(HEADER_BYTES + PAGE_COUNT * 2, 0xffff, true))],
    ['a special token there is not', () => changed((data) => data.setUint32(AT_CLS, VOCABULARY.length, true))],
    [
      'a trie whose nodes have other children',
      () =>
        changed((data) => {
          const pages = data.getUint32(AT_PAGES, true);
          const counts = tables.length - HEADER_BYTES - PAGE_COUNT * 2 - pages * 512;
          expect(counts).toBeGreaterThan(0);
          // Child counts stand in the file's last parts: changing all bytes of the trie's first part upsets them.
          for (let at = tables.length - Math.floor(counts / 2); at < tables.length; at++) data.setUint8(at, 0xff);
        }),
    ],
  ] as const)('%s is refused', (_, make) => {
    expect(() => readTokenizerTables(make())).toThrow(/\[FW_PACK\]$/);
  });

  test('a vocabulary must name its special tokens, and every entry once', () => {
    expect(() => buildTokenizer(['[PAD]', '[CLS]', '[SEP]'])).toThrow('expected [UNK] in the vocabulary');
    expect(() => buildTokenizer([...SPECIAL, 'a', 'a'])).toThrow('"a" stands twice');
  });
});
