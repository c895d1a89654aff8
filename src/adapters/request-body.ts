/**
 * What a request's body may be read as, and how each reading is written back when something was taken out of it.
 *
 * The handler behind the guard decides how it reads, and the sender decides on the label. So JSON is read as JSON
 * whatever its label, and what is labeled a form is read as a form too.
 *
 * @module
 */
import type { PlacedText } from '../chat-texts.ts';
import type { Body } from './body-bytes.ts';
import { Refusal } from './refusal.ts';

/** A body that can be sent on. */
export interface WrittenBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Set where the type changes with the bytes: a multipart form's boundary is new. */
  readonly type?: string;
}

export interface Reading {
  /** Parsed JSON; a list of a form's `[name, value]`; a list with the text alone. */
  readonly value: object;
  /** The value as a handler knows it. */
  shown(value: object): unknown;
  write(value: object): WrittenBody | Promise<WrittenBody>;
  /** True where others may read the same bytes otherwise: they must not be sent on as they are. */
  readonly ambiguous?: boolean;
}

/** Labels of bodies. */
export interface BodyLabels {
  readonly type: string;
  /** `Content-Encoding`; empty where absent. */
  readonly encoding: string;
}

const FORM = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i;
const JSON_TYPE = /\bjson\b/i;

export const isForm = (type: string): boolean => FORM.test(type);

/**
 * @returns the readings; the last is the one to write back
 * @throws {Refusal} 400 when the body is not what its label says, 415 when it is encoded or not UTF-8
 */
export async function readingsOf({ bytes, text }: Body, { type, encoding }: BodyLabels): Promise<Reading[]> {
  if (bytes.length === 0) return [];
  if (!/^(?:identity)?$/i.test(encoding.trim())) throw new Refusal(415, 'Request body must not be compressed');
  const charset = /;\s*charset\s*=\s*["']?([^\s;"']*)/i.exec(type)?.[1];
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) {
    throw new Refusal(415, 'Request body must be in UTF-8');
  }
  const form = isForm(type) ? [await formReading(bytes, type)] : [];
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    if (form.length > 0) return form;
    if (JSON_TYPE.test(type)) throw mislabeled(cause);
    return [textReading(text)];
  }
  return [...jsonReading(text, json), ...form];
}

function jsonReading(text: string, json: unknown): Reading[] {
  const encode = (value: unknown): WrittenBody => ({ bytes: new TextEncoder().encode(JSON.stringify(value)) });
  if (typeof json === 'string') {
    const only = (value: object): unknown => (value as readonly unknown[])[0];
    return [{ value: [json], shown: only, write: (value) => encode(only(value)) }];
  }
  if (typeof json !== 'object' || json === null) return [];
  return [{ value: json, shown: (value) => value, write: encode, ambiguous: namesIn(text) !== namesOf(json) }];
}

function textReading(text: string): Reading {
  const only = (value: object): string => (value as readonly string[])[0]!;
  return { value: [text], shown: only, write: (value) => ({ bytes: new TextEncoder().encode(only(value)) }) };
}

type Field = readonly [name: string, value: string];

async function formReading(bytes: Uint8Array<ArrayBuffer>, type: string): Promise<Reading> {
  let form: FormData;
  try {
    form = await new Response(bytes, { headers: { 'content-type': type } }).formData();
  } catch (cause) {
    throw mislabeled(cause);
  }
  const all = [...form];
  const fields = all.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    value: fields,
    shown: (value) => value,
    async write(value) {
      const left = [...(value as readonly Field[])];
      if (!/^multipart/i.test(type)) {
        return { bytes: new TextEncoder().encode(new URLSearchParams(left.map(([...field]) => field)).toString()) };
      }
      const changed = new FormData();
      for (const [name, content] of all) {
        if (typeof content === 'string') changed.append(...left.shift()!);
        else changed.append(name, content, content.name);
      }
      const response = new Response(changed);
      return {
        bytes: new Uint8Array(await response.arrayBuffer()),
        type: response.headers.get('content-type')!,
      };
    },
  };
}

/** What an earlier parser made of a form: fields by name, maybe nested. */
export function parsedFormReading(form: object): { readonly value: Field[]; readonly places: PlacedText['path'][] } {
  const value: Field[] = [];
  const places: PlacedText['path'][] = [];
  const visit = (found: unknown, path: PlacedText['path']): void => {
    if (typeof found === 'string') {
      value.push([path.join('.'), found]);
      places.push(path);
    } else if (typeof found === 'object' && found !== null) {
      for (const [name, inner] of Object.entries(found)) visit(inner, [...path, name]);
    }
  };
  visit(form, []);
  return { value, places };
}

function mislabeled(cause: unknown): Refusal {
  return new Refusal(400, 'Request body is not what its type says', { cause });
}

const QUOTE = '"'.charCodeAt(0);
const BACKSLASH = '\\'.charCodeAt(0);
const COLON = ':'.charCodeAt(0);
const COMMA = ','.charCodeAt(0);
const OBJECT_END = '}'.charCodeAt(0);
const ARRAY_END = ']'.charCodeAt(0);

/** How many names of members stand in JSON text: more than its value has where two of an object are equal. */
function namesIn(json: string): number {
  let names = 0;
  let afterText = false;
  for (let at = 0; at < json.length; at++) {
    const sign = json.charCodeAt(at);
    if (sign === QUOTE) {
      at = endOfText(json, at + 1);
      afterText = true;
    } else if (afterText && sign === COLON) {
      names++;
      afterText = false;
    } else if (sign === COMMA || sign === OBJECT_END || sign === ARRAY_END) {
      afterText = false;
    }
  }
  return names;
}

/** Where the quotation mark stands that ends the text which begins at `from`. */
function endOfText(json: string, from: number): number {
  for (let end = json.indexOf('"', from); ; end = json.indexOf('"', end + 1)) {
    let first = end;
    while (json.charCodeAt(first - 1) === BACKSLASH) first--;
    if ((end - first) % 2 === 0) return end;
  }
}

/** @param value objects and arrays, as deep as `JSON.parse` goes */
function namesOf(value: object): number {
  let names = 0;
  const open: object[] = [value];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const inner: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
    if (inner !== one) names += inner.length;
    for (const each of inner) if (typeof each === 'object' && each !== null) open.push(each);
  }
  return names;
}
