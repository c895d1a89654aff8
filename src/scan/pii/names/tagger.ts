/**
 * The tagger of names: a linear chain over the tokens of a text, its weights small integers.
 *
 * @module
 */
import { FirewallError } from '../../../errors.ts';
import { FEATURE_BITS, FEATURES, featuresOf } from './features.ts';
import { hashWord, type Lexicon, ORDINARY, openLexicon, PLACE } from './lexicon.ts';
import { SHAPE, type Token, tokenize } from './tokens.ts';

/** What a token is: outside, or begin and inside of a person's name, an address, or a name of something else. */
export const LABELS = ['O', 'B-PER', 'I-PER', 'B-ADR', 'I-ADR', 'B-OTH', 'I-OTH'] as const;
const L = LABELS.length;
const PERSON = 1;
const ADDRESS = 3;

/** Bytes before the sections: magic, version, feature bits, words of the lexicon, its bytes; see `models/FORMAT.md`. */
const HEADER = 20;
const MAGIC = 0x314e5745; // "EWN1"
const VERSION = 1;
/** Below every score that a text can have. */
const NEVER = -(2 ** 29);
/**
 * Margins are how much better the best reading is than the best in which some token of a find is something else, in the
 * unit of the weights. At this one a find is as likely right as wrong.
 */
const MIDDLE = 14;
/** Units of a margin that make a log-odd. */
const SCALE = 24;
/** What a name that stands again is worth of what it was worth in full. */
const REPEATED = 0.9;
/** Tokens read together; a longer text is cut at a line break, or else anywhere. */
const PASSAGE = 1024;

export interface Tagged {
  readonly kind: 'person' | 'address';
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
  /** Confidence in [0, 1]. */
  readonly score: number;
}

export type Tagger = (text: string) => Tagged[];

interface Weights {
  readonly lexicon: Lexicon;
  /** Shape `[2 ** FEATURE_BITS, 8]`: a feature's weight for each label, the last unused. */
  readonly emissions: Int8Array;
  /** Shape `[L, L]`, from and to. */
  readonly transitions: Int16Array;
  /** Shape `[L]`. */
  readonly starts: Int16Array;
}

export interface PackedParts {
  readonly words: number;
  readonly lexicon: Uint8Array;
  /** Shape `[L, L]`. */
  readonly transitions: Int16Array;
  readonly starts: Int16Array;
  /** Shape `[L, 2 ** FEATURE_BITS]`: label by label, which packs tighter. */
  readonly emissions: Int8Array;
}

export function packWeights({ words, lexicon, transitions, starts, emissions }: PackedParts): Uint8Array {
  const bytes = new Uint8Array(HEADER + (L * L + L) * 2 + lexicon.length + emissions.length);
  const data = new DataView(bytes.buffer);
  for (const [i, value] of [MAGIC, VERSION, FEATURE_BITS, words, lexicon.length].entries())
    data.setUint32(i * 4, value, true);
  let at = HEADER;
  for (const value of [...transitions, ...starts]) {
    data.setInt16(at, value, true);
    at += 2;
  }
  bytes.set(lexicon, at);
  bytes.set(new Uint8Array(emissions.buffer, emissions.byteOffset, emissions.length), at + lexicon.length);
  return bytes;
}

/** @throws {FirewallError} `FW_PACK` when the bytes are no weights of this version */
function readWeights(bytes: Uint8Array): Weights {
  const data = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const got = bytes.length < HEADER ? [] : [0, 4, 8].map((at) => data.getUint32(at, true));
  const words = got.length === 0 ? 0 : data.getUint32(12, true);
  const lexiconBytes = got.length === 0 ? 0 : data.getUint32(16, true);
  const features = 1 << FEATURE_BITS;
  const length = HEADER + (L * L + L) * 2 + lexiconBytes + L * features;
  if (got[0] !== MAGIC || got[1] !== VERSION || got[2] !== FEATURE_BITS || bytes.length !== length) {
    throw new FirewallError(
      'FW_PACK',
      `createTagger: expected names.bin of version ${VERSION} in ${length} bytes; got ${bytes.length} other bytes`,
    );
  }
  let at = HEADER;
  const read = (count: number): Int16Array => {
    const values = Int16Array.from({ length: count }, (_, i) => data.getInt16(at + i * 2, true));
    at += count * 2;
    return values;
  };
  const transitions = read(L * L);
  const starts = read(L);
  const lexicon = openLexicon(bytes.subarray(at, at + lexiconBytes), words);
  const packed = new Int8Array(bytes.buffer, bytes.byteOffset + at + lexiconBytes, L * features);
  const emissions = new Int8Array(features * 8);
  for (let label = 0; label < L; label++) {
    for (let i = 0; i < features; i++) emissions[i * 8 + label] = packed[label * features + i]!;
  }
  return { lexicon, emissions, transitions, starts };
}

