/**
 * From an automaton that reads bytes to one that reads words.
 *
 * Texts reach the matcher cut into tokens, so an automaton need not spell: a step
 * over a whole word token says the same as its bytes one after another. What a
 * state does with a word is found by walking its bytes' states: either few words
 * lead anywhere, and each is named; or all words that begin in some way lead to one
 * place, as `instruct*` has it, and their common beginning is named, the *stem*.
 * Separators stay bytes.
 *
 * An automaton that tells words apart by more than that, `*crypt*` or
 * `[a-f0-9]{8,64}` say, is left as it is.
 *
 * @module
 */
import { SEPARATORS, SYMBOL_OF } from '../../engine/rule-bytes.ts';
import { isSolo } from './ast.ts';
import { MAX_STEP_WORDS, MAX_WORD_BYTES } from './limits.ts';

/** A minimal deterministic automaton over symbols; state 0 is the start. */
export type ByteAutomaton = readonly ByteState[];

export interface ByteState {
  readonly accept: boolean;
  /** Disjoint, in ascending order. */
  readonly ranges: readonly { readonly low: number; readonly high: number; readonly target: number }[];
}

export interface WordState {
  readonly accept: boolean;
  /** A loop on separators. */
  readonly blank: boolean;
  /** Ranges of separator symbols: disjoint, in ascending order. */
  readonly separators: readonly { readonly low: number; readonly high: number; readonly target: number }[];
  /** By a word's bytes, Latin-1: where it leads. `DEAD` where its stem would lead somewhere and the word does not. */
  readonly words: ReadonlyMap<string, number>;
  /** By a stem's bytes: where every word leads that begins so and that no longer stem and no word of its own speaks of. */
  readonly stems: ReadonlyMap<string, number>;
}

export const DEAD = -1;

const SPACE = SYMBOL_OF[0x20] ?? 0;
const LAST = 255;
const NONE = -1;

const BYTE_OF = new Uint8Array(256);
SYMBOL_OF.forEach((symbol, byte) => {
  BYTE_OF[symbol] = byte;
});

/** Where a word token may end, and whether only a solo character may follow without a separator. */
interface Boundary {
  readonly at: number;
  readonly beforeSolo: boolean;
}

/** @returns states, the first of them the start; undefined where words would not do */
export function readByWords(automaton: ByteAutomaton): readonly WordState[] | undefined {
  const rest = findDefaults(automaton);
  const numbers = new Map<number, number>();
  const boundaries: Boundary[] = [];
  const states: WordState[] = [];

  function numberOf(at: number, beforeSolo: boolean): number {
    const key = at * 2 + (beforeSolo ? 1 : 0);
    let number = numbers.get(key);
    if (number === undefined) {
      number = boundaries.push({ at, beforeSolo }) - 1;
      numbers.set(key, number);
    }
    return number;
  }

  numberOf(0, false);
  for (let i = 0; i < boundaries.length; i++) {
    const boundary = boundaries[i] as Boundary;
    const found = wordsFrom(automaton, rest, boundary);
    if (!found) return undefined;
    const { accept, ranges } = automaton[boundary.at] as ByteState;
    const separators = ranges
      .filter(({ low }) => low < SEPARATORS)
      .map(({ low, high, target }) => ({
        low,
        high: Math.min(high, SEPARATORS - 1),
        target: numberOf(target, false),
      }));
    const blank = ranges.some(({ low, high, target }) => low <= SPACE && SPACE <= high && target === boundary.at);
    const words = new Map(
      [...found.words].map(([word, [at, solo]]) => [word, at === DEAD ? DEAD : numberOf(at, !solo)]),
    );
    const stems = new Map([...found.stems].map(([stem, at]) => [stem, numberOf(at, false)]));
    states.push({ accept, blank, separators, words, stems });
  }
  return prune(states);
}

/**
 * By state: the state in which every word ends that goes on from here, but for a few that lead through
 * states of the same kind; `NONE` where there is none such.
 */
