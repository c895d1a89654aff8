/**
 * The store of all pieces' automata: minimal, and sharing equal states across pieces.
 *
 * @module
 */
import { DFA, NFA, TooManyNodesError } from 'refa';
import { SEPARATORS, SYMBOL_OF } from '../../engine/rule-bytes.ts';
import type { SectionWord, State } from '../../engine/rule-section.ts';
import type { Sequence } from './ast.ts';
import { RuleError } from './errors.ts';
import { toExpression } from './expression.ts';
import { MAX_STATES, MAX_STRETCH_NODES, MAX_WORDS } from './limits.ts';
import { type ByteAutomaton, DEAD, readByWords, type WordState } from './words.ts';

export interface AutomatonStore {
  /**
   * Compiles a piece, or finds it again.
   *
   * @returns its start state
   * @throws {RuleError} when the piece, or all together, need too many states
   */
  add(sequence: Sequence, rule: string, column: number): number;
  /**
   * All states, their words numbered.
   *
   * @throws {RuleError} when there are too many words
   */
  finish(): { readonly states: readonly State[]; readonly words: readonly SectionWord[] };
}

/** A state whose words have no numbers yet. */
type Unnumbered = Omit<WordState, 'separators'> & State;

const SPACE = SYMBOL_OF[0x20] ?? 0;
const NO_WORDS: ReadonlyMap<string, number> = new Map();

export function createAutomatonStore(): AutomatonStore {
  const states: Unnumbered[] = [];
  const startOf = new Map<string, number>();
  const stateOf = new Map<string, number>();

  function place(state: Unnumbered, key: string | undefined): number {
    states.push(state);
    if (key !== undefined) stateOf.set(key, states.length - 1);
    return states.length - 1;
  }

  /** Copies an automaton in, children first, so that a state equal to a known one is not copied again. */
  function insert(automaton: readonly Unnumbered[]): number {
    const targets = automaton.map(targetsOf);
    const { order, hasLongCycle } = postOrder(targets);
    const ids = new Map<number, number>();
    // Where a cycle leads over several states, equal states cannot be told from their targets.
    if (hasLongCycle) order.forEach((at, i) => ids.set(at, states.length + i));
    for (const at of order) {
      const self = hasLongCycle ? (ids.get(at) ?? 0) : states.length;
      const name = (to: number): number => (to === DEAD ? DEAD : to === at ? self : (ids.get(to) ?? 0));
      const state = rename(automaton[at] as Unnumbered, name);
      const key = hasLongCycle ? undefined : keyOf(state, self);
      ids.set(at, (key === undefined ? undefined : stateOf.get(key)) ?? place(state, key));
    }
    return ids.get(0) ?? 0;
  }

  return {
    add(sequence, rule, column) {
      const name = JSON.stringify(sequence);
      let start = startOf.get(name);
      if (start === undefined) {
        const bytes = compileBytes(sequence, rule, column);
        start = insert(readByWords(bytes)?.map(ofWords) ?? bytes.map(ofBytes));
        startOf.set(name, start);
        if (states.length > MAX_STATES) {
          throw new RuleError(rule, column, `expected at most ${MAX_STATES} automaton states in all rules; got more`);
        }
      }
      return start;
    },
    finish: () => number(states),
  };
}

function ofWords({ separators, ...state }: WordState): Unnumbered {
  return { ...state, bytewise: false, ranges: separators };
}

function ofBytes({ accept, ranges }: ByteAutomaton[number], self: number): Unnumbered {
  const blank = ranges.some(({ low, high, target }) => low <= SPACE && SPACE <= high && target === self);
  return { accept, blank, bytewise: true, ranges, words: NO_WORDS, stems: NO_WORDS };
}

function targetsOf({ ranges, words, stems }: Unnumbered): readonly number[] {
  const all = [...ranges.map(({ target }) => target), ...words.values(), ...stems.values()];
  return [...new Set(all)].filter((to) => to !== DEAD);
}

function rename(state: Unnumbered, name: (to: number) => number): Unnumbered {
  const renamed = (ways: ReadonlyMap<string, number>): ReadonlyMap<string, number> =>
    new Map([...ways].map(([word, to]) => [word, name(to)]));
  const ranges = state.ranges.map((range) => ({ ...range, target: name(range.target) }));
  return { ...state, ranges, words: renamed(state.words), stems: renamed(state.stems) };
}

/** What makes a state different from others, its own number left out. */
function keyOf({ accept, blank, bytewise, ranges, words, stems }: Unnumbered, self: number): string {
  const to = (target: number): string => (target === self ? 'self' : String(target));
  const ways = (of: ReadonlyMap<string, number>): string[] => [...of].map(([word, at]) => `${word} ${to(at)}`).sort();
  return JSON.stringify([
    accept,
    blank,
    bytewise,
    ranges.map(({ low, high, target }) => `${low} ${high} ${to(target)}`),
    ways(words),
    ways(stems),
  ]);
}

/** Every state behind all it leads to, cycles cut anywhere; and whether a cycle leads over more than one. */
function postOrder(targets: readonly (readonly number[])[]): {
  readonly order: number[];
  readonly hasLongCycle: boolean;
} {
  const order: number[] = [];
  const seen = new Map<number, 'open' | 'done'>([[0, 'open']]);
  const stack = [{ at: 0, next: 0 }];
  let hasLongCycle = false;
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const to = targets[top.at]?.[top.next++];
    if (to === undefined) {
      seen.set(top.at, 'done');
      order.push(top.at);
      stack.pop();
    } else if (to !== top.at && seen.get(to) === 'open') {
      hasLongCycle = true;
    } else if (!seen.has(to)) {
      seen.set(to, 'open');
      stack.push({ at: to, next: 0 });
    }
  }
  return { order, hasLongCycle };
}

