/**
 * The data stream of the Vercel AI SDK, version 4: lines of a code, a colon and JSON.
 *
 * @module
 */
import type { Lane, TextKind, Texts } from '../texts.ts';
import { BROKEN, type Ending, isJson, type Outgoing, type Protocol, type Session } from './protocol.ts';

interface Line {
  readonly code: string;
  value: unknown;
}

const TEXT = '0';
const REASONING = 'g';
const CALL_DELTA = 'c';
const CALL = '9';
const FAULT = '3';
const FINISH = 'd';
const FINISH_STEP = 'e';
const NO_USAGE = { promptTokens: 0, completionTokens: 0 };

const isLine = (event: unknown): event is Line =>
  isJson(event) && typeof event['code'] === 'string' && 'value' in event;

function open(texts: Texts): Session {
  const lanes = new Map<string, Lane>();
  /** What grew last: a text's code, or a call's code and id. */
  let last: string | undefined;
  let done = false;

  function lane(key: string, kind: TextKind): Lane {
    let made = lanes.get(key);
    if (made === undefined) {
      made = texts.lane(kind, key);
      lanes.set(key, made);
    }
    return made;
  }

  function settle(): Outgoing[] {
    if (last === undefined) return [];
    const key = last;
    last = undefined;
    const rest = lanes.get(key)!.end();
    if (rest === '') return [];
    const [code, id] = [key[0]!, key.slice(2)];
    return [{ data: { code, value: code === CALL_DELTA ? { toolCallId: id, argsTextDelta: rest } : rest } }];
  }

  function grow(event: Line): Outgoing[] | undefined {
    const { code, value } = event;
    if ((code === TEXT || code === REASONING) && typeof value === 'string') {
      const before = last === code ? [] : settle();
      last = code;
      return [...before, { data: { code, value: lane(code, 'text').push(value) } }];
    }
    if (code !== CALL_DELTA || !isJson(value) || typeof value['argsTextDelta'] !== 'string') return undefined;
    const key = `${code} ${String(value['toolCallId'])}`;
    const before = last === key ? [] : settle();
    last = key;
    const argsTextDelta = lane(key, 'arguments').push(value['argsTextDelta']);
    return [...before, { data: { code, value: { ...value, argsTextDelta } } }];
  }

  return {
    next(event) {
      if (!isLine(event)) return undefined;
      const grown = grow(event);
      if (grown !== undefined) return grown;
      const rest = settle();
      if (event.code === CALL && isJson(event.value)) {
        event.value = { ...event.value, args: texts.value(event.value['args']) };
      }
      if (texts.cut !== undefined) return rest;
      if (event.code === FINISH || event.code === FAULT) done = true;
      return [...rest, { data: event }];
    },
    settle,
    end(why: Ending) {
      if (why === 'broken') return [{ data: { code: FAULT, value: BROKEN } }];
      const finish = { finishReason: 'content-filter', usage: NO_USAGE };
      return [
        { data: { code: FINISH_STEP, value: { ...finish, isContinued: false } } },
        { data: { code: FINISH, value: finish } },
      ];
    },
    get done() {
      return done;
    },
  };
}

export const aiData: Protocol = {
  name: 'ai-data',
  knows: isLine,
  open,
  /** There is no answer that is not streamed. */
  answer() {},
  read(data) {
    const colon = data.indexOf(':');
    return { code: data.slice(0, colon), value: JSON.parse(data.slice(colon + 1)) as unknown };
  },
  write(event) {
    const { code, value } = event as Line;
    return `${code}:${JSON.stringify(value)}`;
  },
};
