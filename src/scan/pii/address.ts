/**
 * Street addresses and post office boxes, found from their numbers.
 *
 * Three grammars: the number first and the kind of street last (`12 Main Street`), the number first and
 * the kind of street next (`12 rue de la Paix`), the number last (`Calle Mayor 12`, `Hauptstraße 12`).
 * Behind it may stand the part of the house, the town with its code, and the country (`towns.ts`). A name of
 * no known kind counts where these, or words before it, say that an address is meant: `Tylova 285, 500 02 Hradec`,
 * `lives at Tylova 285`. A street by itself has no number and is not looked for.
 *
 * @module
 */
import { isDigit } from './numbers.ts';
import type { Reading, Report } from './reading.ts';
import {
  ADDRESS_WORDS,
  BEFORE_NAME_SMALL,
  BEHIND_NAME,
  DOTTED,
  JOINERS,
  LAST_WORDS,
  NO_NAMES,
  NO_STREETS,
  SOFT_LAST_WORDS,
  SURE_ENDINGS,
  set,
} from './streets.ts';
import { readTail } from './towns.ts';

/** Those of them that end with a full stop of their own. */
const SHORTENED = /(?:^|[^\p{L}])(?:str?|ave?|rd|ln|dr|blvd|ct|cir|pl|ter|pkwy|hwy|sq|cres|gdns|trl|[nsew]{1,2})\.$/iu;
const DIRECTIONS = set('n s e w ne nw se sw north south east west northeast northwest southeast southwest');

/** Kinds of streets before their name; with a number before or behind both. */
const BEFORE_NAME = set(
  'rue avenue av ave boulevard bd bld place chemin allée impasse quai route chaussée faubourg cours square ruelle ' +
    'calle c/ avenida avda plaza paseo camino carretera ronda travesía cl rúa camiño carrer passeig plaça rambla ' +
    'via viale piazza piazzetta corso largo vicolo strada piazzale lungomare salita contrada località ' +
    'rua praça praceta travessa alameda estrada ladeira rodovia ' +
    'ul ulica al aleja os osiedle plac ulice náměstí strada bulevardul calea aleea șoseaua ' +
    'ул улица проспект пр пер переулок бульвар вул вулиця λεωφόρος λεωφ λ οδός πλατεία str jalan jl đường',
);
/** Of these the name may be a small word: `12 rue de la gare`. */
const COMMON_NOUN = set('rue avenue boulevard bd chemin allée impasse quai');

/** Ends of street names that are one word with their kind. */
const ENDINGS = [
  ...SURE_ENDINGS,
  ...'str weg allee platz damm ufer stieg steig pfad gürtel laan plein kade dijk singel steeg dreef burgwal'.split(' '),
  ...'gränd torget stigen backen gade vænget plads svingen stien plass bakken gata braut vegur stígur'.split(' '),
  ...'ntie katu kuja polku kaari raitti gatve iela'.split(' '),
];
/** Letters that endings and last words end with: a quick no for all other words. */
const LAST_LETTERS = new Set(
  [...ENDINGS, ...LAST_WORDS, ...SOFT_LAST_WORDS].map((word) => word.charCodeAt(word.length - 1)),
);

const ENDING_MIN = 3;
const NAME_WORDS = 6;

