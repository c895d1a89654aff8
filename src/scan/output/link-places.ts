/**
 * Where addresses stand in a text: bare ones, and the targets of markdown, HTML and style sheets.
 *
 * @module
 */

export interface Place {
  /** The address, without quotes and brackets around it. */
  readonly start: number;
  readonly end: number;
  /** Followed without a click: an image, a frame, a style. */
  readonly auto: boolean;
  /** Stands where a program looks for an address, so that any scheme counts. */
  readonly target: boolean;
  /** More text could belong to it. */
  readonly isOpen: boolean;
}

export interface Places {
  readonly places: readonly Place[];
  /** Where the earliest piece begins that could still become part of an address; the text's length when there is none. */
  readonly open: number;
}

/** The longest address that is waited for, in UTF-16 units; a longer one is judged by its beginning. */
export const MAX_ADDRESS = 2048;
/** How far before its target the name of a link or a tag may begin. */
const LABEL = 400;

const BARE_END = /[\s<>"'`\\^{}|\u0000-\u001f\u3000-\u303f\uff00-\uffef]/;
const TAGS =
  /<(?:a|area|audio|base|body|button|embed|form|frame|iframe|image|img|input|link|meta|object|script|source|svg|table|td|track|use|video)(?=[\s/])/gi;
/** The first units of such a tag, or of an address in angle brackets, at a text's end. */
const CUT_ANGLE = /^<(?:[a-z]{0,6}|[a-z][a-z0-9+.-]{1,30}:[^\s<>]{0,2048})$/i;
const ATTRIBUTE =
  /[\s/"']((?:xlink:)?href|src|srcset|action|formaction|poster|background|data|cite|ping|content|longdesc|lowsrc|dynsrc)\s{0,8}=\s{0,8}("[^"]{0,2048}|'[^']{0,2048}|[^\s"'>]{1,2048})/gi;
/** Schemes whose bare addresses programs make links of. */
const BARE_SCHEME = /(?:https?|ftp|wss?)$/i;
const CLICKED = /^<(?:a|area|form|button|input)$/i;

/** @complexity linear in the text's length where it holds no address */
export function linkPlaces(text: string): Places {
  const places: Place[] = [];
  let open = text.length;
  const add = (start: number, end: number, isOpen: boolean, auto: boolean, target: boolean): void => {
    if (end <= start) return;
    places.push({ start, end, isOpen, auto, target });
    if (isOpen) open = Math.min(open, start);
  };

  // Markdown: [label](target) and ![label](target)
  for (let at = text.indexOf(']('); at >= 0; at = text.indexOf('](', at + 2)) {
    const { start, end, isOpen } = targetFrom(text, at + 2, true);
    add(start, end, isOpen, isImage(text, at), true);
    if (isOpen && end <= start) open = Math.min(open, at);
  }
  // Definitions: [label]: target
  for (let at = text.indexOf(']:'); at >= 0; at = text.indexOf(']:', at + 2)) {
    if (!isDefinition(text, at)) continue;
    const { start, end, isOpen } = targetFrom(text, at + 2, false);
    add(start, end, isOpen, true, true);
  }
  // HTML
  if (text.includes('<')) {
    for (const match of text.matchAll(TAGS)) {
      const limit = Math.min(text.length, match.index + MAX_ADDRESS);
      const end = tagEnd(text, match.index + match[0].length, limit);
      const tag = text.slice(match.index, end);
      const isOpen = end === text.length && end < match.index + MAX_ADDRESS;
      if (isOpen) open = Math.min(open, match.index);
      for (const attribute of tag.matchAll(ATTRIBUTE)) {
        const quoted = /^["']/.test(attribute[2]!);
        const value = quoted ? attribute[2]!.slice(1) : attribute[2]!;
        const start = match.index + attribute.index + attribute[0].length - value.length;
        const auto = !CLICKED.test(match[0]);
        for (const [from, to] of targetsIn(attribute[1]!.toLowerCase(), value))
          add(start + from, start + to, isOpen, auto, true);
      }
    }
    // <javascript:…>
    for (const match of text.matchAll(/<([a-z][a-z0-9+.-]{1,30}:[^\s<>]{1,2048})>/gi)) {
      add(match.index + 1, match.index + match[0].length - 1, false, false, true);
    }
    const bracket = text.lastIndexOf('<');
    if (text.length - bracket < MAX_ADDRESS && CUT_ANGLE.test(text.slice(bracket))) open = Math.min(open, bracket);
  }
  // Style sheets
  for (let at = text.indexOf('url('); at >= 0; at = text.indexOf('url(', at + 4)) {
    let start = at + 4;
    while (/["'\s]/.test(text[start] ?? '') && start < at + 8) start++;
    let end = start;
    while (end < text.length && end - start < MAX_ADDRESS && !/[)"'\s]/.test(text[end]!)) end++;
    add(start, end, end === text.length && end - start < MAX_ADDRESS, true, true);
  }
  // Bare ones
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) {
    const next = text.charCodeAt(at + 1);
    if (next !== 0x2f && next !== 0x5c) continue;
    const after = text.charCodeAt(at + 2);
    if (after !== 0x2f && after !== 0x5c) continue;
    const scheme = BARE_SCHEME.exec(text.slice(Math.max(0, at - 5), at))?.[0];
    if (scheme === undefined) continue;
    addBare(at - scheme.length, at + 3);
  }
  for (let at = text.indexOf('www.'); at >= 0; at = text.indexOf('www.', at + 4)) {
    if (at > 0 && /[\w./@-]/.test(text[at - 1]!)) continue;
    addBare(at, at + 4);
  }
  const cut = CUT_SCHEME.exec(text.slice(-24));
  if (cut !== null) open = Math.min(open, text.length - cut[0].length);
  return { places: withoutRepeats(places), open };

  function addBare(start: number, from: number): void {
    let end = from;
    while (end < text.length && end - start < MAX_ADDRESS && !BARE_END.test(text[end]!)) {
      // [address](target)
      if (text[end] === ']' && text[end + 1] === '(') break;
      end++;
    }
    const isOpen = end === text.length && end - start < MAX_ADDRESS;
    add(start, trimmed(text, start, end), isOpen, isFetched(text, start), false);
  }
}

/** A word at a text's end that could become a scheme, `www.` or the name of a style's function; or an opened target. */
const CUT_SCHEME = /(?:[a-z][a-z0-9+.-]{0,19}(?::[/\\]?)?|\]\(?|u|ur|url\(?)$/i;

/** The target that begins behind its opening bracket; its end is its own bracket's, or a blank's. */
function targetFrom(text: string, from: number, bracketed: boolean): Pick<Place, 'start' | 'end' | 'isOpen'> {
  let start = from;
  while (start < text.length && start - from < 8 && /\s/.test(text[start]!)) start++;
  if (start === text.length) return { start, end: start, isOpen: start - from < 8 };
  const limit = Math.min(text.length, start + MAX_ADDRESS);
  const angled = text[start] === '<';
  if (angled) start++;
  let depth = 0;
  let end = start;
  for (; end < limit; end++) {
    const character = text[end]!;
    if (angled ? character === '>' || character === '\n' : /\s/.test(character)) break;
    if (angled || !bracketed) continue;
    if (character === '\\' && /[()]/.test(text[end + 1] ?? '')) end++;
    else if (character === '(') depth++;
    else if (character === ')' && depth-- === 0) break;
  }
  end = Math.min(end, limit);
  // Without its bracket it is no target.
  if (angled && end < text.length && text[end] !== '>') return { start, end: start, isOpen: false };
  return { start, end, isOpen: end === text.length && end - start < MAX_ADDRESS };
}

/** Whether the bracket closed at `close` was opened by `![`. Brackets inside count. */
function isImage(text: string, close: number): boolean {
  let depth = 0;
  for (let at = close; at >= 0 && close - at < LABEL; at--) {
    if (text[at] === ']') depth++;
    else if (text[at] === '[' && --depth === 0) return text[at - 1] === '!';
  }
  return false;
}

function isDefinition(text: string, close: number): boolean {
  let at = close - 1;
  while (at >= 0 && close - at < 100 && text[at] !== '[' && text[at] !== '\n') at--;
  return (
    text[at] === '[' &&
    /^(?:|[ >]{0,4})$/.test(text.slice(Math.max(text.lastIndexOf('\n', at) + 1, at - 5), at)) &&
    text[at + 1] !== '^'
  );
}

/** The end of a tag: its bracket, or where it breaks off. Brackets inside quotes do not end it. */
function tagEnd(text: string, from: number, limit: number): number {
  let quote = '';
  for (let at = from; at < limit; at++) {
    const character = text[at]!;
    if (quote !== '') {
      if (character === quote) quote = '';
    } else if (character === '>') return at + 1;
    else if (character === '<') return at;
    else if ((character === '"' || character === "'") && /[=\s]/.test(text[at - 1]!)) quote = character;
  }
  return limit;
}

/** The addresses in an attribute's value. */
function targetsIn(name: string, value: string): (readonly [from: number, to: number])[] {
  if (name === 'srcset') {
    return [...value.matchAll(/[^\s,]\S{0,2047}/g)].map(
      ({ index, 0: part }) => [index, index + part.replace(/,$/, '').length] as const,
    );
  }
  if (name === 'content') {
    const url = /url\s{0,4}=\s{0,4}['"]?/i.exec(value);
    return url === null ? [] : [[url.index + url[0].length, value.replace(/['"]$/, '').length]];
  }
  return [[0, value.length]];
}

/** Whether a bare address stands in a tag or style that is fetched: the words before it say so. */
function isFetched(text: string, start: number): boolean {
  return /(?:\bsrc(?:set)?\s{0,8}=\s{0,8}|\burl\(|@import\s{1,8}|!\[(?:[^\]!]|!(?!\[)){0,200}\]\(<?\s{0,8})["']?$/i.test(
    text.slice(Math.max(0, start - 256), start),
  );
}

/** Without the punctuation of the sentence around it. */
function trimmed(text: string, start: number, end: number): number {
  let last = end;
  while (last > start) {
    const character = text[last - 1]!;
    if (character === ')') {
      const inside = text.slice(start, last);
      if (inside.split('(').length >= inside.split(')').length) break;
    } else if (character === ']') {
      if (text.slice(start, last).includes('[')) break;
    } else if (!/[.,;:!?*_~]/.test(character)) break;
    last--;
  }
  return last;
}

/** One place for each beginning: the one that says more about it. */
function withoutRepeats(places: readonly Place[]): Place[] {
  const byStart = new Map<number, Place>();
  for (const place of places) {
    const known = byStart.get(place.start);
    if (known === undefined) byStart.set(place.start, place);
    else {
      const { target, auto, isOpen } = place;
      byStart.set(place.start, {
        ...known,
        target: target || known.target,
        auto: auto || known.auto,
        isOpen: isOpen || known.isOpen,
      });
    }
  }
  const ascending = [...byStart.values()].sort((a, b) => a.start - b.start);
  const kept: Place[] = [];
  let end = 0;
  for (const place of ascending) {
    // An address inside another one is part of it, once that has come to its end.
    if (place.start < end) continue;
    kept.push(place);
    if (!place.isOpen) end = place.end;
  }
  return kept;
}
