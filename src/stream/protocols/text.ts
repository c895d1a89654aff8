/**
 * Plain text: no events, one text. There is no way to say inside it that it was cut or broke off.
 *
 * @module
 */
import type { Protocol } from './protocol.ts';

export const plainText: Protocol = {
  name: 'text',
  knows: (event) => typeof event === 'string',
  open(texts) {
    const lane = texts.lane('text', 'text');
    const some = (text: string) => (text === '' ? [] : [{ data: text }]);
    return {
      next: (event) => some(lane.push(String(event))),
      settle: () => some(lane.end()),
      end: () => [],
      done: true,
    };
  },
  answer() {},
  read: (data) => data,
  write: String,
};
