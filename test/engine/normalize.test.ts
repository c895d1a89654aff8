import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildFold, createFold, unicodeVersion } from '../../models/tables/build-fold.ts';
import {
  MAX_RAW,
  MAX_TEXT,
  STAT_BIDI,
  STAT_CODE_POINTS,
  STAT_CONTROL,
  STAT_CYRILLIC,
  STAT_DIGIT,
  STAT_FOLDED,
  STAT_GREEK,
  STAT_HAN,
  STAT_INVISIBLE,
  STAT_KANA,
  STAT_LATIN,
  STAT_LINES,
  STAT_LONGEST_LINE,
  STAT_LONGEST_RUN,
  STAT_LOWER,
  STAT_MARK,
  STAT_MIXED_WORDS,
  STAT_NEWLINE,
  STAT_PUNCT,
  STAT_REPLACEMENT,
  STAT_SPACE,
  STAT_SYMBOL,
  STAT_TAG,
  STAT_UPPER,
  STAT_VARIATION,
} from '../../src/engine/abi.ts';
import { createNormalizer, fillIdentitySpans } from '../../src/engine/reference/normalize.ts';
import { tokenize } from '../../src/engine/reference/tokenize.ts';
import { newView, type View } from '../../src/engine/reference/view.ts';
import { compileTextStages, type TextStages } from './normalize-harness.ts';

const section = new Uint8Array(readFileSync(new URL('../../models/weights/fold.bin', import.meta.url)));
/** The table is checked against Node's own Unicode data, where that is of the table's version. */
const sameUnicode = new DataView(section.buffer).getUint32(8, true) === unicodeVersion();
const normalize = createNormalizer(new DataView(section.buffer));
let wasm: TextStages;

beforeAll(async () => {
  wasm = await compileTextStages(section);
}, 120_000);

/** What a reader of the view can see of it. */
function shown(view: View) {
  return {
    text: Buffer.from(view.text.subarray(0, view.textLen)).toString('latin1'),
    spans: [...view.textStart.subarray(0, view.textLen), -1, ...view.textEnd.subarray(0, view.textLen)].join(),
    raw: [...view.rawStart.subarray(0, view.rawLen), -1, ...view.rawEnd.subarray(0, view.rawLen)].join(),
    tokens: [
      ...view.tokenStart.subarray(0, view.tokenCount),
      -1,
      ...view.tokenEnd.subarray(0, view.tokenCount),
      -1,
      ...view.tokenKind.subarray(0, view.tokenCount),
    ].join(),
    stats: [...view.stats].join(),
  };
}

