/**
 * How events lie in a stream of text: one frame is one event, or what stands between two.
 *
 * A frame keeps its text as it came, so that whatever nobody changes leaves as it was.
 *
 * @module
 */
import { FirewallError } from '../errors.ts';

export interface Frame {
  /** As it came, line ends and all. */
  readonly raw: string;
  /** What the event carries; undefined of comments, blank lines and separators. */
  readonly data?: string;
  /** True when the stream ended inside it. */
  readonly partial?: boolean;
  /** Lines of the same event beside its data, each with its line end: what stood before the data, and after. */
  readonly beside?: readonly [before: string, after: string];
}

export interface Framing {
  /**
   * @returns the frames that are complete
   * @throws {FirewallError} `FW_STREAM` when one grows longer than the framing's limit
   */
  push(text: string): Frame[];
  /** True where no part of an event is held. */
  readonly idle: boolean;
  /** What is left when the stream is over. */
  end(): Frame[];
  /** An event in this framing. With `like`, the other lines of that frame stay around it. */
  write(data: string, like?: Frame, event?: string): string;
  /** A frame that passes as it came. */
  pass(frame: Frame): string;
  /** What closes a stream that is whole in this framing. */
  close(): string;
}

/** Text of one event, UTF-16 units. An image in base64 is a few millions. */
export const MAX_EVENT = 16 * 1024 * 1024;

export function tooLong(max: number): FirewallError {
  return new FirewallError('FW_STREAM', `guardStream: an event must be at most ${max} units long; got a longer one`);
}

const BOM = '\uFEFF';

/** Newline-delimited JSON: one event a line. */
export function createLineFrames(max = MAX_EVENT): Framing {
  let line = '';
  const frame = (raw: string): Frame => {
    const data = raw.trim(); // takes a byte order mark along
    return data === '' ? { raw } : { raw, data };
  };
  return {
    push(text) {
      const frames: Frame[] = [];
      let at = 0;
      for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
        frames.push(frame(line + text.slice(at, end + 1)));
        line = '';
        at = end + 1;
      }
      line += text.slice(at);
      if (line.length > max) throw tooLong(max);
      return frames;
    },
    get idle() {
      return line === '';
    },
    end() {
      const rest = line;
      line = '';
      return rest === '' ? [] : [{ ...frame(rest), partial: true }];
    },
    write: (data) => `${data}\n`,
    // A last line without its end gets one, for something may follow.
    pass: ({ raw, partial }) => (partial ? `${raw}\n` : raw),
    close: () => '',
  };
}

/** One JSON array whose elements arrive one after the other. Brackets and commas are written anew. */
export function createArrayFrames(max = MAX_EVENT): Framing {
  let element = '';
  /** Open brackets, those of the array itself not counted. */
  let depth = 0;
  let state: 'outside' | 'between' | 'inside' = 'outside';
  let quoted = false;
  let escaped = false;
  let wrote = false;

  function separated(text: string): string {
    const before = wrote ? ',\r\n' : '[';
    wrote = true;
    return before + text;
  }

  return {
    push(text) {
      const frames: Frame[] = [];
      let from = 0;
      for (let at = 0; at < text.length; at++) {
        const unit = text[at]!;
        if (state === 'outside') {
          if (unit === '[') state = 'between';
          else if (unit.trim() !== '' && unit !== BOM) {
            throw new FirewallError(
              'FW_STREAM',
              'guardStream: a JSON array must begin with a bracket; got another sign',
            );
          }
        } else if (state === 'between') {
          if (unit === ']') state = 'outside';
          if (unit === ']' || unit === ',' || unit.trim() === '') continue;
          state = 'inside';
          from = at--;
        } else if (escaped) {
          escaped = false;
        } else if (quoted) {
          if (unit === '\\') escaped = true;
          else if (unit === '"') quoted = false;
        } else if (unit === '"') {
          quoted = true;
        } else if (unit === '{' || unit === '[') {
          depth++;
        } else if (depth === 0 && (unit === ',' || unit === ']')) {
          const raw = element + text.slice(from, at);
          frames.push({ raw, data: raw });
          element = '';
          state = unit === ']' ? 'outside' : 'between';
        } else if (unit === '}' || unit === ']') {
          depth--;
        }
      }
      if (state === 'inside') element += text.slice(from);
      if (element.length > max) throw tooLong(max);
      return frames;
    },
    get idle() {
      return state !== 'inside';
    },
    end() {
      const raw = element;
      element = '';
      return raw === '' ? [] : [{ raw, data: raw, partial: true }];
    },
    write: (data) => separated(data),
    pass: ({ raw }) => separated(raw.trim()),
    close: () => (wrote ? ']' : '[]'),
  };
}

/** Text without events: whatever arrives is a frame. */
export function createTextFrames(): Framing {
  return {
    push: (text) => (text === '' ? [] : [{ raw: text, data: text }]),
    idle: true,
    end: () => [],
    write: (data) => data,
    pass: ({ raw }) => raw,
    close: () => '',
  };
}
