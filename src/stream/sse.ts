/**
 * Server-sent events: text in, frames out, and back.
 *
 * Reads what the standard says a stream may hold: CR, LF and CRLF, also cut between the two, a byte order mark,
 * comments, fields nobody knows, several data lines. A comment between events is a frame of its own at once, because
 * it keeps a connection alive. Parsers at hand read events and forget the rest of the stream, which here must leave
 * as it came.
 *
 * @see WHATWG HTML, 9.2.6, Interpreting an event stream
 * @module
 */
import { type Frame, type Framing, MAX_EVENT, tooLong } from './frames.ts';

export function createEventFrames(max = MAX_EVENT): Framing {
  /** The line that is not complete. */
  let line = '';
  /** The complete lines of the event that is not. */
  let raw = '';
  let data: string[] | undefined;
  let before = '';
  let after = '';
  let first = true;
  /** Whether the text so far ended in a CR, which is kept for what follows. */
  let returned = false;

  function take(text: string, lineEnd: string, frames: Frame[]): void {
    const content = first && text.startsWith('\uFEFF') ? text.slice(1) : text;
    first = false;
    const whole = text + lineEnd;
    if (content === '') {
      frames.push(finish(whole));
      return;
    }
    if (content.startsWith(':') && raw === '') {
      frames.push({ raw: whole });
      return;
    }
    raw += whole;
    if (raw.length > max) throw tooLong(max);
    const colon = content.indexOf(':');
    if (content === 'data' || (colon === 4 && content.startsWith('data'))) {
      data ??= [];
      data.push(content.slice(content[5] === ' ' ? 6 : 5));
    } else if (data === undefined) {
      before += content + lineEnd;
    } else {
      after += content + lineEnd;
    }
  }

  function finish(blank: string): Frame {
    const frame: Frame = {
      raw: raw + blank,
      ...(data !== undefined && { data: data.length === 1 ? data[0]! : data.join('\n'), beside: [before, after] }),
    };
    raw = before = after = '';
    data = undefined;
    return frame;
  }

  return {
    push(more) {
      const frames: Frame[] = [];
      const joined = returned ? `\r${more}` : more;
      // A last CR may be half a CRLF.
      returned = joined.endsWith('\r');
      const text = returned ? joined.slice(0, -1) : joined;
      let at = 0;
      let feed = text.indexOf('\n');
      let carriage = text.indexOf('\r');
      while (feed >= 0 || carriage >= 0) {
        const end = feed < 0 ? carriage : carriage < 0 ? feed : Math.min(feed, carriage);
        const next = end === carriage && feed === end + 1 ? end + 2 : end + 1;
        take(line + text.slice(at, end), text.slice(end, next), frames);
        line = '';
        at = next;
        if (feed >= 0 && feed < next) feed = text.indexOf('\n', next);
        if (carriage >= 0 && carriage < next) carriage = text.indexOf('\r', next);
      }
      line += text.slice(at);
      if (line.length > max) throw tooLong(max);
      return frames;
    },
    get idle() {
      return line === '' && raw === '' && !returned;
    },
    end() {
      const frames: Frame[] = [];
      if (line !== '' || returned) take(line, returned ? '\r' : '\n', frames);
      line = '';
      returned = false;
      if (raw !== '') frames.push({ ...finish('\n'), partial: true });
      return frames;
    },
    write(text, like, event) {
      const [head, tail] = like?.beside ?? [event === undefined ? '' : `event: ${event}\n`, ''];
      const lines = text.includes('\n') ? text.replaceAll('\n', '\ndata: ') : text;
      return `${head}data: ${lines}\n${tail}\n`;
    },
    pass: (frame) => frame.raw,
    close: () => '',
  };
}
