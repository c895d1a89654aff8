/**
 * Features and labels of the sentences to train on, as the shipped code makes them.
 *
 *   tsx models/train/names/rows.ts FOLDER [DATA]
 *
 * Reads `sentences.jsonl` and `names.tsv` of the folder and harmless texts of `DATA/train`; writes `features.u16` (shape
 * `[tokens, FEATURES]`), `allowed.u8` (a bit for each label that a token may have), `lengths.u16` (tokens of each row)
 * and `lexicon.json`, the lists by part.
 *
 * Of a harmless text nobody said where names are. So its tokens may be outside, or names of something else; words that
 * read like somebody's name may be anything, and teach nothing.
 *
 * @module
 */
import { createWriteStream, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FEATURES, featuresOf } from '../../../src/scan/pii/names/features.ts';
import {
  FIRST_NAME,
  hashWord,
  LAST_NAME,
  type Lexicon,
  ORDINARY,
  openLexicon,
  PLACE,
  packLexicon,
} from '../../../src/scan/pii/names/lexicon.ts';
import { LABELS } from '../../../src/scan/pii/names/tagger.ts';
import { SHAPE, type Token, tokenize } from '../../../src/scan/pii/names/tokens.ts';

const [folder, data] = process.argv.slice(2);
if (folder === undefined) throw new Error('rows: expected FOLDER [DATA]; got no argument.');

/** Sources full of people or addresses, which nobody labeled. */
const PEOPLED = /spamassassin|tool_outputs|encoded_blobs|taskmaster|nltk_public_domain/;
/** Sources without capitals: what is written small there may be a name. */
const LOWERED = /clinc|nlu_eval|snips|movie_reviews|nltk_reviews|xsid/;
/** A source of so many is left out, to count false alarms on. */
const HELD_OUT = 5;
const ROWS_PER_SOURCE = 700;
const MAX_TOKENS = 120;
const PASSAGE_UNITS = 420;
/** Of the names to train on, one in so many is on no list: unlisted names must be found too. */
const UNLISTED = 4;
/** A word seen so often in small letters is an ordinary one. */
const OFTEN = 4;
const ANYTHING = (1 << LABELS.length) - 1;
const NOBODY = 1 | (1 << 5) | (1 << 6);

