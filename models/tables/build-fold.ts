/**
 * The folding table: what `normalize` writes for every code point, and what it counts it as.
 *
 *     npx tsx models/tables/build-fold.ts      writes models/weights/fold.bin (section FOLD)
 *
 * Made from the Unicode version of the running Node (its normalization, case and property data), from
 * `confusables.tsv`, and from the short lists below. Little-endian:
 *
 * | offset | type | meaning |
 * |---|---|---|
 * | 0 | u32 | page count P |
 * | 4 | u32 | record count R |
 * | 8 | u32 | Unicode version, 100 · major + minor |
 * | 12 | u32 | reserved, 0 |
 * | 16 | u16[4352] | page of code point `cp`: index `cp >> 8` |
 * | 8720 | u16[P · 256] | record of `cp`: index `page · 256 + (cp & 255)` |
 * | 8720 + 512 · P | u8[R · 8] | records |
 *
 * A record is the STAT_* the code point counts as (u8), flags (u8) and up to six bytes of UTF-8. Flags: bits 0–2
 * the number of bytes, or 7 where the code point stays itself; beyond ASCII 8 upper case, 16 lower case, 32 a letter or digit
 * whose folded form is ASCII though it is neither ASCII nor a Latin letter with a mark. White space has class
 * STAT_SPACE or STAT_NEWLINE and no bytes.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  STAT_ARABIC,
  STAT_BIDI,
  STAT_CONTROL,
  STAT_CYRILLIC,
  STAT_DIGIT,
  STAT_GREEK,
  STAT_HAN,
  STAT_HANGUL,
  STAT_HEBREW,
  STAT_INDIC,
  STAT_INVISIBLE,
  STAT_KANA,
  STAT_LATIN,
  STAT_LOWER,
  STAT_MARK,
  STAT_NEWLINE,
  STAT_OTHER_LETTER,
  STAT_PUNCT,
  STAT_REPLACEMENT,
  STAT_SPACE,
  STAT_SYMBOL,
  STAT_TAG,
  STAT_THAI,
  STAT_UPPER,
  STAT_VARIATION,
} from '../../src/engine/abi.ts';

const CODE_POINTS = 0x110000;
const PAGES = CODE_POINTS >> 8;
const HEAD_BYTES = 16;

/** Length value of a record whose code point stays itself. */
const ITSELF = 7;
const FLAG_UPPER = 8;
const FLAG_LOWER = 16;
const FLAG_FOLDED = 32;

/** What a symbol without ASCII kin becomes. */
const SYMBOL = '\u0001';

