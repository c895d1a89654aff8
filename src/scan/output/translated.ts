/**
 * Protected texts in another language: words of a lexicon, and words that are spelled alike, that stand together as in
 * one sentence of a protected text.
 *
 * @module
 */
import type { Finding } from '../../types.ts';
import type { Detector } from './leak.ts';
import { LANGUAGES, LEXICON } from './lexicon.ts';
import { SENTENCES } from './protect.ts';

/** What is known of a word. */
interface Form {
  readonly concept: number;
  /** One bit per language of `LANGUAGES`. */
  readonly languages: number;
  /** A word may not go on behind it. */
  readonly whole: boolean;
}

/** Forms by their folded letters. */
type Forms = ReadonlyMap<string, readonly Form[]>;

/** Letters behind a stem that an ending may have; Turkish has long ones. */
const ENDING = 6;
const LONG_ENDING = 12;
const LONG_ENDINGS = bitOf('tr');
/** Languages that write words together. */
const COMPOUNDING = bitOf('de') | bitOf('nl');
const MIN_STEM = 3;
const MAX_STEM = 14;
/** Characters of the longest form in a script without blanks. */
const MAX_SOLO = 5;

/** Shorter words say nothing and are not counted. */
const MIN_WORD = 4;
// Weights are whole numbers, hundredths of a meaning that stands in one sentence only: sums are exact.
/** What a word takes from every sum; a character of a script without blanks takes less. */
const COST = 14;
const SOLO_COST = 6;
/** The same meaning again, within so many units, adds nothing: asked of the text, not of a trail, so that it does not
 * matter where a trail began. */
const REPEAT = 400;
/** Units behind a meaning in which a word that is spelled alike counts. */
const NEAR = 60;
/** Letters that two words must begin with to be one word in two spellings. */
const ALIKE = 5;
const ALIKE_WEIGHT = 60;
/** Sentences that have less in them are read together with those that follow. */
const LEAST_WEIGHT = 600;
/** What must come together, of a passage that weighs so much. */
const ENOUGH = 360;
const ENOUGH_SHARE = 0.22;
/** Of it, what must be meanings of the lexicon. */
const ENOUGH_MEANT = 270;
const HEADROOM = 200;
const CONTEXT = 512;
const SCORE = 0.9;

function bitOf(language: (typeof LANGUAGES)[number]): number {
  return 1 << LANGUAGES.indexOf(language);
}

/** Folded letters of the scripts that write words apart; 0 for all other units below. */
const FOLDED = foldedLetters();
const FOLDED_UNITS = 0x600;

function foldedLetters(): Uint16Array {
  const table = new Uint16Array(0x600);
  const odd: Readonly<Record<string, string>> = { ı: 'i', ł: 'l', ø: 'o', đ: 'd', æ: 'a', œ: 'o', ß: 's' };
  for (let unit = 0x30; unit < table.length; unit++) {
    const character = String.fromCharCode(unit);
    if (!/[\p{L}\p{N}]/u.test(character)) continue;
    const small = character.toLowerCase()[0]!;
    table[unit] = (odd[small] ?? small.normalize('NFD')).charCodeAt(0);
  }
  return table;
}

function isSolo(unit: number): boolean {
  return (unit >= 0x3040 && unit <= 0x30ff) || (unit >= 0x3400 && unit <= 0x9fff) || (unit >= 0xac00 && unit <= 0xd7af);
}

function folded(word: string): string {
  let out = '';
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i);
    const letter = unit < FOLDED_UNITS ? FOLDED[unit]! : isSolo(unit) ? unit : 0;
    if (letter !== 0) out += String.fromCharCode(letter);
  }
  return out;
}

function readLexicon(): Forms {
  const forms = new Map<string, Form[]>();
  const lines = LEXICON.trim().split('\n');
  lines.forEach((line, concept) => {
    line.split('|').forEach((column, language) => {
      for (const form of column.split(' ')) {
        const letters = folded(form);
        const solo = letters !== '' && isSolo(letters.charCodeAt(0));
        if (letters.length < (solo ? 2 : form.endsWith('=') ? 2 : MIN_STEM)) continue;
        const whole = !solo && (form.endsWith('=') || letters.length <= MIN_STEM);
        const known = forms.get(letters) ?? [];
        forms.set(letters, known);
        const same = known.findIndex((one) => one.concept === concept && one.whole === whole);
        const languages = (known[same]?.languages ?? 0) | (1 << language);
        if (same < 0) known.push({ concept, languages, whole });
        else known[same] = { concept, languages, whole };
      }
    });
  });
  return forms;
}

