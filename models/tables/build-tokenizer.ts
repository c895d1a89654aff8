/**
 * Makes `tokenizer.bin` from the vocabulary of any uncased BERT model.
 *
 *     npx tsx models/tables/build-tokenizer.ts VOCAB.txt OUT.bin
 *
 * `VOCAB.txt` has one entry a line, its number is the line's. The tables say what BERT's uncased normalizer and
 * its splitting do to every code point, as `@xenova/transformers` 2.17.2 does them; where that differs from the
 * original, it is followed, because models are used with it:
 *
 * - Han beyond U+FFFF is not set apart from its neighbours;
 * - of all marks only U+0300–U+036F are dropped;
 * - a capital sigma is lowered by what stands before and behind it, across blanks and punctuation.
 *
 * One difference is wanted: `[CLS]`, `[SEP]` and their like are ordinary characters of a text here. A text must
 * not be able to write what only the model's owner may.
 *
 * Made from the Unicode version of the running Node. `models/FORMAT.md` has the bytes.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  AT_CLS,
  AT_ENTRIES,
  AT_MAGIC,
  AT_NODES,
  AT_PAD,
  AT_PAGES,
  AT_POOL,
  AT_RECORDS,
  AT_SEP,
  AT_UNICODE,
  AT_UNK,
  AT_VERSION,
  AT_VOCABULARY,
  CLASS_SHIFT,
  COUNT_MASK,
  COUNT_SHIFT,
  FLAG_CASED,
  FLAG_IGNORABLE,
  FLAG_SPACED,
  HANGUL_FIRST,
  HEADER_BYTES,
  KIND_ACCENT,
  KIND_BARRIER,
  KIND_BLANK,
  KIND_HANGUL,
  KIND_MAPPED,
  KIND_PUNCTUATION,
  KIND_REMOVED,
  KIND_WORD,
  MAX_WORD,
  PAGE_COUNT,
  POOL_CLASS_SHIFT,
  POOL_PUNCTUATION,
  POOL_SHIFT,
  TOKENIZER_MAGIC,
  TOKENIZER_VERSION,
} from '../../wasm/assembly/tokenizer/abi.ts';
import { unicodeVersion } from './build-fold.ts';

const CONTINUATION = '##';
const HANGUL_COUNT = 11172;

const REMOVED = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/u;
const UNASSIGNED = /\p{Cn}/u;
const BLANK = /\s/;
/** Tab and line breaks are controls too, but separate words. */
const KEPT_CONTROL = /[\t\n\r]/;
const ACCENT = /[\u0300-\u036f]/;
const PUNCTUATION = /[\p{P}\u0021-\u002F\u003A-\u0040\u005B-\u0060\u007B-\u007E]/u;
const SPACED = /[\u4e00-\u9fff\u3400-\u4dbf\uf900-\ufaff]/;

// --- code points --------------------------------------------------------------------------------------------

/** Whether canonical order puts `second` before `first`. */
function swaps(first: string, second: string): boolean {
  return (first + second).normalize('NFD') === second + first && first !== second;
}

/** Ranks of canonical combining classes, found by what changes places with what. Complete once every mark was asked for. */
function createRanks(characters: Iterable<string>): ReadonlyMap<string, number> {
  const LOWEST = '\u0334'; // class 1
  const HIGHEST = '\u0345'; // class 240
  const classes: string[][] = [];
  for (const mark of characters) {
    if (mark.normalize('NFD') !== mark || !(swaps(mark, LOWEST) || swaps(HIGHEST, mark))) continue;
    const at = classes.findIndex(([known]) => !swaps(mark, known!));
    if (at < 0) classes.push([mark]);
    else if (swaps(classes[at]![0]!, mark)) classes.splice(at, 0, [mark]);
    else classes[at]!.push(mark);
  }
  return new Map(classes.flatMap((marks, i) => marks.map((mark) => [mark, i + 1] as const)));
}

/** How a capital sigma behind or before this character is lowered tells what the character is to it. */
function caseFlags(character: string): number {
  const final = (text: string): boolean => text.toLowerCase().endsWith('ς');
  if (final(`${character}Σ`)) return FLAG_CASED;
  return final(`A${character}Σ`) ? FLAG_IGNORABLE : 0;
}

