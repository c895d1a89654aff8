/**
 * The literals that betray a pattern: a set of byte strings of which every match holds at least one.
 *
 * A literal lies within an unbroken run of written characters. Beside it goes
 * where a match would begin, counted back in tokens from the literal's own:
 * first over so many words, then over so much punctuation.
 *
 * @module
 */

import { isWordByte } from '../../engine/rule-bytes.ts';
import { isOptional, isSolo, type Node, type Sequence, type Stretch } from './ast.ts';
import { MAX_LEAD, MAX_WORDS_BACK } from './limits.ts';
import { flatten } from './pieces.ts';
import { frequency } from './rarity.ts';

export interface Literal {
  /** Three to eight bytes, one character each (Latin-1). */
  readonly bytes: string;
  /** Words and solo characters between the match's first word and the literal's token. */
  readonly wordsMin: number;
  readonly wordsMax: number;
  /** Punctuation tokens that may stand before the match's first word, or before the literal where it is punctuation. */
  readonly lead: number;
  /** It begins a word: the prefilter looks for it at the starts of words only. */
  readonly anchored: boolean;
}

const MIN_BYTES = 3;
const MAX_BYTES = 8;
/** What one more literal costs the prefilter, in occurrences per thousand bytes. */
const NEW_LITERAL_COST = 0.05;
/** How much rather a literal at a word's start is taken: it is looked for at a fifth of the places. */
const UNANCHORED_COST = 0.2;

/** Where in a match we stand, over all ways that lead here. */
interface Place {
  /** Words begun. */
  readonly min: number;
  readonly max: number;
  /** Was the last byte a word byte that a next word byte would continue? */
  readonly inWord: 'yes' | 'no' | 'maybe';
  /** Separators before the first word. */
  readonly lead: number;
}

interface Choice {
  readonly literals: readonly Literal[];
  readonly cost: number;
}

const START: Place = { min: 0, max: 0, inWord: 'no', lead: 0 };

/**
 * Chooses literals for a pattern, from whichever stretch has the best.
 *
 * @param known keys of literals already looked for, which cost nothing more
 * @returns undefined when every stretch can be gone through without a literal, or none is near enough to the start
 */
export function chooseLiterals(
  stretches: readonly Stretch[],
  known: ReadonlySet<string>,
): readonly Literal[] | undefined {
  let choice: Choice | undefined;
  let place = START;
  for (const { sequence, gap } of stretches) {
    if (place !== START) place = skip(place, gap);
    const other = best(sequence, place, known);
    if (other && (!choice || other.cost < choice.cost)) choice = other;
    place = sequence.reduce((at, node) => after(node, at), place);
  }
  return choice?.literals;
}

/** Over a gap: some words, and any punctuation. */
function skip(place: Place, words: number): Place {
  return { min: place.min, max: place.max + words, inWord: 'no', lead: place.min === 0 ? Infinity : place.lead };
}

function best(sequence: Sequence, from: Place, known: ReadonlySet<string>): Choice | undefined {
  let choice: Choice | undefined;
  const offer = (other: Choice | undefined) => {
    if (other && (!choice || other.cost < choice.cost)) choice = other;
  };
  let run: { bytes: number[]; places: Place[] } = { bytes: [], places: [] };
  let place = from;
  const flush = () => {
    offer(bestOfRun(run.bytes, run.places, known));
    run = { bytes: [], places: [] };
  };
  const append = (node: Node & { kind: 'char' }) => {
    for (const byte of node.bytes) {
      run.bytes.push(byte);
      run.places.push(place);
    }
    place = after(node, place);
  };
  for (const node of flatten(sequence)) {
    if (node.kind === 'char') {
      append(node);
    } else if (node.kind === 'repeat' && node.node.kind === 'char' && node.min > 0) {
      for (let i = 0; i < node.min; i++) append(node.node);
      flush();
      place = merge(place, after({ ...node, min: 0, max: node.max - node.min }, place));
    } else {
      flush();
      if (!isOptional(node)) offer(bestOfNode(node, place, known));
      place = after(node, place);
    }
  }
  flush();
  return choice;
}

/** The first way through a sequence without a literal, for a message: a few of its characters. */
export function wayWithoutLiteral(sequence: Sequence): string {
  for (const node of flatten(sequence)) {
    if (node.kind !== 'group' || isOptional(node)) continue;
    const lacking = node.alternatives.find((alternative) => !best(alternative, START, new Set()));
    if (lacking && node.alternatives.length > 1) return wayWithoutLiteral(lacking);
  }
  return show(sequence).slice(0, 60);
}

function show(sequence: Sequence): string {
  const characters = sequence.map((node) => {
    switch (node.kind) {
      case 'char':
        return new TextDecoder().decode(Uint8Array.from(node.bytes));
      case 'blank':
        return ' ';
      case 'apostrophe':
        return "'";
      case 'star':
        return '*';
      case 'class':
        return '[…]';
      case 'group':
        return '(…)';
      case 'repeat':
        return `${show([node.node])}{${node.min},${node.max}}`;
    }
  });
  return characters.join('');
}

