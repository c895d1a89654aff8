/**
 * From a piece's syntax tree to a regular expression over symbols, in refa's notation.
 *
 * The one subtle thing is blanks beside optional elements: in `a (b|) c` the
 * blank goes with the absent `b`. Optional elements behind the first element
 * that must be there take the blank before them along, those in front of it the
 * blank behind them.
 *
 * @module
 */
import { CharSet, type NoParent, type Concatenation as RefaConcatenation, type Element as RefaElement } from 'refa';
import { type ByteRange, SEPARATORS, SYMBOL_OF, utf8Sequences } from '../../engine/rule-bytes.ts';
import { isOptional, isOptionalSequence, mayEndSolo, mayStartSolo, type Node, type Sequence } from './ast.ts';

type Element = NoParent<RefaElement>;
type Concatenation = NoParent<RefaConcatenation>;

const MAX_SYMBOL = 255;
const SEPARATOR: CharSet = CharSet.empty(MAX_SYMBOL).union([{ min: 0, max: SEPARATORS - 1 }]);
const WORD: CharSet = CharSet.empty(MAX_SYMBOL).union([{ min: SEPARATORS, max: MAX_SYMBOL }]);

/**
 * The expression of a piece; of an optional one, when it is there.
 *
 * A blank is one or more separators here; that it ends after eight is the
 * matcher's to count, which keeps eight states to one.
 */
export function toExpression(sequence: Sequence): Concatenation {
  return concatenation(isOptionalSequence(sequence) ? [choice(presentAlternatives(sequence))] : arrangeFrom(sequence));
}

function arrange(sequence: Sequence): Element[] {
  if (isOptionalSequence(sequence)) return [choice([[], ...presentAlternatives(sequence)])];
  return arrangeFrom(sequence);
}

/** A sequence in which at least one element must be there, or whose first element is taken to be. */
function arrangeFrom(sequence: Sequence, firstIsPresent = false): Element[] {
  const elements: Element[] = [];
  let anchored = firstIsPresent;
  for (let i = 0; i < sequence.length; i++) {
    const node = sequence[i] as Node;
    const [before, after] = [sequence[i - 1], sequence[i + 1]];
    if (node.kind === 'blank') {
      elements.push(blank(before, after));
    } else if (!isOptional(node)) {
      anchored = true;
      elements.push(...element(node));
    } else if (!anchored && after?.kind === 'blank') {
      elements.push(choice([[], [...present(node), blank(node, sequence[i + 2])]]));
      i++;
    } else if (anchored && before?.kind === 'blank' && (!after || after.kind === 'blank')) {
      const space = elements.pop() as Element;
      elements.push(choice([[], [space, ...present(node)]]));
    } else {
      elements.push(choice([[], present(node)]));
    }
  }
  return elements;
}

/** The non-empty readings of a sequence whose elements are all optional: one for each element that may come first. */
function presentAlternatives(sequence: Sequence): Element[][] {
  const lead = sequence[0]?.kind === 'blank' ? [blank(undefined, undefined)] : [];
  const alternatives: Element[][] = [];
  sequence.forEach((node, i) => {
    if (node.kind === 'blank') return;
    const rest = arrangeFrom([node, ...sequence.slice(i + 1)], true).slice(1);
    alternatives.push([...lead, ...present(node), ...rest]);
  });
  return alternatives;
}

/** An optional element when it is there. */
function present(node: Node): Element[] {
  if (node.kind === 'repeat') {
    const inner = isOptional(node.node) ? present(node.node) : element(node.node);
    return [quantifier(inner, Math.max(1, node.min), node.max)];
  }
  if (node.kind !== 'group') return element(node);
  const alternatives: Element[][] = [];
  for (const alternative of node.alternatives) {
    if (isOptionalSequence(alternative)) alternatives.push(...presentAlternatives(alternative));
    else alternatives.push(arrange(alternative));
  }
  return [choice(alternatives)];
}

function element(node: Node): Element[] {
  switch (node.kind) {
    case 'char':
      return node.bytes.map((byte) => range([byte, byte]));
    case 'blank':
      return [blank(undefined, undefined)];
    case 'apostrophe':
      return [quantifier([characters(SEPARATOR)], 0, 1)];
    case 'star':
      return [quantifier([characters(WORD)], 0, Infinity)];
    case 'class':
      return [choice(utf8Sequences(node.set).map((ranges) => ranges.map(range)))];
    case 'repeat':
      return [quantifier(element(node.node), node.min, node.max)];
    case 'group':
      return [choice(node.alternatives.map(arrange))];
  }
}

/** Solo characters are tokens without any separator between, so a blank beside one may be nothing. */
function blank(before: Node | undefined, after: Node | undefined): Element {
  return quantifier([characters(SEPARATOR)], mayEndSolo(before) || mayStartSolo(after) ? 0 : 1, Infinity);
}

function range([low, high]: ByteRange): Element {
  let set = CharSet.empty(MAX_SYMBOL);
  for (let byte = low; byte <= high; byte++) {
    const symbol = SYMBOL_OF[byte] ?? 0;
    set = set.union([{ min: symbol, max: symbol }]);
  }
  return characters(set);
}

function characters(set: CharSet): Element {
  return { type: 'CharacterClass', characters: set };
}

function choice(alternatives: Element[][]): Element {
  return { type: 'Alternation', alternatives: alternatives.map(concatenation) };
}

function quantifier(elements: Element[], min: number, max: number): Element {
  return { type: 'Quantifier', alternatives: [concatenation(elements)], min, max, lazy: false };
}

function concatenation(elements: Element[]): Concatenation {
  return { type: 'Concatenation', elements };
}