/** Numbers words and stems in the order of their bytes, so that all that begin with a stem are a range from it on. */
function number(states: readonly Unnumbered[]): ReturnType<AutomatonStore['finish']> {
  const isWord = new Set(states.flatMap(({ words }) => [...words.keys()]));
  const isStem = new Set(states.flatMap(({ stems }) => [...stems.keys()]));
  // Every text's words begin so: what none of the others is.
  isStem.add('');
  const words = [...new Set([...isStem, ...isWord])]
    .sort()
    .map((text): SectionWord => ({ text, isStem: isStem.has(text), isWord: isWord.has(text) }));
  const wordOf = new Map<string, number>();
  const stemOf = new Map<string, { readonly low: number; high: number }>();
  const open: string[] = [];
  let next = SEPARATORS;
  const close = (text: string): void => {
    for (let stem = open.at(-1); stem !== undefined && !text.startsWith(stem); stem = open.at(-1)) {
      (stemOf.get(stem) as { high: number }).high = next - 1;
      open.pop();
    }
  };
  for (const { text, isStem, isWord } of words) {
    close(text);
    if (isStem) {
      stemOf.set(text, { low: next, high: next });
      open.push(text);
      next++;
    }
    if (isWord) wordOf.set(text, next++);
  }
  for (const stem of open) (stemOf.get(stem) as { high: number }).high = next - 1;
  if (next - SEPARATORS > MAX_WORDS)
    throw new RuleError('rules', 0, `expected at most ${MAX_WORDS} words in all rules; got ${next - SEPARATORS}`);

  const numbered = states.map(({ words, stems, ranges, accept, blank, bytewise }): State => {
    const spans = [
      ...[...stems].map(([stem, target]) => ({ ...(stemOf.get(stem) as { low: number; high: number }), target })),
      ...[...words].map(([word, target]) => {
        const symbol = wordOf.get(word) as number;
        return { low: symbol, high: symbol, target };
      }),
    ];
    return { accept, blank, bytewise, ranges: [...ranges, ...flatten(spans)] };
  });
  return { states: numbered, words };
}

type Range = State['ranges'][number];

/** From spans that lie in one another or apart to disjoint ranges, the inner before the outer. */
function flatten(spans: Range[]): Range[] {
  const flat: { low: number; high: number; target: number }[] = [];
  const open: Range[] = [];
  let at = 0;
  const fill = (to: number): void => {
    const target = open.at(-1)?.target ?? DEAD;
    const last = flat.at(-1);
    if (target !== DEAD && at < to) {
      if (last && last.target === target && last.high === at - 1) last.high = to - 1;
      else flat.push({ low: at, high: to - 1, target });
    }
    at = to;
  };
  const closeBefore = (low: number): void => {
    for (let top = open.at(-1); top && top.high < low; top = open.at(-1)) {
      fill(top.high + 1);
      open.pop();
    }
  };
  for (const span of spans.sort((a, b) => a.low - b.low || b.high - a.high)) {
    closeBefore(span.low);
    fill(span.low);
    open.push(span);
  }
  closeBefore(Infinity);
  return flat;
}

/**
 * A piece as an automaton over bytes.
 *
 * @throws {RuleError} when it needs too many states
 */
export function compileBytes(sequence: Sequence, rule: string, column: number): ByteAutomaton {
  try {
    const nfa = NFA.fromRegex(
      toExpression(sequence),
      { maxCharacter: 255 },
      {},
      new NFA.LimitedNodeFactory(MAX_STRETCH_NODES),
    );
    const dfa = DFA.fromFA(nfa, new DFA.LimitedNodeFactory(MAX_STRETCH_NODES));
    dfa.minimize();
    return toBytes(dfa);
  } catch (error) {
    if (!(error instanceof TooManyNodesError)) throw error;
    throw new RuleError(rule, column, `expected a group of at most ${MAX_STRETCH_NODES} states; got more. Repeat less`);
  }
}

function toBytes(dfa: DFA): ByteAutomaton {
  const nodes: DFA.ReadonlyNode[] = [dfa.initial];
  const numbers = new Map<DFA.ReadonlyNode, number>([[dfa.initial, 0]]);
  for (const node of nodes) {
    for (const target of node.out.values()) {
      if (!numbers.has(target)) numbers.set(target, nodes.push(target) - 1);
    }
  }
  return nodes.map((node) => ({
    accept: dfa.finals.has(node as DFA.Node),
    ranges: [...node.out].map(([{ min, max }, to]) => ({ low: min, high: max, target: numbers.get(to) ?? 0 })),
  }));
}

/** Does an automaton accept all of `bytes`? For tests; the engines have their own. */
export function accepts(automaton: ByteAutomaton, bytes: Uint8Array): boolean {
  let state = automaton[0];
  for (const byte of bytes) {
    const symbol = SYMBOL_OF[byte] ?? SEPARATORS;
    const range = state?.ranges.find(({ low, high }) => low <= symbol && symbol <= high);
    state = range && automaton[range.target];
  }
  return state?.accept ?? false;
}