/** The forms of other languages that no word of this one begins like: a word of the text's own language is no translation. */
function foreignForms(forms: Forms, language: number): Forms {
  const beginnings = new Set<string>();
  const stems = new Set<string>();
  for (const [stem, known] of forms) {
    if (known.every(({ languages }) => (languages & language) === 0)) continue;
    stems.add(stem);
    for (let length = 1; length <= stem.length; length++) beginnings.add(stem.slice(0, length));
  }
  const foreign = new Map<string, readonly Form[]>();
  for (const [stem, known] of forms) {
    if (beginnings.has(stem)) continue;
    let begins = false;
    for (let length = 2; length < stem.length && !begins; length++) begins = stems.has(stem.slice(0, length));
    if (!begins) foreign.set(stem, known);
  }
  return foreign;
}

/** Latin letters of a folded word, so that one word in two alphabets or spellings begins alike. */
function spelling(word: string): string {
  let out = '';
  for (let i = 0; i < word.length; i++) {
    const unit = word.charCodeAt(i);
    const latin = unit >= 0x430 && unit <= 0x44f ? CYRILLIC[unit - 0x430]! : word[i]!;
    for (const letter of latin) {
      const same = SPELLED[letter] ?? letter;
      if (same !== out.at(-1)) out += same;
    }
    if (out.length >= ALIKE) break;
  }
  return out.slice(0, ALIKE);
}
const CYRILLIC = 'a b v g d e j z i i k l m n o p r s t u f h z c s s  i  e u a'.split(' ');
const SPELLED: Readonly<Record<string, string>> = { k: 'c', q: 'c', z: 's', y: 'i', w: 'v', j: 'i' };

/** Meanings of a folded word, by its longest stem: at most one for each spelling there is. */
function meaningsOf(word: string, forms: Forms, languages: number): readonly Form[] {
  for (let length = Math.min(word.length, MAX_STEM); length >= 2; length--) {
    const known = forms.get(word.slice(0, length));
    if (known === undefined) continue;
    const left = word.length - length;
    const fitting = known.filter(
      (form) =>
        (form.languages & languages) !== 0 &&
        (left === 0 || (!form.whole && left <= ((form.languages & LONG_ENDINGS) !== 0 ? LONG_ENDING : ENDING))),
    );
    if (fitting.length > 0) return fitting;
    const compound = known.filter((form) => (form.languages & languages & COMPOUNDING) !== 0 && !form.whole);
    if (compound.length === 0 || length < MIN_WORD) continue;
    // Kunden-nummer, Buchung-s-nummer
    for (let joint = 0; joint <= 2; joint++) {
      const rest = word.slice(length + joint);
      if (rest.length < MIN_WORD) break;
      const second = [...prefixes(rest)].map((stem) => forms.get(stem)).find((found) => found !== undefined);
      if (second !== undefined) return [...compound, ...second.filter((form) => (form.languages & COMPOUNDING) !== 0)];
    }
  }
  return [];
}

function* prefixes(word: string): Generator<string> {
  for (let length = Math.min(word.length, MAX_STEM); length >= MIN_WORD; length--) yield word.slice(0, length);
}

/** What may come back of protected texts in another language. */
interface Imprint {
  /** Per passage: what must come together. */
  readonly enough: Int32Array;
  /** Per meaning: the passages that have it. */
  readonly passages: ReadonlyMap<number, readonly number[]>;
  /** Per meaning. */
  readonly weights: ReadonlyMap<number, number>;
  /** Per beginning of a word, as `spelling` writes it: the passages that have such a word. */
  readonly alike: ReadonlyMap<string, readonly number[]>;
  /** Words of the texts themselves, folded. */
  readonly own: ReadonlySet<string>;
  /** Forms of other languages that mean what the texts say. */
  readonly forms: Forms;
  readonly languages: number;
  /** Per `firstsSlot`: whether such a form begins so. */
  readonly firsts: Uint8Array;
  /** Per unit: whether such a form in a script without blanks begins with it. */
  readonly soloFirsts: ReadonlySet<number>;
}

