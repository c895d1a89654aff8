/**
 * Gemini's `streamGenerateContent`, as server-sent events and as one JSON array, and `generateContent`.
 *
 * @module
 */
import type { Lane, Texts } from '../texts.ts';
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

interface Candidate {
  readonly index: number;
  readonly lanes: Map<boolean, Lane>;
  /** Whether the text that grew last is a thought. */
  last?: boolean;
  finished: boolean;
}

function partsOf(candidate: Json): { readonly content: Json; readonly parts: Json[] } | undefined {
  const { content } = candidate;
  return isJson(content) && Array.isArray(content['parts']) ? { content, parts: objects(content['parts']) } : undefined;
}

/** Guards everything in a part but its text, which may grow. */
function guardRest(part: Json, texts: Texts): void {
  const { functionCall, executableCode } = part;
  if (isJson(functionCall) && isJson(functionCall['args'])) {
    part['functionCall'] = { ...functionCall, args: texts.value(functionCall['args']) };
  }
  if (isJson(executableCode) && typeof executableCode['code'] === 'string') {
    part['executableCode'] = { ...executableCode, code: texts.whole('text', executableCode['code']) };
  }
}

function open(texts: Texts): Session {
  const candidates = new Map<number, Candidate>();
  let around: Json = {};
  let blocked = false;

  function candidateOf({ index = 0 }: Json): Candidate {
    const key = typeof index === 'number' ? index : 0;
    let candidate = candidates.get(key);
    if (candidate === undefined) {
      candidate = { index: key, lanes: new Map(), finished: false };
      candidates.set(key, candidate);
    }
    return candidate;
  }

  function chunk(index: number, members: Json): Outgoing {
    return { data: { ...around, candidates: [{ index, ...members }] } };
  }

  /** What the text that grew last still holds, as a part. */
  function settle(candidate: Candidate): Json[] {
    const { last } = candidate;
    if (last === undefined) return [];
    delete candidate.last;
    const text = candidate.lanes.get(last)!.end();
    return text === '' ? [] : [last ? { text, thought: true } : { text }];
  }

  function guarded(candidate: Candidate, came: readonly Json[]): Json[] {
    const parts: Json[] = [];
    for (const part of came) {
      const { text } = part;
      if (typeof text !== 'string') {
        parts.push(...settle(candidate));
        guardRest(part, texts);
        parts.push(part);
        continue;
      }
      const thought = part['thought'] === true;
      if (candidate.last !== undefined && candidate.last !== thought) parts.push(...settle(candidate));
      let lane = candidate.lanes.get(thought);
      if (lane === undefined) {
        lane = texts.lane('text', `${candidate.index} ${thought}`);
        candidate.lanes.set(thought, lane);
      }
      const released = lane.push(text);
      candidate.last = thought;
      // An empty part says nothing, unless it came so or brings something along.
      const brings = Object.keys(part).some((key) => key !== 'text' && key !== 'thought');
      if (released !== '' || text === '' || brings) parts.push({ ...part, text: released });
    }
    return parts;
  }

  return {
    next(event) {
      if (!isJson(event)) return undefined;
      if (isJson(event['promptFeedback']) && event['promptFeedback']['blockReason'] !== undefined) blocked = true;
      if (!Array.isArray(event['candidates'])) return undefined;
      const { candidates: came, usageMetadata: _, promptFeedback: __, ...rest } = event;
      around = rest;
      let empty = true;
      for (const one of objects(came)) {
        const candidate = candidateOf(one);
        const found = partsOf(one);
        const finishes = one['finishReason'] !== undefined && one['finishReason'] !== null;
        const parts = guarded(candidate, found?.parts ?? []);
        if (finishes) parts.push(...settle(candidate));
        if (finishes && texts.cut === undefined) candidate.finished = true;
        if (finishes && texts.cut !== undefined) delete one['finishReason'];
        if (found !== undefined) found.content['parts'] = parts;
        else if (parts.length > 0) one['content'] = { role: 'model', parts };
        // Probabilities come with the text of their tokens.
        delete one['logprobsResult'];
        if (parts.length > 0 || found === undefined || found.parts.length === 0 || finishes) empty = false;
      }
      return empty ? [] : [{ data: event }];
    },
    settle() {
      return [...candidates.values()].flatMap((candidate) => {
        const parts = settle(candidate);
        return parts.length === 0 ? [] : [chunk(candidate.index, { content: { role: 'model', parts } })];
      });
    },
    end(why: Ending) {
      if (why === 'broken') return [{ data: { error: { code: 502, message: BROKEN, status: 'UNAVAILABLE' } } }];
      if (candidates.size === 0) candidateOf({});
      const open = [...candidates.values()].filter(({ finished }) => !finished);
      return open.map(({ index }) => chunk(index, { finishReason: 'SAFETY' }));
    },
    get done() {
      return blocked || (candidates.size > 0 && [...candidates.values()].every(({ finished }) => finished));
    },
  };
}

export const gemini: Protocol = {
  name: 'gemini',
  knows: (event) =>
    isJson(event) && (Array.isArray(event['candidates']) || 'promptFeedback' in event || 'usageMetadata' in event),
  open,
  answer(body, texts) {
    for (const [i, candidate] of objects(body['candidates']).entries()) {
      for (const part of partsOf(candidate)?.parts ?? []) {
        guardRest(part, texts);
        if (typeof part['text'] !== 'string') continue;
        const lane = texts.lane('text', `${i} ${part['thought'] === true}`);
        part['text'] = lane.push(part['text']) + lane.end();
      }
      delete candidate['logprobsResult'];
      if (texts.cut !== undefined) candidate['finishReason'] = 'SAFETY';
    }
  },
};
