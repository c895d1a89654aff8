/**
 * The tokenizer in plain TypeScript: what `wasm/assembly/tokenizer` must do, and does where it cannot run.
 *
 * Per code point: drop controls, lower the case, take apart what is composed, drop accents; then cut at blanks and
 * around punctuation and Han; then the longest entry first, over each word.
 *
 * @module
 */
import {
  CAPITAL_SIGMA,
  CLASS_MASK,
  CLASS_SHIFT,
  COUNT_MASK,
  COUNT_SHIFT,
  FINAL_SIGMA,
  FLAG_CASED,
  FLAG_IGNORABLE,
  FLAG_SPACED,
  HANGUL_FIRST,
  HANGUL_LEAD,
  HANGUL_PER_LEAD,
  HANGUL_PER_VOWEL,
  HANGUL_TAIL,
  HANGUL_VOWEL,
  KIND_ACCENT,
  KIND_BARRIER,
  KIND_BLANK,
  KIND_HANGUL,
  KIND_MAPPED,
  KIND_MASK,
  KIND_PUNCTUATION,
  KIND_REMOVED,
  MAX_WORD,
  POOL_CLASS_SHIFT,
  POOL_CODE_MASK,
  POOL_PUNCTUATION,
  POOL_SHIFT,
  ROOT_WORD,
  SMALL_SIGMA,
} from '../../../wasm/assembly/tokenizer/abi.ts';
import type { Encoding, Tokenizer } from '../tokenizer.ts';
import { caseFollows, readTokenizerTables, type TokenizerTables } from '../tokenizer-tables.ts';

/** A normalized character of the open word. */
interface Character {
  readonly text: string;
  /** Rank of its canonical combining class; 0 for a starter. */
  readonly rank: number;
  readonly start: number;
  end: number;
}

/** Entries that begin a word, and those that continue one. */
type Vocabulary = readonly [words: ReadonlyMap<string, number>, continuations: ReadonlyMap<string, number>];

/**
 * @param tables the bytes of `tokenizer.bin`
 * @throws {FirewallError} `FW_PACK` when they are not
 */
export function createReferenceTokenizer(tables: Uint8Array): Tokenizer {
  const opened = readTokenizerTables(tables);
  const vocabulary = readVocabulary(opened);
  return { name: 'reference', special: opened.special, encode: (text) => encode(opened, vocabulary, text) };
}

/** Spells the trie's entries out. */
function readVocabulary({ labels, childCounts, ids }: TokenizerTables): Vocabulary {
  const roots: readonly [Map<string, number>, Map<string, number>] = [new Map(), new Map()];
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const parents = new Int32Array(labels.length).fill(-1);
  const depths = new Uint16Array(labels.length);
  const bytes = new Uint8Array(MAX_WORD * 4);
  let child = 2;
  for (let node = 0; node < labels.length; node++) {
    for (let i = 0; i < childCounts[node]!; i++, child++) {
      parents[child] = node;
      depths[child] = depths[node]! + 1;
    }
    if (ids[node]! < 0) continue;
    let root = node;
    for (; parents[root]! >= 0; root = parents[root]!) bytes[depths[root]! - 1] = labels[root]!;
    roots[root === ROOT_WORD ? 0 : 1].set(decoder.decode(bytes.subarray(0, depths[node])), ids[node]!);
  }
  return roots;
}