/** Whether a label may stand behind another: what is inside must have begun. */
function mayFollow(from: number, to: number): boolean {
  return to % 2 === 1 || to === 0 || from === to || from === to - 1;
}

/**
 * @param bytes `names.bin`
 * @throws {FirewallError} `FW_PACK` when the bytes are no weights of this version
 */
export function createTagger(bytes: Uint8Array): Tagger {
  const weights = readWeights(bytes);
  const steps = Int32Array.from({ length: L * L }, (_, i) =>
    mayFollow(Math.floor(i / L), i % L) ? weights.transitions[i]! : NEVER,
  );
  const starts = Int32Array.from({ length: L }, (_, label) =>
    label > 0 && label % 2 === 0 ? NEVER : weights.starts[label]!,
  );

  return function tag(text) {
    const tokens = tokenize(text);
    const found: Tagged[] = [];
    for (let from = 0; from < tokens.length; ) {
      const to = passageEnd(tokens, from);
      found.push(...tagPassage(text, tokens.slice(from, to)));
      from = to;
    }
    return withRepeats(text, tokens, found);
  };

  /** Whoever was named in full stays somebody where the name, or a part of it that is no ordinary word, stands again. */
  function withRepeats(text: string, tokens: readonly Token[], found: readonly Tagged[]): Tagged[] {
    const scores = new Map<string, number>();
    let at = 0;
    for (const { kind, start, end, score } of found) {
      if (kind !== 'person') continue;
      while (at < tokens.length && tokens[at]!.start < start) at++;
      const first = at;
      while (at < tokens.length && tokens[at]!.end <= end) at++;
      if (at - first < 2) continue;
      for (const token of tokens.slice(first, at)) {
        const word = text.slice(token.start, token.end);
        if (!isNamePart(word, token)) continue;
        scores.set(word, Math.max(scores.get(word) ?? 0, score * REPEATED));
      }
    }
    if (scores.size === 0) return [...found];
    const all: Tagged[] = [];
    let next = 0;
    for (let i = 0; i < tokens.length; i++) {
      while (next < found.length && found[next]!.end <= tokens[i]!.start) all.push(found[next++]!);
      let end = i;
      let score = 0;
      const limit = found[next]?.start ?? text.length;
      while (end < tokens.length && tokens[end]!.end <= limit) {
        const known = scores.get(text.slice(tokens[end]!.start, tokens[end]!.end));
        if (known === undefined) break;
        score = Math.max(score, known);
        end++;
      }
      if (end === i) continue;
      all.push({ kind: 'person', start: tokens[i]!.start, end: tokens[end - 1]!.end, score });
      i = end - 1;
    }
    return [...all, ...found.slice(next)];
  }

  function isNamePart(word: string, { shape }: Token): boolean {
    const isWord = shape === SHAPE.capitalized || shape === SHAPE.mixed || shape === SHAPE.capitals;
    return (
      isWord && word.length > 2 && (weights.lexicon.kinds(hashWord(word.toLowerCase())) & (ORDINARY | PLACE)) === 0
    );
  }

  function tagPassage(text: string, tokens: readonly Token[]): Tagged[] {
    const count = tokens.length;
    const scores = emissionsOf(weights.emissions, featuresOf(text, tokens, weights.lexicon), count);
    const { best, labels, without } = read(scores, count);
    const found: Tagged[] = [];
    for (let i = 0; i < count; i++) {
      const label = labels[i]!;
      if (label !== PERSON && label !== ADDRESS) continue;
      let end = i + 1;
      while (end < count && labels[end] === label + 1) end++;
      let margin = Number.POSITIVE_INFINITY;
      for (let k = i; k < end; k++) margin = Math.min(margin, best - without(k, label));
      let last = end;
      while (last > i + 1 && isTrailing(text, tokens[last - 1]!)) last--;
      if (UNREAD.test(text.slice(tokens[i]!.start, tokens[last - 1]!.end))) {
        i = end - 1;
        continue;
      }
      found.push({
        kind: label === PERSON ? 'person' : 'address',
        start: tokens[i]!.start,
        end: tokens[last - 1]!.end,
        score: 1 / (1 + Math.exp((MIDDLE - margin) / SCALE)),
      });
      i = end - 1;
    }
    return found;
  }

  /** The best reading, and for each token how good readings are in which it has no part in what it is in the best one. */
  function read(scores: Int32Array, count: number) {
    const forward = new Int32Array(count * L);
    const backward = new Int32Array(count * L);
    const from = new Uint8Array(count * L);
    for (let label = 0; label < L; label++) forward[label] = starts[label]! + scores[label]!;
    for (let i = 1; i < count; i++) {
      for (let to = 0; to < L; to++) {
        let most = NEVER * 2;
        let source = 0;
        for (let label = 0; label < L; label++) {
          const score = forward[(i - 1) * L + label]! + steps[label * L + to]!;
          if (score > most) {
            most = score;
            source = label;
          }
        }
        forward[i * L + to] = Math.max(NEVER, most + scores[i * L + to]!);
        from[i * L + to] = source;
      }
    }
    for (let i = count - 2; i >= 0; i--) {
      for (let label = 0; label < L; label++) {
        let most = NEVER;
        for (let to = 0; to < L; to++) {
          const at = (i + 1) * L + to;
          most = Math.max(most, steps[label * L + to]! + scores[at]! + backward[at]!);
        }
        backward[i * L + label] = most;
      }
    }
    let last = 0;
    for (let label = 1; label < L; label++) {
      if (forward[(count - 1) * L + label]! > forward[(count - 1) * L + last]!) last = label;
    }
    const best = forward[(count - 1) * L + last]!;
    const labels = new Uint8Array(count);
    for (let i = count - 1; i >= 0; i--) {
      labels[i] = last;
      last = from[i * L + last]!;
    }
    const without = (i: number, begin: number): number => {
      let most = NEVER;
      for (let label = 0; label < L; label++) {
        if (label === begin || label === begin + 1) continue;
        most = Math.max(most, forward[i * L + label]! + backward[i * L + label]!);
      }
      return most;
    };
    return { best, labels, without };
  }
}