/** Pairs `from to`; `from` may hold several characters with the same kin. Applied before everything Unicode says. */
const KIN: readonly (readonly [from: string, to: string])[] = [
  // quotes
  ['‘’‚‛′‵´ʹʻʼʽˈ՚׳❛❜❮❯‹›꞉', "'"],
  ['“”„‟″‶«»〝〞〟「」『』｢｣﹁﹂﹃﹄״❝❞¨ʺ', '"'],
  // dashes
  ['‐‑‒–—―−⁃﹘﹣－⸺⸻־¯〰', '-'],
  ['˜∼〜～', '~'],
  ['ˆ', '^'],
  ['¸', ','],
  // brackets
  ['【〔〖〘〚［﹇﹝⟦', '['],
  ['】〕〗〙〛］﹈﹞⟧', ']'],
  ['〈《⟨⟪❬❰', '<'],
  ['〉》⟩⟫❭❱', '>'],
  // stops
  ['。．｡।॥۔։።᙮', '.'],
  ['、，､،՝፣', ','],
  ['؛;፤', ';'],
  ['؟¿՞⸮', '?'],
  ['¡', '!'],
  ['٪', '%'],
  ['׃', ':'],
  // interpuncts, then bullets that begin a line
  ['·‧・･⋅∙', '.'],
  ['•‣◦●○■□▪▫◆◇⁎∗★☆✱✳', '*'],
  ['…⋯', '...'],
  ['‥', '..'],
  ['×', 'x'],
  ['÷', '/'],
  // digits in disguises without a decomposition
  ['⓿', '0'],
  ['⓵❶➀➊', '1'],
  ['⓶❷➁➋', '2'],
  ['⓷❸➂➌', '3'],
  ['⓸❹➃➍', '4'],
  ['⓹❺➄➎', '5'],
  ['⓺❻➅➏', '6'],
  ['⓻❼➆➐', '7'],
  ['⓼❽➇➑', '8'],
  ['⓽❾➈➒', '9'],
  // Latin letters whose stroke or joint is no mark
  ['ß', 'ss'],
  ['æ', 'ae'],
  ['œ', 'oe'],
  ['øɵ', 'o'],
  ['łƚɫꝉ', 'l'],
  ['đɖɗ', 'd'],
  ['ıɪɩɨᵻ', 'i'],
  ['ʙƀɓ', 'b'],
  ['ᴄƈȼ', 'c'],
  ['ᴅ', 'd'],
  ['ᴇɇ', 'e'],
  ['ꜰƒ', 'f'],
  ['ɢǥɠɡ', 'g'],
  ['ʜħɦ', 'h'],
  ['ᴊɉʝ', 'j'],
  ['ᴋƙ', 'k'],
  ['ʟ', 'l'],
  ['ᴍʍ', 'm'],
  ['ɴɲƞɳ', 'n'],
  ['ᴏ', 'o'],
  ['ᴘƥ', 'p'],
  ['ꞯʠɋ', 'q'],
  ['ʀɍɾɽ', 'r'],
  ['ꜱʂ', 's'],
  ['ᴛŧƭʈⱦ', 't'],
  ['ᴜʉ', 'u'],
  ['ᴠʋ', 'v'],
  ['ᴡⱳ', 'w'],
  ['ʏƴɏ', 'y'],
  ['ᴢƶȥʐ', 'z'],
  ['ᴀɑⱥ', 'a'],
  ['ꭓ', 'x'],
  // small capitals' Cyrillic and Greek look-alikes
  ['в', 'b'],
  ['н', 'h'],
  ['к', 'k'],
  ['м', 'm'],
  ['т', 't'],
  ['ς', 'σ'],
  // Lisu, and Canadian syllables as drawn-letter alphabets use them
  ['ꓲ', 'i'],
  ['ᗩ', 'a'],
  ['ᗷ', 'b'],
  ['ᑕ', 'c'],
  ['ᗪ', 'd'],
  ['ᖴ', 'f'],
  ['ᕼ', 'h'],
  ['ᒍ', 'j'],
  ['ᒪ', 'l'],
  ['ᗰ', 'm'],
  ['ᑎ', 'n'],
  ['ᑭ', 'p'],
  ['ᑫ', 'q'],
  ['ᖇ', 'r'],
  ['ᔕ', 's'],
  ['ᑌ', 'u'],
  ['ᐯ', 'v'],
  ['ᗯ', 'w'],
  ['᙭', 'x'],
  ['ᘔ', 'z'],
  // one Arabic letter, several code points
  ['ٱٲٳٵ', 'ا'],
  ['ىیېۍ', 'ي'],
  ['ةۃ', 'ه'],
  ['کڪ', 'ك'],
  // symbols that normalization would spell out inside a word
  ['™℠', SYMBOL],
];

/** Blocks of enclosed letters without a usable decomposition: first code point, letters from a to z. */
const ENCLOSED: readonly number[] = [0x249c, 0x1f110, 0x1f130, 0x1f150, 0x1f170, 0x1f1e6];

/** Scripts in living use whose letters are never taken for Latin ones. */
const KEPT =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Bopomofo}\p{Script=Hangul}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\p{Script=Ethiopic}\p{Script=Georgian}\p{Script=Mongolian}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Thai}\p{Script=Lao}\p{Script=Tibetan}\p{Script=Myanmar}\p{Script=Khmer}ー々〇〆]/u;

