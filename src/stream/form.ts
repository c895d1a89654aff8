/**
 * Events of a stream that differ in one string alone, read without a parser.
 *
 * Most of a stream is one event again and again, each with the next few letters. After one such event its form is
 * known: what stands before the letters and after, its lines included. An event of the same form needs neither be
 * found, parsed nor written anew.
 *
 * @module
 */
import type { Frame } from './frames.ts';
import type { Grown, Lane } from './texts.ts';

/** An event of a form. */
export interface Filled {
  readonly text: string;
  /** Letters of the padding. */
  readonly noise: string;
  /** Where it ends. */
  readonly end: number;
}

export interface Form {
  /** Takes the text. */
  readonly lane: Lane;
  /**
   * The event that begins at a place of a stream.
   *
   * @returns undefined where none of this form begins, or one without a text; `'cut'` where the stream's end cuts it
   */
  read(stream: string, at: number): Filled | 'cut' | undefined;
  /** The event as it leaves, with another text. */
  write(text: string, noise: string): string;
}

const PLAIN = /^[^"\\\u0000-\u001f]*$/;
const LETTERS = /[A-Za-z0-9]*/y;
/** Stands for the text while an event is written anew. */
const BLANK = '\ue000blank\ue000';

/**
 * The form of an event; undefined where it is not certain which of its strings is the text.
 *
 * @param frame one that holds JSON
 * @param grown the lane that took one string of it, and that string
 * @param write how an event leaves that came in this frame
 * @param padding name of a member whose random letters tell nothing
 */
export function formOf(
  { raw, data = '' }: Frame,
  { lane, text }: Grown,
  write: (data: string) => string,
  padding?: string,
): Form | undefined {
  // With an escape in it the same string may be written in two ways; a line feed may follow a last carriage return.
  if (data.includes('\\') || !PLAIN.test(text) || text === '' || raw.endsWith('\r')) return undefined;
  const quoted = `"${text}"`;
  const at = raw.indexOf(quoted);
  const from = raw.indexOf(data);
  if (at < from || from < 0 || raw.indexOf(quoted, at + 1) >= 0 || data === '') return undefined;
  const before = raw.slice(0, at + 1);
  const after = raw.slice(at + quoted.length - 1);
  const [middle, tail] = divided(after, padding);
  /** The same as it is written; made when it is needed, for a form may be seen once. */
  let written: readonly [before: string, middle: string, tail: string] | undefined;

  function asWritten(): NonNullable<typeof written> {
    const end = from + data.length - (at + quoted.length - 1);
    const event = JSON.parse(before.slice(from) + BLANK + after.slice(0, end)) as unknown;
    const [first = '', last = ''] = write(JSON.stringify(event)).split(BLANK);
    return [first, ...divided(last, padding)];
  }

  return {
    lane,
    read(stream, at) {
      const left = stream.length - at;
      if (left < before.length) return before.startsWith(stream.slice(at)) ? 'cut' : undefined;
      if (!stream.startsWith(before, at)) return undefined;
      const start = at + before.length;
      const close = closingQuote(stream, start);
      if (close < 0) return 'cut';
      let end = close;
      for (const part of middle === '' ? [tail] : [middle, tail]) {
        if (part !== after && part === tail) {
          LETTERS.lastIndex = end;
          end += LETTERS.exec(stream)![0].length;
        }
        if (!stream.startsWith(part, end)) return part.startsWith(stream.slice(end)) ? 'cut' : undefined;
        end += part.length;
      }
      const inside = stream.slice(start, close);
      const noise = middle === '' ? '' : stream.slice(close + middle.length, end - tail.length);
      if (inside === '') return undefined;
      if (PLAIN.test(inside)) return { text: inside, noise, end };
      try {
        return { text: JSON.parse(`"${inside}"`) as string, noise, end };
      } catch {
        return undefined; // no string
      }
    },
    write(text, noise) {
      written ??= asWritten();
      return (
        written[0] + (PLAIN.test(text) ? text : JSON.stringify(text).slice(1, -1)) + written[1] + noise + written[2]
      );
    },
  };
}

/** What stands behind the text, up to the letters of the padding and from there on. */
function divided(after: string, padding: string | undefined): readonly [middle: string, tail: string] {
  const name = `"${padding}":"`;
  const at = padding === undefined ? -1 : after.indexOf(name);
  if (at < 0) return ['', after];
  const from = at + name.length;
  return [after.slice(0, from), after.slice(after.indexOf('"', from))];
}

/** The quote that ends a string; -1 where it has not come. */
function closingQuote(stream: string, start: number): number {
  for (let at = stream.indexOf('"', start); at >= 0; at = stream.indexOf('"', at + 1)) {
    let escapes = 0;
    while (at - escapes > start && stream.charCodeAt(at - escapes - 1) === 0x5c) escapes++;
    if (escapes % 2 === 0) return at;
  }
  return -1;
}
