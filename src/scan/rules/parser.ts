/**
 * From a pattern's text to its syntax tree. `models/rules/README.md` teaches the language.
 *
 * @module
 */

import { type CodePoints, complement, union, utf8 } from '../../engine/rule-bytes.ts';
import { isOptionalSequence, isSolo, type Node, type Pattern, type Sequence, type Stretch } from './ast.ts';
import { RuleError } from './errors.ts';
import type { Fold } from './fold.ts';
import { MAX_ALTERNATIVES, MAX_GAP, MAX_NODES, MAX_PART_DEPTH, MAX_PATTERN_LENGTH, MAX_REPEAT } from './limits.ts';

export interface ParseContext {
  /** The rule's id, for messages. */
  readonly rule: string;
  /** Named fragments that `{name}` puts in. */
  readonly parts: ReadonlyMap<string, string>;
  readonly fold: Fold;
}

/** A gap is a node only while parsing: it splits the top level and is an error anywhere else. */
type Item = Node | { readonly kind: 'gap'; readonly words: number; readonly column: number };

/** Code points folded one by one in a class range; longer ranges are taken as they stand. */
const MAX_FOLDED_RANGE = 1024;

/**
 * Parses one pattern.
 *
 * @returns one pattern per alternative at the top level, never none
 * @throws {RuleError} with the column of the first fault
 */
export function parsePattern(text: string, context: ParseContext): Pattern[] {
  const parser = new Parser(text, context, 0, { nodes: 0 });
  const lineStart = parser.takeLineStart();
  const alternatives = parser.parseAlternatives(true);
  return alternatives.map((items) => ({ lineStart, stretches: stretchesOf(items, context) }));
}

function stretchesOf(items: readonly Item[], context: ParseContext): Stretch[] {
  const stretches: Stretch[] = [];
  let sequence: Node[] = [];
  let gap = 0;
  let column = 1;
  const finish = () => {
    const trimmed = trimBlanks(sequence);
    if (isOptionalSequence(trimmed)) {
      throw new RuleError(context.rule, column, 'expected words here; got a stretch that may match nothing');
    }
    stretches.push({ gap, sequence: trimmed, column });
  };
  for (const item of items) {
    if (item.kind !== 'gap') {
      sequence.push(item);
      continue;
    }
    finish();
    sequence = [];
    gap = item.words;
    column = item.column;
  }
  finish();
  return stretches;
}

function trimBlanks(sequence: Node[]): Node[] {
  const from = sequence.findIndex((node) => node.kind !== 'blank');
  const to = sequence.findLastIndex((node) => node.kind !== 'blank');
  return from < 0 ? [] : sequence.slice(from, to + 1);
}

/** One text being read. A class because a parser is a position with a lifetime; parts get one of their own. */
class Parser {
  private at = 0;
  private readonly characters: readonly string[];
  private readonly context: ParseContext;
  private readonly depth: number;
  private readonly budget: { nodes: number };

  constructor(text: string, context: ParseContext, depth: number, budget: { nodes: number }) {
    this.context = context;
    this.depth = depth;
    this.budget = budget;
    if (text.length > MAX_PATTERN_LENGTH) {
      this.fail(`expected at most ${MAX_PATTERN_LENGTH} characters; got ${text.length}`);
    }
    this.characters = [...text];
  }

  takeLineStart(): boolean {
    while (/^\s$/u.test(this.peek())) this.at++;
    return this.take('^');
  }

  /** Alternatives up to the end, or up to the parenthesis that closes the group. */
  parseAlternatives(top: boolean): Item[][] {
    const alternatives: Item[][] = [];
    do {
      if (alternatives.length === MAX_ALTERNATIVES) this.fail(`expected at most ${MAX_ALTERNATIVES} alternatives`);
      alternatives.push(this.parseSequence(top));
    } while (this.take('|'));
    if (top && this.at < this.characters.length) this.fail('expected the end; got a ")" that closes nothing');
    return alternatives;
  }