export interface Characters {
  readonly index: Uint16Array;
  readonly pages: readonly Uint16Array[];
  readonly records: readonly number[];
  readonly pool: readonly number[];
}

/** Numbers equal things alike, in order of first occurrence. */
function createNumbering<T>(): { readonly list: T[]; number(key: string | number, value: T): number } {
  const list: T[] = [];
  const numbers = new Map<string | number, number>();
  return {
    list,
    number(key, value) {
      let found = numbers.get(key);
      if (found === undefined) {
        found = list.push(value) - 1;
        numbers.set(key, found);
      }
      return found;
    },
  };
}

/** What becomes of every code point: the same for every vocabulary. */
export function describeCharacters(): Characters {
  const everything = Array.from({ length: PAGE_COUNT * 256 }, (_, code) => String.fromCodePoint(code));
  const ranks = createRanks(everything.filter((character) => /\p{M}/u.test(character)));
  const pool: number[] = [];
  const runs = new Map<string, number>();

  const pooled = (form: string): number => {
    const entries = [...form].map((part) => {
      const rank = ranks.get(part) ?? 0;
      return part.codePointAt(0)! | (PUNCTUATION.test(part) ? POOL_PUNCTUATION : 0) | (rank << POOL_CLASS_SHIFT);
    });
    if (entries.length > COUNT_MASK)
      throw new Error(`build-tokenizer: expected at most ${COUNT_MASK} code points; got ${entries.length}`);
    let at = runs.get(form);
    if (at === undefined) {
      at = pool.length;
      pool.push(...entries);
      runs.set(form, at);
    }
    return (entries.length << COUNT_SHIFT) | (at << POOL_SHIFT);
  };

  const describe = (character: string, code: number): number => {
    if (code === 0xfffd || (REMOVED.test(character) && !KEPT_CONTROL.test(character)))
      return KIND_REMOVED | FLAG_IGNORABLE;
    if (BLANK.test(character)) return KIND_BLANK;
    const spaced = SPACED.test(character) ? FLAG_SPACED : 0;
    if (UNASSIGNED.test(character)) return KIND_WORD | spaced;
    const flags = caseFlags(character) | spaced;
    if (code >= HANGUL_FIRST && code < HANGUL_FIRST + HANGUL_COUNT) return KIND_HANGUL | flags;
    if (ACCENT.test(character)) return (ranks.has(character) ? KIND_ACCENT : KIND_BARRIER) | flags;
    const decomposed = character.toLowerCase().normalize('NFD');
    const form = decomposed.replaceAll(new RegExp(ACCENT, 'g'), '');
    if (form === '') return KIND_ACCENT | flags;
    if (form !== character) return KIND_MAPPED | flags | pooled(form);
    if (PUNCTUATION.test(character)) return KIND_PUNCTUATION | flags;
    return KIND_WORD | flags | ((ranks.get(character) ?? 0) << CLASS_SHIFT);
  };

  const records = createNumbering<number>();
  const pages = createNumbering<Uint16Array>();
  const index = Uint16Array.from({ length: PAGE_COUNT }, (_, page) => {
    const entries = Uint16Array.from({ length: 256 }, (_, low) => {
      const code = page * 256 + low;
      const record = describe(everything[code]!, code) >>> 0;
      return records.number(record, record);
    });
    return pages.number(entries.join(), entries);
  });
  return { index, pages: pages.list, records: records.list, pool };
}

// --- vocabulary ---------------------------------------------------------------------------------------------

/** Whether a text can contain the entry at all: punctuation stands alone, and nothing else does not belong to a word. */
function isReachable(entry: string): boolean {
  const continues = entry.startsWith(CONTINUATION) && entry !== CONTINUATION;
  const characters = [...(continues ? entry.slice(CONTINUATION.length) : entry)];
  if (characters.length === 1 && !continues && PUNCTUATION.test(characters[0]!)) return true;
  if (characters.length === 0 || characters.length > MAX_WORD) return false;
  return characters.every((part) => !PUNCTUATION.test(part) && !BLANK.test(part));
}

