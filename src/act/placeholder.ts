/**
 * What stands in a text instead of a value, and how it is known again after a model has retyped it.
 *
 * @module
 */

/** `US_SSN` of the type `us-ssn`. */
export function labelOf(type: string): string {
  return type.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

/** In a URL brackets would break the host or be escaped; underscores stand everywhere. */
export function placeholder(label: string, number: number, inUrl: boolean): string {
  return inUrl ? `__${label}_${number}__` : `[${label}_${number}]`;
}

/** What a placeholder may take up between its brackets, UTF-16 units. */
const WINDOW = 72;
const NAME = /^([a-z][a-z0-9]*(?:[_ -][a-z0-9]+)*)[_ -](\d{1,7})$/i;
const UNDERSCORED = /__([a-z][a-z0-9]*(?:_[a-z0-9]+)*)_(\d{1,7})__/iy;

export interface Retyped {
  readonly start: number;
  readonly end: number;
  /** As `labelOf` writes it. */
  readonly label: string;
  readonly number: number;
}

/**
 * Everything in a text that could be a placeholder, ascending, also as a model may give one back: in another case,
 * with blanks inside the brackets or for the underscores, with brackets escaped for Markdown.
 *
 * @complexity linear
 */
export function findPlaceholders(text: string): Retyped[] {
  const found: Retyped[] = [];
  for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) {
    const length = text.slice(at + 1, at + 1 + WINDOW).indexOf(']');
    if (length < 0) continue;
    const close = at + 1 + length;
    const escaped = text[at - 1] === '\\' && text[close - 1] === '\\';
    const inside = text.slice(at + 1, escaped ? close - 1 : close);
    const match = NAME.exec(inside.replace(/\\(?=[_-])/g, '').trim());
    if (match === null) continue;
    found.push({
      start: escaped ? at - 1 : at,
      end: close + 1,
      label: match[1]!.replace(/[ -]/g, '_').toUpperCase(),
      number: Number(match[2]),
    });
  }
  for (let at = text.indexOf('__'); at >= 0; at = text.indexOf('__', at + 1)) {
    UNDERSCORED.lastIndex = at;
    const match = UNDERSCORED.exec(text);
    if (match === null) continue;
    found.push({ start: at, end: at + match[0].length, label: match[1]!.toUpperCase(), number: Number(match[2]) });
    at += match[0].length - 1;
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Units of the longest placeholder, with what escapes it. */
export const LONGEST_PLACEHOLDER = WINDOW + 4;
const BRACKETED_OPEN = /^\[[\s\w\\-]{0,71}$/;
const UNDERSCORED_OPEN = /^__(?:[a-z][a-z0-9]{0,71}(?:_[a-z0-9]{1,72}){0,8}_?)?$/i;

/**
 * Where the first piece begins that more text could make a placeholder; `text.length` when there is none.
 *
 * @param isLabel whether there are placeholders with a label
 * @complexity constant
 */
export function openPlaceholder(text: string, isLabel: (label: string) => boolean): number {
  const from = Math.max(0, text.length - LONGEST_PLACEHOLDER);
  const tail = text.slice(from);
  for (let at = 0; at < tail.length; at++) {
    const unit = tail[at];
    if (unit !== '\\' && unit !== '[' && unit !== '_') continue;
    const rest = tail.slice(unit === '\\' ? at + 1 : at);
    const open = unit === '_' ? rest === '_' || UNDERSCORED_OPEN.test(rest) : rest === '' || BRACKETED_OPEN.test(rest);
    if (open && mayBecome(rest, isLabel)) return from + at;
  }
  return text.length;
}

/** Whether an opened placeholder that has its number already has one's label. */
function mayBecome(opened: string, isLabel: (label: string) => boolean): boolean {
  const name = opened
    .replace(/^[[_]+/, '')
    .replace(/\\/g, '')
    .trim();
  const numbered = /^(.*[a-z0-9])[_ -]\d+_?$/i.exec(name);
  return numbered === null || isLabel(numbered[1]!.replace(/[ -]/g, '_').toUpperCase());
}
