/**
 * What the tagger knows of each token: itself, its neighbors, whether lists know it as a name, and how its line is
 * written. Training calls this very code.
 *
 * @module
 */
import { hashWord, type Lexicon } from './lexicon.ts';
import { SHAPE, type Token } from './tokens.ts';

/** Weights are looked up by this many bits of a feature's hash. */
export const FEATURE_BITS = 16;
/** Features of a token; shape `[tokens.length, FEATURES]`. */
export const FEATURES = 46;

/** How the letters of a line are written. */
const LINE = { ordinary: 0, title: 1, capitals: 2, small: 3 } as const;
const OUTSIDE = 0x9e3779b9;
const CHARACTERS: ReadonlySet<number> = new Set([SHAPE.han, SHAPE.kana, SHAPE.hangul]);

/** @complexity linear in the number of tokens */
export function featuresOf(text: string, tokens: readonly Token[], lexicon: Lexicon): Uint32Array {
  const count = tokens.length;
  const out = new Uint32Array(count * FEATURES);
  // Two tokens of nothing at either end
  const words = new Uint32Array(count + 4).fill(OUTSIDE);
  const shapes = new Uint8Array(count + 4).fill(31);
  const kinds = new Uint8Array(count + 4);
  const heads = new Uint32Array(count + 4);
  const tails = new Uint32Array(count + 4);
  const forms: string[] = [];
  for (let i = 0; i < count; i++) {
    const { start, end, shape, spaced } = tokens[i]!;
    const word = text.slice(start, end);
    const low = word.toLowerCase();
    forms.push(low);
    const isNumber = shape >= SHAPE.digits;
    const character = CHARACTERS.has(shape);
    const hash = isNumber && low.length > 2 ? shape : shape === SHAPE.address ? shape : hashWord(low);
    words[i + 2] = hash;
    shapes[i + 2] = shape | (spaced ? 0 : 32);
    if (character || (shape >= SHAPE.small && shape <= SHAPE.caseless)) kinds[i + 2] = kindsOf(low, lexicon);
    tails[i + 2] = isNumber || low.length < 4 ? 0 : hashWord(low.slice(-3));
    heads[i + 2] = isNumber || low.length < 4 ? 0 : hashWord(low.slice(0, 3));
  }
  const lines = linesOf(tokens);
  for (let i = 0; i < count; i++) {
    const c = i + 2;
    let at = i * FEATURES;
    let template = 0;
    const put = (a: number, b = 0, d = 0): void => {
      let hash = Math.imul(++template, 0x9e3779b1) ^ a;
      hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b) ^ b;
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35) ^ d;
      hash = Math.imul(hash ^ (hash >>> 16), 0x27d4eb2d);
      out[at++] = (hash ^ (hash >>> 15)) >>> (32 - FEATURE_BITS);
    };
    const low = forms[i]!;
    const line = lines[i]!;
    const shape = shapes[c]!;
    const word = words[c]!;
    const before = words[c - 1]!;
    const after = words[c + 1]!;
    put(word);
    put(word, shape);
    put(shape, line);
    put(heads[c]!, shape);
    put(tails[c]!, shape);
    put(low.length < 5 ? 0 : hashWord(low.slice(-2)), shape & 31);
    put(low.length < 6 ? 0 : hashWord(low.slice(-4)), shape & 31);
    put(kinds[c]!, shape, line);
    put(before);
    put(after);
    put(words[c - 2]!);
    put(words[c + 2]!);
    put(before, words[c - 2]!);
    put(after, words[c + 2]!);
    put(before, after);
    put(word, before);
    put(word, after);
    put(before, shape, kinds[c]! & 7);
    put(after, shape, kinds[c]! & 7);
    put(words[c - 2]!, before, shape & 31);
    put(shapes[c - 1]!, shape, shapes[c + 1]!);
    put(shapes[c - 2]!, shapes[c - 1]!, shape);
    put(shape, shapes[c + 1]!, shapes[c + 2]!);
    put(kinds[c - 1]!, kinds[c]!, kinds[c + 1]!);
    put(kinds[c - 1]! | (shapes[c - 1]! << 4), kinds[c]! | (shape << 4), line);
    put(kinds[c]! | (shape << 4), kinds[c + 1]! | (shapes[c + 1]! << 4), line);
    put(kinds[c - 1]! | (shapes[c - 1]! << 4), kinds[c]! | (shape << 4), kinds[c + 1]! | (shapes[c + 1]! << 4));
    put(tails[c - 1]!, shape);
    put(tails[c + 1]!, shape);
    put(before, kinds[c]! | (shape << 4), kinds[c + 1]! | (shapes[c + 1]! << 4));
    put(words[c - 2]!, kinds[c - 1]! | (shapes[c - 1]! << 4), kinds[c]! | (shape << 4));
    put(after, kinds[c]! | (shape << 4), kinds[c - 1]! | (shapes[c - 1]! << 4));
    put(line, i === 0 || shapes[c - 1] === SHAPE.lineBreak ? 1 : 0, shape | (kinds[c]! << 8));
    put(cueBehind(words, shapes, c), kinds[c]! | (shape << 4));
    put(lineStart(tokens, words, i), kinds[c]! | (shape << 4));
    // Characters: the two, three and four that begin and end here, and whether they are a name together
    if (CHARACTERS.has(shape & 31)) {
      const { start } = tokens[i]!;
      const run = runAt(tokens, i);
      const one = lexicon.kinds(hashWord(text.slice(start, start + 1)));
      const two = run.after > 1 ? kindsOf(text.slice(start, start + 2), lexicon) : 0;
      const three = run.after > 2 ? kindsOf(text.slice(start, start + 3), lexicon) : 0;
      const back = run.before > 0 ? kindsOf(text.slice(start - 1, start + 1), lexicon) : 0;
      const farBack = run.before > 1 ? kindsOf(text.slice(start - 2, start + 1), lexicon) : 0;
      const lastOne = run.before > 0 ? kindsOf(text.slice(start - 1, start), lexicon) : 0;
      const nextTwo = run.after > 2 ? kindsOf(text.slice(start + 1, start + 3), lexicon) : 0;
      const nextOne = run.after > 1 ? kindsOf(text.slice(start + 1, start + 2), lexicon) : 0;
      const afterTwo = run.after > 3 ? kindsOf(text.slice(start + 2, start + 4), lexicon) : 0;
      put(one | (two << 4), three, back | (farBack << 4));
      put(one, nextTwo | (nextOne << 4), Math.min(run.before, 3));
      put(two, afterTwo, Math.min(run.before, 3));
      put(back, lastOne, one | (run.after > 1 ? 16 : 0));
      put(farBack, lastOne, back);
      put(three, two, Math.min(run.after, 4) | (Math.min(run.before, 4) << 4));
      put(one | (nextTwo << 4), before);
      put(one | (two << 4) | (three << 8), after);
      put(one | (two << 4) | (three << 8), words[c + 2]!);
      put(lastOne | (back << 4) | (farBack << 8), after);
      put(lastOne | (back << 4) | (farBack << 8), after, words[c + 2]!);
    } else while (template < FEATURES) put(0);
  }
  return out;
}

