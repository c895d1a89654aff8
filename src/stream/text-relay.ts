/**
 * One answer on its way as text: finds its events, relays them and writes them as they came.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import { type AnswerReport, createRelay, guardAnswerJson } from './answer.ts';
import { type Form, formOf } from './form.ts';
import {
  createArrayFrames,
  createLineFrames,
  createTextFrames,
  type Frame,
  type Framing,
  MAX_EVENT,
  tooLong,
} from './frames.ts';
import type { Outgoing } from './protocols/protocol.ts';
import { PROTOCOLS, type ProtocolName } from './protocols/protocols.ts';
import { createEventFrames } from './sse.ts';
import type { TextGuard } from './text-guard.ts';

/** What tells how an answer lies in a stream of bytes. */
export interface AnswerForm {
  /** Recognized by the first event where absent. */
  readonly protocol?: ProtocolName;
  /** The upstream's `Content-Type`. Where absent, the protocol's usual one. */
  readonly contentType?: string;
}

export interface TextRelay {
  push(text: string): string;
  /** @param error why the upstream broke off; absent when it came to its end */
  finish(error?: unknown): string;
  /** True once nothing more leaves. */
  readonly over: boolean;
  /** Set when the answer broke off and its protocol has no words for it: the stream itself must fail. */
  readonly failure: unknown;
  report(): AnswerReport;
}

const FRAMINGS = {
  events: createEventFrames,
  lines: createLineFrames,
  array: createArrayFrames,
  text: createTextFrames,
} as const;

/** Longer parts of an event go to the framing. */
const LONGEST_CUT = 4096;

type FramingName = keyof typeof FRAMINGS | 'json';

const BY_PROTOCOL: Readonly<Record<ProtocolName, FramingName>> = {
  'openai-chat': 'events',
  'openai-responses': 'events',
  anthropic: 'events',
  gemini: 'events',
  'ai-sdk': 'events',
  ollama: 'lines',
  'ai-data': 'lines',
  text: 'text',
};
const BY_TYPE: readonly (readonly [type: RegExp, framing: FramingName])[] = [
  [/^text\/event-stream$/, 'events'],
  [/^application\/(?:x-ndjson|ndjson|jsonl|x-jsonlines|jsonlines)$/, 'lines'],
  [/^application\/(?:[a-z0-9.-]+\+)?json$/, 'json'],
  [/^text\/|[/+]xml$/, 'text'],
];

/** True of a type whose content can be guarded; pictures and sounds cannot. */
export function isGuardable(contentType: string): boolean {
  return framingOf({ contentType }) !== undefined;
}

function framingOf({ protocol, contentType }: AnswerForm): FramingName | undefined {
  const type = contentType?.replace(/;.*/s, '').trim().toLowerCase();
  const byType = type === undefined ? undefined : BY_TYPE.find(([wanted]) => wanted.test(type))?.[1];
  // Data streams of version 4 of the AI SDK call themselves plain text.
  if (protocol !== undefined && (byType === undefined || byType === 'text')) return BY_PROTOCOL[protocol];
  return protocol === 'text' ? 'text' : byType;
}

/** @throws {FirewallError} `FW_STREAM` where the form does not tell how to read the stream */
export function createTextRelay(open: () => TextGuard, form: AnswerForm): TextRelay {
  const name = framingOf(form);
  if (name === undefined) {
    const got = form.contentType === undefined ? 'neither' : show(form.contentType);
    throw new FirewallError(
      'FW_STREAM',
      `guardStream: contentType must be a text or JSON type, or protocol one of ${Object.keys(PROTOCOLS).join(', ')}; got ${got}`,
    );
  }
  return name === 'json' ? createJsonRelay(open, form) : createFrameRelay(open, FRAMINGS[name](), name, form.protocol);
}