const FIRSTS_BITS = 15;

function firstsSlot(hash: number): number {
  return Math.imul(hash, 0x9e3779b1) >>> (32 - FIRSTS_BITS);
}

/** Hash of a word's first `MIN_STEM` letters. */
function firstsHash(word: string): number {
  let hash = 0;
  for (let i = 0; i < MIN_STEM; i++) hash = (hash << 10) | (i < word.length ? word.charCodeAt(i) & 0x3ff : 0);
  return hash;
}

interface Passage {
  readonly meanings: Set<number>;
  readonly alike: Set<string>;
}

/** @returns undefined when the texts are in no language of the lexicon, or say too little */
function createImprint(
  texts: readonly string[],
  forms: Forms,
  foreignTo: (language: number) => Forms,
): Imprint | undefined {
  const sentences = texts.flatMap((text) =>
    Array.from(text.matchAll(SENTENCES), ([sentence]) => wordsOf(sentence).filter((word) => word.length >= 2)),
  );
  const language = languageOf(sentences.flat(), forms);
  if (language === 0) return undefined;
  const read = sentences.map(
    (words): Passage => ({
      meanings: new Set(words.flatMap((word) => meaningsOf(word, forms, language).map(({ concept }) => concept))),
      alike: new Set(words.filter((word) => word.length >= ALIKE && !/\d/.test(word)).map(spelling)),
    }),
  );
  const counts = new Map<number, number>();
  for (const { meanings } of read) for (const meaning of meanings) counts.set(meaning, (counts.get(meaning) ?? 0) + 1);
  const weights = new Map(
    [...counts].map(([meaning, count]) => [meaning, Math.round(100 / (1 + Math.log2(count) / 2))]),
  );

  const enough: number[] = [];
  const passages = new Map<number, number[]>();
  const alike = new Map<string, number[]>();
  read.forEach((_, first) => {
    const meanings = new Set<number>();
    const beginnings = new Set<string>();
    let weight = 0;
    for (let i = first; i < read.length && weight < LEAST_WEIGHT; i++) {
      for (const meaning of read[i]!.meanings) {
        if (!meanings.has(meaning)) weight += weights.get(meaning)!;
        meanings.add(meaning);
      }
      for (const beginning of read[i]!.alike) beginnings.add(beginning);
    }
    if (weight < ENOUGH_MEANT || read[first]!.meanings.size === 0) return;
    const id = enough.push(Math.max(ENOUGH, Math.round(ENOUGH_SHARE * weight))) - 1;
    for (const meaning of meanings) passages.set(meaning, [...(passages.get(meaning) ?? []), id]);
    for (const beginning of beginnings) alike.set(beginning, [...(alike.get(beginning) ?? []), id]);
  });
  if (enough.length === 0) return undefined;

  const foreign = new Map<string, readonly Form[]>();
  for (const [stem, known] of foreignTo(language)) {
    const meant = known.filter(({ concept }) => passages.has(concept));
    if (meant.length > 0) foreign.set(stem, meant);
  }
  const firsts = new Uint8Array(1 << FIRSTS_BITS);
  const soloFirsts = new Set<number>();
  for (const stem of foreign.keys()) {
    if (isSolo(stem.charCodeAt(0))) soloFirsts.add(stem.charCodeAt(0));
    else firsts[firstsSlot(firstsHash(stem))] = 1;
  }
  return {
    enough: Int32Array.from(enough),
    passages,
    weights,
    alike,
    own: new Set(sentences.flat()),
    forms: foreign,
    languages: ~language,
    firsts,
    soloFirsts,
  };
}

/** Folded words; of scripts without blanks every place where a form may begin, with what follows. */
function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [run] of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    let word = '';
    for (let i = 0; i < run.length; i++) {
      const unit = run.charCodeAt(i);
      if (isSolo(unit)) words.push(folded(run.slice(i, i + MAX_SOLO)));
      else word += run[i];
    }
    if (word !== '') words.push(folded(word));
  }
  return words;
}