function bestOfNode(node: Node, place: Place, known: ReadonlySet<string>): Choice | undefined {
  if (node.kind === 'repeat') return bestOfNode(node.node, place, known);
  if (node.kind !== 'group') return undefined;
  const literals = new Map<string, Literal>();
  let cost = 0;
  for (const alternative of node.alternatives) {
    const choice = best(alternative, place, known);
    if (!choice) return undefined;
    for (const literal of choice.literals) {
      const key = literalKey(literal);
      const twin = literals.get(key);
      if (!twin) cost += costOf(literal, known);
      literals.set(key, twin ? join(twin, literal) : literal);
    }
  }
  return { literals: [...literals.values()], cost };
}

/** Two literals of the same bytes differ when one begins a word and the other need not. */
export function literalKey({ bytes, anchored }: { readonly bytes: string; readonly anchored: boolean }): string {
  return (anchored ? '^' : '*') + bytes;
}

function join(a: Literal, b: Literal): Literal {
  return {
    ...a,
    wordsMin: Math.min(a.wordsMin, b.wordsMin),
    wordsMax: Math.max(a.wordsMax, b.wordsMax),
    lead: Math.max(a.lead, b.lead),
  };
}

function bestOfRun(bytes: readonly number[], places: readonly Place[], known: ReadonlySet<string>): Choice | undefined {
  let choice: Choice | undefined;
  const length = Math.min(bytes.length, MAX_BYTES);
  if (length < MIN_BYTES) return undefined;
  for (let from = 0; from + length <= bytes.length; from++) {
    // The literal begins with a whole character: the token it lies in is looked up by its first byte.
    if (((bytes[from] ?? 0) & 0xc0) === 0x80) continue;
    const text = String.fromCharCode(...bytes.slice(from, from + length));
    const literal = locate(text, bytes[from - 1], places[from] ?? START);
    if (literal.wordsMax > MAX_WORDS_BACK || literal.lead > MAX_LEAD) continue;
    const cost = costOf(literal, known);
    if (!choice || cost < choice.cost) choice = { literals: [literal], cost };
  }
  return choice;
}

function costOf(literal: Literal, known: ReadonlySet<string>): number {
  const starts = literal.wordsMax - literal.wordsMin + 1 + literal.lead * 0.1;
  const rare = frequency(literal.bytes) * starts + (literal.anchored ? 0 : UNANCHORED_COST);
  return rare + (known.has(literalKey(literal)) ? 0 : NEW_LITERAL_COST);
}

/** @param before the byte of the same run before the literal, if any */
function locate(bytes: string, before: number | undefined, place: Place): Literal {
  const begunMin =
    place.inWord === 'yes' ? place.min - 1 : place.inWord === 'maybe' ? Math.max(0, place.min - 1) : place.min;
  const begunMax = place.inWord === 'yes' ? place.max - 1 : place.max;
  const isWord = isWordByte(bytes.charCodeAt(0));
  // Punctuation is a token of its own: every word begun before it is complete.
  return {
    bytes,
    wordsMin: isWord ? begunMin : place.min,
    wordsMax: isWord ? Math.max(begunMin, begunMax) : place.max,
    lead: place.lead,
    anchored: isWord && (before === undefined ? place.inWord === 'no' : place.inWord === 'no' || !isWordByte(before)),
  };
}

/** Where a node leads from a place. */
function after(node: Node, place: Place): Place {
  switch (node.kind) {
    case 'char':
      if (node.solo) return { ...begin(place, 'no'), inWord: 'no' };
      return isWordByte(node.bytes[0] ?? 0) ? begin(place, place.inWord) : separate(place, 1);
    case 'blank':
      return separate(place, 8);
    case 'apostrophe':
      return merge(place, separate(place, 1));
    case 'star':
      return merge(place, begin(place, place.inWord));
    case 'class':
      return afterClass(node, place);
    case 'group':
      return node.alternatives
        .map((alternative) => alternative.reduce((at, inner) => after(inner, at), place))
        .reduce(merge);
    case 'repeat': {
      let at = place;
      for (let i = 0; i < node.min; i++) at = after(node.node, at);
      for (let i = node.min; i < node.max; i++) {
        const next = merge(at, after(node.node, at));
        if (next.max > 4 * MAX_WORDS_BACK || next.lead > 4 * MAX_LEAD)
          return { ...next, max: Infinity, lead: Infinity };
        at = next;
      }
      return at;
    }
  }
}

function begin(place: Place, inWord: Place['inWord']): Place {
  if (inWord === 'yes') return place;
  return { ...place, min: place.min + (inWord === 'no' ? 1 : 0), max: place.max + 1, inWord: 'yes' };
}

function separate(place: Place, max: number): Place {
  return { ...place, inWord: 'no', lead: place.min === 0 ? place.lead + max : place.lead };
}

function afterClass(node: Node & { kind: 'class' }, place: Place): Place {
  let at: Place | undefined;
  const offer = (next: Place) => {
    at = at ? merge(at, next) : next;
  };
  for (const [low, high] of node.set) {
    if (high >= 0x80) {
      offer(begin(place, place.inWord));
      if (isSolo(low) || isSolo(high) || high - low > 0x1000) offer({ ...begin(place, 'no'), inWord: 'no' });
    }
    for (let byte = low; byte <= Math.min(high, 0x7f); byte++) {
      offer(isWordByte(byte) ? begin(place, place.inWord) : separate(place, 1));
    }
  }
  return at ?? place;
}

function merge(a: Place, b: Place): Place {
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    inWord: a.inWord === b.inWord ? a.inWord : 'maybe',
    lead: Math.max(a.lead, b.lead),
  };
}