interface Node {
  readonly children: Map<number, Node>;
  label: number;
  id: number;
}

/** The trie's nodes, breadth first, children in order of their bytes; the two roots stand first. */
function buildTrie(vocabulary: readonly string[]): Node[] {
  const node = (label: number): Node => ({ children: new Map(), label, id: -1 });
  const nodes = [node(0), node(0)];
  const encoder = new TextEncoder();
  vocabulary.forEach((entry, id) => {
    if (!isReachable(entry)) return;
    const continues = entry.startsWith(CONTINUATION) && entry !== CONTINUATION;
    let at = nodes[continues ? 1 : 0]!;
    for (const byte of encoder.encode(continues ? entry.slice(CONTINUATION.length) : entry)) {
      let next = at.children.get(byte);
      if (next === undefined) {
        next = node(byte);
        at.children.set(byte, next);
      }
      at = next;
    }
    at.id = id;
  });
  for (const { children } of nodes) nodes.push(...[...children.values()].sort((a, b) => a.label - b.label));
  return nodes;
}

/**
 * The bytes of `tokenizer.bin`.
 *
 * @param vocabulary entries by id; `##` begins those that continue a word
 */
export function buildTokenizer(vocabulary: readonly string[], characters?: Characters): Uint8Array<ArrayBuffer> {
  const idOf = new Map(vocabulary.map((entry, id) => [entry, id]));
  if (idOf.size !== vocabulary.length) {
    const twice = vocabulary.find((entry, id) => idOf.get(entry) !== id);
    throw new Error(`build-tokenizer: expected every entry once; ${JSON.stringify(twice)} stands twice. Remove one.`);
  }
  const special = (name: string): number => {
    const id = idOf.get(name);
    if (id === undefined)
      throw new Error(
        `build-tokenizer: expected ${name} in the vocabulary; its ${vocabulary.length} entries lack it. Add it.`,
      );
    return id;
  };
  const [unk, cls, sep, pad] = [special('[UNK]'), special('[CLS]'), special('[SEP]'), special('[PAD]')];
  const { index, pages, records, pool } = characters ?? describeCharacters();
  const nodes = buildTrie(vocabulary);
  const ends = nodes.filter(({ id }) => id >= 0);

  const endBits = new Uint8Array(Math.ceil(nodes.length / 8));
  nodes.forEach(({ id }, i) => {
    if (id >= 0) endBits[i >> 3]! |= 1 << (i & 7);
  });
  const header = new Uint32Array(HEADER_BYTES / 4);
  const set = (at: number, value: number): void => {
    header[at / 4] = value;
  };
  set(AT_MAGIC, TOKENIZER_MAGIC);
  set(AT_VERSION, TOKENIZER_VERSION);
  set(AT_UNICODE, unicodeVersion());
  set(AT_VOCABULARY, vocabulary.length);
  set(AT_UNK, unk);
  set(AT_CLS, cls);
  set(AT_SEP, sep);
  set(AT_PAD, pad);
  set(AT_PAGES, pages.length);
  set(AT_RECORDS, records.length);
  set(AT_POOL, pool.length);
  set(AT_NODES, nodes.length);
  set(AT_ENTRIES, ends.length);

  const parts: readonly ArrayBufferView[] = [
    header,
    index,
    ...pages,
    Uint32Array.from(records),
    Uint32Array.from(pool),
    Uint8Array.from(nodes, ({ label }) => label),
    Uint8Array.from(nodes, ({ children }) => children.size),
    endBits,
    Uint16Array.from(ends, ({ id }) => id & 0xffff),
    Uint8Array.from(ends, ({ id }) => id >> 16),
  ];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of parts) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}

/** Entries of a `vocab.txt`, one a line. */
export function readVocabulary(path: string): string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => line.replace(/\r$/, ''));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [from, to] = process.argv.slice(2);
  if (from === undefined || to === undefined)
    throw new Error('build-tokenizer: expected VOCAB.txt and OUT.bin; got fewer. Name both files.');
  const bytes = buildTokenizer(readVocabulary(from));
  writeFileSync(to, bytes);
  console.log(`${to}: ${bytes.length} bytes`);
}
