/**
 * Builds the section TRIG: what letters of Latin-script languages look like, and a small English vocabulary.
 *
 *     npx tsx models/tables/build-plausibility.ts [DATA_FOLDER]
 *
 * Reads `train/` under the data folder (default `../shared/data`), sampled and deterministic, and writes
 * `models/weights/plausibility.bin`, which is committed: nothing else needs the data.
 *
 * Bytes: u32 vocabulary slots (a power of two), u32 words, u32 0, u32 0;
 * i8[27³] scores, padded to a multiple of 4: `8·log2` of how much likelier the letters x, y, z follow each
 * other than at random, at index `(x·27 + y)·27 + z`, where 0 is the edge of a word and 1 to 26 are a to z;
 * i8[27²] pairs, padded likewise: the same of the letters x, y alone, at index `x·27 + y`;
 * u16[slots] checks: the upper half of `wordHash` of the word in the slot;
 * u8[slots] costs: of that word in tenths of a bit, 0 when the slot is empty;
 * linear probing from `hash & (slots − 1)`.
 *
 * @module
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wordHash } from '../../src/engine/reference/plausibility.ts';

const SLOTS = 16_384;
const WORDS = 6600;
/** Costs are rounded to multiples of this: fewer levels compress better. */
const COST_STEP = 16;

/** How many letters each source gives at most, per language: prose of all kinds outweighs any one of them. */
const SOURCES: readonly (readonly [file: string, lettersPerLanguage: number])[] = [
  ['benign_oasst_en', 1_200_000],
  ['benign_nltk_public_domain', 400_000],
  ['benign_selfinstruct_t0', 400_000],
  ['benign_prompts_chat', 400_000],
  ['benign_synth_hardneg', 200_000],
  ['benign_tldr', 200_000],
  ['benign_owasp_cheatsheets', 300_000],
  ['attacks_inthewild', 400_000],
  ['attacks_slabs', 400_000],
  ['attacks_promptdetect_enes', 300_000],
  ['attacks_gen_clean_docs', 200_000],
  ['benign_permissive_code', 150_000],
  ['benign_tatoeba', 60_000],
  ['benign_udhr', 12_000],
  ['benign_xsid', 30_000],
  ['benign_mgsm', 30_000],
  ['benign_oasst_fi', 60_000],
  ['attacks_gen_multilingual', 40_000],
  ['attacks_hinglish', 60_000],
];

/** More texts that words, but no letters, are counted in. */
const WORD_SOURCES: readonly (readonly [file: string, letters: number])[] = [
  ['benign_oasst_en_replies', 1_200_000],
  ['benign_nltk_movie_reviews', 600_000],
  ['benign_lobe_user_texts', 600_000],
  ['benign_lobe_agents', 400_000],
  ['benign_nltk_misc', 400_000],
  ['benign_llm_security_docs', 300_000],
  ['benign_tool_outputs', 200_000],
];
/** How much more often a word of an attack is counted. */
const ATTACK_WEIGHT = 2;

interface Row {
  readonly text: string;
  readonly lang?: string;
}

function readRows(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}

/** Lower-case words of a to z alone; words with other letters or digits in them are left out. */
function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  return (plain.match(/[\p{L}\p{N}_]+/gu) ?? []).filter((word) => /^[a-z]{1,24}$/.test(word));
}

const folder = process.argv[2] ?? '../shared/data';
if (!existsSync(join(folder, 'train'))) {
  console.error(`build-plausibility: ${folder}/train is not there; pass the data folder as the first argument`);
  process.exit(2);
}

const windows = new Float64Array(27 ** 3);
const counts = new Map<string, number>();
for (const [file, limit, lettersCount] of [
  ...SOURCES.map((source) => [...source, true] as const),
  ...WORD_SOURCES.map((source) => [...source, false] as const),
]) {
  const weight = file.startsWith('attacks') ? ATTACK_WEIGHT : 1;
  const left = new Map<string, number>();
  const rows = readRows(join(folder, 'train', `${file}.jsonl`));
  // A stride that shares no factor with the length visits every row once, far-apart ones first.
  let stride = 7919;
  while (rows.length % stride === 0) stride += 2;
  for (let i = 0; i < rows.length; i += 1) {
    const row = rows[(i * stride) % rows.length];
    if (row === undefined) continue;
    const lang = row.lang ?? 'en';
    let budget = left.get(lang) ?? limit;
    for (const word of wordsOf(row.text.slice(0, 4000))) {
      if (budget <= 0) break;
      budget -= word.length;
      let x = 0;
      for (let k = 0; lettersCount && k < word.length; k += 1) {
        const y = word.charCodeAt(k) - 96;
        const z = k + 1 < word.length ? word.charCodeAt(k + 1) - 96 : 0;
        const at = (x * 27 + y) * 27 + z;
        windows[at] = (windows[at] ?? 0) + 1;
        x = y;
      }
      if (lang === 'en') counts.set(word, (counts.get(word) ?? 0) + weight);
    }
    left.set(lang, budget);
  }
}

const total = windows.reduce((sum, count) => sum + count, 0);
const trigramBytes = Math.ceil(windows.length / 4) * 4;
const pairBytes = Math.ceil(27 ** 2 / 4) * 4;
const section = new Uint8Array(16 + trigramBytes + pairBytes + SLOTS * 3);
const out = new DataView(section.buffer);
for (let i = 0; i < windows.length; i += 1) {
  const ratio = (((windows[i] ?? 0) + 0.5) / total) * windows.length;
  out.setInt8(16 + i, Math.max(-127, Math.min(127, Math.round(8 * Math.log2(ratio)))));
}
for (let i = 0; i < 27 ** 2; i += 1) {
  const sum = windows.subarray(i * 27, (i + 1) * 27).reduce((a, b) => a + b, 0);
  const ratio = ((sum + 13.5) / total) * 27 ** 2;
  out.setInt8(16 + trigramBytes + i, Math.max(-127, Math.min(127, Math.round(8 * Math.log2(ratio)))));
}

const COMMON_TWO = new Set(
  'ai am an as at be by do go he hi if in is it me my no of oh ok on or so to up us we you id vs re'.split(' '),
);
const vocabulary = [...counts]
  .filter(([word]) => (word.length === 1 ? word === 'a' || word === 'i' : word.length > 2 || COMMON_TWO.has(word)))
  .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
  .slice(0, WORDS);
const mass = vocabulary.reduce((sum, [, count]) => sum + count, 0);
const checksAt = 16 + trigramBytes + pairBytes;
const costsAt = checksAt + SLOTS * 2;
for (const [word, count] of vocabulary) {
  const hash = wordHash(new TextEncoder().encode(word), 0, word.length);
  const steps = Math.round((-10 * Math.log2(count / mass)) / COST_STEP);
  let slot = hash & (SLOTS - 1);
  while (section[costsAt + slot] !== 0) slot = (slot + 1) & (SLOTS - 1);
  out.setUint16(checksAt + slot * 2, hash >>> 16, true);
  section[costsAt + slot] = Math.max(1, Math.min(15, steps)) * COST_STEP;
}
out.setUint32(0, SLOTS, true);
out.setUint32(4, vocabulary.length, true);
writeFileSync('models/weights/plausibility.bin', section);
console.log(`plausibility.bin: ${section.length} bytes, ${total} trigrams, ${vocabulary.length} words`);
