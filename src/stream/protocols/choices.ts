/**
 * Answers whose texts grow as members of a choice: OpenAI chat completions, and Ollama, where an event is the choice.
 *
 * Compatible servers add texts of their own (`reasoning_content`, `reasoning_details`, content in parts), so every
 * string is taken for a text, unless its name says that nobody reads it.
 *
 * @module
 */
import type { Lane, Texts } from '../texts.ts';
import { type Ending, isJson, type Json, type Outgoing, objects, type Session } from './protocol.ts';

/** What one protocol's events look like. */
export interface ChoiceShape {
  /** The members of a choice under which texts stand. */
  readonly roots: readonly string[];
  /** The choices of an event; undefined of an event that is something else. */
  choicesOf(event: Json): readonly Json[] | undefined;
  /** An event with one choice, like those that came; `finish` is null while it goes on. */
  event(like: Json, index: number, members: Json, finish: 'cut' | null): Json;
  finishes(choice: Json): boolean;
  /** Takes back that a choice finishes, or says that it was cut. */
  setFinish(choice: Json, finish: 'cut' | null): void;
  /** The data that ends every stream, where there is such. */
  readonly last?: string;
  broken(): Json;
}

/** Names of strings that are no text, and of what holds none. */
const OPAQUE: ReadonlySet<string> = new Set([
  'role',
  'id',
  'type',
  'name',
  'index',
  'format',
  'signature',
  'data',
  'encrypted_content',
  'annotations',
  'image_url',
  'images',
]);

/** A text in an event. */
interface Leaf {
  readonly holder: Json;
  readonly name: string;
  /** The same text has the same key in every event. */
  readonly key: string;
  /** The members of a choice that hold this text alone. */
  readonly alone: (text: string) => Json;
}

interface Choice {
  readonly index: number;
  readonly lanes: Map<string, Lane>;
  /** The text that grew last. */
  last?: Leaf;
  /** The choice as it came last. */
  like: Json;
  finished: boolean;
}

const kindOf = ({ name }: Leaf): 'text' | 'arguments' => (name === 'arguments' ? 'arguments' : 'text');

/** All texts of a choice, in order. Arguments that arrive as objects are whole, and guarded at once. */
function leavesOf(choice: Json, roots: readonly string[], texts: Texts): Leaf[] {
  const leaves: Leaf[] = [];
  const member = (holder: Json, name: string, key: string, alone: (inner: unknown) => Json): void => {
    const value = holder[name];
    if (typeof value === 'string') {
      // The first piece of a call's arguments is empty, and ends the text before it.
      if (value !== '' || name === 'arguments') leaves.push({ holder, name, key, alone });
    } else if (isJson(value)) {
      if (name === 'arguments') holder[name] = texts.value(value);
      else members(value, key, alone);
    } else if (Array.isArray(value)) {
      value.forEach((item: unknown, i) => {
        if (!isJson(item)) return;
        const { index, type } = item;
        const like = { ...(index !== undefined && { index }), ...(typeof type === 'string' && { type }) };
        const place = typeof index === 'number' ? index : i;
        members(item, `${key} ${place}`, (inner) => alone([{ ...like, ...inner }]));
      });
    }
  };
  const members = (of: Json, key: string, alone: (inner: Json) => Json): void => {
    for (const name of Object.keys(of)) {
      if (!OPAQUE.has(name)) member(of, name, `${key} ${name}`, (inner) => alone({ [name]: inner }));
    }
  };
  for (const root of roots) member(choice, root, root, (inner) => ({ [root]: inner }));
  return leaves;
}

export function openChoices(shape: ChoiceShape, texts: Texts): Session {
  const choices = new Map<number, Choice>();
  let like: Json = {};
  let ended = false;

  /** Lets go what the text that grew last holds: in the event at hand if it stands there, else before it. */
  function settle(choice: Choice, here: ReadonlySet<Leaf>, before: Outgoing[]): void {
    const { last, index } = choice;
    if (last === undefined) return;
    delete choice.last;
    const rest = choice.lanes.get(last.key)!.end();
    if (rest === '') return;
    if (here.has(last)) last.holder[last.name] = `${String(last.holder[last.name])}${rest}`;
    else before.push({ data: shape.event(like, index, last.alone(rest), null) });
  }

  function grow(choice: Choice, leaf: Leaf): void {
    let lane = choice.lanes.get(leaf.key);
    if (lane === undefined) {
      lane = texts.lane(kindOf(leaf), `${choice.index} ${leaf.key}`);
      choice.lanes.set(leaf.key, lane);
    }
    leaf.holder[leaf.name] = lane.push(leaf.holder[leaf.name] as string);
    choice.last = leaf;
  }

  function choiceOf(came: Json): Choice {
    const index = typeof came['index'] === 'number' ? came['index'] : 0;
    let choice = choices.get(index);
    if (choice === undefined) {
      choice = { index, lanes: new Map(), like: came, finished: false };
      choices.set(index, choice);
    }
    choice.like = came;
    return choice;
  }

  function settleAll(): Outgoing[] {
    const out: Outgoing[] = [];
    for (const choice of choices.values()) settle(choice, new Set(), out);
    return out;
  }

  return {
    next(event) {
      if (event === shape.last) {
        const rest = settleAll();
        if (texts.cut !== undefined) return rest;
        ended = true;
        return [...rest, { data: event }];
      }
      const came = isJson(event) ? shape.choicesOf(event) : undefined;
      if (came === undefined) return undefined;
      like = event as Json;
      const before: Outgoing[] = [];
      for (const one of came) {
        const choice = choiceOf(one);
        const here = new Set<Leaf>();
        for (const leaf of leavesOf(one, shape.roots, texts)) {
          if (choice.last !== undefined && choice.last.key !== leaf.key) settle(choice, here, before);
          here.add(leaf);
          grow(choice, leaf);
        }
        dropProbabilities(one);
        if (!shape.finishes(one)) continue;
        settle(choice, here, before);
        if (texts.cut === undefined) choice.finished = true;
        else shape.setFinish(one, null);
      }
      return [...before, { data: event }];
    },
    settle: settleAll,
    end(why: Ending) {
      if (why === 'broken') return [{ data: shape.broken() }];
      if (choices.size === 0) choiceOf({});
      const open = [...choices.values()].filter(({ finished }) => !finished);
      const ends = open.map(({ index }): Outgoing => ({ data: shape.event(like, index, {}, 'cut') }));
      return shape.last === undefined ? ends : [...ends, { data: shape.last }];
    },
    get done() {
      return ended || (choices.size > 0 && [...choices.values()].every(({ finished }) => finished));
    },
  };
}

/** Guards the choices of an answer that was not streamed. */
export function guardChoices(shape: ChoiceShape, body: Json, texts: Texts): void {
  for (const choice of shape.choicesOf(body) ?? []) {
    for (const leaf of leavesOf(choice, shape.roots, texts)) {
      leaf.holder[leaf.name] = texts.whole(kindOf(leaf), leaf.holder[leaf.name] as string);
    }
    dropProbabilities(choice);
    if (texts.cut !== undefined) shape.setFinish(choice, 'cut');
  }
}

/** They repeat the text token by token, held back or not. */
function dropProbabilities(choice: Json): void {
  if (choice['logprobs'] != null) choice['logprobs'] = Array.isArray(choice['logprobs']) ? [] : null;
}

export const choicesIn =
  (member: string) =>
  (event: Json): readonly Json[] | undefined =>
    Array.isArray(event[member]) ? objects(event[member]) : undefined;
