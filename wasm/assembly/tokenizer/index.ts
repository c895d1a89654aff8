/**
 * The tokenizer's module: UTF-8 in pieces in, vocabulary ids with UTF-16 spans out.
 *
 * `src/engine/reference/wordpiece.ts` says it plainly; this does the same. Words of plain ASCII are cut sixteen
 * bytes at a time, everything else goes one code point at a time through the tables into an open word. The open
 * word and the little that a capital sigma must know live on between pieces, so pieces may be cut anywhere
 * between code points.
 *
 * The tables were checked when they were opened; nothing is checked here.
 */
import { reserve } from '../view';
import {
  AT_NODES,
  AT_PAGES,
  AT_POOL,
  AT_RECORDS,
  AT_UNK,
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
  HEADER_BYTES,
  KIND_ACCENT,
  KIND_BARRIER,
  KIND_BLANK,
  KIND_HANGUL,
  KIND_MAPPED,
  KIND_MASK,
  KIND_PUNCTUATION,
  KIND_REMOVED,
  MAX_WORD,
  PAGE_COUNT,
  PIECE_UNITS,
  POOL_CLASS_SHIFT,
  POOL_CODE_MASK,
  POOL_PUNCTUATION,
  POOL_SHIFT,
  ROOT_CONTINUATION,
  ROOT_WORD,
  SMALL_SIGMA,
} from './abi';

const VECTOR = 16;
const INPUT_BYTES = PIECE_UNITS * 3;
/** No byte makes more than one entry, and a word may be open from before. */
const OUTPUT_ENTRIES = INPUT_BYTES + MAX_WORD;

const input = reserve(INPUT_BYTES + 2 * VECTOR);
const outIds = reserve(OUTPUT_ENTRIES * 4);
const outStarts = reserve(OUTPUT_ENTRIES * 4);
const outEnds = reserve(OUTPUT_ENTRIES * 4);
let outCount: i32 = 0;

// Tables.
let pageOf: usize = 0;
let recordOf: usize = 0;
let records: usize = 0;
let pool: usize = 0;
let labels: usize = 0;
/** u32[nodes + 1]: the first child of each node; its children end where the next node's begin. */
let firstChild: usize = 0;
/** i32[nodes]: the id of the entry that ends there, or -1. */
let idOf: usize = 0;
/** u32[2][256]: the children of the two roots by byte, 0 for none. */
const rootChildren = reserve(2 * 256 * 4);
/** i32[128]: the id of a word that is one ASCII character. */
const asciiIds = reserve(128 * 4);
let unknown: i32 = 0;

// The open word. Its characters hold a code point and, in the top byte, the rank of its class, as the pool does.
const chars = reserve(MAX_WORD * 4);
const charStarts = reserve(MAX_WORD * 4);
const charEnds = reserve(MAX_WORD * 4);
let count: i32 = 0;
/** Characters before this are not put in order any more. */
let settled: i32 = 0;
/** Where the latest character was put. */
let latest: i32 = 0;
let tooLong = false;
let wordStart: u32 = 0;
let wordEnd: u32 = 0;
/** The word in UTF-8, and for each byte the index of its character. */
const word = reserve(MAX_WORD * 4 + 2 * VECTOR);
const charOf = reserve(MAX_WORD * 4 + 2 * VECTOR);

/** UTF-16 offset of the piece in the text. */
let pieceStart: u32 = 0;
/** Whether the last code point of the pieces before that is not ignorable has case. */
let caseBefore = false;

// --- start ----------------------------------------------------------------------------------------------

/** Room for the tables. Call once. */
export function reserveTables(bytes: i32): usize {
  return reserve(bytes + VECTOR);
}