const INDIC =
  /[\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}]/u;

const SCRIPTS: readonly (readonly [script: RegExp, stat: number])[] = [
  [/\p{Script=Latin}/u, STAT_LATIN],
  [/\p{Script=Cyrillic}/u, STAT_CYRILLIC],
  [/\p{Script=Greek}/u, STAT_GREEK],
  [/\p{Script=Arabic}/u, STAT_ARABIC],
  [/\p{Script=Hebrew}/u, STAT_HEBREW],
  [INDIC, STAT_INDIC],
  [/\p{Script=Han}/u, STAT_HAN],
  [/[\p{Script=Hiragana}\p{Script=Katakana}\u3099\u309aー]/u, STAT_KANA],
  [/\p{Script=Hangul}/u, STAT_HANGUL],
  [/[\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u, STAT_THAI],
];

const LINE_BREAK = /[\n\v\f\r\u0085\u2028\u2029]/u;
const WHITE_SPACE = /[\p{White_Space}\u2800]/u;
const BIDI = /\p{Bidi_Control}/u;
const TAG = /[\u{e0001}\u{e0020}-\u{e007f}]/u;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/u;
const VARIATION = /\p{Variation_Selector}/u;
/** Marks that are written over or under a letter and may go without changing the word for a reader in a hurry. */
const MARK = /(?![\u3099\u309a])[\p{Mn}\p{Me}]/u;
const MARK_SCRIPT =
  /[\p{Script=Inherited}\p{Script=Common}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Hebrew}\p{Script=Arabic}]/u;
