/**
 * The UI message stream of the Vercel AI SDK, version 5 and later.
 *
 * What tools answered (`tool-output-*`), sources, files and `data-*` parts come from the application and pass.
 *
 * @module
 */
import type { Lane, TextKind, Texts } from '../texts.ts';
import { BROKEN, type Ending, isJson, type Json, type Outgoing, type Protocol, type Session } from './protocol.ts';

/** What grows, by the first word of its events: the members that name it and that hold a piece. */
const GROWING: Readonly<Record<string, readonly [id: string, piece: string, kind: TextKind]>> = {
  text: ['id', 'delta', 'text'],
  reasoning: ['id', 'delta', 'text'],
  'tool-input': ['toolCallId', 'inputTextDelta', 'arguments'],
};
const KNOWN =
  /^(?:start|finish|abort|error|(?:start|finish)-step|(?:text|reasoning)-(?:start|delta|end)|tool-(?:input|output|approval)-[a-z]+|source-(?:url|document)|file|message-metadata|data-.+)$/;

interface Grown {
  readonly stem: string;
  readonly lane: Lane;
  /** The event that began it. */
  readonly start: Json;
}

function open(texts: Texts): Session {
  const growing = new Map<string, Grown>();
  let inStep = false;
  let done = false;

  function settle(key: string): Outgoing[] {
    const grown = growing.get(key);
    const rest = grown?.lane.end() ?? '';
    if (grown === undefined || rest === '') return [];
    const [id, piece] = GROWING[grown.stem]!;
    return [{ data: { type: `${grown.stem}-delta`, [id]: grown.start[id], [piece]: rest } }];
  }

  const settleAll = (): Outgoing[] => [...growing.keys()].flatMap(settle);

  function grow(event: Json, stem: string, step: string): Outgoing[] | undefined {
    const [id, piece, kind] = GROWING[stem]!;
    const key = `${stem} ${String(event[id])}`;
    switch (step) {
      case 'start':
        growing.set(key, { stem, lane: texts.lane(kind, stem), start: event });
        return undefined;
      case 'delta': {
        if (typeof event[piece] !== 'string') return undefined;
        const grown = growing.get(key) ?? { stem, lane: texts.lane(kind, stem), start: event };
        growing.set(key, grown);
        event[piece] = grown.lane.push(event[piece]);
        return [{ data: event }];
      }
      default: {
        const rest = settle(key);
        if ('input' in event) event['input'] = texts.value(event['input']);
        if (texts.cut !== undefined) return rest;
        growing.delete(key);
        return [...rest, { data: event }];
      }
    }
  }

  return {
    next(event) {
      if (event === '[DONE]') return [...settleAll(), { data: event }];
      if (!isJson(event) || typeof event['type'] !== 'string') return undefined;
      const { type } = event;
      const [, stem = '', step = ''] =
        /^(text|reasoning|tool-input)-(start|delta|end|available|error)$/.exec(type) ?? [];
      if (stem !== '') return grow(event, stem, step);
      if (type === 'start-step') inStep = true;
      if (!/^(?:finish|finish-step|abort|error)$/.test(type)) return undefined;
      const rest = settleAll();
      if (texts.cut !== undefined) return rest;
      if (type === 'finish-step') inStep = false;
      else done = true;
      return [...rest, { data: event }];
    },
    settle: settleAll,
    end(why: Ending) {
      if (why === 'broken') return [{ data: { type: 'error', errorText: BROKEN } }, { data: '[DONE]' }];
      const out: Outgoing[] = [];
      for (const { stem, start } of growing.values()) {
        if (stem === 'tool-input') {
          const { toolCallId, toolName = '', dynamic } = start;
          const call = { toolCallId, toolName, ...(dynamic !== undefined && { dynamic }) };
          out.push({ data: { type: 'tool-input-error', ...call, input: null, errorText: BROKEN } });
        } else {
          out.push({ data: { type: `${stem}-end`, id: start['id'] } });
        }
      }
      if (inStep) out.push({ data: { type: 'finish-step' } });
      return [...out, { data: { type: 'finish', finishReason: 'content-filter' } }, { data: '[DONE]' }];
    },
    get done() {
      return done;
    },
  };
}

export const aiSdk: Protocol = {
  name: 'ai-sdk',
  uniform: true,
  knows: (event) => isJson(event) && typeof event['type'] === 'string' && KNOWN.test(event['type']),
  open,
  /** There is no answer that is not streamed. */
  answer() {},
};
