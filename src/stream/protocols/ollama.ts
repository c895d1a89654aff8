/**
 * Ollama's `/api/chat` and `/api/generate`: one JSON object a line, the last with `done`.
 *
 * @module
 */
import { type ChoiceShape, guardChoices, openChoices } from './choices.ts';
import { BROKEN, isJson, type Json, type Protocol } from './protocol.ts';

const knows = (event: unknown): event is Json =>
  isJson(event) &&
  typeof event['done'] === 'boolean' &&
  (isJson(event['message']) || typeof event['response'] === 'string');

const SHAPE: ChoiceShape = {
  roots: ['thinking', 'response', 'message'],
  choicesOf: (event) => (knows(event) ? [event] : undefined),
  event({ model, created_at, message }, _index, members, finish) {
    const inner = isJson(members['message']) ? members['message'] : {};
    const speaks = isJson(message)
      ? { message: { role: 'assistant', content: '', ...inner } }
      : { response: '', ...members };
    const ends = finish === 'cut' ? { done: true, done_reason: 'content_filter' } : { done: false };
    return { model, created_at, ...speaks, ...ends };
  },
  finishes: (event) => event['done'] === true,
  setFinish(event, finish) {
    event['done'] = finish === 'cut';
    if (finish === 'cut') event['done_reason'] = 'content_filter';
    else delete event['done_reason'];
  },
  broken: () => ({ error: BROKEN }),
};

export const ollama: Protocol = {
  name: 'ollama',
  knows,
  open: (texts) => openChoices(SHAPE, texts),
  answer: (body, texts) => guardChoices(SHAPE, body, texts),
};
