/**
 * A text with its escapes undone: percent triples, numeric entities, `\u` and `\x`.
 *
 * @module
 */
import type { Decoder } from '../../types.ts';
import { newBytes, type View } from './bytes.ts';

const ESCAPES = /%[0-9a-f]{2}|&#x[0-9a-f]{1,6};?|&#[0-9]{1,7};?|\\u[0-9a-f]{4}|\\u\{[0-9a-f]{1,6}\}|\\x[0-9a-f]{2}/gi;
/** The first units of an escape, or all of one that a digit more makes another, at a text's end. */
const CUT_ESCAPE =
  /(?:%[0-9a-f]?|&(?:#(?:x[0-9a-f]{0,6}|[0-9]{0,7}))?|\\(?:x[0-9a-f]?|u(?:\{[0-9a-f]{0,6}|[0-9a-f]{0,3}))?)$/i;
const LONGEST_ESCAPE = 10;

/** A percent triple is text on its own. */
const TRIPLES = newBytes(0);

/** Where an escape begins that a text's end cuts off; the text's length when it cuts none. */
function cutEscape(text: string): number {
  const cut = CUT_ESCAPE.exec(text.slice(-LONGEST_ESCAPE));
  return cut === null ? text.length : text.length - cut[0].length;
}

/** Undefined where there is no escape, nor the beginning of one at the text's end. */
export function unescaped(text: string): View | undefined {
  const cut = cutEscape(text);
  ESCAPES.lastIndex = 0;
  let match = ESCAPES.exec(text);
  if (match === null && cut === text.length) return undefined;
  const first = match?.[0][0] ?? text[cut];
  const decoder: Decoder = first === '%' ? 'percent' : first === '&' ? 'entity' : 'escape';
  const parts: string[] = [];
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  let length = 0;
  let open = cut;
  let settled = -1;
  const put = (part: string, from: number, step: number, width: number): void => {
    parts.push(part);
    for (let i = 0; i < part.length; i++) {
      starts[length] = from + i * step;
      ends[length++] = from + i * step + width;
    }
  };
  let at = 0;
  while (match !== null) {
    put(text.slice(at, match.index), at, 1, 1);
    at = match.index;
    if (at === cut) settled = length;
    if (match[0][0] === '%') {
      while (/^%[0-9a-f]{2}$/i.test(text.slice(at, at + 3))) {
        TRIPLES.push(Number.parseInt(text.slice(at + 1, at + 3), 16), at, at + 3);
        at += 3;
      }
      const decoded = TRIPLES.finish('percent', at);
      // The first bytes of a character: the others may follow.
      if (at === cut) open = Math.min(open, decoded.open ?? cut);
      parts.push(decoded.text);
      for (let i = 0; i < decoded.text.length; i++) {
        starts[length] = decoded.starts[i]!;
        ends[length++] = decoded.ends[i]!;
      }
    } else {
      const isHex = !/^&#\d/.test(match[0]);
      const point = Number.parseInt(match[0].replace(/[^0-9a-f]/gi, ''), isHex ? 16 : 10);
      at += match[0].length;
      put(point > 0x10ffff ? '\ufffd' : String.fromCodePoint(point), match.index, 0, at - match.index);
    }
    ESCAPES.lastIndex = at;
    match = ESCAPES.exec(text);
  }
  if (settled < 0) settled = length + cut - at;
  put(text.slice(at), at, 1, 1);
  return {
    text: parts.join(''),
    starts: starts.subarray(0, length),
    ends: ends.subarray(0, length),
    decoder,
    open,
    settled,
  };
}
