/**
 * What stands behind a street and its number: the part of the house, the town with its code, the state, the country;
 * in the same line or in the next ones.
 *
 * @module
 */
import { set } from './streets.ts';

export interface Tail {
  readonly end: number;
  /** The part of the house stands in it, by its name: `Apt. 5`, not `#5`. */
  readonly part: boolean;
  /** A town does. */
  readonly town: boolean;
  /** The town has a code that is no year and no count, or a short one and its country. */
  readonly sure: boolean;
}

const PART =
  /(?:(?:apartment|apt|suite|ste|unit|flat|floor|room|rm|piso|puerta|esc|int|interno|scala|lok|whg|wohnung|bus|bte|lgh|byt|кв|оф)(?:\. ?| )|# ?)[a-z0-9-]{1,6}(?![\p{L}\d-])/iuy;
/** First letters of these, small, and `#` as it reads then. */
const PART_FIRSTS = new Set([...'asufrpeilwbко#'].map((letter) => letter.charCodeAt(0) | 32));
/** What may stand first behind a street: a blank, a comma, a line's end, written out too. */
const BEFORE_TAIL: ReadonlySet<number> = new Set([0x20, 0xa0, 0x2c, 10, 13, 0x5c]);
/** Codes that are hardly anything else behind a town: five digits and more, or in groups, or with letters. */
const CODE =
  /(?:[A-Z]{1,2}-)?(?:\d{5}-\d{3,4}|\d{4}-\d{3}|\d{2}-\d{3}|\d{3} \d{2}|\d{4} ?[A-Z]{2}|\d{5,6}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?![\p{L}\d])/uy;
/** Four digits, which may be a year; three in Iceland and on the Faroes. */
const SHORT_CODE = /(?:[A-Z]{1,2}-)?\d{3,4}(?![\p{L}\d])/uy;
const STATE = /[A-Z]{2,3}(?![\p{L}\d])/uy;
/** Praha 3, Dublin 4 */
const DISTRICT = / \d{1,2}(?=,|\n)/uy;
const TOWN_WORDS = 5;
const TOWN_UNITS = 26;
const COUNTRY_WORDS = 3;
const BREAK_UNITS = 12;

/** Small words within the names of towns. */
const TOWN_JOINERS = set(
  "de del della di da do dos das du des la las le les los el y en sur sous aux an am im in bei ob der den dem a à upon under by nad pod u v w na op aan het 't i of and e",
);

/** In English and in their own languages, in small letters. */
const COUNTRIES: ReadonlySet<string> = new Set(
  (
    'afghanistan,albania,algeria,andorra,angola,argentina,armenia,australia,austria,azerbaijan,bahrain,bangladesh,' +
    'belarus,belgium,bolivia,bosnia and herzegovina,botswana,brazil,bulgaria,cambodia,cameroon,canada,chile,china,' +
    'colombia,costa rica,croatia,cuba,cyprus,czech republic,czechia,denmark,dominican republic,ecuador,egypt,' +
    'el salvador,england,estonia,ethiopia,finland,france,georgia,germany,ghana,greece,greenland,guatemala,honduras,' +
    'hong kong,hungary,iceland,india,indonesia,iran,iraq,ireland,israel,italy,jamaica,japan,jordan,kazakhstan,kenya,' +
    'kuwait,latvia,lebanon,liechtenstein,lithuania,luxembourg,malaysia,malta,mexico,moldova,monaco,montenegro,' +
    'morocco,mozambique,namibia,nepal,netherlands,the netherlands,new zealand,nicaragua,nigeria,north macedonia,' +
    'northern ireland,norway,oman,pakistan,panama,paraguay,peru,philippines,poland,portugal,puerto rico,qatar,' +
    'romania,russia,saudi arabia,scotland,senegal,serbia,singapore,slovakia,slovenia,south africa,south korea,spain,' +
    'sri lanka,sweden,switzerland,taiwan,tanzania,thailand,tunisia,turkey,uganda,ukraine,united arab emirates,' +
    'united kingdom,great britain,united states,united states of america,uruguay,usa,u.s.a,uk,uae,venezuela,vietnam,' +
    'wales,zambia,zimbabwe,deutschland,österreich,schweiz,suisse,svizzera,france,belgique,belgië,luxemburg,' +
    'nederland,españa,italia,portugal,brasil,méxico,perú,polska,česko,česká republika,slovensko,slovenija,hrvatska,' +
    'srbija,magyarország,românia,danmark,norge,sverige,suomi,ísland,eesti,latvija,lietuva,türkiye,россия,україна,' +
    'беларусь,българия,ελλάδα,κύπρος,éire'
  ).split(','),
);

const NOTHING = -1;

/**
 * Reads on behind a street.
 *
 * @param at behind the house number, or behind the street's kind where that is last
 * @returns `end === at` where nothing of an address follows
 */
export function readTail(text: string, at: number): Tail {
  if (!BEFORE_TAIL.has(text.charCodeAt(at))) return { end: at, part: false, town: false, sure: false };
  let street = at;
  for (let parts = 0; parts < 2; parts++) {
    const next = partEnd(text, street);
    if (next === NOTHING) break;
    street = next;
  }
  const town = codeAndTown(text, street) ?? townAndCode(text, street);
  const part = street > at && !text.slice(at, street).includes('#');
  return { end: town?.end ?? street, part, town: town !== undefined, sure: town?.sure ?? false };
}

interface Town {
  readonly end: number;
  readonly sure: boolean;
}

function partEnd(text: string, at: number): number {
  const from = blankOrBreak(text, at);
  if (from === NOTHING || !PART_FIRSTS.has(text.charCodeAt(from) | 32)) return NOTHING;
  const end = matchEnd(PART, text, from);
  // `room for` is none, `Apt B` is.
  const named = end === NOTHING || /\d|[ .][A-Z]$/.test(text.slice(from, end));
  return named ? end : NOTHING;
}

/** `, 10115 Berlin`, `, 1015 CJ Amsterdam`, ` - 00-001 Warszawa`, `, SE-111 22 Stockholm, Sweden`. */
function codeAndTown(text: string, at: number): Town | undefined {
  const from = text.startsWith(' - ', at) ? at + 3 : blankOrBreak(text, at);
  if (from === NOTHING || !isCodeUnit(text.charCodeAt(from))) return undefined;
  const long = matchEnd(CODE, text, from);
  const code = long === NOTHING ? matchEnd(SHORT_CODE, text, from) : long;
  if (code === NOTHING || text.charCodeAt(code) !== 0x20) return undefined;
  const digits = code - from;
  // Town by town from the longest name: a country may be the last word of it.
  for (const end of townEnds(text, code + 1, 3)) {
    const country = countryBehind(text, end);
    if (country !== NOTHING) return { end: country, sure: true };
    if (long !== NOTHING || digits > 3) return { end, sure: long !== NOTHING };
  }
  return undefined;
}

/** `, Dover, TX 37221`, `, London SW1A 2AA`, `, Sydney NSW 2000`, `, Dover, TX`, `, Telč, 588 56`, `, Beder, Denmark`. */
function townAndCode(text: string, at: number): Town | undefined {
  const behindBreak = breakEnd(text, at);
  const from = behindBreak === at ? blank(text, at) : behindBreak;
  if (from === NOTHING) return undefined;
  for (const end of townEnds(text, from, TOWN_WORDS)) {
    const next = blankOrBreak(text, end);
    if (next === NOTHING) continue;
    const state = matchEnd(STATE, text, next);
    const behindState = state === NOTHING ? NOTHING : blankOrBreak(text, state);
    for (const place of behindState === NOTHING ? [next] : [behindState, next]) {
      const code = codeEnd(text, place, place === behindState);
      // Behind a blank alone a state or a code of letters is wanted: `12 Main Street Boston 12345` says too little.
      const told = behindBreak > at || place === behindState || /[A-Z]/.test(text.slice(place, code?.end ?? place));
      if (code !== undefined && told) return code;
      const country = place === behindState ? countryEnd(text, place) : NOTHING;
      if (country !== NOTHING) return countryAndCode(text, country);
    }
    const country = countryEnd(text, next);
    if (country !== NOTHING) return countryAndCode(text, country);
    const comma = text.charCodeAt(end) === 0x2c && behindBreak > at;
    if (comma && state === next + 2) return { end: state, sure: false };
  }
  return undefined;
}

/** A country that ends here, with the code that may stand behind it. */
function countryAndCode(text: string, country: number): Town {
  const code = text.charCodeAt(country) === 0x20 ? matchEnd(CODE, text, country + 1) : NOTHING;
  return { end: code === NOTHING ? country : code, sure: code !== NOTHING };
}

/** A code and the country behind it. */
function codeEnd(text: string, at: number, behindState: boolean): Town | undefined {
  if (!isCodeUnit(text.charCodeAt(at))) return undefined;
  const long = matchEnd(CODE, text, at);
  const end = long === NOTHING ? matchEnd(SHORT_CODE, text, at) : long;
  if (end === NOTHING) return undefined;
  const country = countryBehind(text, end);
  if (country !== NOTHING) return { end: country, sure: true };
  if (long !== NOTHING) return { end, sure: true };
  const isYear = text.startsWith('19', at) || text.startsWith('20', at);
  return end - at > 3 && (behindState || !isYear) ? { end, sure: false } : undefined;
}

/** Where the name of a town may end that begins here, the longest name first. */
function townEnds(text: string, from: number, most: number): readonly number[] {
  const ends: number[] = [];
  let at = from;
  for (let words = 0; words < most; words++) {
    const end = wordEnd(text, at);
    if (words === 0 && end - at < 3 && !/^(?:St|Mt)$/.test(text.slice(at, end))) break;
    if (/^\p{Lu}/u.test(text.slice(at, at + 2))) {
      ends.unshift(end);
      const district = matchEnd(DISTRICT, text, end);
      if (district !== NOTHING) ends.unshift(district);
    } else if (words === 0 || !TOWN_JOINERS.has(text.slice(at, end))) break;
    if (text.charCodeAt(end) !== 0x20) break;
    at = end + 1;
  }
  return ends;
}

/** A digit or a capital: what codes begin with. */
function isCodeUnit(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90);
}