/** What lists say of a word; of one with a hyphen, of its first part where they do not know the whole. */
function kindsOf(low: string, lexicon: Lexicon): number {
  const kinds = lexicon.kinds(hashWord(low));
  if (kinds !== 0) return kinds;
  const joint = low.indexOf('-');
  return joint > 1 ? lexicon.kinds(hashWord(low.slice(0, joint))) : 0;
}

/** The last word in small letters, or mark, on the line before a place, within six tokens: `met`, `:`. */
function cueBehind(words: Uint32Array, shapes: Uint8Array, c: number): number {
  for (let i = c - 1; i >= Math.max(2, c - 6); i--) {
    const shape = shapes[i]! & 31;
    if (shape === SHAPE.lineBreak) return 1;
    if (shape === SHAPE.small || shape === SHAPE.mark || shape === SHAPE.caseless) return words[i]!;
  }
  return 0;
}

/** The first word of the line, if it is near: `Name`, `Address`. */
function lineStart(tokens: readonly Token[], words: Uint32Array, i: number): number {
  for (let k = i; k >= Math.max(0, i - 8); k--) {
    if (k === 0 || tokens[k - 1]!.shape === SHAPE.lineBreak) return k === i ? 1 : words[k + 2]!;
  }
  return 0;
}

/** How many characters of a script without blanks stand before a token, and from it on. */
function runAt(tokens: readonly Token[], i: number): { before: number; after: number } {
  let before = 0;
  while (before < 4 && i - before > 0 && isJoined(tokens, i - before)) before++;
  let after = 1;
  while (after < 4 && i + after < tokens.length && isJoined(tokens, i + after)) after++;
  return { before, after };
}

function isJoined(tokens: readonly Token[], i: number): boolean {
  return !tokens[i]!.spaced && CHARACTERS.has(tokens[i]!.shape) && CHARACTERS.has(tokens[i - 1]!.shape);
}

/** For each token how its line is written. */
function linesOf(tokens: readonly Token[]): Uint8Array {
  const lines = new Uint8Array(tokens.length);
  let from = 0;
  while (from < tokens.length) {
    let to = from;
    let small = 0;
    let title = 0;
    let capitals = 0;
    while (to < tokens.length && tokens[to]!.shape !== SHAPE.lineBreak) {
      const { shape } = tokens[to++]!;
      if (shape === SHAPE.small) small++;
      else if (shape === SHAPE.capitalized) title++;
      else if (shape === SHAPE.capitals) capitals++;
    }
    const line =
      small + title + capitals < 3
        ? LINE.ordinary
        : capitals > small + title
          ? LINE.capitals
          : title + capitals === 0
            ? LINE.small
            : title > 2 * small
              ? LINE.title
              : LINE.ordinary;
    lines.fill(line, from, to);
    from = to + 1;
  }
  return lines;
}
