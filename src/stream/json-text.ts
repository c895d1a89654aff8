/**
 * The guarded form of a JSON text that grows: arguments of a tool call.
 *
 * Every string is a text of its own, read without its escapes and escaped again on the way out, so that values which
 * change never break the JSON around them. A string's guard sees the name before it (`"password": "…"`), because some
 * values are known by their name. Numbers become strings where they change. What turns out not to be JSON is guarded
 * as one text from there on.
 *
 * @module
 */
import type { Finding } from '../types.ts';
import type { Released, TextGuard } from './text-guard.ts';

/** Longer names say nothing about a value, UTF-16 units. */
const MAX_NAME = 64;
/** Longer numbers are guarded in pieces of this length. */
const MAX_NUMBER = 1024;
const SHORT_ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' };
const NUMBER = /^-?\d[\d.eE+-]*$/;
const PART_OF_LITERAL = /^(?:t(?:r(?:ue?)?)?|f(?:a(?:l(?:se?)?)?)?|n(?:u(?:ll?)?)?|-?|-?\d[\d.eE+-]*)$/;
const LITERAL = /^(?:true|false|null)$/;
const PLAIN_RUN = /[^"\\]+/y;
const BARE_RUN = /[^\s"[\]{},:]+/y;

type State = 'structure' | 'string' | 'bare' | 'prose';

/** A piece of a string as it stands in the JSON, and what it says. */
interface Piece {
  readonly raw: string;
  readonly text: string;
}

export function createJsonGuard(open: () => TextGuard): TextGuard {
  let state: State = 'structure';
  let guard: TextGuard | undefined;
  /** What the guard was given and has not given back; empty once it gave back something else. */
  let pieces: Piece[] = [];
  let verbatim = true;
  /** What the guard was told before the value, and must give back first. */
  let prefix = '';
  /** An escape or a bare word that is not complete. */
  let unfinished = '';
  let lastString = '';
  let name = '';
  /** Units taken, and where the value began. */
  let taken = 0;
  let began = 0;
  let findings: Finding[] = [];
  let cut: Released['cut'];

  function start(): void {
    guard = open();
    pieces = [];
    verbatim = true;
    began = taken;
    prefix = name === '' ? '' : `${name}: `;
    name = '';
    if (prefix !== '') read(guard.push(prefix));
  }

  /** What the guard lets go, without what it was told before the value. */
  function read(released: Released): string {
    for (const finding of released.findings) {
      findings.push({ ...finding, spans: [{ start: began, end: Math.max(began, taken) }] });
    }
    cut ??= released.cut;
    let { text } = released;
    if (prefix !== '' && text !== '') {
      let same = 0;
      while (same < prefix.length && same < text.length && text[same] === prefix[same]) same++;
      text = text.slice(same);
      prefix = text === '' ? prefix.slice(same) : '';
    }
    return text;
  }

  function give(piece: Piece): string {
    if (verbatim) pieces.push(piece);
    return escaped(read(guard!.push(piece.text)));
  }

  /** Text for the inside of a string: as it stood, while nothing has changed. */
  function escaped(text: string): string {
    if (text === '') return '';
    let out = '';
    let at = 0;
    while (verbatim && at < text.length) {
      const piece = pieces[0];
      const length = Math.min(piece?.text.length ?? 0, text.length - at);
      if (piece === undefined || !text.startsWith(piece.text.slice(0, length), at)) {
        verbatim = false;
        pieces = [];
        // Half a pair that was cut in two here would be escaped.
        if (/[\ud800-\udbff]$/.test(out) && /[\udc00-\udfff]/.test(text.charAt(at))) {
          out = out.slice(0, -1);
          at--;
        }
        break;
      }
      at += length;
      if (length === piece.text.length) {
        out += piece.raw;
        pieces.shift();
      } else {
        // Only what is not escaped is longer than a unit.
        out += piece.text.slice(0, length);
        pieces[0] = { raw: piece.raw.slice(length), text: piece.text.slice(length) };
      }
    }
    return at === text.length ? out : out + JSON.stringify(text.slice(at)).slice(1, -1);
  }

  /** One push of the text: `at` stands on its next unit. */
  function push(text: string): Released {
    let out = '';
    const base = taken;
    let at = 0;
    while (at < text.length && cut === undefined) {
      taken = base + at;
      switch (state) {
        case 'prose':
          out += read(guard!.push(text.slice(at)));
          at = text.length;
          break;
        case 'structure': {
          const unit = text[at]!;
          if (unit === '"') {
            start();
            state = 'string';
            lastString = '';
            out += unit;
            at++;
          } else if (isBare(unit)) {
            state = 'bare';
            unfinished = '';
          } else {
            if (unit === ':') name = lastString.length <= MAX_NAME ? lastString : '';
            out += unit;
            at++;
          }
          break;
        }
        case 'bare': {
          BARE_RUN.lastIndex = at;
          const run = BARE_RUN.exec(text)?.[0] ?? '';
          unfinished += run;
          at += run.length;
          taken = base + at;
          if (at < text.length) out += bareEnd();
          else if (!PART_OF_LITERAL.test(unfinished)) out += toProse();
          else if (unfinished.length > MAX_NUMBER) out += bareEnd();
          break;
        }
        case 'string':
          if (unfinished !== '' || text[at] === '\\') {
            unfinished += text[at++]!;
            const said = unescaped(unfinished);
            if (said === undefined) break;
            out += given({ raw: unfinished, text: said });
            unfinished = '';
          } else if (text[at] === '"') {
            at++;
            taken = base + at;
            out += escaped(read(guard!.end()));
            if (cut === undefined) out += '"';
            if (!verbatim) lastString = '';
            state = 'structure';
          } else {
            PLAIN_RUN.lastIndex = at;
            const run = PLAIN_RUN.exec(text)![0];
            at += run.length;
            taken = base + at;
            out += given({ raw: run, text: run });
          }
      }
    }
    taken = base + text.length;
    return released(out);
  }

  function given(piece: Piece): string {
    if (lastString.length <= MAX_NAME) lastString += piece.text;
    return give(piece);
  }

  function bareEnd(): string {
    const word = unfinished;
    unfinished = '';
    if (LITERAL.test(word)) {
      state = 'structure';
      name = '';
      return word;
    }
    if (!NUMBER.test(word)) {
      unfinished = word;
      return toProse();
    }
    state = 'structure';
    start();
    const text = read(guard!.push(word)) + (cut === undefined ? read(guard!.end()) : '');
    return text === word || cut !== undefined ? text : JSON.stringify(text);
  }

  /** No JSON: from this word on it is one text. */
  function toProse(): string {
    state = 'prose';
    name = '';
    start();
    const word = unfinished;
    unfinished = '';
    return read(guard!.push(word));
  }

  function end(): Released {
    let out = '';
    if (cut === undefined) {
      if (state === 'bare') out += bareEnd();
      if (state === 'string') {
        out += escaped(read(guard!.end()));
        // Half an escape says nothing yet.
        if (cut === undefined) out += unfinished;
      } else if (state === 'prose') {
        out += read(guard!.end());
      }
    }
    return released(out);
  }

  function released(text: string): Released {
    const found = findings;
    findings = [];
    return { text, findings: found, ...(cut !== undefined && { cut }) };
  }

  return { push, end };
}

function isBare(unit: string): boolean {
  return !/[\s"[\]{},:]/.test(unit);
}

/** What an escape says; undefined while it is not complete. Unknown ones say themselves. */
function unescaped(raw: string): string | undefined {
  if (raw.length === 1) return undefined;
  const kind = raw[1]!;
  if (kind !== 'u') return SHORT_ESCAPES[kind] ?? kind;
  if (raw.length < 6) return /^\\u[0-9a-f]*$/i.test(raw) ? undefined : raw;
  const code = Number.parseInt(raw.slice(2), 16);
  return Number.isNaN(code) ? raw : String.fromCharCode(code);
}

/** A JSON value, guarded as the text it would be; undefined when the guard cut it. */
export function guardJsonValue(
  value: unknown,
  open: () => TextGuard,
): { readonly value: unknown; readonly released: readonly Released[] } {
  const text = JSON.stringify(value);
  if (text === undefined) return { value, released: [] };
  const guard = createJsonGuard(open);
  const first = guard.push(text);
  const last = first.cut === undefined ? guard.end() : first;
  const released = first === last ? [first] : [first, last];
  if (last.cut !== undefined) return { value: undefined, released };
  const out = first.text + last.text;
  return { value: out === text ? value : (JSON.parse(out) as unknown), released };
}