function createFrameRelay(
  open: () => TextGuard,
  framing: Framing,
  framingName: string,
  named: ProtocolName | undefined,
): TextRelay {
  const relay = createRelay(open, framingName === 'text' ? 'text' : named);
  let failure: unknown;
  /** Of the last event, where the next one may be of the same. */
  let form: Form | undefined;
  /** The first part of what may be an event of that form. */
  let cut = '';

  function written(outgoing: readonly Outgoing[], came?: unknown, like?: Frame): string {
    let text = '';
    for (const { data, name } of outgoing) {
      const toText = relay.protocol?.write ?? ((event) => (event === '[DONE]' ? event : JSON.stringify(event)));
      text += framing.write(toText(data), data === came ? like : undefined, name);
    }
    return text;
  }

  function read(data: string): unknown {
    if (relay.protocol?.read !== undefined) return relay.protocol.read(data);
    return data === '[DONE]' ? data : (JSON.parse(data) as unknown);
  }

  function pass(frame: Frame): string {
    if (relay.over) return '';
    const { data, partial } = frame;
    if (data === undefined || (data === '' && framingName === 'events')) return framing.pass(frame);
    form = undefined;
    let event: unknown;
    try {
      event = read(data);
    } catch (cause) {
      // What cannot be read cannot be guarded, so it does not leave.
      const got = partial ? 'a part of one, and the end of the stream' : 'something else';
      throw new FirewallError('FW_STREAM', `guardStream: an event must be JSON; got ${got}`, { cause });
    }
    const out = relay.next(event);
    if (out === undefined) return framing.pass(frame);
    const grown = out.length === 1 && out[0]!.data === event ? relay.grown() : undefined;
    if (grown !== undefined) form = formOf(frame, grown, (text) => framing.write(text, frame), relay.protocol?.padding);
    return written(out, event, frame);
  }

  function finish(error: unknown): string {
    const out = written(relay.finish(error)) + framing.close();
    const { end, protocol, error: why } = relay.report();
    if (end === 'broken' && (protocol === undefined || protocol === 'text')) failure = why;
    return out;
  }

  /** Events of the last one's form go the short way, all others through the framing. */
  function push(more: string): string {
    const text = cut + more;
    cut = '';
    let out = '';
    for (let at = 0; at < text.length && !relay.over; ) {
      const filled = framing.idle ? form?.read(text, at) : undefined;
      if (filled === 'cut' && text.length - at <= LONGEST_CUT) {
        cut = text.slice(at);
        break;
      }
      if (form !== undefined && filled !== undefined && filled !== 'cut') {
        out += form.write(form.lane.push(filled.text), filled.noise) + written(relay.settled());
        at = filled.end;
        continue;
      }
      const border = form === undefined ? -1 : text.indexOf('\n\n', at);
      const end = border < 0 ? text.length : border + 2;
      out += passed(() => framing.push(text.slice(at, end)));
      at = end;
    }
    return out;
  }

  /** All frames up to the first that cannot be read. */
  function passed(frames: () => readonly Frame[]): string {
    let text = '';
    try {
      for (const frame of frames()) text += pass(frame);
    } catch (error) {
      return text + finish(error);
    }
    return relay.over ? text + framing.close() : text;
  }

  return {
    push: (text) => (relay.over ? '' : push(text)),
    finish(error) {
      if (relay.over) return '';
      const rest = passed(() => [...framing.push(cut), ...framing.end()]);
      return relay.over ? rest : rest + finish(error);
    },
    get over() {
      return relay.over;
    },
    get failure() {
      return failure;
    },
    report: relay.report,
  };
}

/** A JSON answer: whole, unless it is an array, whose elements are events. */
function createJsonRelay(open: () => TextGuard, form: AnswerForm): TextRelay {
  let text = '';
  let inner: TextRelay | undefined;
  /** Known once the first sign is there. */
  let isWhole = false;
  let over = false;
  let failure: unknown;
  let report: AnswerReport = { end: 'complete', findings: [] };

  function broken(error: unknown): string {
    over = true;
    failure = error;
    report = { ...report, end: 'broken', error };
    return '';
  }

  return {
    push(more) {
      if (inner !== undefined) return inner.push(more);
      if (over) return '';
      text += more;
      if (text.length > MAX_EVENT) return broken(tooLong(MAX_EVENT));
      const first = isWhole ? '' : text.trimStart().charAt(0);
      if (first !== '[') {
        isWhole ||= first !== '';
        return '';
      }
      inner = createFrameRelay(open, createArrayFrames(), 'array', form.protocol);
      return inner.push(text);
    },
    finish(error) {
      if (inner !== undefined) return inner.finish(error);
      if (over) return '';
      if (error !== undefined) return broken(error);
      over = true;
      if (text.trim() === '') return text;
      let body: unknown;
      try {
        body = JSON.parse(text.replace(/^\uFEFF/, ''));
      } catch (cause) {
        return broken(
          new FirewallError('FW_STREAM', 'guardStream: an answer must be JSON; got something else', { cause }),
        );
      }
      const guarded = guardAnswerJson(body, open, form.protocol);
      report = guarded.report;
      const out = JSON.stringify(guarded.answer);
      return out === JSON.stringify(body) ? text : out;
    },
    get over() {
      return inner?.over ?? over;
    },
    get failure() {
      return inner === undefined ? failure : inner.failure;
    },
    report: () => inner?.report() ?? report,
  };
}
