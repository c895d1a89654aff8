/**
 * OpenAI responses.
 *
 * Every text comes three times more after its deltas: in its `.done` event, in its item and in the last event's whole
 * response. All read as the deltas did. Events that this module puts in shift the sequence numbers after them.
 *
 * @module
 */
import type { Lane, TextKind, Texts } from '../texts.ts';
import {
  BROKEN,
  type Ending,
  isJson,
  type Json,
  type Outgoing,
  objects,
  type Protocol,
  type Session,
} from './protocol.ts';

/** Texts that grow: `<type>.delta` has a piece in `delta`, `<type>.done` the whole in the member named. */
const GROWING: ReadonlyMap<string, readonly [member: string, kind: TextKind]> = new Map([
  ['response.output_text', ['text', 'text']],
  ['response.refusal', ['refusal', 'text']],
  ['response.reasoning_text', ['text', 'text']],
  ['response.reasoning_summary_text', ['text', 'text']],
  ['response.function_call_arguments', ['arguments', 'arguments']],
  ['response.mcp_call_arguments', ['arguments', 'arguments']],
  ['response.custom_tool_call_input', ['input', 'text']],
  ['response.code_interpreter_call_code', ['code', 'text']],
  ['response.audio.transcript', ['transcript', 'text']],
]);
/** Members of items and of their parts that are texts. */
const MEMBERS: Readonly<Record<string, TextKind>> = {
  text: 'text',
  refusal: 'text',
  transcript: 'text',
  input: 'text',
  code: 'text',
  arguments: 'arguments',
};
/** Items whose texts the model wrote. */
const WRITTEN: ReadonlySet<unknown> = new Set([
  'message',
  'reasoning',
  'function_call',
  'custom_tool_call',
  'mcp_call',
  'code_interpreter_call',
]);
const PLACE = ['item_id', 'output_index', 'content_index', 'summary_index'] as const;
const NO_USAGE = {
  input_tokens: 0,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 0,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 0,
};

interface Grown {
  readonly lane: Lane;
  readonly type: string;
  /** The members that say where the text stands. */
  readonly place: Json;
  /** What has left of it. */
  left: string;
}

function guardMembers(holder: Json, texts: Texts): void {
  for (const [member, kind] of Object.entries(MEMBERS)) {
    if (typeof holder[member] === 'string') holder[member] = texts.whole(kind, holder[member]);
  }
  // They repeat the text token by token.
  if (Array.isArray(holder['logprobs'])) holder['logprobs'] = [];
}

function guardItem(item: Json, texts: Texts): void {
  if (!WRITTEN.has(item['type'])) return;
  guardMembers(item, texts);
  for (const list of ['content', 'summary']) for (const part of objects(item[list])) guardMembers(part, texts);
}

function guardOutput(response: Json, texts: Texts): void {
  for (const item of objects(response['output'])) guardItem(item, texts);
  if (typeof response['output_text'] === 'string') {
    response['output_text'] = texts.whole('text', response['output_text']);
  }
}

function incomplete(response: Json): Json {
  return { ...response, status: 'incomplete', incomplete_details: { reason: 'content_filter' } };
}