/** Opens the tables at `at`. Call once; memory does not grow afterwards. */
export function init(at: usize): void {
  const nodes = load<u32>(at, AT_NODES);
  unknown = load<i32>(at, AT_UNK);
  pageOf = at + HEADER_BYTES;
  recordOf = pageOf + PAGE_COUNT * 2;
  records = recordOf + load<u32>(at, AT_PAGES) * 512;
  pool = records + load<u32>(at, AT_RECORDS) * 4;
  labels = pool + load<u32>(at, AT_POOL) * 4;
  const childCounts = labels + nodes;
  const endBits = childCounts + nodes;
  const low = endBits + ((nodes + 7) >> 3);
  firstChild = reserve((nodes + 1) * 4);
  idOf = reserve(nodes * 4);
  let child: u32 = 2;
  let entries: u32 = 0;
  for (let node: u32 = 0; node < nodes; node++) {
    store<u32>(firstChild + (node << 2), child);
    child += load<u8>(childCounts + node);
    if ((load<u8>(endBits + (node >> 3)) >> (node & 7)) & 1) entries++;
  }
  store<u32>(firstChild + (nodes << 2), child);
  const high = low + entries * 2;
  let entry: u32 = 0;
  for (let node: u32 = 0; node < nodes; node++) {
    let id = -1;
    if ((load<u8>(endBits + (node >> 3)) >> (node & 7)) & 1) {
      id = <i32>load<u16>(low + entry * 2) | (<i32>load<u8>(high + entry) << 16);
      entry++;
    }
    store<i32>(idOf + (node << 2), id);
  }
  for (let root: u32 = 0; root < 2; root++) {
    const end = load<u32>(firstChild + ((root + 1) << 2));
    for (let node = load<u32>(firstChild + (root << 2)); node < end; node++) {
      store<u32>(rootChildren + (((root << 8) | load<u8>(labels + node)) << 2), node);
    }
  }
  for (let code: u32 = 0; code < 128; code++) {
    const node = load<u32>(rootChildren + (((ROOT_WORD << 8) | code) << 2));
    const id = node == 0 ? -1 : load<i32>(idOf + (node << 2));
    store<i32>(asciiIds + (code << 2), id < 0 ? unknown : id);
  }
}

export function inputAt(): usize {
  return input;
}

export function idsAt(): usize {
  return outIds;
}

export function startsAt(): usize {
  return outStarts;
}

export function endsAt(): usize {
  return outEnds;
}

/** Forgets what an earlier text left. */
export function begin(): void {
  count = 0;
  settled = 0;
  tooLong = false;
  pieceStart = 0;
  caseBefore = false;
}

// --- pieces of text -------------------------------------------------------------------------------------

/**
 * Reads `length` bytes of input: valid UTF-8, at most PIECE_UNITS code units of the text.
 *
 * @param caseFollows whether the next code point of later pieces that is not ignorable has case
 * @param last no piece follows
 * @returns how many entries were written, those of the piece's last word excepted unless `last`
 */
export function feed(length: i32, caseFollows: bool, last: bool): i32 {
  outCount = 0;
  // A zero byte ends every stretch of plain ASCII.
  v128.store(input + length, i8x16.splat(0));
  let at = 0;
  let shift = pieceStart; // from byte offset to UTF-16 offset
  while (at < length) {
    if (count == 0) {
      at = plain(at, length, last, shift);
      if (at == length) break;
    }
    const here = input + at;
    const lead = <u32>load<u8>(here);
    const size = sequenceLength(lead);
    const code = codePoint(here, lead, size);
    const start = <u32>at + shift;
    at += size;
    shift -= size - 1 - i32(size == 4);
    const end = <u32>at + shift;
    const record = recordAt(code);
    if (record & FLAG_SPACED) {
      flush();
      take(code, record, start, end);
      flush();
    } else if (code == CAPITAL_SIGMA) {
      const after = caseAt(at, length, caseFollows);
      const final = !after && caseUpTo(at - size);
      push(final ? FINAL_SIGMA : SMALL_SIGMA, start, end);
    } else {
      take(code, record, start, end);
    }
  }
  if (last) flush();
  else caseBefore = caseUpTo(length);
  pieceStart = <u32>length + shift;
  return outCount;
}

