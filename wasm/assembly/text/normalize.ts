/**
 * Normalize: a view's raw bytes to folded text, with the way back and the counts of what was seen.
 *
 * `src/engine/reference/normalize.ts` says it plainly; this does the same. Stretches of ASCII without controls and
 * without white space behind white space go sixteen bytes at a time, everything else through section FOLD, one
 * code point at a time. Writes may run past the end of the text by a vector, into the padding.
 */
import {
  MAX_TEXT,
  STAT_CODE_POINTS,
  STAT_COUNT,
  STAT_CYRILLIC,
  STAT_DIGIT,
  STAT_FOLDED,
  STAT_GREEK,
  STAT_LATIN,
  STAT_LINES,
  STAT_LONGEST_LINE,
  STAT_LONGEST_RUN,
  STAT_LOWER,
  STAT_MIXED_WORDS,
  STAT_NEWLINE,
  STAT_PUNCT,
  STAT_REPLACEMENT,
  STAT_SPACE,
  STAT_SYMBOL,
  STAT_UPPER,
} from '../abi';
import { reserve, View } from '../view';

const PAGE_INDEX: usize = 16;
const PAGES: usize = PAGE_INDEX + 0x1100 * 2;

const LENGTH: i32 = 7;
const ITSELF: i32 = 7;
const UPPER_SHIFT: i32 = 3;
const LOWER_SHIFT: i32 = 4;
const FOLDED_SHIFT: i32 = 5;

const SPACE: i32 = 0x20;
const NEWLINE: i32 = 0x0a;
const RETURN: i32 = 0x0d;
const REPLACEMENT: i32 = 0xfffd;

const WORD_LATIN: i32 = 1;
const WORD_CYRILLIC: i32 = 2;
const WORD_GREEK: i32 = 4;
const WORD_BREAK: i32 = 8;

const HIGH: u64 = 0x8080808080808080;
const SPREAD: u64 = 0x0001000100010001;

let fold: usize = 0;
let records: usize = 0;
/** u8[STAT_COUNT]: what a code point of a class does to the word it stands in. */
let kinds: usize = 0;

/** Takes section FOLD where it lies; false when its lengths do not fit. */
export function initNormalize(section: usize, length: i32): bool {
  if (length < <i32>PAGES) return false;
  const pages = load<u32>(section);
  const count = load<u32>(section, 4);
  if (pages > 0x1100 || count > 0x10000) return false;
  if (<u32>length != <u32>PAGES + pages * 512 + count * 8) return false;
  fold = section;
  records = section + PAGES + pages * 512;
  if (kinds == 0) kinds = reserve(STAT_COUNT);
  store<u8>(kinds + STAT_LATIN, WORD_LATIN);
  store<u8>(kinds + STAT_UPPER, WORD_LATIN);
  store<u8>(kinds + STAT_LOWER, WORD_LATIN);
  store<u8>(kinds + STAT_CYRILLIC, WORD_CYRILLIC);
  store<u8>(kinds + STAT_GREEK, WORD_GREEK);
  store<u8>(kinds + STAT_PUNCT, WORD_BREAK);
  store<u8>(kinds + STAT_SYMBOL, WORD_BREAK);
  store<u8>(kinds + STAT_REPLACEMENT, WORD_BREAK);
  return true;
}