function countryBehind(text: string, at: number): number {
  const from = blankOrBreak(text, at);
  return from === NOTHING ? NOTHING : countryEnd(text, from);
}

function countryEnd(text: string, from: number): number {
  let end = from;
  let found = NOTHING;
  for (let words = 0; words < COUNTRY_WORDS; words++) {
    const next = wordEnd(text, end);
    if (next === end) break;
    if (COUNTRIES.has(text.slice(from, next).toLowerCase())) found = next;
    if (text.charCodeAt(next) !== 0x20) break;
    end = next + 1;
  }
  return found;
}

function matchEnd(shape: RegExp, text: string, at: number): number {
  shape.lastIndex = at;
  const match = shape.exec(text);
  return match === null ? NOTHING : at + match[0].length;
}

/** The end of a word of letters, and of what stands within such: `St.`, `Vila-real`, `L’Aquila`. */
function wordEnd(text: string, at: number): number {
  let end = at;
  while (end - at < TOWN_UNITS && isTownUnit(text.charCodeAt(end))) end++;
  // A full stop is the sentence's, but behind `St`.
  return text.charCodeAt(end - 1) === 0x2e && end - at > 4 ? end - 1 : end;
}

function isTownUnit(unit: number): boolean {
  if (unit < 0x80) {
    const letter = unit | 32;
    return (letter >= 97 && letter <= 122) || unit === 0x27 || (unit >= 0x2d && unit <= 0x2f);
  }
  return (unit >= 0xc0 && unit < 0x2000 && unit !== 0xd7 && unit !== 0xf7) || unit === 0x2019;
}

/** Behind one or two blanks; -1 where none stands. */
function blank(text: string, at: number): number {
  if (!isBlank(text.charCodeAt(at))) return NOTHING;
  return isBlank(text.charCodeAt(at + 1)) ? at + 2 : at + 1;
}

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0xa0;
}

function blankOrBreak(text: string, at: number): number {
  const end = breakEnd(text, at);
  return end > at ? end : blank(text, at);
}

/** Behind a comma, a line break (written out too, as in JSON) and the blanks and marks of quotation around; `at` when there is neither. */
function breakEnd(text: string, at: number): number {
  let end = at;
  let commas = 0;
  let lines = 0;
  for (; end - at < BREAK_UNITS; end++) {
    const unit = text.charCodeAt(end);
    if (unit === 0x2c && commas === 0) commas++;
    else if (unit === 10 && lines === 0) lines++;
    else if (unit === 0x5c && text[end + 1] === 'n' && lines === 0) {
      lines++;
      end++;
    } else if (unit !== 0x20 && unit !== 13 && unit !== 9 && !(unit === 0x3e && lines > 0)) break;
  }
  return commas + lines > 0 ? end : at;
}