/** The bit of the language that most words are of. */
function languageOf(words: readonly string[], forms: Forms): number {
  const counts = LANGUAGES.map(
    (_, language) => words.filter((word) => meaningsOf(word, forms, 1 << language).length > 0).length,
  );
  const most = Math.max(...counts);
  return most < 4 ? 0 : 1 << counts.indexOf(most);
}

/** Sums over a text that grows: one for each passage, as `trail.ts` keeps one for letters. */
interface Reading {
  text: string;
  /** Where the first word begins that was not read. */
  at: number;
  /** What all words so far took. */
  clock: number;
  /** Until when some sum is above zero. */
  until: number;
  readonly sums: Int32Array;
  readonly meant: Int32Array;
  /** Where the meaning stood last that no word spelled alike has followed. */
  readonly lastMeant: Int32Array;
  /** The clock when a sum was brought up to date. */
  readonly clocks: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** 1 where a sum has been enough. */
  readonly found: Uint8Array;
  /** Per meaning: where it stood last. */
  readonly seen: Map<number, number>;
  readonly done: Finding[];
}

function newReading(passages: number): Reading {
  const numbers = (): Int32Array => new Int32Array(passages);
  return {
    text: '',
    at: 0,
    clock: 0,
    until: 0,
    sums: numbers(),
    meant: numbers(),
    lastMeant: numbers(),
    clocks: numbers(),
    starts: numbers(),
    ends: numbers(),
    found: new Uint8Array(passages),
    seen: new Map(),
    done: [],
  };
}

export interface TranslationDetectors {
  /** Undefined where nothing is protected that could be recognized. Imprints of the last few sets of texts are kept. */
  detector(texts: readonly string[]): Detector | undefined;
}

const KEPT = 16;

export function createTranslationDetectors(): TranslationDetectors {
  const forms = readLexicon();
  const foreign = new Map<number, Forms>();
  const kept = new Map<string, Imprint | undefined>();

  function foreignTo(language: number): Forms {
    const known = foreign.get(language) ?? foreignForms(forms, language);
    foreign.set(language, known);
    return known;
  }

  function imprintOf(texts: readonly string[]): Imprint | undefined {
    const key = texts.join('\0');
    const imprint = kept.has(key) ? kept.get(key) : createImprint(texts, forms, foreignTo);
    // The one used last stands last.
    kept.delete(key);
    kept.set(key, imprint);
    if (kept.size > KEPT) kept.delete(kept.keys().next().value!);
    return imprint;
  }

  return {
    detector(texts) {
      const imprint = imprintOf(texts);
      if (imprint === undefined) return undefined;
      let reading = newReading(imprint.enough.length);
      const read = (text: string): Reading => {
        if (reading.text === text) return reading;
        if (text.slice(0, reading.text.length) !== reading.text) reading = newReading(imprint.enough.length);
        reading.text = text;
        readOn(reading, imprint);
        return reading;
      };
      return {
        context: CONTEXT,
        find: (text, from) => findingsOf(read(text), from),
        open: (text) => openOf(read(text)),
      };
    },
  };
}

function readOn(reading: Reading, imprint: Imprint): void {
  const { text } = reading;
  const { firsts, soloFirsts } = imprint;
  const { length } = text;
  let at = reading.at;
  while (at < length) {
    const start = at;
    let unit = text.charCodeAt(at);
    let letter = unit < FOLDED_UNITS ? FOLDED[unit]! : 0;
    if (letter !== 0) {
      let hash = 0;
      while (letter !== 0) {
        if (at - start < MIN_STEM) hash = (hash << 10) | (letter & 0x3ff);
        unit = ++at < length ? text.charCodeAt(at) : 0;
        letter = unit < FOLDED_UNITS ? FOLDED[unit]! : 0;
      }
      // The last word may go on.
      if (at === length) {
        at = start;
        break;
      }
      if (at - start >= MIN_WORD) reading.clock += COST;
      if (at - start < MIN_STEM) continue;
      if (firsts[firstsSlot(hash)] === 1) {
        for (const { concept } of meaningsOf(folded(text.slice(start, at)), imprint.forms, imprint.languages)) {
          addMeaning(reading, imprint, concept, start, at);
        }
      }
      if (reading.until > reading.clock && at - start >= ALIKE) addSpelling(reading, imprint, start, at);
    } else if (isSolo(unit)) {
      if (at + MAX_SOLO > length) break;
      at++;
      reading.clock += SOLO_COST;
      if (!soloFirsts.has(unit)) continue;
      for (let size = MAX_SOLO; size >= 2; size--) {
        const known = imprint.forms.get(text.slice(start, start + size));
        if (known === undefined) continue;
        for (const { concept } of known) addMeaning(reading, imprint, concept, start, start + size);
        break;
      }
    } else at++;
  }
  reading.at = at;
}