function encode(tables: TokenizerTables, vocabulary: Vocabulary, text: string): Encoding {
  const ids: number[] = [];
  const starts: number[] = [];
  const ends: number[] = [];
  let word: Character[] = [];
  /** Characters before this are not put in order any more. */
  let settled = 0;
  let latest: Character | undefined;
  let wordStart = 0;
  let wordEnd = 0;
  let tooLong = false;
  /** Whether the last code point that is not ignorable has case. */
  let cased = false;

  const emit = (id: number, start: number, end: number): void => {
    ids.push(id);
    starts.push(start);
    ends.push(end);
  };

  const push = (codePoint: number, rank: number, start: number, end: number): void => {
    if (word.length === 0) wordStart = start;
    wordEnd = end;
    if (word.length === MAX_WORD) {
      tooLong = true;
      return;
    }
    let at = word.length;
    while (rank > 0 && at > settled && word[at - 1]!.rank > rank) at--;
    latest = { text: String.fromCodePoint(codePoint), rank, start, end };
    word.splice(at, 0, latest);
  };

  const flush = (): void => {
    if (word.length === 0) return;
    const pieces = tooLong ? undefined : decompose(word, vocabulary);
    if (pieces === undefined) emit(tables.special.unk, wordStart, wordEnd);
    else for (const { id, start, end } of pieces) emit(id, start, end);
    word = [];
    settled = 0;
    latest = undefined;
    tooLong = false;
  };

  const alone = (codePoint: number, start: number, end: number): void => {
    flush();
    push(codePoint, 0, start, end);
    flush();
  };

  const take = (codePoint: number, record: number, start: number, end: number): void => {
    switch (record & KIND_MASK) {
      case KIND_BLANK:
        flush();
        return;
      case KIND_PUNCTUATION:
        alone(codePoint, start, end);
        return;
      case KIND_REMOVED:
        return;
      case KIND_ACCENT:
      case KIND_BARRIER:
        if (latest === undefined) return;
        wordEnd = end;
        latest.end = end;
        if ((record & KIND_MASK) === KIND_BARRIER) settled = word.length;
        return;
      case KIND_HANGUL:
        for (const jamo of decomposeHangul(codePoint)) push(jamo, 0, start, end);
        return;
      case KIND_MAPPED: {
        const from = record >>> POOL_SHIFT;
        for (const entry of tables.pool.subarray(from, from + ((record >>> COUNT_SHIFT) & COUNT_MASK))) {
          if ((entry & POOL_PUNCTUATION) !== 0) alone(entry & POOL_CODE_MASK, start, end);
          else push(entry & POOL_CODE_MASK, entry >>> POOL_CLASS_SHIFT, start, end);
        }
        return;
      }
      default:
        push(codePoint, (record >>> CLASS_SHIFT) & CLASS_MASK, start, end);
    }
  };

  for (let start = 0, end = 0; start < text.length; start = end) {
    const codePoint = text.codePointAt(start)!;
    end = start + (codePoint > 0xffff ? 2 : 1);
    const record = tables.record(codePoint);
    if (codePoint === CAPITAL_SIGMA) {
      const final = cased && !caseFollows(tables, text, end).follows;
      push(final ? FINAL_SIGMA : SMALL_SIGMA, 0, start, end);
    } else if ((record & FLAG_SPACED) !== 0) {
      flush();
      take(codePoint, record, start, end);
      flush();
    } else {
      take(codePoint, record, start, end);
    }
    if ((record & FLAG_IGNORABLE) === 0) cased = (record & FLAG_CASED) !== 0;
  }
  flush();
  return { ids: Int32Array.from(ids), starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}

function decomposeHangul(syllable: number): number[] {
  const index = syllable - HANGUL_FIRST;
  const lead = HANGUL_LEAD + Math.floor(index / HANGUL_PER_LEAD);
  const vowel = HANGUL_VOWEL + Math.floor((index % HANGUL_PER_LEAD) / HANGUL_PER_VOWEL);
  const tail = index % HANGUL_PER_VOWEL;
  return tail === 0 ? [lead, vowel] : [lead, vowel, HANGUL_TAIL + tail];
}

interface Piece {
  readonly id: number;
  readonly start: number;
  readonly end: number;
}

/** Longest match first; `undefined` where some part is in no entry. */
function decompose(word: readonly Character[], [words, continuations]: Vocabulary): Piece[] | undefined {
  const pieces: Piece[] = [];
  for (let from = 0, to = 0; from < word.length; from = to) {
    const known = from === 0 ? words : continuations;
    let id: number | undefined;
    for (to = word.length; to > from; to--) {
      id = known.get(textOf(word, from, to));
      if (id !== undefined) break;
    }
    if (id === undefined) return undefined;
    const covered = word.slice(from, to);
    pieces.push({
      id,
      start: Math.min(...covered.map(({ start }) => start)),
      end: Math.max(...covered.map(({ end }) => end)),
    });
  }
  return pieces;
}

function textOf(word: readonly Character[], from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += word[i]!.text;
  return text;
}
