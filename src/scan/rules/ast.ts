/**
 * The syntax tree of a pattern, and the questions every later stage asks of it.
 *
 * @module
 */

import type { CodePoints } from '../../engine/rule-bytes.ts';

export type Node =
  /** One written character after folding: one to six bytes. */
  | { readonly kind: 'char'; readonly bytes: readonly number[]; readonly solo: boolean }
  /** One to eight separators. */
  | { readonly kind: 'blank' }
  /** At most one separator: what an apostrophe stands for. */
  | { readonly kind: 'apostrophe' }
  /** Any word characters, none too. */
  | { readonly kind: 'star' }
  | { readonly kind: 'class'; readonly set: CodePoints }
  | { readonly kind: 'group'; readonly alternatives: readonly Sequence[] }
  | { readonly kind: 'repeat'; readonly node: Node; readonly min: number; readonly max: number };

export type Sequence = readonly Node[];

/** A run of text without gaps, compiled to one automaton. */
export interface Stretch {
  /** Words that may stand between the stretch before and this one; 0 for the first. */
  readonly gap: number;
  readonly sequence: Sequence;
  /** One-based column where it begins, for messages. */
  readonly column: number;
}

export interface Pattern {
  readonly lineStart: boolean;
  readonly stretches: readonly Stretch[];
}

/** May `node` be absent, and a blank beside it with it? A star may match nothing but is never absent. */
export function isOptional(node: Node): boolean {
  if (node.kind === 'repeat') return node.min === 0 || isOptional(node.node);
  return node.kind === 'group' && node.alternatives.some(isOptionalSequence);
}

/** Nothing but optional elements and blanks between them; a lone blank is not optional. */
export function isOptionalSequence(sequence: Sequence): boolean {
  const elements = sequence.filter((node) => node.kind !== 'blank');
  return elements.every(isOptional) && (elements.length > 0 || sequence.length === 0);
}

/** May the text that `node` matches end with a solo character? */
export function mayEndSolo(node: Node | undefined): boolean {
  return touchesSolo(node, (sequence) => sequence.at(-1));
}

export function mayStartSolo(node: Node | undefined): boolean {
  return touchesSolo(node, (sequence) => sequence[0]);
}

function touchesSolo(node: Node | undefined, edge: (sequence: Sequence) => Node | undefined): boolean {
  switch (node?.kind) {
    case 'char':
      return node.solo;
    case 'class':
      return node.set.some(([low, high]) => isSolo(low) || isSolo(high));
    case 'group':
      return node.alternatives.some((alternative) => touchesSolo(edge(alternative), edge));
    case 'repeat':
      return touchesSolo(node.node, edge);
    default:
      return false;
  }
}

/** Han, Kana, Thai, Lao, Myanmar and Khmer: every character is a token, as `tokenize` has it. */
export function isSolo(codePoint: number): boolean {
  return (
    (codePoint >= 0x3400 && codePoint <= 0x9fff) ||
    (codePoint >= 0xf900 && codePoint <= 0xfaff) ||
    (codePoint >= 0x20000 && codePoint <= 0x3ffff) ||
    (codePoint >= 0x3040 && codePoint <= 0x30ff) ||
    (codePoint >= 0x0e00 && codePoint <= 0x0eff) ||
    (codePoint >= 0x1000 && codePoint <= 0x109f) ||
    (codePoint >= 0x1780 && codePoint <= 0x17ff)
  );
}