/** One code point, as its record says. */
// @ts-ignore: decorator
@inline
function take(code: u32, record: u32, start: u32, end: u32): void {
  const kind = record & KIND_MASK;
  if (kind == KIND_BLANK) {
    flush();
  } else if (kind == KIND_PUNCTUATION) {
    flush();
    push(code, start, end);
    flush();
  } else if (kind == KIND_MAPPED) {
    let from = pool + ((record >> POOL_SHIFT) << 2);
    const to = from + (((record >> COUNT_SHIFT) & COUNT_MASK) << 2);
    for (; from < to; from += 4) {
      const entry = load<u32>(from);
      if (entry & POOL_PUNCTUATION) {
        flush();
        push(entry & POOL_CODE_MASK, start, end);
        flush();
      } else {
        push(entry, start, end);
      }
    }
  } else if (kind == KIND_HANGUL) {
    const index = code - HANGUL_FIRST;
    push(HANGUL_LEAD + index / HANGUL_PER_LEAD, start, end);
    push(HANGUL_VOWEL + (index % HANGUL_PER_LEAD) / HANGUL_PER_VOWEL, start, end);
    const tail = index % HANGUL_PER_VOWEL;
    if (tail != 0) push(HANGUL_TAIL + tail, start, end);
  } else if (kind == KIND_ACCENT || kind == KIND_BARRIER) {
    if (count > 0) {
      wordEnd = end;
      store<u32>(charEnds + (latest << 2), end);
      if (kind == KIND_BARRIER) settled = count;
    }
  } else if (kind != KIND_REMOVED) {
    push(code | (((record >> CLASS_SHIFT) & CLASS_MASK) << POOL_CLASS_SHIFT), start, end);
  }
}

/**
 * Cuts words of plain ASCII from `at` on; no word is open.
 *
 * @returns where it stopped: at the end, at a byte beyond plain ASCII, or at the start of a word that such a byte,
 *   or a later piece, may continue
 */
function plain(at: i32, length: i32, last: bool, shift: u32): i32 {
  const letterA = i8x16.splat(0x61);
  const digit0 = i8x16.splat(0x30);
  let limit = VECTOR; // bytes of the vector before the first that is not plain ASCII
  do {
    const chunk = v128.load(input + at);
    const isUpper = i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x41)), i8x16.splat(26));
    const lower = v128.or(chunk, v128.and(isUpper, i8x16.splat(0x20)));
    const isLetter = i8x16.lt_u(i8x16.sub(lower, letterA), i8x16.splat(26));
    const isDigit = i8x16.lt_u(i8x16.sub(chunk, digit0), i8x16.splat(10));
    const letters = i8x16.bitmask(v128.or(isLetter, isDigit));
    const isBreak = v128.or(i8x16.eq(chunk, i8x16.splat(0x0a)), i8x16.eq(chunk, i8x16.splat(0x0d)));
    const isSpace = v128.or(i8x16.eq(chunk, i8x16.splat(0x20)), i8x16.eq(chunk, i8x16.splat(0x09)));
    const blanks = i8x16.bitmask(v128.or(isBreak, isSpace));
    const printed = i8x16.bitmask(i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x21)), i8x16.splat(94)));
    limit = ctz(~(printed | blanks) | 0x10000);
    v128.store(word, lower);
    let position = 0;
    while (position < limit) {
      const rest = letters >> position;
      if (rest & 1) {
        const run = ctz(~rest);
        if (position + run == limit) {
          if (limit == VECTOR) {
            if (position > 0) break; // look at the word from its start
            const size = longWord(at, length, last, shift);
            if (size == 0) return at;
            position = size;
            break;
          }
          if (at + limit < length || !last) return at + position;
        }
        asciiPieces(word + position, run, <u32>(at + position) + shift);
        position += run;
      } else if ((blanks >> position) & 1) {
        position += ctz(~(blanks >> position));
      } else {
        const start = <u32>(at + position) + shift;
        emit(load<i32>(asciiIds + (<u32>load<u8>(word + position) << 2)), start, start + 1);
        position++;
      }
    }
    at += position;
  } while (limit == VECTOR);
  return at;
}

