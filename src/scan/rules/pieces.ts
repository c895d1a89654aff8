/**
 * A stretch cut at its blanks, so that words and parts that many rules use are one automaton each.
 *
 * @module
 */
import { isOptional, isOptionalSequence, type Node, type Sequence } from './ast.ts';

export interface Piece {
  readonly sequence: Sequence;
  /** It may be left out, and the blank behind it with it. */
  readonly optional: boolean;
}

/**
 * Cuts a stretch at the blanks of its top level.
 *
 * Optional pieces behind the last one that must be there stay joined to it:
 * what follows them is a gap or nothing, not a blank.
 *
 * @param sequence not optional as a whole
 * @returns at least one piece; the last is not optional
 */
export function toPieces(sequence: Sequence): Piece[] {
  const nodes = flatten(sequence);
  const anchor = nodes.findLastIndex((node) => node.kind !== 'blank' && !isOptional(node));
  const pieces: Piece[] = [];
  let open: Node[] = [];
  nodes.forEach((node, i) => {
    if (node.kind !== 'blank' || i > anchor) {
      open.push(node);
      return;
    }
    if (open.length > 0) pieces.push({ sequence: open, optional: isOptionalSequence(open) });
    open = [];
  });
  pieces.push({ sequence: open, optional: false });
  return pieces;
}

/** Groups of one alternative are no groups. */
export function flatten(sequence: Sequence): Node[] {
  return sequence.flatMap((node) => {
    const only = node.kind === 'group' && node.alternatives.length === 1 ? node.alternatives[0] : undefined;
    return only ? flatten(only) : [node];
  });
}