function open(texts: Texts): Session {
  const growing = new Map<string, Grown>();
  /** Items by their place, as far as they have left. */
  const items = new Map<unknown, Json>();
  const openItems = new Set<unknown>();
  let response: Json = {};
  let shift = 0;
  let sequence = 0;
  let done = false;

  /** Numbers an event that came, after all that was put in before it. */
  function numbered(event: Json): Outgoing {
    if (typeof event['sequence_number'] === 'number') {
      event['sequence_number'] += shift;
      sequence = event['sequence_number'] as number;
    }
    return { data: event };
  }

  function put(type: string, members: Json): Outgoing {
    shift++;
    return { name: type, data: { type, ...members, sequence_number: ++sequence } };
  }

  /** Where a text stands in its item, as far as that has left. */
  function holderOf({ type, place }: Grown): Json | undefined {
    const item = items.get(place['output_index']);
    const list = type.includes('summary') ? 'summary' : 'content';
    const index = place['summary_index'] ?? place['content_index'];
    return typeof index === 'number' ? objects(item?.[list])[index] : item;
  }

  function note(grown: Grown, text: string): string {
    grown.left += text;
    const holder = holderOf(grown);
    if (holder !== undefined) holder[GROWING.get(grown.type)![0]] = grown.left;
    return text;
  }

  function settle(key: string): Outgoing[] {
    const grown = growing.get(key);
    if (grown === undefined) return [];
    growing.delete(key);
    const delta = note(grown, grown.lane.end());
    return delta === '' ? [] : [put(`${grown.type}.delta`, { ...grown.place, delta, logprobs: [] })];
  }

  const settleAll = (): Outgoing[] => [...growing.keys()].flatMap(settle);

  /** A text's piece, or its end. */
  function grow(event: Json, type: string, step: string): Outgoing[] {
    const [member, kind] = GROWING.get(type)!;
    const place = Object.fromEntries(PLACE.filter((key) => key in event).map((key) => [key, event[key]]));
    const key = `${type} ${JSON.stringify(place)}`;
    if (Array.isArray(event['logprobs'])) event['logprobs'] = [];
    if (step === 'done') {
      const rest = settle(key);
      if (typeof event[member] === 'string') event[member] = texts.whole(kind, event[member]);
      return texts.cut === undefined ? [...rest, numbered(event)] : rest;
    }
    let grown = growing.get(key);
    if (grown === undefined) {
      grown = { lane: texts.lane(kind, type), type, place, left: '' };
      growing.set(key, grown);
    }
    if (typeof event['delta'] === 'string') event['delta'] = note(grown, grown.lane.push(event['delta']));
    return [numbered(event)];
  }

  return {
    next(event) {
      if (!isJson(event) || typeof event['type'] !== 'string') return undefined;
      const { type } = event;
      const [, stem = '', step = ''] = /^(.*)\.(delta|done)$/.exec(type) ?? [];
      if (GROWING.has(stem)) return grow(event, stem, step);
      let before: Outgoing[] = [];
      if (isJson(event['part'])) guardMembers(event['part'], texts);
      if (isJson(event['item'])) guardItem(event['item'], texts);
      if (isJson(event['response'])) {
        if (type !== 'response.created') before = settleAll();
        guardOutput(event['response'], texts);
        response = event['response'];
      }
      if (texts.cut !== undefined) return before;
      const { output_index: index } = event;
      if (type === 'response.output_item.added' && isJson(event['item'])) {
        items.set(index, structuredClone(event['item']));
        openItems.add(index);
      } else if (type === 'response.output_item.done' && isJson(event['item'])) {
        items.set(index, event['item']);
        openItems.delete(index);
      } else if (/part\.added$/.test(type) && isJson(event['part'])) {
        const item = items.get(index);
        const list = type.includes('summary') ? 'summary' : 'content';
        if (item !== undefined) {
          item[list] = [...objects(item[list]), structuredClone(event['part'])];
        }
      }
      done ||= /^response\.(?:completed|incomplete|failed|cancelled)$/.test(type);
      return [...before, numbered(event)];
    },
    settle: settleAll,
    end(why: Ending) {
      if (why === 'broken') {
        return [put('error', { code: 'upstream_error', message: BROKEN, param: null })];
      }
      const out: Outgoing[] = [];
      for (const [index, item] of items) {
        if (!openItems.has(index)) continue;
        item['status'] = 'incomplete';
        // Half a call is no call.
        const reads = item['type'] === 'message' || item['type'] === 'reasoning';
        if (reads) out.push(put('response.output_item.done', { output_index: index, item }));
        else items.delete(index);
      }
      const whole = incomplete({ ...response, output: [...items.values()], usage: response['usage'] ?? NO_USAGE });
      return [...out, put('response.incomplete', { response: whole })];
    },
    get done() {
      return done;
    },
  };
}

export const openaiResponses: Protocol = {
  name: 'openai-responses',
  repeats: true,
  knows: (event) =>
    isJson(event) &&
    ((typeof event['type'] === 'string' && event['type'].startsWith('response.')) ||
      (event['object'] === 'response' && Array.isArray(event['output']))),
  open,
  answer(body, texts) {
    guardOutput(body, texts);
    if (texts.cut !== undefined) Object.assign(body, incomplete(body));
  },
};