/** A word of sixteen ASCII letters and digits or more. @returns its length, or 0 where it may go on beyond plain ASCII */
function longWord(at: i32, length: i32, last: bool, shift: u32): i32 {
  let size = VECTOR;
  while (true) {
    const chunk = v128.load(input + at + size);
    const isUpper = i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x41)), i8x16.splat(26));
    const lower = v128.or(chunk, v128.and(isUpper, i8x16.splat(0x20)));
    const isLetter = i8x16.lt_u(i8x16.sub(lower, i8x16.splat(0x61)), i8x16.splat(26));
    const isDigit = i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x30)), i8x16.splat(10));
    if (size <= MAX_WORD) v128.store(word + size, lower);
    const run = ctz(~i8x16.bitmask(v128.or(isLetter, isDigit)) | 0x10000);
    size += run;
    if (run < VECTOR) break;
  }
  if (at + size == length) {
    if (!last) return 0;
  } else {
    const next = <u32>load<u8>(input + at + size);
    const blank = next == 0x20 || next == 0x0a || next == 0x0d || next == 0x09;
    if (!blank && next - 0x21 >= 94) return 0;
  }
  const start = <u32>at + shift;
  if (size > MAX_WORD) emit(unknown, start, start + size);
  else asciiPieces(word, size, start);
  return size;
}

// --- words ----------------------------------------------------------------------------------------------

/** Adds a character, with the rank of its class in the top byte, to the open word, in canonical order. */
function push(char: u32, start: u32, end: u32): void {
  if (count == 0) wordStart = start;
  wordEnd = end;
  if (count == MAX_WORD) {
    tooLong = true;
    return;
  }
  let at = count++;
  const rank = char >> POOL_CLASS_SHIFT;
  if (rank != 0) {
    while (at > settled && load<u32>(chars + ((at - 1) << 2)) >> POOL_CLASS_SHIFT > rank) {
      move(chars, at);
      move(charStarts, at);
      move(charEnds, at);
      at--;
    }
  }
  latest = at;
  store<u32>(chars + (at << 2), char);
  store<u32>(charStarts + (at << 2), start);
  store<u32>(charEnds + (at << 2), end);
}

// @ts-ignore: decorator
@inline
function move(list: usize, to: i32): void {
  store<u32>(list + (to << 2), load<u32>(list + ((to - 1) << 2)));
}

/** Ends the open word, if there is one. */
function flush(): void {
  if (count == 0) return;
  if (tooLong) emit(unknown, wordStart, wordEnd);
  else pieces();
  count = 0;
  settled = 0;
  tooLong = false;
}

/** Longest match first over the open word. */
function pieces(): void {
  let size = 0;
  for (let i = 0; i < count; i++) {
    const code = load<u32>(chars + (i << 2)) & POOL_CODE_MASK;
    const before = size;
    size = writeCodePoint(code, size);
    for (let at = before; at < size; at++) store<u8>(charOf + at, <u8>i);
  }
  const first = outCount;
  let from = 0;
  let root: u32 = ROOT_WORD;
  while (from < size) {
    const end = longest(root, word, from, size);
    if (end == 0) {
      outCount = first;
      emit(unknown, wordStart, wordEnd);
      return;
    }
    let char = <i32>load<u8>(charOf + from);
    const lastChar = <i32>load<u8>(charOf + end - 1);
    let start = load<u32>(charStarts + (char << 2));
    let stop = load<u32>(charEnds + (char << 2));
    while (char < lastChar) {
      char++;
      start = min(start, load<u32>(charStarts + (char << 2)));
      stop = max(stop, load<u32>(charEnds + (char << 2)));
    }
    emit(found, start, stop);
    from = end;
    root = ROOT_CONTINUATION;
  }
}

/** Longest match first over a word of ASCII at `text`. */
function asciiPieces(text: usize, size: i32, start: u32): void {
  const first = outCount;
  let from = 0;
  let root: u32 = ROOT_WORD;
  while (from < size) {
    const end = longest(root, text, from, size);
    if (end == 0) {
      outCount = first;
      emit(unknown, start, start + size);
      return;
    }
    emit(found, start + from, start + end);
    from = end;
    root = ROOT_CONTINUATION;
  }
}

/** The id `longest` found. */
let found: i32 = 0;

/** Where the longest entry that begins at `from` ends, or 0. */
// @ts-ignore: decorator
@inline
function longest(root: u32, text: usize, from: i32, size: i32): i32 {
  let node = load<u32>(rootChildren + (((root << 8) | <u32>load<u8>(text + from)) << 2));
  let at = from + 1;
  let end = 0;
  while (node != 0) {
    const id = load<i32>(idOf + (node << 2));
    if (id >= 0) {
      found = id;
      end = at;
    }
    if (at == size) break;
    node = childOf(node, load<u8>(text + at));
    at++;
  }
  return end;
}

