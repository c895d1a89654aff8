/**
 * A text as the tagger of names reads it: words, single characters where a script writes no blanks, marks and line
 * breaks.
 *
 * @module
 */

/** What a token looks like. The numbers are features: changing one asks for new weights. */
export const SHAPE = {
  mark: 0,
  lineBreak: 1,
  small: 2,
  capitalized: 3,
  capitals: 4,
  /** One capital, with its full stop. */
  initial: 5,
  /** McDonald, JavaScript. */
  mixed: 6,
  caseless: 7,
  han: 8,
  kana: 9,
  hangul: 10,
  /** Letters and digits: 12b, SW1A. */
  alphanumeric: 11,
  /** E-mail addresses and URLs, whole. */
  address: 12,
  /** Of one digit; two digits are the next number, and so on, to six and more. */
  digits: 13,
} as const;

export interface Token {
  /** UTF-16 units, `[start, end)`. */
  readonly start: number;
  readonly end: number;
  readonly shape: number;
  /** Whether white space stands before it. */
  readonly spaced: boolean;
}

/** UTF-16 units of the longest word; the rest of a longer one is the next. */
const WORD_MAX = 48;
/** The longest run without white space that is looked through for `@` and `://`. */
const RUN_MAX = 256;

const WORD = /[\p{L}\p{M}\p{N}_]/u;
const HANGUL = /[\uac00-\ud7a3\u1100-\u11ff\u3130-\u318f]/;
const KANA = /[\u3041-\u30ff\u31f0-\u31ff]/;
const HAN = /[\u3005\u3400-\u9fff\uf900-\ufaff]/;

/** Whether a script of words that hang together is read by its characters. */
function characterShape(unit: string): number {
  if (unit < '\u1100') return 0;
  if (HAN.test(unit)) return SHAPE.han;
  if (KANA.test(unit)) return SHAPE.kana;
  return HANGUL.test(unit) ? SHAPE.hangul : 0;
}

const isApostrophe = (unit: string | undefined): boolean => unit === "'" || unit === '’' || unit === 'ʼ';

function isWordUnit(unit: string | undefined): boolean {
  if (unit === undefined) return false;
  if (unit < '\u0080') return /\w/.test(unit);
  return characterShape(unit) === 0 && WORD.test(unit);
}

function isSmall(unit: string): boolean {
  return unit !== unit.toUpperCase() && unit === unit.toLowerCase();
}

function isCapital(unit: string): boolean {
  return unit !== unit.toLowerCase();
}

/** @complexity linear */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let spaced = false;
  let at = 0;
  let runEnd = 0;
  const add = (end: number, shape: number): void => {
    tokens.push({ start: at, end, shape, spaced });
    spaced = false;
    at = end;
  };
  while (at < text.length) {
    const unit = text[at]!;
    if (unit === '\n' || unit === '\r') {
      if (tokens.at(-1)?.shape === SHAPE.lineBreak) at++;
      else add(at + 1, SHAPE.lineBreak);
      spaced = true;
      continue;
    }
    if (/\s/.test(unit)) {
      spaced = true;
      at++;
      continue;
    }
    if (at >= runEnd) {
      const run = /^[^\s"'<>()[\]{},;|]+/.exec(text.slice(at, at + RUN_MAX))?.[0] ?? unit;
      runEnd = at + run.length;
      if (run.length > 3 && (run.includes('://') || /[^@]@[^@]/.test(run))) {
        add(runEnd, SHAPE.address);
        continue;
      }
    }
    const character = characterShape(unit);
    if (character !== 0) add(at + 1, character);
    else if (isWordUnit(unit)) {
      const end = wordEnd(text, at);
      const shape = shapeOf(text.slice(at, end));
      add(shape === SHAPE.initial && text[end] === '.' ? end + 1 : end, shape);
    } else if (isApostrophe(unit) && text[at - 1] !== undefined && !spaced && isSmall(text[at + 1] ?? '')) {
      // An ending: 's, 'nin
      add(wordEnd(text, at + 1), SHAPE.small);
    } else add(at + (text.codePointAt(at)! > 0xffff ? 2 : 1), SHAPE.mark);
  }
  return tokens;
}

/** Hyphens and apostrophes between letters belong to a word, but for endings and for articles: Ali'nin, l'avenue. */
function wordEnd(text: string, start: number): number {
  let end = start;
  while (end - start < WORD_MAX) {
    const unit = text[end];
    if (isWordUnit(unit)) {
      end++;
      continue;
    }
    const next = text[end + 1];
    if (end === start || next === undefined || !isWordUnit(next) || characterShape(next) !== 0) break;
    if (unit === '-' || unit === '‐') end++;
    else if (isApostrophe(unit)) {
      if (isSmall(text[start]!) && end - start <= 2) return end + 1;
      if (isSmall(next) || !isCapital(next)) break;
      end++;
    } else break;
  }
  return end;
}

function shapeOf(word: string): number {
  if (/^\d+$/.test(word)) return SHAPE.digits + Math.min(word.length, 6) - 1;
  if (/[\d_]/.test(word)) return SHAPE.alphanumeric;
  if (word.length === 1 && isCapital(word)) return SHAPE.initial;
  if (word.toLowerCase() === word) return word.toUpperCase() === word ? SHAPE.caseless : SHAPE.small;
  if (word.toUpperCase() === word) return SHAPE.capitals;
  if (!isCapital(word[0]!)) return SHAPE.mixed;
  // A capital within only where a part of the word begins: Jean-Luc, O'Brien
  return /[^-‐'’ʼ]\p{Lu}/u.test(word) ? SHAPE.mixed : SHAPE.capitalized;
}