/** Fills `text`, `textLen`, `textStart`, `textEnd` and `stats` from `raw`, `rawLen`, `rawStart`, `rawEnd`. */
export function normalize(view: View): void {
  const raw = view.raw;
  const rawLen = view.rawLen;
  const rawStart = view.rawStart;
  const rawEnd = view.rawEnd;
  const text = view.text;
  const textStart = view.textStart;
  const textEnd = view.textEnd;
  const stats = view.stats;
  memory.fill(stats, 0, STAT_COUNT * 4);

  let at: i32 = 0; // in raw
  let end: i32 = 0; // of the text written so far
  let previous: i32 = -1; // code point before, white space excepted
  let run: i32 = 0;
  let longestRun: i32 = 0;
  let line: i32 = 0; // code points since the last line break
  let longestLine: i32 = 0;
  let afterReturn = false;
  let word: i32 = 0; // WORD_* of the letters since the last break
  let codePoints: i32 = 0;
  let uppers: i32 = 0;
  let lowers: i32 = 0;
  let digits: i32 = 0;
  let puncts: i32 = 0;
  let spaces: i32 = 0;
  let newlines: i32 = 0;
  let mixed: i32 = 0;
  let foldeds: i32 = 0;

  while (at < rawLen) {
    // Eight ASCII bytes ahead are worth a vector.
    if ((load<u64>(raw + at) & HIGH) == 0 && end + 16 <= MAX_TEXT) {
      const chunk = v128.load(raw + at);
      const isNewline = i8x16.eq(chunk, i8x16.splat(0x0a));
      const isSpace = i8x16.eq(chunk, i8x16.splat(0x20));
      let blank = i8x16.bitmask(v128.or(isNewline, isSpace));
      // Signed: bytes from 0x80 on are below 0x20 too.
      const special = i8x16.bitmask(
        v128.or(v128.andnot(i8x16.lt_s(chunk, i8x16.splat(0x20)), isNewline), i8x16.eq(chunk, i8x16.splat(0x7f))),
      );
      let stop = special | (blank & (blank << 1)) | 0x10000;
      if (blank & 1) {
        const last = end == 0 ? SPACE : <i32>load<u8>(text + end - 1);
        if (last == SPACE || last == NEWLINE || afterReturn) stop |= 1;
      }
      let count = min(ctz(stop), rawLen - at);
      if (count > 0) {
        const mask = (1 << count) - 1;
        const isUpper = i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x41)), i8x16.splat(26));
        const folded = v128.or(chunk, v128.and(isUpper, i8x16.splat(0x20)));
        v128.store(text + end, folded);
        const from = <usize>at * 2;
        const to = <usize>end * 2;
        v128.store(textStart + to, v128.load(rawStart + from));
        v128.store(textStart + to, v128.load(rawStart + from, 16), 16);
        v128.store(textEnd + to, v128.load(rawEnd + from));
        v128.store(textEnd + to, v128.load(rawEnd + from, 16), 16);

        blank &= mask;
        const upper = i8x16.bitmask(isUpper) & mask;
        const letter = i8x16.bitmask(i8x16.lt_u(i8x16.sub(folded, i8x16.splat(0x61)), i8x16.splat(26))) & mask;
        const digit = i8x16.bitmask(i8x16.lt_u(i8x16.sub(chunk, i8x16.splat(0x30)), i8x16.splat(10))) & mask;
        const punct = mask & ~(letter | digit | blank);
        let newline = i8x16.bitmask(isNewline) & mask;
        const upperCount = popcnt(upper);
        const newlineCount = popcnt(newline);
        codePoints += count;
        uppers += upperCount;
        lowers += popcnt(letter) - upperCount;
        digits += popcnt(digit);
        puncts += popcnt(punct);
        newlines += newlineCount;
        spaces += popcnt(blank) - newlineCount;

        let lineFrom = 0;
        while (newline != 0) {
          const position = ctz(newline);
          line += position - lineFrom;
          if (line > longestLine) longestLine = line;
          line = 0;
          lineFrom = position + 1;
          newline &= newline - 1;
        }
        line += count - lineFrom;

        // Runs of one code point: bit i says that byte i repeats the byte before it.
        let repeated = i8x16.bitmask(i8x16.eq(chunk, v128.load(raw + at - 1))) & mask & ~blank;
        if (at == 0) repeated &= ~1;
        const head = ctz(~repeated);
        if (head > 0) {
          run += head;
          if (run > longestRun) longestRun = run;
        }
        if (head < count) {
          if (longestRun == 0 && blank != mask) longestRun = 1;
          run = 1 + clz(~(repeated << (32 - count)));
          let ones = 0;
          while (repeated != 0) {
            repeated &= repeated << 1;
            ones++;
          }
          if (ones > 0 && ones + 1 > longestRun) longestRun = ones + 1;
        }
        previous = (blank >> (count - 1)) & 1 ? -1 : <i32>load<u8>(raw + at + count - 1);

        const breaks = blank | punct;
        const beforeBreak = breaks != 0 ? (1 << ctz(breaks)) - 1 : mask;
        if (letter & beforeBreak) {
          const before = word;
          word |= WORD_LATIN;
          if (severalScripts(word) && !severalScripts(before)) mixed++;
        }
        if (breaks != 0) word = letter >> (32 - clz(breaks)) ? WORD_LATIN : 0;

        afterReturn = false;
        end += count;
        at += count;
        if (count == 16 || at == rawLen) continue;
      }
    }

    // One code point through the table.
    const here = raw + at;
    const lead = <i32>load<u8>(here);
    let length = 1;
    let code = lead;
    if (lead >= 0x80) {
      length = sequenceLength(here, rawLen - at);
      if (length == 0) {
        length = 1;
        code = REPLACEMENT;
      } else {
        code = codePoint(here, length);
      }
    }
    const page = <usize>load<u16>(fold + (<usize>(code >> 8) << 1), PAGE_INDEX);
    const id = <usize>load<u16>(fold + (((page << 8) | <usize>(code & 255)) << 1), PAGES);
    const record = load<u64>(records + (id << 3));
    const stat = <i32>(record & 0xff);
    const flags = <i32>((record >> 8) & 0xff);
    const itself = (flags & LENGTH) == ITSELF;
    const size = select(length, flags & LENGTH, itself);
    if (end + max(size, 1) > MAX_TEXT) break;
    const next = at + length;
    const start = load<u16>(rawStart + (<usize>at << 1));
    const stop = load<u16>(rawEnd + (<usize>(next - 1) << 1));
    codePoints++;
    at = next;

    if (stat == STAT_SPACE || stat == STAT_NEWLINE) {
      if (stat == STAT_NEWLINE) {
        // A line feed behind a carriage return belongs to the same line break.
        if (!(code == NEWLINE && afterReturn)) newlines++;
        if (line > longestLine) longestLine = line;
        line = 0;
      } else {
        spaces++;
        line++;
      }
      afterReturn = code == RETURN;
      previous = -1;
      word = 0;
      const last = end == 0 ? 0 : <i32>load<u8>(text + end - 1);
      if (last == SPACE || last == NEWLINE) {
        store<u16>(textEnd + (<usize>(end - 1) << 1), stop);
        if (stat == STAT_NEWLINE) store<u8>(text + end - 1, NEWLINE);
      } else if (end > 0) {
        store<u8>(text + end, stat == STAT_NEWLINE ? NEWLINE : SPACE);
        store<u16>(textStart + (<usize>end << 1), start);
        store<u16>(textEnd + (<usize>end << 1), stop);
        end++;
      }
      // Indentation: more blanks only move the end of the run, if one was written.
      const first = at;
      while (at < rawLen && <i32>load<u8>(raw + at) == SPACE) at++;
      const more = at - first;
      if (more > 0) {
        if (end == MAX_TEXT) {
          at = first;
          break;
        }
        codePoints += more;
        spaces += more;
        line += more;
        afterReturn = false;
        if (end > 0) store<u16>(textEnd + (<usize>(end - 1) << 1), load<u16>(rawEnd + (<usize>(at - 1) << 1)));
      }
      continue;
    }

    const counter = stats + (<usize>stat << 2);
    store<u32>(counter, load<u32>(counter) + 1);
    line++;
    afterReturn = false;
    uppers += (flags >> UPPER_SHIFT) & 1;
    lowers += (flags >> LOWER_SHIFT) & 1;
    foldeds += (flags >> FOLDED_SHIFT) & 1;
    run = select(run + 1, 1, code == previous);
    previous = code;
    longestRun = max(longestRun, run);

    const kind = <i32>load<u8>(kinds + stat);
    const joined = select(0, word | kind, kind == WORD_BREAK);
    mixed += i32(severalScripts(joined)) & i32(!severalScripts(word));
    word = joined;

    // At most six bytes; what is written beyond `size` is overwritten by the next.
    const to = <usize>end << 1;
    const starts = <u64>start * SPREAD;
    const ends = <u64>stop * SPREAD;
    store<u64>(text + end, select(<u64>load<u32>(here), record >> 16, itself));
    store<u64>(textStart + to, starts);
    store<u64>(textStart + to, starts, 8);
    store<u64>(textEnd + to, ends);
    store<u64>(textEnd + to, ends, 8);
    end += size;
  }

  if (end > 0) {
    const last = <i32>load<u8>(text + end - 1);
    if (last == SPACE || last == NEWLINE) end--;
  }
  view.textLen = end;
  const zero = i8x16.splat(0);
  v128.store(text + end, zero);
  v128.store(text + end, zero, 16);
  v128.store(text + end, zero, 32);
  v128.store(text + end, zero, 48);

  if (line > longestLine) longestLine = line;
  store<u32>(stats, codePoints, STAT_CODE_POINTS * 4);
  addStat(stats, STAT_UPPER, uppers);
  addStat(stats, STAT_LOWER, lowers);
  addStat(stats, STAT_DIGIT, digits);
  addStat(stats, STAT_PUNCT, puncts);
  addStat(stats, STAT_SPACE, spaces);
  addStat(stats, STAT_NEWLINE, newlines);
  store<u32>(stats, foldeds, STAT_FOLDED * 4);
  store<u32>(stats, mixed, STAT_MIXED_WORDS * 4);
  store<u32>(stats, longestRun, STAT_LONGEST_RUN * 4);
  store<u32>(stats, longestLine, STAT_LONGEST_LINE * 4);
  store<u32>(stats, codePoints == 0 ? 0 : newlines + 1, STAT_LINES * 4);
}

