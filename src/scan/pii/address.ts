/**
 * Street addresses and post office boxes, found from their numbers.
 *
 * Three grammars: the number first and the kind of street last (`12 Main Street`), the number first and
 * the kind of street next (`12 rue de la Paix`), the number last (`Calle Mayor 12`, `Hauptstraße 12`).
 * Behind it may stand the part of the house, and the town with its code. A street by itself has no number
 * and is not looked for.
 *
 * @module
 */
import { isDigit } from './numbers.ts';
import type { Reading, Report } from './reading.ts';
import { BEFORE_NAME_SMALL, BEHIND_NAME, COUNTED, JOINERS, LAST_WORDS, set } from './streets.ts';

/** Those of them that end with a full stop of their own. */
const SHORTENED = /(?:^|[^\p{L}])(?:st|ave?|rd|ln|dr|blvd|ct|cir|pl|ter|pkwy|hwy|sq|cres|gdns|trl|[nsew]{1,2})\.$/iu;
const DIRECTIONS = set('n s e w ne nw se sw north south east west northeast northwest southeast southwest');

/** Kinds of streets before their name; with a number before or behind both. */
const BEFORE_NAME = set(
  'rue avenue av ave boulevard bd bld place chemin allée impasse quai route chaussée faubourg ' +
    'calle c/ avenida avda plaza paseo camino carretera ronda travesía cl ' +
    'via viale piazza corso largo vicolo strada piazzale lungomare ' +
    'rua praça travessa alameda estrada ladeira rodovia ' +
    'ul ulica al aleja os osiedle plac ulice náměstí ' +
    'ул улица проспект пр пер переулок бульвар вул вулиця str jalan jl',
);
/** First letters of what stands between a number and a street's name. */
const SMALL_FIRSTS = new Set([...BEFORE_NAME_SMALL, ...COUNTED].map((word) => word.charCodeAt(0)));

/** Ends of street names that are one word with their kind. */
const ENDINGS = [
  ...[
    'straße',
    'strasse',
    'str',
    'weg',
    'allee',
    'platz',
    'gasse',
    'damm',
    'ufer',
    'chaussee',
    'stieg',
    'steig',
    'pfad',
  ],
  ...['straat', 'laan', 'plein', 'gracht', 'kade', 'dijk', 'singel', 'steeg', 'dreef'],
  ...[
    'gatan',
    'vägen',
    'gränd',
    'torget',
    'gade',
    'vej',
    'stræde',
    'veien',
    'vegen',
    'gata',
    'katu',
    'kuja',
    'polku',
    'kaari',
  ],
  ...['stræti', 'braut', 'vegur', 'gatve', 'iela'],
];
const NO_STREETS = set('brigade renegade');
/** Letters that endings and last words end with: a quick no for all other words. */
const LAST_LETTERS = new Set([...ENDINGS, ...LAST_WORDS].map((word) => word.charCodeAt(word.length - 1)));

const ENDING_MIN = 3;
const NAME_WORDS = 6;

