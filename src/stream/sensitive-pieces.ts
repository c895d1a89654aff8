/**
 * Cuts a growing text into pieces that personal data and secrets never span, one unit of look-ahead at a time.
 *
 * A border depends on the text before it and on one unit behind it, so the pieces of a text are the same however it
 * arrives. Most pieces are a word. A piece goes on while something could: behind a number as long as a word there may
 * say what it is, between groups of digits, words of a seed phrase, lines of base64, inside a key's armor, a keystore
 * or an address. What is longer than `PIECE_LIMIT` is taken in windows that overlap by `PIECE_OVERLAP`.
 *
 * @module
 */
import { BEHIND_NAME } from '../scan/pii/streets.ts';
import { createUnits } from '../text/units.ts';
import {
  endsAsStreet,
  hashed,
  isLetter,
  JOINER,
  KIND,
  KIND_FIRSTS,
  lastWord,
  nameBits,
  SEED,
  WORD_BITS,
} from './known-words.ts';
import {
  CAPITAL,
  DIGIT,
  FOREIGN,
  isDigitLike,
  isDisguised,
  isForeignDigit,
  isForeignStop,
  KINDS,
  MARK,
  ODD,
  OPENER,
  OTHER,
  SMALL,
  SPACE,
  STOP,
} from './unit-kinds.ts';

/** A piece's longest: with as much context as a search looks back at, one block of the engine. */
export const PIECE_LIMIT = 3584;
/** What two windows of a piece beyond the limit share: values up to this long stand whole in one of them. */
export const PIECE_OVERLAP = 1792;

export interface Piece {
  /** Offsets into the whole text. */
  readonly start: number;
  readonly end: number;
  /** False: words, commas and small numbers alone, in which nothing can be found. */
  readonly hot: boolean;
  /** Digits in it. */
  readonly digits: number;
  /** True of a window of something longer than the limit: the part from `end - PIECE_OVERLAP` on is looked at again. */
  readonly forced: boolean;
  /** True when it ends inside a private key whose end has not come: from `keyFrom` on everything belongs to it. */
  readonly keyOpen: boolean;
  readonly keyFrom: number;
  /** True inside a manifest of Kubernetes that says it is a Secret. */
  readonly manifest: boolean;
}

export interface Pieces {
  /** Where the piece begins that is not finished. */
  readonly start: number;
  /**
   * Reads on to the end of `text`.
   *
   * @param text a window of the whole text: at least `CONTEXT` units before `start`, or everything
   * @param base where the window begins in the whole text
   * @param final true when nothing follows
   * @param found told of the pieces that are hot, ascending, and of those just behind a forced one; of a forced one it
   *   says where the next one begins
   * @complexity linear in what is new
   */
  read(text: string, base: number, final: boolean, found: (piece: Piece) => number): void;
}

/** How far behind a number words still speak of it: twenty units, and what may close the number itself. */
const REACH = 24;
/** A run of ASCII this long is looked at whatever it holds. */
const LONG = 16;
/** A house number, street, unit, city: what follows the street's kind. */
const ADDRESS_TAIL = 64;
const ADDRESS_WORDS = 6;
/** How far back an assignment keeps a sentence without blanks whole. */
const ASSIGNMENT_UNITS = 96;
const NO_KEY = 0;
const HEADER = 1;
const BODY = 2;
const KEY_HEADER = /^-----BEGIN[ \w-]{0,100}PRIVATE KEY(?: BLOCK)?-----/i;
const KEY_HEADER_OPEN = /^-----BEGIN[ \w-]{0,130}$/i;
/** Words in a row that no armor holds. */
const KEY_WORDS = 12;
const KEY_PROSE = /^["'(]?[A-Za-z’'-]{1,15}[.,;:!?)"']{0,3}$/;
/** So much that is no word makes a key of an armor without an end. */
const KEY_UNITS = 32;
const KEY_FOOTER = /(?:KEY|BLOCK)-----/i;
const NUGET_OPEN = /^<add(?:\s{1,20}key="(?:ClearText)?Password"(?:\s{0,20}value="[^"]{0,200})?)?$/i;

