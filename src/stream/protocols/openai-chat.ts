/**
 * OpenAI chat completions, the old completions, and every server that speaks like them.
 *
 * @module
 */
import { type ChoiceShape, choicesIn, guardChoices, openChoices } from './choices.ts';
import { BROKEN, isJson, type Protocol } from './protocol.ts';

const SHAPE: ChoiceShape = {
  roots: ['delta', 'message', 'text'], // `text` is that of the old completions
  choicesOf: choicesIn('choices'),
  event({ choices: _, usage: __, ...around }, index, members, finish) {
    const isOld = around['object'] === 'text_completion';
    const choice = { index, ...(isOld ? { text: '' } : { delta: {} }), ...members };
    return { ...around, choices: [{ ...choice, finish_reason: finish === 'cut' ? 'content_filter' : null }] };
  },
  finishes: (choice) => choice['finish_reason'] != null,
  setFinish(choice, finish) {
    choice['finish_reason'] = finish === 'cut' ? 'content_filter' : null;
  },
  last: '[DONE]',
  broken: () => ({ error: { message: BROKEN, type: 'upstream_error', param: null, code: null } }),
};

export const openaiChat: Protocol = {
  name: 'openai-chat',
  uniform: true,
  padding: 'obfuscation',
  knows: (event) => isJson(event) && Array.isArray(event['choices']),
  open: (texts) => openChoices(SHAPE, texts),
  answer: (body, texts) => guardChoices(SHAPE, body, texts),
};