  private parseSequence(top: boolean): Item[] {
    const items: Item[] = [];
    for (;;) {
      const character = this.peek();
      if (character === '' || character === '|' || character === ')') return items;
      const gap = this.takeGap();
      if (gap) {
        if (!top) this.fail('expected no gap inside a group or a repeated part; write one pattern per alternative');
        items.push(gap);
        continue;
      }
      this.parseAtom(items, top);
      this.budget.nodes++;
      if (this.budget.nodes > MAX_NODES) this.fail(`expected at most ${MAX_NODES} characters with all parts put in`);
    }
  }

  private parseAtom(items: Item[], top: boolean): void {
    const character = this.next();
    switch (character) {
      case '(': {
        const alternatives = this.parseAlternatives(false) as Sequence[];
        if (!this.take(')')) this.fail('expected ")"; got the end');
        this.pushQuantified(items, { kind: 'group', alternatives });
        return;
      }
      case '[':
        this.pushQuantified(items, { kind: 'class', set: this.parseClass() });
        return;
      case '{':
        this.parsePart(items, top);
        return;
      case '*':
        items.push({ kind: 'star' });
        return;
      case "'":
      case '’':
        items.push({ kind: 'apostrophe' });
        return;
      case '?':
        this.at--;
        this.fail('expected something before "?"; write "\\?" for the character itself');
        return;
      case '\\': {
        const escaped = this.next();
        if (escaped === '') this.fail('expected a character after "\\"; got the end');
        this.pushQuantified(items, ...this.literal(escaped));
        return;
      }
      default: {
        if (/^\s$/u.test(character)) {
          if (items.at(-1)?.kind !== 'blank') items.push({ kind: 'blank' });
          return;
        }
        this.pushQuantified(items, ...this.literal(character));
      }
    }
  }

  /** A folded character: usually one node; `ß` is two, a combining mark none. */
  private literal(character: string): Node[] {
    const nodes: Node[] = [];
    for (const folded of this.context.fold(character.codePointAt(0) ?? 0)) {
      if (folded === ' ' || folded === '\n') nodes.push({ kind: 'blank' });
      else nodes.push({ kind: 'char', bytes: utf8(folded), solo: isSolo(folded.codePointAt(0) ?? 0) });
    }
    return nodes;
  }

  /** Puts `nodes` behind the items, repeated as the quantifier that follows in the text says. */
  private pushQuantified(items: Item[], ...nodes: Node[]): void {
    const repeat = this.takeQuantifier();
    if (!repeat) {
      items.push(...nodes);
    } else if (nodes.length === 1 && nodes[0]) {
      items.push({ kind: 'repeat', node: nodes[0], ...repeat });
    } else if (nodes.length > 1) {
      items.push({ kind: 'repeat', node: { kind: 'group', alternatives: [nodes] }, ...repeat });
    }
  }

  private takeQuantifier(): { min: number; max: number } | undefined {
    if (this.take('?')) return { min: 0, max: 1 };
    if (this.peek() !== '{' || !/^[0-9,]$/.test(this.characters[this.at + 1] ?? '')) return undefined;
    const from = this.at;
    this.at++;
    const min = this.takeNumber();
    const max = this.take(',') ? this.takeNumber() : min;
    if (min === undefined || max === undefined || !this.take('}')) {
      this.at = from;
      this.fail('expected a repetition {n} or {n,m}');
    }
    const [least, most] = [min ?? 0, max ?? 0];
    if (most < 1 || most > MAX_REPEAT || least > most) {
      this.at = from;
      this.fail(`expected a repetition {n,m} with n ≤ m, 1 ≤ m ≤ ${MAX_REPEAT}`);
    }
    return { min: least, max: most };
  }