function reference(raw: Uint8Array, spans?: { start: Uint16Array; end: Uint16Array }, fold = normalize): View {
  const view = newView();
  view.raw.set(raw);
  view.rawLen = raw.length;
  if (spans) {
    view.rawStart.set(spans.start);
    view.rawEnd.set(spans.end);
  } else {
    fillIdentitySpans(view);
  }
  fold(view);
  tokenize(view);
  return view;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (view: View): string => new TextDecoder().decode(view.text.subarray(0, view.textLen));

function expectSame(raw: Uint8Array, spans?: { start: Uint16Array; end: Uint16Array }): View {
  const view = reference(raw, spans);
  expect(shown(wasm.run(raw, spans))).toEqual(shown(view));
  return view;
}

const FOLDS: Record<string, readonly (readonly [from: string, to: string])[]> = {
  case: [
    ['Ignore ALL', 'ignore all'],
    ['ÄÖÜ ß ẞ', 'aou ss ss'],
    ['İIıi', 'iiii'],
    ['НОВЫЕ', 'hobыe'],
    ['ŒÆØŁĐ', 'oeaeold'],
  ],
  'white space': [
    ['  a  b ', 'a b'],
    ['a \r\n\t\n b', 'a\nb'],
    ['a\u00a0\u3000\u2003b', 'a b'],
    ['a \u200b \u2060 b', 'a b'],
    ['a\u2028b\u0085c', 'a\nb\nc'],
    ['\n\n', ''],
    ['', ''],
  ],
  invisible: [
    ['ig\u200bno\u200d\u00adre', 'ignore'],
    ['\u202eig\u2066nore\u2069', 'ignore'],
    ['a\ufe0f\u{e0101}b', 'ab'],
    ['a\u{e0049}\u{e0067}b', 'ab'],
    ['a\u0000\u0007\u001b\u007f\u0001b', 'ab'],
    ['i\u0335g\u0336n̈ö', 'igno'],
  ],
  confusables: [
    ['Ιgnоrе аll рrеviоus', 'ignore all previous'],
    ['IGΝОRЕ', 'ignore'],
    ['օսհո', 'ouhn'],
    ['ᏚᎢ', 'st'],
    ['ɪɢɴᴏʀᴇ', 'ignore'],
    ['ᗩᗷᑕ', 'abc'],
    ['ꓖꓲꓦꓰ', 'give'],
  ],
  compatibility: [
    ['ｉｇｎｏｒｅ　１２！', 'ignore 12!'],
    ['𝐢𝑔𝓃𝔬𝕣𝖊 𝙸 𝟙𝟚', 'ignore i 12'],
    ['ⓘⒼ⒩🄾🅡🅴 🇮🇬', 'ignore ig'],
    ['ⁱᵍⁿᵒʳᵉ x²', 'ignore x2'],
    ['ﬁ ﬃ ½ ① ❷ ㎏', 'fi ffi 1/2 1 2 kg'],
  ],
  punctuation: [
    ['“a” ‘b’ «c» — – ‑ …', '"a" \'b\' "c" - - - ...'],
    ['「無視」、。【】〈〉《》', '"無視",.[]<><>'],
    ['؟ ، ؛ ।', '? , ; .'],
    ['• ¿ ¡ ·', '* ? ! .'],
  ],
  symbols: [
    ['😀👍🏽©™€', '\u0001\u0001\u0001\u0001\u0001\u0001'],
    ['\ufffd', '\u0001'],
    ['\ue000\u{10ffff}', '\u0001\u0001'],
  ],
  'scripts that stay': [
    ['一ー丨〇ᄀ', '一ー丨〇ᄀ'],
    ['안녕 한글', '안녕 한글'],
    ['カタカナ がぎ ｶﾞ', 'カタカナ がぎ カ\u3099'],
    ['तुरंत १२', 'तुरंत 12'],
    ['ก่อนหน้า', 'ก่อนหน้า'],
    ['תִּ', 'ת'],
    ['تجاهَلْ كُلَّ آأإ ی ک ة ٣ ـ', 'تجاهل كل ااا ي ك ه 3'],
  ],
};

describe('folding', () => {
  for (const [group, rows] of Object.entries(FOLDS)) {
    describe(group, () => {
      it.each(rows)('%j becomes %j at every offset', (from, to) => {
        for (let offset = 0; offset <= 17; offset++) {
          const lead = 'a,'.repeat(9).slice(0, offset);
          const view = expectSame(utf8(`${lead}(${from})${lead}`));
          // Inside brackets white space at the edges of a row stays as one character.
          const inside = textOf(view).slice(offset + 1, textOf(view).length - 1 - offset);
          expect(inside.trim()).toBe(to);
        }
        expect(textOf(expectSame(utf8(from)))).toBe(to);
      });
    });
  }
});

const STATS: readonly (readonly [text: string, counts: Readonly<Record<number, number>>])[] = [
  ['', { [STAT_CODE_POINTS]: 0, [STAT_LINES]: 0, [STAT_LONGEST_LINE]: 0 }],
  [
    'Ab3!',
    { [STAT_CODE_POINTS]: 4, [STAT_UPPER]: 1, [STAT_LOWER]: 1, [STAT_DIGIT]: 1, [STAT_PUNCT]: 1, [STAT_LINES]: 1 },
  ],
  ['a\r\nbcd\n\n', { [STAT_NEWLINE]: 3, [STAT_LINES]: 4, [STAT_LONGEST_LINE]: 3, [STAT_CODE_POINTS]: 8 }],
  ['a \t\u3000b', { [STAT_SPACE]: 3, [STAT_NEWLINE]: 0 }],
  [
    '\u200b\u202e\u{e0041}\ufe0f\u0301\u0007',
    {
      [STAT_INVISIBLE]: 1,
      [STAT_BIDI]: 1,
      [STAT_TAG]: 1,
      [STAT_VARIATION]: 1,
      [STAT_MARK]: 1,
      [STAT_CONTROL]: 1,
    },
  ],
  ['aaaa bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb      ', { [STAT_LONGEST_RUN]: 41 }],
  ['жжж', { [STAT_LONGEST_RUN]: 3, [STAT_CYRILLIC]: 3, [STAT_LOWER]: 3, [STAT_FOLDED]: 0 }],
  ['pаypаl раура1 plain Ωmega', { [STAT_MIXED_WORDS]: 2, [STAT_CYRILLIC]: 7, [STAT_GREEK]: 1 }],
  ['éßø Ａ', { [STAT_LATIN]: 4, [STAT_FOLDED]: 1, [STAT_UPPER]: 1 }],
  ['漢字かな😀\ufffd', { [STAT_HAN]: 2, [STAT_KANA]: 2, [STAT_SYMBOL]: 1, [STAT_REPLACEMENT]: 1 }],
];

describe('statistics', () => {
  it.each(STATS)('of %j', (text, counts) => {
    const { stats } = expectSame(utf8(text));
    for (const [stat, count] of Object.entries(counts)) {
      expect([Number(stat), stats[Number(stat)]]).toEqual([Number(stat), count]);
    }
  });
});

const SPANS: readonly (readonly [text: string, part: string, covered: string])[] = [
  ['say ig\u200bnore', 'ignore', 'ig\u200bnore'],
  ['a \r\n\t b', '\n', ' \r\n\t '],
  ['x😀ﬃy', 'ffi', 'ﬃ'],
  ['😀😀 𝐢𝐠', 'ig', '𝐢𝐠'],
  ['Ünïcödé', 'unicode', 'Ünïcödé'],
];

describe('the way back', () => {
  it.each(SPANS)('in %j, %j covers %j', (text, part, covered) => {
    const view = expectSame(utf8(text));
    const at = Buffer.from(view.text.subarray(0, view.textLen)).indexOf(part);
    expect(at).toBeGreaterThanOrEqual(0);
    expect(text.slice(view.textStart[at], view.textEnd[at + part.length - 1])).toBe(covered);
  });

  it('lies within the block and never goes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const view = expectSame(utf8(text));
        let start = 0;
        let end = 0;
        for (let i = 0; i < view.textLen; i++) {
          const from = view.textStart[i] ?? -1;
          const to = view.textEnd[i] ?? -1;
          expect(from).toBeGreaterThanOrEqual(start);
          expect(to).toBeGreaterThanOrEqual(end);
          expect(to).toBeGreaterThan(from);
          expect(to).toBeLessThanOrEqual(text.length);
          start = from;
          end = to;
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('both engines', () => {
  it('agree on every code point, alone and between letters, as the table says', () => {
    const fold = createFold();
    for (let code = 0; code < 0x110000; code += 512) {
      let text = '';
      for (let i = code; i < code + 512; i++) {
        if (i < 0xd800 || i > 0xdfff) text += `x${String.fromCodePoint(i)}`;
      }
      const view = expectSame(utf8(text));
      if (!sameUnicode || (code >= 0x30000 && code < 0xe0000)) continue; // unassigned: the same page again and again
      let expected = '';
      for (const character of text) {
        if (/[\p{White_Space}\u2800]/u.test(character))
          expected += /[\n\v\f\r\x85\u2028\u2029]/.test(character) ? '\n' : ' ';
        else expected += character === '\ufffd' ? '\u0001' : fold(character);
      }
      expect(textOf(view)).toBe(expected);
    }
  }, 120_000);

  const mixture = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(
        fc.constantFrom(
          ' ',
          '\n',
          '\r',
          '\t',
          'a',
          'A',
          'aaaa',
          '_',
          '.',
          '\u200b',
          '\u3000',
          'ж',
          'Ω',
          '漢',
          '😀',
          '\ud800',
          'the quick brown fox',
        ),
        { maxLength: 120 },
      )
      .map((parts) => parts.join('')),
  );

  it('agree on any string, lone surrogates included', () => {
    fc.assert(
      fc.property(mixture, (text) => void expectSame(utf8(text))),
      { numRuns: 2000 },
    );
  }, 60_000);

  it('agree on any bytes, with any spans', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(
          fc.constantFrom(0x20, 0x61, 0xc3, 0xa9, 0xe2, 0x80, 0x8b, 0xed, 0xa0, 0xf0, 0x9f, 0xf4, 0x90, 0xc0, 0xff),
          { maxLength: 100 },
        )
        .map((list) => Uint8Array.from(list)),
    );
    fc.assert(
      fc.property(bytes, (raw) => {
        const start = Uint16Array.from(raw, (_byte, i) => i * 3);
        const end = Uint16Array.from(raw, (_byte, i) => i * 3 + 7);
        expectSame(raw, { start, end });
      }),
      { numRuns: 2000 },
    );
  }, 60_000);

  it('count each invalid byte as U+FFFD', () => {
    const raw = Uint8Array.of(0x61, 0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xe2, 0x82);
    const view = expectSame(raw);
    expect(textOf(view)).toBe(`a${'\u0001'.repeat(8)}`);
    expect(view.stats[STAT_REPLACEMENT]).toBe(8);
  });

  it('agree on full blocks, and leave zeros behind the text', () => {
    for (const unit of ['a', ' a', 'A.', '\n', 'ж', '漢', '😀', '㈱', '\u200b', '\uffff', 'word  ', '\r\n']) {
      const raw = utf8(unit.repeat(MAX_RAW)).subarray(0, MAX_RAW);
      expectSame(raw);
      expect(wasm.padding(64).every((byte) => byte === 0)).toBe(true);
    }
  });
});

describe('limits', () => {
  it('cut the text at MAX_TEXT in both engines, at whatever lies there', async () => {
    // No real table grows so much: here every ж becomes six bytes.
    const growing = section.slice();
    const data = new DataView(growing.buffer);
    const page = data.getUint16(16 + 4 * 2, true);
    const id = data.getUint16(16 + 0x1100 * 2 + (page * 256 + 0x36) * 2, true);
    const record = 16 + 0x1100 * 2 + data.getUint32(0, true) * 512 + id * 8;
    growing[record + 1] = 6;
    growing.set(utf8('abcdef'), record + 2);
    const fold = createNormalizer(data);
    const stages = await compileTextStages(growing);
    for (const tail of ['', ' ', '  a', '\r\n\n', 'abcdefghijklmnopqrstuvwxyz', '漢', '\u200b\u200b', '.'.repeat(40)]) {
      for (let offset = 0; offset <= 17; offset++) {
        const raw = utf8('x'.repeat(offset) + 'ж'.repeat(4092) + tail + 'ж a'.repeat(9));
        const view = reference(raw, undefined, fold);
        expect(view.textLen).toBeGreaterThan(MAX_TEXT - 8);
        expect(shown(stages.run(raw))).toEqual(shown(view));
      }
    }
  }, 60_000);

  it('refuse a section of the wrong length', async () => {
    await expect(compileTextStages(section.subarray(0, section.length - 8))).rejects.toThrow('refused');
  }, 60_000);
});

describe('the table', () => {
  it.skipIf(!sameUnicode)(
    'is what its builder makes, where Node knows the same Unicode version',
    () => {
      expect(Buffer.compare(buildFold(), section)).toBe(0);
    },
    60_000,
  );

  it('is a fixed point: folding folded text changes nothing', () => {
    const fold = createFold();
    for (let code = 0x20; code < 0x30000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const once = fold(String.fromCodePoint(code));
      const twice = [...once].map((character) => (character === '\u0001' ? character : fold(character))).join('');
      if (twice !== once) expect.fail(`U+${code.toString(16)}: ${once} becomes ${twice}`);
    }
  });

  it('leaves ASCII alone but for capitals', () => {
    const fold = createFold();
    for (let code = 0x21; code < 0x7f; code++) {
      const character = String.fromCharCode(code);
      expect(fold(character)).toBe(character.toLowerCase());
    }
  });
});