const HOUSE = /(?:^|[^\w.$-]|\\[nrt])\d{1,5}[A-Za-z]?$/;
/** The same behind a name. */
const HOUSE_LAST = /(?:^|[^\w.$-]|\\[nrt])\d{1,5}[A-Za-z]?(?:[-/]\d{1,4}[A-Za-z]?)?[.,;:!?)"']{0,3}$/;
/** A name before a blank: more of it, or its number, may follow. */
const NAME = /(?:^|[^\p{L}’'.-])\p{Lu}[\p{L}’'.-]{0,30}$/u;
const CAPITAL_FIRST = /^\p{Lu}/u;
/** Words of a name at most: behind more, something else is said. */
const NAME_WORDS = 9;
const WORD_MASK = WORD_BITS.length - 1;
const STREET_WORD = /^[A-Z][A-Za-z'’.-]{0,40}$/;
const ADDRESS_REST = /^[\p{L}\d_.,#'’>-]*$/u;
/** A pair of hexadecimal digits or eight binary ones, alone or behind others. */
const GROUP = /(?:^|[,:;])(?:0x)?(?:[0-9a-f]{2}|[01]{8})[,:;]?$/i;
const MORSE = /^[.\-_/·•–—−|]+$/;
const ENCODED_LINE = /[\w+/-]{16}={0,3}$/;
/** Before a number: capitals (`AB 12 34 56 C`), a sign, a bracket, or what stands between the parts of a number. */
const BEFORE_NUMBER = /(?:^|[^\w])[A-Z]\S{0,7}$|[,.)/(+#\u2010-\u2013\u00a0\u2009\u202f°-]$/;
/** Blank, brackets, signs and separators, behind which more digits of a number may stand. */
const BEFORE_GROUP: readonly number[] = [32, 40, 41, 43, 45, 46, 47];
/** Too few digits for anything, and no letter beside them. */
const SMALL_NUMBER = /^["'(]{0,3}\d{1,4}[.,;!?)"']{0,3}$/;
const SMALL_DIGITS = 4;
/** A word that announces something. */
const LABEL = /^["'(*]{0,3}[A-Za-z’'-]{1,15}[:*]{1,3}$/;
/** Pieces behind a forced one that may be the rest of a value. */
const FOLLOWED = 3;
/** Words of the shortest seed phrase. */
const SEED_WORDS = 12;
/** What stands between the words of a seed phrase, and what is invisible. */
const DELIMITERS = /["'`<>()[\]{},;|\\\u00ad\u200b-\u200f\u2060\ufeff]+/;
/** Names that a wallet's keystore has. */
const KEYSTORE_KEYS = new Set(
  (
    'version id uuid address name path pubkey description crypto Crypto cipher cipherparams iv ciphertext kdf ' +
    'kdfparams dklen n p r c prf salt mac function params message checksum meta'
  ).split(' '),
);

/** What may follow a name's comma: its number, or `no. 12`. */
function mayGoOn(next: number): boolean {
  return isDigitLike(next) || (next | 32) === 110;
}

/** Whether a line begins that an address may go on in. */
function isNextLine(unit: number, next: number): boolean {
  const isBlank = next === 32 || next === 62;
  return unit === 10 && (isBlank || isDigitLike(next) || (next >= 65 && next <= 90) || next >= 0xc0);
}

/** Whether a number ends before a place, one without letters at its beginning. */
function endsNumber(text: string, end: number): boolean {
  let at = end - 1;
  if (!isDigitLike(text.charCodeAt(at))) return false;
  while (end - at < 32 && (isDigitLike(text.charCodeAt(at)) || '.-/'.includes(text[at]!))) at--;
  return !isLetter(text.charCodeAt(at));
}

export function createPieces(): Pieces {
  const units = createUnits();
  /** The next unit to read, and where the unfinished piece begins: offsets into the whole text, as all below. */
  let at = 0;
  let start = 0;
  let hot = false;
  let digits = 0;
  let followed = 0;

  // The run of units without white space that is being read.
  let chunkStart = 0;
  let kinds = 0;
  let hash = 0;
  /** Length of the ASCII run at its end. */
  let ascii = 0;
  /** In a run of digits and the letters that touch them. */
  let inNumber = false;
  /** It holds letters behind a sign: several words, perhaps. */
  let inner = false;

  /** No border before this place; and where that will be, once the chunk has turned out not to be a small number. */
  let reach = 0;
  let reachNext = 0;
  /** No border behind the last chunk, whatever follows. */
  let joined = false;
  /** The last chunk assigns: the next one is a value. */
  let assigned = false;
  /** Where an assignment or the like stood last. */
  let markAt = -ASSIGNMENT_UNITS;
  /** Where `kind:` stood last. */
  let kindAt = -1;
  let morse = 0;
  let seeds = 0;
  /** An address: words since the house number, where the street's kind stands; -1 when none is open. */
  let addressWords = -1;
  let streetEnd = -1;
  /** Words of a name that is going on, which a house number may follow; 0 when none is. */
  let names = 0;
  /** It began with a number. */
  let numbered = false;
  // Things that hold white space: where each began, -1 when none is open.
  let keyState = NO_KEY;
  let keyFrom = -1;
  let keyUnits = 0;
  let keyWords = 0;
  let objectFrom = -1;
  let nugetFrom = -1;
  let ascii85 = false;
  let manifest = false;
  /** Any of them is open, or an address is. */
  let inside = false;

  /** Notes what the chunk that ends at `end` leaves open. @param next the unit behind the one at `end` */
  function endChunk(text: string, base: number, end: number, next: number): void {
    const length = end - chunkStart;
    if (kindAt >= 0) {
      const value = text.slice(chunkStart - base, end - base);
      if (chunkStart - kindAt < 8 && /^["']?secret\b/i.test(value)) manifest = inside = true;
      kindAt = -1;
    }
    // The quick way for a word of prose.
    if ((kinds & ~(SMALL | CAPITAL | STOP | OTHER)) === 0 && (kinds & SMALL) !== 0 && length < LONG && !inside) {
      morse = 0;
      assigned = false;
      name(text, base, end, next);
      joined =
        length <= 3 &&
        (text.charCodeAt(chunkStart - base) | 32) <= 102 &&
        GROUP.test(text.slice(chunkStart - base, end - base));
      if (kinds === (SMALL | CAPITAL)) seeds = 0;
      else if (!inner && (kinds & CAPITAL) === 0) countSeed(hash & WORD_MASK);
      else countSeeds(text.slice(chunkStart - base, end - base));
      if (seeds > 0) joined = true;
      return;
    }
    const chunk = text.slice(chunkStart - base, end - base);
    if (assigned) hot = true;
    const letters = kinds & (SMALL | CAPITAL);
    joined = false;
    assigned = (kinds & MARK) !== 0 && /[:=>]["'`([]*$/.test(chunk);
    if ((kinds & MARK) !== 0) markAt = end;
    const small =
      (kinds & ~(DIGIT | STOP | OTHER)) === 0 ? SMALL_NUMBER.test(chunk) : (kinds & DIGIT) === 0 && LABEL.test(chunk);
    if (((kinds & (DIGIT | MARK | ODD)) !== 0 && !small) || ascii >= LONG) hot = true;
    if (!small) reach = Math.max(reach, reachNext);
    // Capitals alone may be a bank's code.
    if (ascii >= 20 || (letters === CAPITAL && length >= 8)) reachTo(end);

    if ((letters | (kinds & DIGIT)) === 0 && MORSE.test(chunk)) {
      joined = true;
      if (++morse >= 3) hot = true;
    } else {
      morse = 0;
    }
    if ((kinds & SMALL) === 0) seeds = 0;
    else countSeeds(chunk);
    const unit = end < base + text.length ? text.charCodeAt(end - base) : 10;
    if (seeds > 0 || GROUP.test(chunk.slice(-12))) joined = true;
    else if ((unit === 10 || unit === 13) && ENCODED_LINE.test(chunk.slice(-24))) joined = true;
    if (addressWords >= 0 || (kinds & DIGIT) !== 0) address(text, base, chunk, end, unit, next);
    name(text, base, end, next);
    if (inside || (kinds & (OPENER | MARK)) !== 0) openings(text, base, chunk, end);
    inside = addressWords >= 0 || keyState !== NO_KEY || objectFrom >= 0 || nugetFrom >= 0 || ascii85 || manifest;
  }

  /** Notes whether the chunk that ends at `end` is a word of a name. */
  function name(text: string, base: number, end: number, next: number): void {
    let chunk = '';
    let word = '';
    let bits = 0;
    if ((kinds & ~(SMALL | STOP)) === 0 && !inner) {
      bits = WORD_BITS[hash & WORD_MASK]!;
    } else {
      chunk = text.slice(chunkStart - base, end - base);
      word = lastWord(chunk);
      bits = nameBits(word);
    }
    const wasNumbered = numbered;
    numbered = false;
    const house = (kinds & DIGIT) !== 0 && HOUSE_LAST.test(chunk);
    if (house || (kinds & (DIGIT | SMALL | CAPITAL | FOREIGN)) === DIGIT) {
      // Not the next group of a longer number.
      const first = chunkStart - base;
      const alone = !isDigitLike(text.charCodeAt(first)) || !endsNumber(text, first - 1);
      numbered = house && alone && (KIND_FIRSTS.has(next) || (next >= 65 && next <= 90));
      names = numbered ? 1 : 0;
      return;
    }
    if (CAPITAL_FIRST.test(word)) names++;
    else if ((bits & JOINER) !== 0 && names > 0 && !wasNumbered) names++;
    else names = (bits & KIND) !== 0 || mayBeStreet(text, base, end, next) ? 1 : 0;
    if (wasNumbered && names > 0) hot = true;
    const sign = text.charCodeAt(end - 1 - base);
    // 12 bis, rue Victor Hugo
    const goesOn = sign !== 44 || mayGoOn(next) || (wasNumbered && KIND_FIRSTS.has(next));
    if (names > NAME_WORDS || sign === 59 || !goesOn) names = 0;
  }

  /** Whether the chunk that ends at `end` is a street's name in small letters, with its number behind it. */
  function mayBeStreet(text: string, base: number, end: number, next: number): boolean {
    return isDigitLike(next) && endsAsStreet(lastWord(text.slice(chunkStart - base, end - base)).toLowerCase());
  }

  function reachTo(end: number): void {
    hot = true;
    reach = Math.max(reach, end + REACH);
  }

  function countSeeds(chunk: string): void {
    for (const word of chunk.split(DELIMITERS)) {
      if (word !== '') countSeed(hashed(word));
    }
  }

  function countSeed(hash: number): void {
    seeds = (WORD_BITS[hash]! & SEED) !== 0 ? seeds + 1 : 0;
    if (seeds >= SEED_WORDS) hot = true;
  }

  /** @param unit behind the chunk @param next the one behind that */
  function address(text: string, base: number, chunk: string, end: number, unit: number, next: number): void {
    const capital = next >= 65 && next <= 90;
    if (addressWords < 0) {
      // A street's name, then its number; the town may follow, with its code.
      const last =
        HOUSE_LAST.test(chunk) &&
        (names > 0 || NAME.test(text.slice(Math.max(0, chunkStart - base - 36), chunkStart - base - 1)));
      if (last) hot = true;
      if (unit === 32 && capital && HOUSE.test(chunk)) {
        addressWords = 0;
        streetEnd = -1;
      } else if (last && (chunk.endsWith(',') || isDigitLike(next) || isNextLine(unit, next))) {
        addressWords = 0;
        streetEnd = end;
      }
      return;
    }
    const word = chunk.replace(/[.,]{1,3}$/, '').toLowerCase();
    const comma = chunk.endsWith(',');
    const goesOn = unit === 32 && (capital || next === 35 || Number.isNaN(next));
    const nextLine = isNextLine(unit, next);
    if (BEHIND_NAME.has(word)) {
      streetEnd = end;
      hot = true;
      if (!goesOn && !nextLine) addressWords = -1;
    } else if (streetEnd < 0) {
      addressWords++;
      // A name of no known kind, before its town.
      if (STREET_WORD.test(chunk) && (comma || nextLine)) streetEnd = end;
      else if (addressWords > ADDRESS_WORDS || !goesOn || !STREET_WORD.test(chunk)) addressWords = -1;
    } else if ((unit !== 32 && !nextLine) || end - streetEnd > ADDRESS_TAIL || !ADDRESS_REST.test(chunk)) {
      addressWords = -1;
    }
    if (addressWords < 0 && unit === 32 && capital && HOUSE.test(chunk)) {
      addressWords = 0;
      streetEnd = -1;
    }
  }

  /** Keys, keystores and the like begin, go on and end. */
  function openings(text: string, base: number, chunk: string, end: number): void {
    if (keyState === NO_KEY) {
      const begin = chunk.indexOf('-----BEGIN');
      if (begin >= 0) {
        keyState = HEADER;
        keyFrom = chunkStart + begin;
      }
    }
    if (keyState === HEADER) {
      const armor = text.slice(keyFrom - base, end - base);
      const header = KEY_HEADER.exec(armor);
      if (header !== null) {
        const body = armor.slice(header[0].length);
        keyState = KEY_FOOTER.test(body) ? NO_KEY : BODY;
        keyUnits = body.length;
        keyWords = 0;
      } else if (!KEY_HEADER_OPEN.test(armor)) {
        // The header that is none may hold one.
        const again = armor.indexOf('-----BEGIN', 1);
        if (again < 0) keyState = NO_KEY;
        else keyFrom += again;
      }
      hot = true;
    } else if (keyState === BODY) {
      hot = true;
      const word = KEY_PROSE.test(chunk);
      keyWords = word ? keyWords + 1 : 0;
      if (!word) keyUnits += chunk.length;
      if (KEY_FOOTER.test(chunk) || keyWords > KEY_WORDS) keyState = NO_KEY;
    }

    if (objectFrom < 0) {
      const brace = chunk.indexOf('{');
      if (brace >= 0) objectFrom = chunkStart + brace;
    }
    while (objectFrom >= 0 && !mayBeKeystore(text.slice(objectFrom - base, end - base))) {
      // The object that is none may hold one.
      const brace = text.slice(0, end - base).indexOf('{', objectFrom - base + 1);
      objectFrom = brace < 0 ? -1 : base + brace;
    }

    if (nugetFrom < 0 && /<add$/i.test(chunk)) nugetFrom = end - 4;
    if (nugetFrom >= 0) {
      if (NUGET_OPEN.test(text.slice(nugetFrom - base, end - base))) hot = true;
      else nugetFrom = -1;
    }

    if (!ascii85) {
      const open = chunk.lastIndexOf('<~');
      ascii85 = open >= 0 && !/[~{-\uffff]/.test(chunk.slice(open + 2));
    } else if (/[~{-\uffff]/.test(chunk)) {
      ascii85 = false;
    }
    if (ascii85) hot = true;

    if (manifest) manifest = !/^(?:---|```)/.test(chunk);
    else if (/(?:^|\W)kind:$/i.test(chunk)) kindAt = end;
    else if (/(?:^|\W)kind:["']?secret\b/i.test(chunk)) manifest = true;
  }

  /** Whether a border may stand before the white space, or the foreign stop, at `place`. @param next the unit behind it */
  function mayEnd(text: string, base: number, place: number, unit: number, next: number): boolean {
    if (place < reach || joined || place <= start) return false;
    if (inside) {
      if (addressWords >= 0 || keyState !== NO_KEY || objectFrom >= 0 || nugetFrom >= 0 || ascii85) return false;
      // A value of a manifest counts when its line ends behind it.
      if (manifest && unit !== 10) return false;
    }
    if (unit === 10) return true;
    if (names > 0 && unit === 32 && (isDigitLike(next) || isLetter(next))) return false;
    if (isDigitLike(next) || BEFORE_GROUP.includes(next)) {
      const before = text.slice(Math.max(0, place - base - 12), place - base).trimEnd();
      if (isDigitLike(before.charCodeAt(before.length - 1)) || BEFORE_NUMBER.test(before)) return false;
    }
    const more = isDigitLike(next) || (next >= 65 && next <= 90) || (next >= 0xc0 && next <= 0x24f);
    return !more || !NAME.test(text.slice(Math.max(0, place - base - 36), place - base));
  }

  /** Nothing is open or waits to be told. */
  function isCalm(): boolean {
    const free = !(hot || inside || assigned) && (!joined || seeds > 0);
    return free && morse + followed === 0 && kindAt < 0 && reach <= at && digits <= SMALL_DIGITS;
  }

  function read(text: string, base: number, final: boolean, found: (piece: Piece) => number): void {
    const end = base + text.length;
    const bytes = units.of(text, at - base);

    function finish(place: number, forced: boolean): void {
      if (!forced && !hot && digits <= SMALL_DIGITS && followed === 0) {
        digits = 0;
        start = place;
        return;
      }
      followed = forced ? FOLLOWED : Math.max(0, followed - 1);
      const next = found({
        start,
        end: place,
        hot: hot || digits > SMALL_DIGITS,
        digits,
        forced,
        keyOpen: keyState === BODY && keyUnits >= KEY_UNITS,
        keyFrom,
        manifest,
      });
      start = forced ? next : place;
      if (!forced) {
        hot = false;
        digits = 0;
        return;
      }
      // What began before the window that is left cannot be read again.
      chunkStart = Math.max(chunkStart, start);
      if (objectFrom < start) objectFrom = -1;
      if (nugetFrom < start) nugetFrom = -1;
      if (keyState === HEADER && keyFrom < start) keyState = NO_KEY;
    }

    /** Something beyond ASCII, at `at`. */
    function foreign(unit: number): void {
      if (isDisguised(unit)) {
        hot = true;
        if (isForeignDigit(unit)) {
          kinds |= DIGIT;
          digits++;
          reachNext = at + 1 + REACH;
        }
      }
      // A sentence of a script without blanks ends at its punctuation.
      if (!isForeignStop(unit) || at <= chunkStart || text.charCodeAt(at - 1 - base) < 0x2e80) return;
      if (unit === 0xff0c || unit === 0xff1b) reach = reachNext = 0;
      if ((kinds & MARK) !== 0 || at - markAt < ASSIGNMENT_UNITS) return;
      const next = text.charCodeAt(at + 1 - base);
      endChunk(text, base, at, next);
      if (!mayEnd(text, base, at, unit, next)) return;
      finish(at, false);
      beginChunk(at);
    }

    function beginChunk(place: number): void {
      chunkStart = place;
      kinds = 0;
      hash = 0;
      ascii = 0;
      inNumber = false;
      inner = false;
      reachNext = 0;
    }

    /** Words with a blank behind them and a letter behind that: most of what there is, and mostly each a piece. */
    function skipWords(): void {
      const last = text.length - 1;
      const first = at - base;
      let word = first;
      let border = -1;
      let run = seeds;
      let inName = names;
      while (run < SEED_WORDS - 1 && !numbered) {
        let place = word;
        let unit = bytes[place]!;
        const isCapital = unit >= 65 && unit <= 90;
        if (isCapital) unit = bytes[++place]!;
        let mixed = 0;
        const most = word + LONG - 1;
        while (unit >= 97 && unit <= 122 && place < most) {
          mixed = (Math.imul(mixed, 31) + unit) | 0;
          unit = bytes[++place]!;
        }
        const length = place - word;
        if (length < (isCapital ? 2 : 1)) break;
        // Two letters may be digits of an encoded run.
        if (length === 2 && (bytes[word]! | 32) <= 102 && bytes[word + 1]! <= 102) break;
        const sign = unit;
        if (sign === 44 || sign === 46 || sign === 59) unit = bytes[++place]!; // , . ;
        if (unit !== 32 || place >= last) break;
        const next = bytes[place + 1]!;
        if ((next | 32) < 97 || (next | 32) > 122) break;
        const bits = isCapital ? 0 : WORD_BITS[mixed & WORD_MASK]!;
        if (isCapital) inName++;
        else if ((bits & JOINER) !== 0 && inName > 0) inName++;
        else inName = (bits & KIND) !== 0 ? 1 : 0;
        if (inName > NAME_WORDS || sign === 59 || (sign === 44 && (next | 32) !== 110)) inName = 0;
        if ((bits & SEED) !== 0) {
          run++;
        } else {
          run = 0;
          // A word with a capital goes on in the next one, behind however many.
          if (inName === 0 && !(isCapital && next <= 90 && sign !== 44 && sign !== 59)) border = place;
        }
        word = place + 1;
      }
      if (word === first) return;
      seeds = run;
      names = inName;
      joined = run > 0;
      at = base + word;
      chunkStart = at;
      if (border < 0) return;
      start = base + border;
      digits = 0;
    }

    // One unit of look-ahead, so that what follows a blank is known.
    const stop = final ? end : end - 1;
    while (at < stop) {
      if (at === chunkStart && isCalm()) skipWords();
      if (at - start >= PIECE_LIMIT) finish(start + PIECE_LIMIT, true);
      const unit = bytes[at - base]!;
      const kind = KINDS[unit]!;
      if (kind === SMALL) {
        // Most of a text is runs of small letters.
        const limit = Math.min(stop, start + PIECE_LIMIT) - base;
        const first = at - base;
        let place = first;
        let letter = unit;
        let mixed = hash;
        do {
          mixed = (Math.imul(mixed, 31) + letter) | 0;
          letter = bytes[++place]!;
        } while (letter >= 97 && letter <= 122 && place < limit);
        hash = mixed;
        ascii += place - first;
        at = base + place;
        if ((kinds & (STOP | OTHER)) !== 0) inner = true;
        if (inNumber) reachNext = at + REACH;
        kinds |= SMALL;
        continue;
      }
      if (kind === SPACE) {
        const next = text.charCodeAt(at + 1 - base);
        if (at > chunkStart) endChunk(text, base, at, next);
        if (unit === 10) {
          reach = names = 0;
          if (addressWords >= 0 && (streetEnd < 0 || !isNextLine(unit, next))) addressWords = -1;
        }
        if (mayEnd(text, base, at, unit, next)) finish(at, false);
        beginChunk(++at);
        continue;
      } else if (kind === FOREIGN) {
        ascii = 0;
        inNumber = false;
        foreign(text.charCodeAt(at - base));
      } else {
        ascii++;
        if (kind === DIGIT) {
          inNumber = true;
          digits++;
        } else if (kind !== CAPITAL) {
          inNumber = false;
        }
        if (inNumber) reachNext = at + 1 + REACH;
        else if (kind === STOP) reach = reachNext = 0;
      }
      kinds |= kind;
      at++;
    }
    if (!final) return;
    if (at > chunkStart) endChunk(text, base, at, Number.NaN);
    while (at - start > PIECE_LIMIT) finish(start + PIECE_LIMIT, true);
    if (at > start) finish(at, false);
  }

  return {
    get start() {
      return start;
    },
    read,
  };
}

/** Whether an object that is not closed yet may be a wallet's keystore: all names in it are those of one. */
function mayBeKeystore(text: string): boolean {
  if (!/^\{\s*(?:$|")/.test(text)) return false;
  let depth = 0;
  for (const [sign] of text.matchAll(/[{}]/g)) {
    depth += sign === '{' ? 1 : -1;
    if (depth === 0) return false;
  }
  for (const [, name] of text.matchAll(/"([^"\\]{1,40})"\s{0,8}:/g)) if (!KEYSTORE_KEYS.has(name!)) return false;
  return true;
}
