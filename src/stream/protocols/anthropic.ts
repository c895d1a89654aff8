/**
 * Anthropic messages.
 *
 * Signatures pass as they are; they vouch for thinking that nobody changed. What tools of the provider answer
 * (search results) is not the model's text and passes.
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

/** The deltas that are text, and the member that holds it. */
const DELTAS: Readonly<Record<string, readonly [member: string, kind: TextKind]>> = {
  text_delta: ['text', 'text'],
  thinking_delta: ['thinking', 'text'],
  input_json_delta: ['partial_json', 'arguments'],
};
/** Members of a whole block that are text. */
const MEMBERS = ['text', 'thinking'] as const;
const EVENTS: ReadonlySet<unknown> = new Set([
  'message_start',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
  'message_delta',
  'message_stop',
  'ping',
]);

interface Block {
  readonly index: unknown;
  /** The text of the block, once it began. */
  grown?: { readonly lane: Lane; readonly type: string; readonly member: string };
}

const named = (name: string, data: Json): Outgoing => ({ name, data: { type: name, ...data } });

function open(texts: Texts): Session {
  const blocks = new Map<unknown, Block>();
  let usage: Json = { output_tokens: 0 };
  let done = false;

  function settle(block: Block | undefined): Outgoing[] {
    const { grown } = block ?? {};
    const rest = grown?.lane.end() ?? '';
    if (grown === undefined || rest === '') return [];
    const delta = { type: grown.type, [grown.member]: rest };
    return [named('content_block_delta', { index: block!.index, delta })];
  }

  function grow(event: Json): Outgoing[] | undefined {
    const { delta, index } = event;
    const block = blocks.get(index) ?? { index };
    blocks.set(index, block);
    if (!isJson(delta)) return undefined;
    const type = String(delta['type']);
    const [member, kind] = DELTAS[type] ?? [];
    if (member === undefined || kind === undefined) {
      if (type === 'citations_delta') delta['citation'] = texts.value(delta['citation']);
      // A signature stands after what it signs.
      return [...settle(block), { data: event }];
    }
    if (typeof delta[member] !== 'string') return undefined;
    const before = block.grown === undefined || block.grown.type === type ? [] : settle(block);
    if (block.grown?.type !== type) block.grown = { lane: texts.lane(kind, member), type, member };
    delta[member] = block.grown.lane.push(delta[member]);
    return [...before, { data: event }];
  }

  return {
    next(event) {
      if (!isJson(event)) return undefined;
      switch (event['type']) {
        case 'message_start': {
          const { message } = event;
          if (isJson(message) && isJson(message['usage']))
            usage = { output_tokens: message['usage']['output_tokens'] ?? 0 };
          return undefined;
        }
        case 'content_block_start': {
          const { index, content_block: came } = event;
          const block: Block = { index };
          blocks.set(index, block);
          for (const member of MEMBERS) {
            if (!isJson(came) || typeof came[member] !== 'string' || came[member] === '') continue;
            block.grown = { lane: texts.lane('text', member), type: `${member}_delta`, member };
            came[member] = block.grown.lane.push(came[member]);
          }
          return block.grown === undefined ? undefined : [{ data: event }];
        }
        case 'content_block_delta':
          return grow(event);
        case 'content_block_stop': {
          const rest = settle(blocks.get(event['index']));
          // After a cut the block is closed by the ending.
          if (texts.cut !== undefined) return rest;
          blocks.delete(event['index']);
          return [...rest, { data: event }];
        }
        case 'message_delta':
          if (isJson(event['usage'])) usage = event['usage'];
          return undefined;
        case 'message_stop':
          done = true;
          return undefined;
        default:
          return undefined;
      }
    },
    settle: () => [...blocks.values()].flatMap(settle),
    end(why: Ending) {
      if (why === 'broken') return [named('error', { error: { type: 'api_error', message: BROKEN } })];
      const stops = [...blocks.values()].map(({ index }) => named('content_block_stop', { index }));
      const delta = { stop_reason: 'refusal', stop_sequence: null };
      return [...stops, named('message_delta', { delta, usage }), named('message_stop', {})];
    },
    get done() {
      return done;
    },
  };
}

export const anthropic: Protocol = {
  name: 'anthropic',
  uniform: true,
  knows: (event) =>
    isJson(event) && (EVENTS.has(event['type']) || (event['type'] === 'message' && Array.isArray(event['content']))),
  open,
  answer(body, texts) {
    for (const block of objects(body['content'])) {
      for (const member of MEMBERS) {
        const text = block[member];
        if (typeof text !== 'string') continue;
        const lane = texts.lane('text', member);
        block[member] = lane.push(text) + lane.end();
      }
      if (isJson(block['input'])) block['input'] = texts.value(block['input']);
      if (Array.isArray(block['citations'])) block['citations'] = texts.value(block['citations']);
    }
    if (texts.cut !== undefined) Object.assign(body, { stop_reason: 'refusal', stop_sequence: null });
  },
};