/** Fills `rawStart` and `rawEnd` of a view whose `raw` is the block itself: four-byte sequences are two units. */
export function fillIdentitySpans(view: View): void {
  const raw = view.raw;
  const rawLen = view.rawLen;
  const rawStart = view.rawStart;
  const rawEnd = view.rawEnd;
  const low = i16x8(0, 1, 2, 3, 4, 5, 6, 7);
  const high = i16x8(8, 9, 10, 11, 12, 13, 14, 15);
  const one = i16x8.splat(1);
  let unit: i32 = 0;
  let at: i32 = 0;
  while (at < rawLen) {
    const to = <usize>at << 1;
    if ((load<u64>(raw + at) & HIGH) == 0) {
      const chunk = i8x16.bitmask(v128.load(raw + at));
      const count = min(ctz(chunk | 0x10000), rawLen - at);
      const base = i16x8.splat(<i16>unit);
      const first = i16x8.add(base, low);
      const second = i16x8.add(base, high);
      v128.store(rawStart + to, first);
      v128.store(rawStart + to, second, 16);
      v128.store(rawEnd + to, i16x8.add(first, one));
      v128.store(rawEnd + to, i16x8.add(second, one), 16);
      at += count;
      unit += count;
      continue;
    }
    const length = max(sequenceLength(raw + at, rawLen - at), 1);
    const stop = unit + (length == 4 ? 2 : 1);
    store<u64>(rawStart + to, <u64>unit * SPREAD);
    store<u64>(rawEnd + to, <u64>stop * SPREAD);
    at += length;
    unit = stop;
  }
}