function findDefaults(automaton: ByteAutomaton): Int32Array {
  const UNSEEN = -2;
  const rest = new Int32Array(automaton.length).fill(UNSEEN);
  const find = (at: number, depth: number): number => {
    const known = rest[at] as number;
    if (known !== UNSEEN) return known;
    rest[at] = NONE;
    if (depth > MAX_WORD_BYTES) return NONE;
    const words = (automaton[at] as ByteState).ranges.filter(({ high }) => high >= SEPARATORS);
    let next = SEPARATORS;
    let common = UNSEEN;
    for (const { low, high, target } of words) {
      if (low > next) return NONE;
      next = high + 1;
      const other = target === at ? at : find(target, depth + 1);
      if (other === NONE || (common !== UNSEEN && other !== common)) return NONE;
      common = other;
    }
    if (next <= LAST || words.length === 0) return NONE;
    rest[at] = common;
    return common;
  };
  automaton.forEach((_, at) => {
    find(at, 0);
  });
  return rest;
}

interface Words {
  readonly words: Map<string, readonly [at: number, solo: boolean]>;
  readonly stems: Map<string, number>;
}

/** What each word does from a boundary; undefined where that takes too many words. */
function wordsFrom(automaton: ByteAutomaton, rest: Int32Array, { at: from, beforeSolo }: Boundary): Words | undefined {
  const words: Words['words'] = new Map();
  const stems: Words['stems'] = new Map();
  const bytes: number[] = [];
  const open = new Set<number>();
  let isTooMany = false;

  /** @param charStart where in `bytes` the last character begins; @param outer where the stem around leads */
  function walk(at: number, charStart: number, outer: number): void {
    if (isTooMany) return;
    if (words.size + stems.size > MAX_STEP_WORDS || bytes.length > MAX_WORD_BYTES || open.has(at)) {
      isTooMany = true;
      return;
    }
    const lead = bytes[charStart] ?? 0;
    const isWhole = bytes.length - charStart === lengthOf(lead);
    if (bytes.length > 0 && isWhole) {
      const solo = isSolo(codePoint(bytes, charStart));
      // A solo character is a token of its own, and before one the token has ended.
      if (solo && charStart > 0) return;
      if (!solo && beforeSolo && charStart === 0) return;
      if (solo) {
        if (at !== outer) words.set(text(bytes), [at, true]);
        return;
      }
    }
    const here = rest[at] as number;
    if (here !== NONE && here !== outer) {
      stems.set(text(bytes), here);
      outer = here;
    }
    if (at === outer) return;
    if (bytes.length > 0 && isWhole) words.set(text(bytes), [at, false]);
    open.add(at);
    for (const { low, high, target } of (automaton[at] as ByteState).ranges) {
      if (target === outer) continue;
      for (let symbol = Math.max(low, SEPARATORS); symbol <= high; symbol++) {
        bytes.push(BYTE_OF[symbol] as number);
        walk(target, isWhole || bytes.length === 1 ? bytes.length - 1 : charStart, outer);
        bytes.pop();
      }
    }
    open.delete(at);
  }

  walk(from, 0, NONE);
  return isTooMany ? undefined : { words, stems };
}

function text(bytes: readonly number[]): string {
  return String.fromCharCode(...bytes);
}

/** Bytes of the character that a byte leads. */
function lengthOf(lead: number): number {
  return lead < 0xc0 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function codePoint(bytes: readonly number[], from: number): number {
  const lead = bytes[from] ?? 0;
  if (lead < 0x80) return lead;
  const length = lengthOf(lead);
  let value = lead & (0xff >> (length + 1));
  for (let i = 1; i < length; i++) value = (value << 6) | ((bytes[from + i] ?? 0) & 0x3f);
  return value;
}

/** Drops the ways that lead nowhere, and the states on them. */
function prune(states: readonly WordState[]): readonly WordState[] {
  const sources = states.map((): number[] => []);
  states.forEach(({ separators, words, stems }, from) => {
    const targets = [...separators.map(({ target }) => target), ...words.values(), ...stems.values()];
    for (const to of targets) if (to !== DEAD) sources[to]?.push(from);
  });
  const alive = new Set<number>();
  const open = states.flatMap(({ accept }, at) => (accept ? [at] : []));
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (alive.has(at)) continue;
    alive.add(at);
    open.push(...(sources[at] ?? []));
  }
  return states.map((state) => {
    const separators = state.separators.filter(({ target }) => alive.has(target));
    const live = [...state.stems].filter(([, to]) => alive.has(to));
    const matters = ([word, to]: readonly [string, number]): boolean =>
      alive.has(to) || live.some(([stem]) => word.startsWith(stem));
    const kept = (ways: ReadonlyMap<string, number>): Map<string, number> =>
      new Map([...ways].filter(matters).map(([word, to]) => [word, alive.has(to) ? to : DEAD]));
    return { ...state, separators, words: kept(state.words), stems: kept(state.stems) };
  });
}