/** A number's letter or range, and what French counts with: 12b, 12-14, 12/3, 12 bis. */
const MORE_NUMBER = /(?:[-/]\d{1,4}[A-Za-z]?|[A-Za-z])?(?: (?:bis|ter|quater))?(?![\p{L}\d])/uy;
/** How near a word must stand that says an address is meant. */
const NEAR = 0.75;
/** A sign or a small word, behind which a number is a house's. */
const BEFORE_HOUSE = /(?:["':>]\s?|\s(?:at|to|is|in) |\n)$/;

interface Street {
  readonly start: number;
  readonly end: number;
  /** False where the words alone could be anything. */
  readonly known: boolean;
  /** The full stop at its end is its own. */
  readonly dotted?: true;
}

/** @param end behind the digits at `start`, five at most */
export function findAddress(reading: Reading, start: number, end: number, report: Report): void {
  const { text } = reading;
  const before = text.charCodeAt(start - 1);
  // $ . - _ : #
  if (before === 0x24 || before === 0x2e || before === 0x2d || before === 0x5f || before === 0x3a || before === 0x23)
    return;
  const first = numberFirst(text, start, end);
  if (first?.known && tell(reading, first, report)) return;
  if (before === 0x20 || before === 0xa0) {
    const last = numberLast(text, start, end);
    if (last?.known && tell(reading, last, report)) return;
    if (findBox(text, start, end, report) || (last !== undefined && tell(reading, last, report))) return;
  }
  if (first !== undefined) tell(reading, first, report);
}

/** Where the words of a number end: 12b, 12-14; -1 when it goes on as something else. */
function numberEnd(text: string, end: number): number {
  MORE_NUMBER.lastIndex = end;
  const more = MORE_NUMBER.exec(text);
  return more === null ? -1 : end + more[0].length;
}

function numberFirst(text: string, start: number, end: number): Street | undefined {
  const after = text.charCodeAt(end);
  if (after !== 0x20 && after !== 0x2c && after !== 0x2d && after !== 0x2f && !isAsciiLetter(after)) return undefined;
  const last = numberEnd(text, end);
  if (last < 0) return undefined;
  let at = last;
  if (text.charCodeAt(at) === 0x2c) at++;
  if (text.charCodeAt(at) !== 0x20) return undefined;
  const first = wordEnd(text, ++at);
  if (first === at || text.charCodeAt(at) === 0x2f) return undefined;
  const kind = plain(text, at, first);
  const small = isSmallLetter(text, at);
  if (BEFORE_NAME.has(kind)) {
    const name = nameEnd(text, first, COMMON_NOUN.has(kind));
    const known = !small || BEFORE_NAME_SMALL.has(kind);
    if (name > 0) return { start, end: secondNumber(text, name), known };
  }
  if (text.charCodeAt(last) === 0x2c) return undefined;
  return small ? smallStreet(text, start, at) : capitalStreet(text, start, at);
}

/** `Main Street`, from its first word on: at the end of its kind, or of its capitals where none of them is one. */
function capitalStreet(text: string, start: number, at: number): Street | undefined {
  let word = wordEnd(text, at);
  const first = plain(text, at, word);
  let named = !DIRECTIONS.has(first) && !isDigit(text.charCodeAt(at));
  let found = -1;
  /** `12 High St James Road` may go on: the word may have been a saint's. */
  let saint = false;
  for (let words = 1; words < NAME_WORDS; words++) {
    if (text.charCodeAt(word) !== 0x20) break;
    const next = wordEnd(text, word + 1);
    if (next === word + 1 || isSmallLetter(text, word + 1)) break;
    const name = plain(text, word + 1, next);
    if (named && BEHIND_NAME.has(name)) {
      found = next;
      saint = name === 'st';
    } else if (found >= 0) {
      if (DIRECTIONS.has(name)) found = next;
      if (!saint) break;
    }
    // The part of the house begins: 2505 Heatherleigh Suite 620
    if (found < 0 && isDigit(text.charCodeAt(next + 1)) && readTail(text, word).part) break;
    named = true;
    word = next;
  }
  if (found >= 0) return { start, end: found, known: true };
  const year = /^(?:19|20)\d\d /.test(text.slice(start, start + 5));
  const prose = text.slice(at, word).includes('. ') || NO_NAMES.has(first) || isDigit(text.charCodeAt(at));
  return named && !year && !prose && word - at > 3 ? { start, end: word, known: false } : undefined;
}

/** `evergreen terrace` */
function smallStreet(text: string, start: number, at: number): Street | undefined {
  let word = at;
  for (let words = 0; words < 4; words++) {
    const end = wordEnd(text, word);
    if (end === word || !isSmallLetter(text, word)) return undefined;
    const name = plain(text, word, end);
    if (words > 0 && BEHIND_NAME.has(name)) return { start, end, known: false };
    if (JOINERS.has(name) || NO_NAMES.has(name) || text.charCodeAt(end) !== 0x20) return undefined;
    word = end + 1;
  }
  return undefined;
}

/** Where a number before the name begins, if there is one too and it is no year. */
function firstNumber(text: string, at: number): number {
  let start = at - 1;
  while (at - start < 7 && isDigit(text.charCodeAt(start - 1))) start--;
  const digits = at - 1 - start;
  if (text.charCodeAt(at - 1) !== 0x20 || digits === 0 || digits > 5) return at;
  const before = text.charCodeAt(start - 1);
  const isYear = digits === 4 && (text.startsWith('19', start) || text.startsWith('20', start));
  return isYear || before === 0x2d || before === 0x2e || before === 0x2f || isAsciiLetter(before) ? at : start;
}

/** Where a number behind the name ends, if there is one too. */
function secondNumber(text: string, at: number): number {
  let end = at + 1;
  while (end - at < 6 && isDigit(text.charCodeAt(end))) end++;
  return text.charCodeAt(at) === 0x20 && end > at + 1 ? Math.max(at, numberEnd(text, end)) : at;
}

/**
 * The end of a street's name behind its kind: words with capitals, joined by small ones; -1 when there is none.
 *
 * @param noun a small word behind a small one that joins may be the name
 */
function nameEnd(text: string, from: number, noun = false): number {
  let end = -1;
  let at = from;
  let joined = false;
  for (let words = 0; words < NAME_WORDS; words++) {
    if (text.charCodeAt(at) !== 0x20) break;
    const next = wordEnd(text, at + 1);
    if (next === at + 1 || isDigit(text.charCodeAt(at + 1))) break;
    const joins = JOINERS.has(plain(text, at + 1, next));
    if (!isSmallLetter(text, at + 1) || /['’]\p{Lu}/u.test(text.slice(at + 1, next))) end = next;
    else if (noun && !joins && (joined || /^[dl]['’]./.test(text.slice(at + 1, next)))) {
      end = next;
      noun = false;
    } else if (!joins) break;
    joined = joins;
    at = next;
  }
  return end;
}

function numberLast(text: string, start: number, end: number): Street | undefined {
  if (end - start > 4) return undefined;
  let at = start - 1;
  // Calle Mayor, nº 12
  if (text.charCodeAt(at - 1) === 0xba || text.charCodeAt(at - 1) === 0xb0) {
    at -= 2;
    if (text[at - 1]?.toLowerCase() === 'n') at--;
    while (text.charCodeAt(at - 1) === 0x20) at--;
  }
  const comma = text.charCodeAt(at - 1) === 0x2c;
  if (comma) at--;
  const first = wordStart(text, at);
  if (first === at || isDigit(text.charCodeAt(first))) return undefined;
  if (isSmall(text.charCodeAt(first)) && !LAST_LETTERS.has(text.charCodeAt(at - 1)) && text.charCodeAt(at - 1) !== 0x2e)
    return undefined;
  const stop = numberEnd(text, end);
  const decimal = text.charCodeAt(stop) === 0x2e && isDigit(text.charCodeAt(stop + 1));
  if (stop < 0 || decimal) return undefined;
  const last = plain(text, first, at);
  const small = isSmallLetter(text, first);
  if (LAST_LETTERS.has(last.charCodeAt(last.length - 1))) {
    if (LAST_WORDS.has(last) || SOFT_LAST_WORDS.has(last)) {
      const name = nameStart(text, first, 3);
      const known = LAST_WORDS.has(last);
      // In Hungarian a house's number has a full stop.
      const dotted = DOTTED.has(last) && text.charCodeAt(stop) === 0x2e;
      if (name < first) {
        const from = firstNumber(text, name);
        return dotted ? { start: from, end: stop + 1, known, dotted } : { start: from, end: stop, known };
      }
    } else if (hasEnding(last, small ? SURE_ENDINGS : ENDINGS)) {
      const name = small ? first : adjectiveStart(text, first);
      return { start: firstNumber(text, name), end: stop, known: !small };
    }
  }
  // A name ends with a capital, or with one behind an apostrophe.
  if (small && !/['’]/.test(last)) return undefined;
  const kind = kindStart(text, first, at);
  if (kind >= 0) {
    const known = !isSmallLetter(text, kind) || BEFORE_NAME_SMALL.has(plain(text, kind, wordEnd(text, kind)));
    return { start: firstNumber(text, kind), end: stop, known };
  }
  // No kind of street: Unter den Linden 77, 10117 Berlin
  if (small || comma || last.length < 3 || NO_NAMES.has(last)) return undefined;
  return { start: firstNumber(text, nameStart(text, first, 4)), end: stop, known: false };
}

/** Where `Alte` or `Brucker` begins before `Bundesstraße`. */
function adjectiveStart(text: string, first: number): number {
  if (text.charCodeAt(first - 1) !== 0x20) return first;
  const from = wordStart(text, first - 1);
  const word = text.slice(from, first - 1);
  return /^(?:\p{Lu}\p{L}{2,}er|(?:Alt|Neu|Groß|Klein|Ober|Unter|Hinter|Vorder|Inner|Äußer|Lang)e)$/u.test(word) &&
    !NO_NAMES.has(word.toLowerCase())
    ? from
    : first;
}

/** Where the kind of street stands whose name ends with the word `[first, end)`; -1 when none does. */
function kindStart(text: string, first: number, end: number): number {
  let at = first;
  for (let words = 0; words < NAME_WORDS && text.charCodeAt(at - 1) === 0x20; words++) {
    const from = wordStart(text, at - 1);
    if (from === at - 1) return -1;
    const word = plain(text, from, at - 1);
    const small = isSmallLetter(text, from);
    if (BEFORE_NAME.has(word)) return nameEnd(text, at - 1) === end ? from : -1;
    if (small && !JOINERS.has(word)) return -1;
    at = from;
  }
  return -1;
}

/** Where words with capitals begin that lead to a place, small ones that join them within. */
function nameStart(text: string, first: number, most: number): number {
  let name = first;
  let at = first;
  for (let words = 0; words < most && text.charCodeAt(at - 1) === 0x20; words++) {
    const from = wordStart(text, at - 1);
    if (from === at - 1) break;
    if (!isSmallLetter(text, from)) name = from;
    else if (!JOINERS.has(plain(text, from, at - 1))) break;
    at = from;
  }
  return name;
}

function hasEnding(word: string, endings: readonly string[]): boolean {
  return (
    !NO_STREETS.has(word) &&
    endings.some((ending) => word.length >= ending.length + ENDING_MIN && word.endsWith(ending))
  );
}

const BOX =
  /(?:(?:P\.? ?O\.? ?|Post(?: Office)? )Box|Postfach|Postbus|Postboks|Apartado(?: de Correos)?|Casella Postale|Caixa Postal|Bo[iî]te Postale|B\.?P\.?|Skrytka Pocztowa|(?:PSC|CMR|Unit) \d{1,5},? Box)(?: N[o°º.]{1,2})? $/i;

const BOX_LETTERS = new Set([...'xhsoelpa.'].map((letter) => letter.charCodeAt(0) | 32));
const MILITARY = /(?:,? ?(?:\n|\\n)[ >]{0,4}|, ?| )[AFD]PO A[AEP] \d{5}(?:-\d{4})?/iy;
/** A ship and its post office, up to its code. */
const SHIP =
  /(?<![\p{L}\d])(?:USS|USNS|USNV|USCGC|USAV|HMS|HMCS|HMAS|HMNZS) \p{L}[\p{L}'’-]{1,20}(?: [\p{L}'’.-]{1,20})?(?:,? ?(?:\n|\\n)[ >]{0,4}|, ?| )FPO A[AEP] $/iu;

/** @param start of a box's number, or of the code behind a ship */
function findBox(text: string, start: number, end: number, report: Report): boolean {
  // boX, postfacH, postbuS, apartadO, casella postalE, caixa postaL, bP, pocztowA, aA, aE, aP
  if (!BOX_LETTERS.has(text.charCodeAt(start - 2) | 32)) return false;
  if (end - start === 5) {
    const ship = SHIP.exec(text.slice(Math.max(0, start - 72), start));
    if (ship !== null) {
      report('postal-address', start - ship[0].length, end, 0.9);
      return true;
    }
  }
  const box = BOX.exec(text.slice(Math.max(0, start - 28), start));
  if (box === null) return false;
  const from = start - box[0].length;
  if (isAsciiLetter(text.charCodeAt(from - 1)) || text.charCodeAt(end) === 0x2f) return false;
  const military = behind(text, MILITARY, end);
  const tail = readTail(text, end);
  // BP is blood pressure too.
  if (/^B\.?P/i.test(box[0]) && !tail.sure) return false;
  const stop = Math.max(military, tail.end);
  report('postal-address', from, stop, military > end || tail.town ? 0.9 : 0.65);
  return true;
}

/** Reports an address with what stands behind it; nothing where too little says that it is one. */
function tell(reading: Reading, street: Street, report: Report): boolean {
  const { text } = reading;
  const { start, end, known, dotted = false } = street;
  const sentenceEnds =
    !dotted && text.charCodeAt(end - 1) === 0x2e && !SHORTENED.test(text.slice(Math.max(start, end - 8), end));
  const tail = readTail(text, sentenceEnds ? end - 1 : end);
  if (!known && !tail.sure && !tail.part && !isAnnounced(reading, start, tail.end)) return false;
  report('postal-address', start, tail.end, tail.town ? 0.9 : known ? 0.65 : 0.6);
  return true;
}

/** Whether the words before say that an address is meant. */
function isAnnounced(reading: Reading, start: number, end: number): boolean {
  const { text } = reading;
  const digit = isDigit(text.charCodeAt(start));
  // `wohnt 2 Meilen` counts, `address: 334 Broadway` numbers.
  if (digit && !BEFORE_HOUSE.test(text.slice(Math.max(0, start - 4), start))) return false;
  // Copyright 2007
  if (!digit && /\D(?:19|20)\d\d$/.test(text.slice(start, end))) return false;
  return reading.near(ADDRESS_WORDS, start, end) >= NEAR;
}

function behind(text: string, shape: RegExp, at: number): number {
  shape.lastIndex = at;
  return at + (shape.exec(text)?.[0].length ?? 0);
}

/** A word in small letters without its full stop. */
function plain(text: string, start: number, end: number): string {
  return text.slice(start, text.charCodeAt(end - 1) === 0x2e ? end - 1 : end).toLowerCase();
}

function isAsciiLetter(unit: number): boolean {
  return (unit | 32) >= 97 && (unit | 32) <= 122;
}

/** A letter, or what stands within words: apostrophe, hyphen, the slash of `c/`, and digits of `5th`. */
function isWordUnit(unit: number): boolean {
  if (unit < 0x80) return isAsciiLetter(unit) || isDigit(unit) || unit === 0x27 || unit === 0x2d || unit === 0x2f;
  return unit >= 0xc0 && unit !== 0xd7 && unit !== 0xf7 && (unit < 0x2000 || unit === 0x2019) && unit < 0x3000;
}

const WORD_UNITS = 32;

/** The end of the word at a place, its full stop with it. */
function wordEnd(text: string, at: number): number {
  let end = at;
  while (end - at < WORD_UNITS && isWordUnit(text.charCodeAt(end))) end++;
  // A quotation ends: '12 Oak Street'
  if (text.charCodeAt(end - 1) === 0x27 && end > at) end--;
  return end > at && text.charCodeAt(end) === 0x2e ? end + 1 : end;
}

/** The start of the word before a place, whose full stop may stand there. */
function wordStart(text: string, at: number): number {
  let start = at;
  if (text.charCodeAt(start - 1) === 0x2e) start--;
  const from = start;
  while (from - start < WORD_UNITS && isWordUnit(text.charCodeAt(start - 1))) start--;
  // A quotation begins, or a line that is written out: \\nVia Roma 5
  if (text.charCodeAt(start) === 0x27 || (text.charCodeAt(start - 1) === 0x5c && start < from)) start++;
  return start >= from ? at : start;
}

function isSmall(unit: number): boolean {
  return unit >= 97 && unit <= 122;
}

function isSmallLetter(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return isSmall(unit);
  const one = text[at]!;
  return one === one.toLowerCase();
}