/** A number's letter or range, and what French counts with: 12b, 12-14, 12/3, 12 bis. */
const MORE_NUMBER = /(?:[-/]\d{1,4}[A-Za-z]?|[A-Za-z])?(?: (?:bis|ter|quater))?(?![\p{L}\d])/uy;
const PART =
  /,? (?:(?:Apartment|Apt|Suite|Ste|Unit|Flat|Floor|Room|Rm|Piso|Puerta|Esc|Int|Interno|Scala|Lok|lok|Whg|bus|bte|кв|оф)\b\.? ?|# ?)[A-Za-z0-9-]{1,6}\b/uy;
/** A town and its state: `, Dover, TX 37221`, `, London SW1A 2AA`, `, Sydney NSW 2000`. */
const STATE_BEHIND =
  /(?:, ?|\n ?)[A-Z][\p{L} .'-]{1,24}?(?:, ?[A-Z]{2}(?: \d{5}(?:-\d{4})?)?(?![\p{L}\d])|,? (?:[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}|(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT) \d{4})(?!\d))/uy;
/** A code and its town: `, 10115 Berlin`, `, 1015 CJ Amsterdam`, `, 00-001 Warszawa`, `, SE-111 22 Stockholm`. */
const CODE_BEFORE =
  /(?:,? ?\n? ?| - )(?:[A-Z]{1,2}-)?(?:\d{4,6}|\d{2}-\d{3}|\d{3} \d{2}|\d{4}-\d{3}|\d{4} [A-Z]{2}) \p{Lu}[\p{L}'’-]{1,24}(?:[ -]\p{Lu}[\p{L}'’-]{1,24}){0,2}/uy;

/** The same where nothing else says that a street is spoken of: codes that are no years. */
const TOWN = /, (?:[A-Z]{1,2}-)?(?:\d{5}|\d{2}-\d{3}|\d{3} \d{2}|\d{4}-\d{3}|\d{4} [A-Z]{2}) \p{Lu}[\p{L}'’-]{2,24}/uy;

/** @param end behind the digits at `start`, five at most */
export function findAddress(reading: Reading, start: number, end: number, report: Report): void {
  const { text } = reading;
  const before = text.charCodeAt(start - 1);
  if (before === 0x24 || before === 0x2e || before === 0x2d || before === 0x5f || before === 0x3a) return;
  if (numberFirst(text, start, end, report)) return;
  if (before !== 0x20 && before !== 0xa0) return;
  if (numberLast(text, start, end, report)) return;
  findBox(text, start, end, report);
}

/** Where the words of a number end: 12b, 12-14; -1 when it goes on as something else. */
function numberEnd(text: string, end: number): number {
  MORE_NUMBER.lastIndex = end;
  const more = MORE_NUMBER.exec(text);
  return more === null ? -1 : end + more[0].length;
}

function numberFirst(text: string, start: number, end: number, report: Report): boolean {
  const after = text.charCodeAt(end);
  if (after !== 0x20 && after !== 0x2c && after !== 0x2d && after !== 0x2f && !isAsciiLetter(after)) return false;
  const next = text.charCodeAt(end + 1);
  if (after === 0x20 && isSmall(next) && !SMALL_FIRSTS.has(next)) return false;
  const last = numberEnd(text, end);
  if (last < 0) return false;
  let at = last;
  if (text.charCodeAt(at) === 0x2c) at++;
  if (text.charCodeAt(at) !== 0x20) return false;
  const first = wordEnd(text, ++at);
  if (first === at) return false;
  const kind = plain(text, at, first);
  const small = isSmallLetter(text, at);
  if (small ? BEFORE_NAME_SMALL.has(kind) : BEFORE_NAME.has(kind)) {
    const name = nameEnd(text, first);
    if (name > 0) return tell(text, start, secondNumber(text, name), report);
  }
  if (small || text.charCodeAt(last) === 0x2c) return false;
  let named = !DIRECTIONS.has(kind);
  let found = -1;
  let word = first;
  for (let words = 1; words < NAME_WORDS; words++) {
    if (text.charCodeAt(word) !== 0x20) break;
    const next = wordEnd(text, word + 1);
    if (next === word + 1 || isSmallLetter(text, word + 1)) break;
    const name = plain(text, word + 1, next);
    if (named && BEHIND_NAME.has(name)) found = next;
    else if (found >= 0) {
      if (DIRECTIONS.has(name)) found = next;
      break;
    }
    named = true;
    word = next;
  }
  return found >= 0 && tell(text, start, found, report);
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

/** The end of a street's name behind its kind: words with capitals, joined by small ones; -1 when there is none. */
function nameEnd(text: string, from: number): number {
  let end = -1;
  let at = from;
  for (let words = 0; words < NAME_WORDS; words++) {
    if (text.charCodeAt(at) !== 0x20) break;
    const next = wordEnd(text, at + 1);
    if (next === at + 1 || isDigit(text.charCodeAt(at + 1))) break;
    if (!isSmallLetter(text, at + 1)) end = next;
    else if (!JOINERS.has(plain(text, at + 1, next)) && !/^[dl]['’]\p{Lu}/u.test(text.slice(at + 1, next))) break;
    else if (/['’]\p{Lu}/u.test(text.slice(at + 1, next))) end = next;
    at = next;
  }
  return end;
}

function numberLast(text: string, start: number, end: number, report: Report): boolean {
  if (end - start > 4) return false;
  let at = start - 1;
  // Calle Mayor, nº 12
  if (text.charCodeAt(at - 1) === 0xba || text.charCodeAt(at - 1) === 0xb0) {
    at -= 2;
    if (text[at - 1]?.toLowerCase() === 'n') at--;
    while (text.charCodeAt(at - 1) === 0x20) at--;
  }
  if (text.charCodeAt(at - 1) === 0x2c) at--;
  const first = wordStart(text, at);
  if (first === at || isDigit(text.charCodeAt(first))) return false;
  if (isSmall(text.charCodeAt(first)) && !LAST_LETTERS.has(text.charCodeAt(at - 1)) && text.charCodeAt(at - 1) !== 0x2e)
    return false;
  const stop = numberEnd(text, end);
  if (stop < 0) return false;
  const last = plain(text, first, at);
  if (LAST_LETTERS.has(last.charCodeAt(last.length - 1))) {
    if (LAST_WORDS.has(last)) {
      const name = nameStart(text, first, 3);
      if (name < first) return tell(text, firstNumber(text, name), stop, report);
    } else if (!isSmallLetter(text, first) && hasEnding(last))
      return tell(text, firstNumber(text, first), stop, report);
  }
  const kind = kindStart(text, first, at);
  if (kind >= 0) return tell(text, firstNumber(text, kind), stop, report);
  // No kind of street, but a code and a town behind it: Unter den Linden 77, 10117 Berlin
  if (isSmallLetter(text, first) || behind(text, TOWN, stop) === stop) return false;
  return tell(text, nameStart(text, first, 4), stop, report);
}

/** Where the kind of street stands whose name ends with the word `[first, end)`; -1 when none does. */
function kindStart(text: string, first: number, end: number): number {
  let at = first;
  for (let words = 0; words < NAME_WORDS && text.charCodeAt(at - 1) === 0x20; words++) {
    const from = wordStart(text, at - 1);
    if (from === at - 1) return -1;
    const word = plain(text, from, at - 1);
    const small = isSmallLetter(text, from);
    if (small ? BEFORE_NAME_SMALL.has(word) : BEFORE_NAME.has(word)) {
      return nameEnd(text, at - 1) === end ? from : -1;
    }
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

function hasEnding(word: string): boolean {
  return (
    !NO_STREETS.has(word) &&
    ENDINGS.some((ending) => word.length >= ending.length + ENDING_MIN && word.endsWith(ending))
  );
}

const BOX =
  /(?:(?:P\.? ?O\.? ?|Post(?: Office)? )Box|Postfach|Postbus|Postboks|Apartado(?: de Correos)?|Casella Postale|Caixa Postal|Bo[iî]te Postale|B\.?P\.?|Skrytka Pocztowa|(?:PSC|CMR|Unit) \d{1,5},? Box)(?: N[o°º.]{1,2})? $/i;

const BOX_LETTERS = new Set([...'xhsoelpa.'].map((letter) => letter.charCodeAt(0) | 32));

/** @param start of a box's number */
function findBox(text: string, start: number, end: number, report: Report): boolean {
  // boX, postfacH, postbuS, apartadO, casella postalE, caixa postaL, bP, pocztowA
  if (!BOX_LETTERS.has(text.charCodeAt(start - 2) | 32)) return false;
  const box = BOX.exec(text.slice(Math.max(0, start - 28), start));
  if (box === null) return false;
  const from = start - box[0].length;
  if (isAsciiLetter(text.charCodeAt(from - 1)) || text.charCodeAt(end) === 0x2f) return false;
  // BP is blood pressure too.
  if (/^B\.?P/i.test(box[0]) && behind(text, TOWN, end) === end) return false;
  return tell(text, from, end, report, /(?:, ?| |\n)(?:[AFD]PO) A[AEP] \d{5}(?:-\d{4})?/y);
}

/** Reports an address with the part of the house and the town behind it. */
function tell(text: string, start: number, end: number, report: Report, ...more: readonly RegExp[]): boolean {
  const sentenceEnds = text.charCodeAt(end - 1) === 0x2e && !SHORTENED.test(text.slice(Math.max(start, end - 8), end));
  const street = behind(text, PART, behind(text, PART, sentenceEnds ? end - 1 : end));
  let stop = street;
  for (const shape of [...more, STATE_BEHIND, CODE_BEFORE]) {
    stop = behind(text, shape, street);
    if (stop > street) break;
  }
  report('postal-address', start, stop, stop > street ? 0.9 : 0.65);
  return true;
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
  return end > at && text.charCodeAt(end) === 0x2e ? end + 1 : end;
}

/** The start of the word before a place, whose full stop may stand there. */
function wordStart(text: string, at: number): number {
  let start = at;
  if (text.charCodeAt(start - 1) === 0x2e) start--;
  const from = start;
  while (from - start < WORD_UNITS && isWordUnit(text.charCodeAt(start - 1))) start--;
  return start === from ? at : start;
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
