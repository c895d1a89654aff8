/**
 * The store of all pieces' automata: minimal, and sharing equal states across pieces.
 *
 * @module
 */
import { DFA, NFA, TooManyNodesError } from 'refa';
import { SEPARATORS, SYMBOL_OF } from '../../engine/rule-bytes.ts';
import type { State } from '../../engine/rule-section.ts';
import type { Sequence } from './ast.ts';
import { RuleError } from './errors.ts';
import { toExpression } from './expression.ts';
import { MAX_STATES, MAX_STRETCH_NODES } from './limits.ts';

export interface AutomatonStore {
  readonly states: readonly State[];
  /**
   * Compiles a piece, or finds it again.
   *
   * @returns its start state
   * @throws {RuleError} when the piece, or all together, need too many states
   */
  add(sequence: Sequence, rule: string, column: number): number;
}

const SPACE = SYMBOL_OF[0x20] ?? 0;

export function createAutomatonStore(): AutomatonStore {
  const states: State[] = [];
  const startOf = new Map<string, number>();
  const stateOf = new Map<string, number>();

  function place(state: State, key: string | undefined): number {
    states.push(state);
    if (key !== undefined) stateOf.set(key, states.length - 1);
    return states.length - 1;
  }

  /** Copies a DFA in, children first, so that a state equal to a known one is not copied again. */
  function insert(dfa: DFA): number {
    const ids = new Map<DFA.ReadonlyNode, number>();
    const shared = !hasLongCycle(dfa);
    const nodes = postOrder(dfa);
    const first = states.length;
    if (!shared) nodes.forEach((node, i) => ids.set(node, first + i));
    for (const node of nodes) {
      const self = shared ? states.length : (ids.get(node) ?? 0);
      const ranges = [...node.out].map(([{ min, max }, to]) => ({
        low: min,
        high: max,
        target: to === node ? -1 : (ids.get(to) ?? -1),
      }));
      const accept = dfa.finals.has(node as DFA.Node);
      const blank = node.out.get(SPACE) === node;
      const key = `${accept};${ranges.map((range) => `${range.low},${range.high},${range.target}`).join(';')}`;
      const known = shared ? stateOf.get(key) : undefined;
      const own = ranges.map((range) => (range.target < 0 ? { ...range, target: self } : range));
      ids.set(node, known ?? place({ accept, blank, ranges: own }, shared ? key : undefined));
    }
    return ids.get(dfa.initial) ?? 0;
  }

  return {
    states,
    add(sequence, rule, column) {
      const name = JSON.stringify(sequence);
      let start = startOf.get(name);
      if (start === undefined) {
        start = insert(determinize(sequence, rule, column));
        startOf.set(name, start);
        if (states.length > MAX_STATES) {
          throw new RuleError(rule, column, `expected at most ${MAX_STATES} automaton states in all rules; got more`);
        }
      }
      return start;
    },
  };
}

function determinize(sequence: Sequence, rule: string, column: number): DFA {
  try {
    const nfa = NFA.fromRegex(
      toExpression(sequence),
      { maxCharacter: 255 },
      {},
      new NFA.LimitedNodeFactory(MAX_STRETCH_NODES),
    );
    const dfa = DFA.fromFA(nfa, new DFA.LimitedNodeFactory(MAX_STRETCH_NODES));
    dfa.minimize();
    return dfa;
  } catch (error) {
    if (!(error instanceof TooManyNodesError)) throw error;
    throw new RuleError(rule, column, `expected a group of at most ${MAX_STRETCH_NODES} states; got more. Repeat less`);
  }
}

/** Every node behind all nodes it leads to, cycles cut anywhere. */
function postOrder(dfa: DFA): DFA.ReadonlyNode[] {
  const order: DFA.ReadonlyNode[] = [];
  walk(
    dfa,
    (node) => order.push(node),
    () => undefined,
  );
  return order;
}

/** Does a cycle lead over more than one state? Then equal states cannot be told from their targets. */
function hasLongCycle(dfa: DFA): boolean {
  let found = false;
  walk(
    dfa,
    () => undefined,
    () => {
      found = true;
    },
  );
  return found;
}

function walk(dfa: DFA, leave: (node: DFA.ReadonlyNode) => void, cycle: () => void): void {
  const state = new Map<DFA.ReadonlyNode, 'open' | 'done'>([[dfa.initial, 'open']]);
  const stack = [
    { node: dfa.initial as DFA.ReadonlyNode, targets: [...dfa.initial.out.values()] as DFA.ReadonlyNode[] },
  ];
  for (let top = stack.at(-1); top; top = stack.at(-1)) {
    const next = top.targets.shift();
    if (!next) {
      state.set(top.node, 'done');
      leave(top.node);
      stack.pop();
    } else if (next !== top.node && state.get(next) === 'open') {
      cycle();
    } else if (!state.has(next)) {
      state.set(next, 'open');
      stack.push({ node: next, targets: [...next.out.values()] });
    }
  }
}

/** Does the automaton from `start` accept all of `bytes`? For tests and messages; the engines have their own. */
export function accepts(states: readonly State[], start: number, bytes: Uint8Array): boolean {
  let state = states[start];
  for (const byte of bytes) {
    const symbol = SYMBOL_OF[byte] ?? SEPARATORS;
    const range = state?.ranges.find(({ low, high }) => low <= symbol && symbol <= high);
    state = range && states[range.target];
  }
  return state?.accept ?? false;
}