/** Sums of the weights of each token's features; shape `[count, L]`. */
function emissionsOf(weights: Int8Array, features: Uint32Array, count: number): Int32Array {
  const scores = new Int32Array(count * L);
  for (let i = 0; i < count; i++) {
    let [a, b, c, d, e, f, g] = [0, 0, 0, 0, 0, 0, 0];
    for (let k = i * FEATURES; k < (i + 1) * FEATURES; k++) {
      const at = features[k]! * 8;
      a += weights[at]!;
      b += weights[at + 1]!;
      c += weights[at + 2]!;
      d += weights[at + 3]!;
      e += weights[at + 4]!;
      f += weights[at + 5]!;
      g += weights[at + 6]!;
    }
    scores.set([a, b, c, d, e, f, g], i * L);
  }
  return scores;
}

/** Letters of scripts that no sentence of training was written in. */
const UNREAD =
  /[^\P{L}\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Devanagari}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}ー]/u;

/** Marks and line breaks end no name. */
function isTrailing(text: string, { start, end, shape }: Token): boolean {
  return shape === SHAPE.lineBreak || (shape === SHAPE.mark && /[\s,;:،、。|]/.test(text.slice(start, end)));
}

function passageEnd(tokens: readonly Token[], from: number): number {
  const most = from + PASSAGE;
  if (most >= tokens.length) return tokens.length;
  for (let end = most; end > from + PASSAGE / 2; end--) if (tokens[end - 1]!.shape === SHAPE.lineBreak) return end;
  return most;
}