  private takeGap(): { kind: 'gap'; words: number; column: number } | undefined {
    const from = this.at;
    while (this.peek() === ' ') this.at++;
    if (this.take('.') && this.take('.')) {
      const words = this.takeNumber();
      if (words !== undefined && this.take('.') && this.take('.')) {
        if (words > MAX_GAP) this.fail(`expected a gap of at most ${MAX_GAP} words; got ${words}`);
        return { kind: 'gap', words, column: this.at + 1 };
      }
    }
    this.at = from;
    return undefined;
  }

  private parsePart(items: Item[], top: boolean): void {
    const from = this.at;
    while (this.peek() !== '}' && this.peek() !== '') this.at++;
    const name = this.characters.slice(from, this.at).join('');
    if (!this.take('}')) this.fail('expected "}" after a part\'s name; write "\\{" for the character itself');
    const text = this.context.parts.get(name);
    if (text === undefined) this.fail(`expected a part's name in braces; got ${JSON.stringify(name.slice(0, 40))}`);
    if (this.depth >= MAX_PART_DEPTH)
      this.fail(`expected parts nested at most ${MAX_PART_DEPTH} deep; does {${name}} contain itself?`);
    const inner = new Parser(
      text ?? '',
      { ...this.context, rule: `${this.context.rule}, part ${name}` },
      this.depth + 1,
      this.budget,
    );
    const quantified =
      this.peek() === '?' || (this.peek() === '{' && /^[0-9]$/.test(this.characters[this.at + 1] ?? ''));
    const alternatives = inner.parseAlternatives(top && !quantified);
    inner.expectEnd();
    const only = alternatives.length === 1 ? alternatives[0] : undefined;
    if (only && !quantified) {
      items.push(...only);
    } else {
      if (alternatives.flat().some((item) => item.kind === 'gap'))
        this.fail(`expected no gap in {${name}}, which has alternatives`);
      this.pushQuantified(items, { kind: 'group', alternatives: alternatives as Sequence[] });
    }
  }

  expectEnd(): void {
    if (this.at < this.characters.length) this.fail('expected the end; got a ")" that closes nothing');
  }

  private parseClass(): CodePoints {
    const negated = this.take('^');
    const ranges: [number, number][] = [];
    while (!this.take(']')) {
      const low = this.classCharacter();
      const isRange = this.peek() === '-' && this.characters[this.at + 1] !== ']';
      if (isRange) this.at++;
      const high = isRange ? this.classCharacter() : low;
      if (high < low) this.fail('expected a class range from lower to higher');
      this.addFolded(ranges, low, high);
    }
    const set = union(ranges);
    const result = negated ? complement(set) : set;
    if (result.length === 0) this.fail('expected a character in the class; got none');
    return result;
  }

  private classCharacter(): number {
    let character = this.next();
    if (character === '\\') character = this.next();
    if (character === '') this.fail('expected "]"; got the end');
    return character.codePointAt(0) ?? 0;
  }

  private addFolded(ranges: [number, number][], low: number, high: number): void {
    if (high - low >= MAX_FOLDED_RANGE) {
      ranges.push([low, high]);
      return;
    }
    for (let codePoint = low; codePoint <= high; codePoint++) {
      if (codePoint === 0x20 || codePoint === 0x0a) ranges.push([codePoint, codePoint]);
      const folded = [...this.context.fold(codePoint)];
      const only = folded.length === 1 ? folded[0]?.codePointAt(0) : undefined;
      if (only !== undefined) ranges.push([only, only]);
    }
  }

  private takeNumber(): number | undefined {
    const from = this.at;
    while (/^[0-9]$/.test(this.peek())) this.at++;
    return from === this.at || this.at - from > 6 ? undefined : Number(this.characters.slice(from, this.at).join(''));
  }

  private peek(): string {
    return this.characters[this.at] ?? '';
  }

  private next(): string {
    return this.characters[this.at++] ?? '';
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }

  private fail(what: string): never {
    throw new RuleError(this.context.rule, this.at + 1, what);
  }
}