interface Row {
  readonly text: string;
  readonly spans: readonly (readonly [number, number, 'PER' | 'ADR' | 'OTH'])[];
  readonly part: 'train' | 'valid';
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function isHeldOut(file: string): boolean {
  return hashWord(basename(file)) % HELD_OUT === 0;
}

function benignFiles(): string[] {
  const train = join(data ?? '', 'train');
  if (data === undefined || !existsSync(train)) {
    console.error(`rows: no harmless texts at ${train}: hard negatives are the generated ones alone`);
    return [];
  }
  return readdirSync(train)
    .filter((name) => name.startsWith('benign_') && !PEOPLED.test(name))
    .map((name) => join(train, name))
    .sort();
}

/** Code point offsets as UTF-16 ones. */
function units(text: string): number[] {
  const at: number[] = [];
  let unit = 0;
  for (const point of text) {
    at.push(unit);
    unit += point.length;
  }
  at.push(unit);
  return at;
}

const textsOf = (file: string): string[] => linesOf(file).map((line) => (JSON.parse(line) as Row).text);

function passage(text: string): string {
  if (text.length <= PASSAGE_UNITS) return text;
  const lines = text.split('\n');
  const first = hashWord(text) % lines.length;
  return lines.slice(first).join('\n').slice(0, PASSAGE_UNITS);
}

/** Kinds of names by word, with what is ordinary in harmless texts. */
function wordKinds(files: readonly string[]): { all: Map<string, number>; train: Map<string, number> } {
  const seen = new Map<string, number>();
  const capitalized = new Map<string, number>();
  for (const file of files.filter((one) => !isHeldOut(one))) {
    const isLowered = LOWERED.test(basename(file));
    for (const text of textsOf(file).slice(0, 3000)) {
      const plain = text.slice(0, 2000);
      for (const { start, end, shape } of tokenize(plain)) {
        const word = plain.slice(start, end);
        const isSmall = shape === SHAPE.small || shape === SHAPE.caseless;
        if (isSmall && !(isLowered && /^[a-z]+$/.test(word))) seen.set(word, (seen.get(word) ?? 0) + 1);
        else if (shape === SHAPE.capitalized) {
          const low = word.toLowerCase();
          capitalized.set(low, (capitalized.get(low) ?? 0) + 1);
        }
      }
    }
  }
  const all = new Map<string, number>();
  const train = new Map<string, number>();
  for (const line of linesOf(join(folder!, 'names.tsv'))) {
    const [word, kinds, part] = line.split('\t') as [string, string, string];
    const times = seen.get(word) ?? 0;
    // john is written small by those who write all small: that makes it no ordinary word.
    const isOrdinary = times >= OFTEN && times > (capitalized.get(word) ?? 0);
    const bits = Number(kinds) | (isOrdinary ? ORDINARY : 0);
    all.set(word, bits);
    const listed = part === 'train' && hashWord(`${word} listed`) % UNLISTED !== 0;
    const rest = bits & (listed ? ANYTHING : ORDINARY | PLACE);
    if (rest !== 0) train.set(word, rest);
  }
  // Begun with a capital, a word that everybody writes small is seldom a name.
  for (const [word, times] of seen) {
    if (times < OFTEN || all.has(word) || word.length < 2) continue;
    all.set(word, ORDINARY);
    train.set(word, ORDINARY);
  }
  return { all, train };
}

function open(words: ReadonlyMap<string, number>): Lexicon {
  const count = new Set([...words.keys()].map((word) => hashWord(word) >>> 8)).size;
  return openLexicon(packLexicon(words), count);
}

/** Which labels each token may have. */
function labelsOf({ text, spans }: Row, tokens: readonly Token[]): Uint8Array {
  const at = units(text);
  const allowed = new Uint8Array(tokens.length).fill(1);
  for (const [from, to, kind] of spans) {
    const begin = { PER: 1, ADR: 3, OTH: 5 }[kind];
    let first = true;
    for (const [i, { start, end }] of tokens.entries()) {
      if (start >= at[to]! || end <= at[from]!) continue;
      allowed[i] = 1 << (first ? begin : begin + 1);
      first = false;
    }
  }
  return allowed;
}

/** The same of a text in which nobody labeled anything. */
function doubtsOf(text: string, tokens: readonly Token[], lexicon: Lexicon): Uint8Array {
  const allowed = new Uint8Array(tokens.length).fill(NOBODY);
  const kindsOf = ({ start, end }: Token): number => lexicon.kinds(hashWord(text.slice(start, end).toLowerCase()));
  const isNamed = (kinds: number): boolean => (kinds & (FIRST_NAME | LAST_NAME)) !== 0 && (kinds & ORDINARY) === 0;
  for (let i = 0; i < tokens.length; i++) {
    let end = i;
    let named = 0;
    while (end < tokens.length && isCapital(tokens[end]!)) {
      if (isNamed(kindsOf(tokens[end]!))) named++;
      end++;
    }
    const alone = end === i + 1 ? kindsOf(tokens[i]!) : 0;
    if (end > i + 1 ? named > 0 : isNamed(alone) && (alone & PLACE) === 0) allowed.fill(ANYTHING, i, end);
    i = Math.max(i, end - 1);
    // 李白, 山田太郎: a surname and a given name behind it
    const token = tokens[i]!;
    if (token.shape !== SHAPE.han && token.shape !== SHAPE.hangul) continue;
    for (const [surname, whole] of [
      [1, 3],
      [2, 4],
      [1, 2],
    ] as const) {
      const last = lexicon.kinds(hashWord(text.slice(token.start, token.start + surname)));
      const first = lexicon.kinds(hashWord(text.slice(token.start + surname, token.start + whole)));
      if ((last & LAST_NAME) !== 0 && (first & FIRST_NAME) !== 0)
        allowed.fill(ANYTHING, i, Math.min(tokens.length, i + whole));
    }
  }
  return allowed;
}

function isCapital({ shape }: Token): boolean {
  return shape === SHAPE.capitalized || shape === SHAPE.initial || shape === SHAPE.capitals || shape === SHAPE.mixed;
}

const files = benignFiles();
const { all, train } = wordKinds(files);
writeFileSync(join(folder, 'lexicon.json'), JSON.stringify({ all: [...all], train: [...train] }));
const lexicon = open(train);
const full = open(all);
const featureFile = createWriteStream(join(folder, 'features.u16'));
const allowedFile = createWriteStream(join(folder, 'allowed.u8'));
const lengths: number[] = [];
let tokenCount = 0;

function write(text: string, tokens: readonly Token[], allowed: Uint8Array): void {
  if (tokens.length === 0) return;
  const short = tokens.slice(0, MAX_TOKENS);
  featureFile.write(Uint16Array.from(featuresOf(text, short, lexicon)));
  allowedFile.write(allowed.slice(0, short.length));
  lengths.push(short.length);
  tokenCount += short.length;
}

for (const line of linesOf(join(folder, 'sentences.jsonl'))) {
  const row = JSON.parse(line) as Row;
  if (row.part !== 'train') continue;
  const tokens = tokenize(row.text);
  write(row.text, tokens, labelsOf(row, tokens));
}
const generated = lengths.length;
for (const file of files) {
  if (isHeldOut(file)) continue;
  const texts = textsOf(file);
  const step = Math.max(1, Math.floor(texts.length / ROWS_PER_SOURCE));
  for (let i = 0; i < texts.length; i += step) {
    const text = passage(texts[i]!);
    const tokens = tokenize(text);
    write(text, tokens, doubtsOf(text, tokens, full));
  }
}
featureFile.end();
allowedFile.end();
writeFileSync(join(folder, 'lengths.u16'), Uint16Array.from(lengths));
writeFileSync(
  join(folder, 'shape.json'),
  JSON.stringify({ features: FEATURES, labels: LABELS.length, tokens: tokenCount, generated }),
);
console.error(
  `rows: ${generated} sentences, ${lengths.length - generated} harmless passages, ${tokenCount} tokens, ${all.size} names`,
);