function addMeaning(reading: Reading, imprint: Imprint, meaning: number, start: number, end: number): void {
  const { seen, meant, lastMeant } = reading;
  const isRepeated = start - (seen.get(meaning) ?? -Infinity) <= REPEAT;
  seen.set(meaning, start);
  if (isRepeated) return;
  const weight = imprint.weights.get(meaning)!;
  for (const passage of imprint.passages.get(meaning)!) {
    bringUpToDate(reading, passage, start);
    meant[passage]! += weight;
    lastMeant[passage] = start;
    add(reading, imprint, passage, weight, end);
  }
}

/** A word spelled as one of the text, in another language: it counts near a meaning of the same passage. */
function addSpelling(reading: Reading, imprint: Imprint, start: number, end: number): void {
  const word = folded(reading.text.slice(start, end));
  if (imprint.own.has(word)) return;
  for (const passage of imprint.alike.get(spelling(word)) ?? []) {
    bringUpToDate(reading, passage, start);
    const { sums, lastMeant } = reading;
    if (sums[passage] === 0 || start - lastMeant[passage]! > NEAR) continue;
    // One for each meaning.
    lastMeant[passage] = -NEAR - 1;
    add(reading, imprint, passage, ALIKE_WEIGHT, end);
  }
}

/** Takes from a passage's sum what the words since took, and ends its trail when nothing is left. */
function bringUpToDate(reading: Reading, passage: number, start: number): void {
  const { sums, clocks, clock, starts, ends, found, meant, done } = reading;
  sums[passage] = Math.max(0, sums[passage]! - (clock - clocks[passage]!));
  clocks[passage] = clock;
  if (sums[passage] !== 0) return;
  if (found[passage] === 1) done.push(leak(starts[passage]!, ends[passage]!));
  sums[passage] = found[passage] = meant[passage] = 0;
  starts[passage] = start;
}

function add(reading: Reading, { enough }: Imprint, passage: number, weight: number, end: number): void {
  const { sums, ends, found, meant } = reading;
  sums[passage] = Math.min(sums[passage]! + weight, enough[passage]! + HEADROOM);
  ends[passage] = end;
  reading.until = Math.max(reading.until, reading.clock + sums[passage]!);
  if (sums[passage]! >= enough[passage]! && meant[passage]! >= ENOUGH_MEANT) found[passage] = 1;
}

function leak(start: number, end: number): Finding {
  return {
    id: 'output/translated-prompt',
    category: 'extraction',
    score: SCORE,
    spans: [{ start, end }],
    decoders: [],
  };
}

/** Everything found that ends behind `from`; what another one covers is left out. */
function findingsOf(reading: Reading, from: number): Finding[] {
  const { found, starts, ends, done } = reading;
  const all = [...done];
  found.forEach((one, passage) => {
    if (one === 1) all.push(leak(starts[passage]!, ends[passage]!));
  });
  let covered = 0;
  return all
    .map(({ spans }) => spans[0]!)
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .flatMap(({ start, end }) => {
      if (end <= covered || end <= from) return [];
      covered = end;
      return [leak(Math.max(start, from), end)];
    });
}

/** Where the earliest trail begins that is going on, or the word that may go on. */
function openOf({ sums, clocks, clock, starts, at, until }: Reading): number {
  let open = at;
  if (until > clock) {
    sums.forEach((sum, passage) => {
      if (sum > clock - clocks[passage]!) open = Math.min(open, starts[passage]!);
    });
  }
  return open;
}
