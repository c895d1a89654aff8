/**
 * Where personal data or a secret may stand, byte for byte.
 *
 * `wasm/assembly/match/candidates.ts` finds the same, sixteen bytes at a time.
 *
 * @module
 */
import {
  CANDIDATE_ASSIGN,
  CANDIDATE_AT,
  CANDIDATE_CAPITALS,
  CANDIDATE_DIGIT,
  CANDIDATE_LONG,
  CANDIDATE_WORDS,
  LONG_BYTES,
  WORD_GAP,
  WORD_MAX,
  WORD_MIN,
  WORD_ROW,
} from '../candidate.ts';

const DELIMITER = new Uint8Array(256);
DELIMITER.fill(1, 0, 0x21);
for (const byte of new TextEncoder().encode('"\'`<>()[]{},;|\\\x7f')) DELIMITER[byte] = 1;

/**
 * @param raw UTF-8
 * @returns per candidate three numbers, ascending: start, end (bytes), CANDIDATE_* flags
 * @complexity linear in `raw.length`
 */
export function findCandidates(raw: Uint8Array): Uint16Array {
  const rows: number[] = [];
  let words = 0;
  let wordsStart = 0;
  let wordsEnd = 0;

  function endWords(): void {
    if (words >= WORD_ROW) rows.push(wordsStart, wordsEnd, CANDIDATE_WORDS);
    words = 0;
  }

  function close(start: number, end: number): void {
    const length = end - start;
    let flags = 0;
    let [small, capitals, ascii] = [true, true, true];
    for (let i = start; i < end; i++) {
      const byte = raw[i]!;
      if (byte >= 0x30 && byte <= 0x39) flags |= CANDIDATE_DIGIT;
      else if (byte < 0x41 || byte > 0x5a) capitals = false;
      if (byte === 0x40) flags |= CANDIDATE_AT;
      if (byte === 0x3a || byte === 0x3d) flags |= CANDIDATE_ASSIGN;
      if (byte < 0x61 || byte > 0x7a) small = false;
      if (byte >= 0x80) ascii = false;
    }
    if (small && length >= WORD_MIN && length <= WORD_MAX) {
      if (words > 0 && start - wordsEnd > WORD_GAP) endWords();
      if (words === 0) wordsStart = start;
      wordsEnd = end;
      words++;
      return;
    }
    endWords();
    if (length >= LONG_BYTES && ascii) flags |= CANDIDATE_LONG;
    if (capitals && (length === 8 || length === 11)) flags |= CANDIDATE_CAPITALS;
    if (flags !== 0) rows.push(start, end, flags);
  }

  let start = -1;
  for (let i = 0; i < raw.length; i++) {
    if (DELIMITER[raw[i]!] === 0) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      close(start, i);
      start = -1;
    }
  }
  if (start >= 0) close(start, raw.length);
  endWords();
  return Uint16Array.from(rows);
}