/** Bytes of the valid UTF-8 sequence at `at`, or 0 where there is none (overlong forms and surrogates included). */
// @ts-ignore: decorator
@inline
function sequenceLength(at: usize, left: i32): i32 {
  const first = <i32>load<u8>(at);
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = <i32>load<u8>(at, 1);
  if (first < 0xe0) return left >= 2 && (second & 0xc0) == 0x80 ? 2 : 0;
  if (first < 0xf0) {
    if (left < 3 || (load<u16>(at, 1) & 0xc0c0) != 0x8080) return 0;
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second > 0x9f) return 0;
    return 3;
  }
  if (left < 4 || (load<u32>(at) & 0xc0c0c000) != 0x80808000) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return 4;
}

// @ts-ignore: decorator
@inline
function codePoint(at: usize, length: i32): i32 {
  const first = <i32>load<u8>(at);
  const second = <i32>load<u8>(at, 1) & 0x3f;
  if (length == 1) return first;
  if (length == 2) return ((first & 0x1f) << 6) | second;
  const third = <i32>load<u8>(at, 2) & 0x3f;
  if (length == 3) return ((first & 0x0f) << 12) | (second << 6) | third;
  return ((first & 0x07) << 18) | (second << 12) | (third << 6) | (<i32>load<u8>(at, 3) & 0x3f);
}

// @ts-ignore: decorator
@inline
function severalScripts(word: i32): bool {
  return (word & (word - 1)) != 0;
}

// @ts-ignore: decorator
@inline
function addStat(stats: usize, stat: i32, by: i32): void {
  const counter = stats + (<usize>stat << 2);
  store<u32>(counter, load<u32>(counter) + by);
}