/** The child of `node` by byte, 0 for none: sixteen labels are compared at a time. */
// @ts-ignore: decorator
@inline
function childOf(node: u32, byte: u8): u32 {
  let child = load<u32>(firstChild + (node << 2));
  const end = load<u32>(firstChild + (node << 2), 4);
  const wanted = i8x16.splat(<i8>byte);
  for (; child < end; child += VECTOR) {
    const equal = i8x16.bitmask(i8x16.eq(v128.load(labels + child), wanted));
    if (equal != 0) {
      const hit = child + ctz(equal);
      return hit < end ? hit : 0;
    }
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function emit(id: i32, start: u32, end: u32): void {
  const to = <usize>outCount << 2;
  store<i32>(outIds + to, id);
  store<u32>(outStarts + to, start);
  store<u32>(outEnds + to, end);
  outCount++;
}

// --- code points ----------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function recordAt(code: u32): u32 {
  const page = <u32>load<u16>(pageOf + ((code >> 8) << 1));
  const record = <u32>load<u16>(recordOf + (((page << 8) | (code & 255)) << 1));
  return load<u32>(records + (record << 2));
}

/** Whether the first code point from byte `at` on that is not ignorable has case. */
function caseAt(at: i32, length: i32, beyond: bool): bool {
  while (at < length) {
    const lead = <u32>load<u8>(input + at);
    const size = sequenceLength(lead);
    const record = recordAt(codePoint(input + at, lead, size));
    if (!(record & FLAG_IGNORABLE)) return (record & FLAG_CASED) != 0;
    at += size;
  }
  return beyond;
}

/** Whether the last code point before byte `at` that is not ignorable has case. */
function caseUpTo(at: i32): bool {
  while (at > 0) {
    at--;
    while ((load<u8>(input + at) & 0xc0) == 0x80) at--;
    const lead = <u32>load<u8>(input + at);
    const record = recordAt(codePoint(input + at, lead, sequenceLength(lead)));
    if (!(record & FLAG_IGNORABLE)) return (record & FLAG_CASED) != 0;
  }
  return caseBefore;
}

/** Bytes of the sequence that `lead` begins; the input is valid. */
// @ts-ignore: decorator
@inline
function sequenceLength(lead: u32): i32 {
  return 1 + i32(lead >= 0xc0) + i32(lead >= 0xe0) + i32(lead >= 0xf0);
}

// @ts-ignore: decorator
@inline
function codePoint(at: usize, lead: u32, size: i32): u32 {
  if (size == 1) return lead;
  const second = <u32>load<u8>(at, 1) & 0x3f;
  if (size == 2) return ((lead & 0x1f) << 6) | second;
  const third = <u32>load<u8>(at, 2) & 0x3f;
  if (size == 3) return ((lead & 0x0f) << 12) | (second << 6) | third;
  return ((lead & 0x07) << 18) | (second << 12) | (third << 6) | (<u32>load<u8>(at, 3) & 0x3f);
}

/** Writes a code point to the word's bytes. @returns where the next goes */
// @ts-ignore: decorator
@inline
function writeCodePoint(code: u32, at: i32): i32 {
  const to = word + at;
  if (code < 0x80) {
    store<u8>(to, <u8>code);
    return at + 1;
  }
  const low = <u8>((code & 0x3f) | 0x80);
  if (code < 0x800) {
    store<u8>(to, <u8>(0xc0 | (code >> 6)));
    store<u8>(to, low, 1);
    return at + 2;
  }
  const middle = <u8>(((code >> 6) & 0x3f) | 0x80);
  if (code < 0x10000) {
    store<u8>(to, <u8>(0xe0 | (code >> 12)));
    store<u8>(to, middle, 1);
    store<u8>(to, low, 2);
    return at + 3;
  }
  store<u8>(to, <u8>(0xf0 | (code >> 18)));
  store<u8>(to, <u8>(((code >> 12) & 0x3f) | 0x80), 1);
  store<u8>(to, middle, 2);
  store<u8>(to, low, 3);
  return at + 4;
}