/** Arabic signs of recitation that are no marks by category, and the letter stretcher. */
const ARABIC_SIGN = /[\u06dd\u06de\u06e5\u06e6\u06e9\u0640]/u;
const STAYS = /[\p{L}\p{M}\p{N}]/u;
const ASCII = /^[\x20-\x7e]+$/;
const ASCII_PUNCT = /^[!-/:-@[-`{-~]+$/;
const ASCII_WORD = /[a-z0-9]/;

/** The folded form of single code points, as a string; empty where the code point is deleted. */
export type Fold = (character: string) => string;

function readConfusables(): Map<string, string> {
  const table = readFileSync(new URL('./confusables.tsv', import.meta.url), 'utf8');
  const map = new Map<string, string>();
  for (const line of table.split('\n')) {
    if (line === '' || (line.startsWith('#') && !line.includes('\t'))) continue;
    const [hex = '', to = ''] = line.split('\t');
    const from = String.fromCodePoint(Number.parseInt(hex, 16));
    if (KEPT.test(from)) continue;
    // A letter or number looks like a letter; a stray digit or stop inside a word helps nobody.
    if (/[\p{L}\p{M}]/u.test(from) && !/\p{Lm}/u.test(from) && !/[a-z]/i.test(to)) {
      if (to.charCodeAt(0) < 128) continue;
    }
    map.set(from, to);
  }
  return map;
}

function isDeleted(character: string): boolean {
  return (
    (INVISIBLE.test(character) || /\p{Cc}/u.test(character) || ARABIC_SIGN.test(character) || isMark(character)) &&
    !WHITE_SPACE.test(character)
  );
}

function isMark(character: string): boolean {
  return MARK.test(character) && MARK_SCRIPT.test(character) && !INVISIBLE.test(character);
}

/** The function the table holds: folds one code point until nothing changes any more. */
export function createFold(): Fold {
  const kin = new Map<string, string>();
  for (const [from, to] of KIN) for (const character of from) kin.set(character, to);
  for (const first of ENCLOSED) {
    for (let i = 0; i < 26; i++) kin.set(String.fromCodePoint(first + i), String.fromCharCode(97 + i));
  }
  const confusables = readConfusables();

  /** One step for one code point; a string of several where it decomposes. */
  const step = (character: string): string => {
    if (character === SYMBOL) return SYMBOL;
    const near = kin.get(character);
    if (near !== undefined) return near;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) return character.toLowerCase();
    const decimal = decimalDigit(character);
    if (decimal !== '') return decimal;
    const compatible = character.normalize('NFKC').toLowerCase();
    if (ASCII.test(compatible) && ASCII_WORD.test(compatible)) return compatible;
    // Capitals first, where the capital alone looks Latin: Greek Ν is an N, ν looks like a v.
    const own = capitalI(character, confusables.get(character));
    if (own !== undefined && !/\p{Script=Cyrillic}/u.test(character)) return own;
    const lower = character.toLowerCase();
    if (lower !== character) return lower;
    if (own !== undefined) return own;
    // The capital's look-alike, where the small letter has none: β for Β.
    const upper = character.toUpperCase();
    const capital = /[\p{Script=Greek}\p{Script=Cyrillic}]/u.test(character) ? confusables.get(upper) : undefined;
    if (capital !== undefined && [...upper].length === 1) return capital;
    const decomposed = [...character.normalize('NFKD')].filter((part) => !isMark(part)).join('');
    return decomposed === '' ? character.normalize('NFKC') : decomposed.normalize('NFC');
  };

  return (character) => {
    if (isDeleted(character)) return '';
    let form = character;
    for (let round = 0; round < 8; round++) {
      let next = '';
      for (const part of form) next += isDeleted(part) && part !== SYMBOL ? '' : step(part);
      if (next === form) break;
      form = next;
    }
    if (form.includes(' ') || form === '') return SYMBOL;
    const parts = [...form].map((part) => (part.charCodeAt(0) < 0x80 || STAYS.test(part) ? part : SYMBOL));
    const plain = parts.every((part) => part === SYMBOL) ? SYMBOL : parts.filter((part) => part !== SYMBOL).join('');
    if (Buffer.byteLength(plain) <= 6) return plain;
    return STAYS.test(character) ? character : SYMBOL;
  };
}

/** Unicode's prototype for l, I and 1 alike is l; what looks like a capital I is an i once folded. */
function capitalI(character: string, prototype: string | undefined): string | undefined {
  return prototype === 'l' && /\p{Lu}/u.test(character) ? 'i' : prototype;
}

/** '0'–'9' for a decimal digit of any script, found by its distance from the zero of its run of ten. */
function decimalDigit(character: string): string {
  if (!/\p{Nd}/u.test(character)) return '';
  const code = character.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first--;
  return String((code - first) % 10);
}

interface Entry {
  readonly stat: number;
  readonly flags: number;
  /** UTF-8; none where the code point stays itself, is deleted, or is white space. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

function describe(code: number, fold: Fold): Entry {
  if (code >= 0xd800 && code <= 0xdfff) return { stat: STAT_REPLACEMENT, flags: 1, bytes: Uint8Array.of(1) };
  const character = String.fromCodePoint(code);
  if (code === 0xfffd) return { stat: STAT_REPLACEMENT, flags: 1, bytes: Uint8Array.of(1) };
  if (LINE_BREAK.test(character)) return { stat: STAT_NEWLINE, flags: 0, bytes: NO_BYTES };
  if (WHITE_SPACE.test(character)) return { stat: STAT_SPACE, flags: 0, bytes: NO_BYTES };
  const gone = deletedStat(character);
  if (gone !== 0) return { stat: gone, flags: 0, bytes: NO_BYTES };

  const form = fold(character);
  const stat = keptStat(code, character, form);
  let flags = 0;
  if (code >= 0x80 && /[\p{Lu}\p{Lt}]/u.test(character)) flags |= FLAG_UPPER;
  if (code >= 0x80 && /\p{Ll}/u.test(character)) flags |= FLAG_LOWER;
  if (code >= 0x80 && ASCII.test(form) && ASCII_WORD.test(form) && !isPlainLatin(character)) flags |= FLAG_FOLDED;
  if (form === character) return { stat, flags: flags | ITSELF, bytes: NO_BYTES };
  const bytes = new TextEncoder().encode(form);
  return { stat, flags: flags | bytes.length, bytes };
}

/** The class of a deleted code point, or 0. */
function deletedStat(character: string): number {
  if (!isDeleted(character)) return 0;
  if (BIDI.test(character)) return STAT_BIDI;
  if (TAG.test(character)) return STAT_TAG;
  if (VARIATION.test(character)) return STAT_VARIATION;
  if (/\p{Cc}/u.test(character)) return STAT_CONTROL;
  if (INVISIBLE.test(character)) return STAT_INVISIBLE;
  return STAT_MARK;
}

function keptStat(code: number, character: string, form: string): number {
  if (form === SYMBOL) return STAT_SYMBOL;
  if (ASCII_PUNCT.test(form)) return STAT_PUNCT;
  if (/\p{Nd}/u.test(character) || /^[^a-z]*[0-9][^a-z]*$/.test(form)) return STAT_DIGIT;
  if (code < 0x80) return /[A-Z]/.test(character) ? STAT_UPPER : STAT_LOWER;
  for (const text of [character, form]) {
    for (const [script, stat] of SCRIPTS) if (script.test(text)) return stat;
  }
  return STAT_OTHER_LETTER;
}

/** A letter of ordinary European spelling: é, ß, ø. Losing its mark is no disguise. */
function isPlainLatin(character: string): boolean {
  const base = character.normalize('NFD');
  return (base !== character && /^[A-Za-z]/.test(base)) || /[ßẞæœøłđıħŧ]/iu.test(character);
}

/** The running Node's Unicode version: 1700 for 17.0. */
export function unicodeVersion(): number {
  const [major = 0, minor = 0] = (process.versions['unicode'] ?? '').split('.').map(Number);
  return major * 100 + minor;
}

/** The bytes of section FOLD. */
export function buildFold(): Uint8Array {
  const fold = createFold();
  const records: Entry[] = [];
  const recordIds = new Map<string, number>();
  const pages: Uint16Array[] = [];
  const pageIds = new Map<string, number>();
  const index = new Uint16Array(PAGES);

  for (let page = 0; page < PAGES; page++) {
    const entries = new Uint16Array(256);
    for (let low = 0; low < 256; low++) {
      const entry = describe((page << 8) | low, fold);
      const key = `${entry.stat},${entry.flags},${entry.bytes.join()}`;
      let id = recordIds.get(key);
      if (id === undefined) {
        id = records.push(entry) - 1;
        recordIds.set(key, id);
      }
      entries[low] = id;
    }
    const key = entries.join();
    let id = pageIds.get(key);
    if (id === undefined) {
      id = pages.push(entries) - 1;
      pageIds.set(key, id);
    }
    index[page] = id;
  }

  const bytes = new Uint8Array(HEAD_BYTES + PAGES * 2 + pages.length * 512 + records.length * 8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, pages.length, true);
  view.setUint32(4, records.length, true);
  view.setUint32(8, unicodeVersion(), true);
  let at = HEAD_BYTES;
  for (const list of [index, ...pages]) {
    for (const value of list) {
      view.setUint16(at, value, true);
      at += 2;
    }
  }
  for (const { stat, flags, bytes: form } of records) {
    bytes[at] = stat;
    bytes[at + 1] = flags;
    bytes.set(form, at + 2);
    at += 8;
  }
  return bytes;
}

const path = fileURLToPath(import.meta.url);
if (process.argv[1] === path) {
  const bytes = buildFold();
  writeFileSync(new URL('../weights/fold.bin', import.meta.url), bytes);
  console.log(`models/weights/fold.bin: ${bytes.length} bytes`);
}
