/**
 * The vault: takes values out of a text and puts them back into the answer.
 *
 * Placeholders are numbered as values turn up and stay the same for the vault's
 * life, so one vault serves one request or one conversation, and never two people.
 * What a text already holds that reads like a placeholder is never taken for one.
 *
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { FirewallError, show } from '../errors.ts';
import type { Redaction, Restoration, StreamingVault } from '../types.ts';
import { findPlaceholders, LONGEST_PLACEHOLDER, labelOf, openPlaceholder, placeholder } from './placeholder.ts';
import { pseudonymOf } from './pseudonym.ts';

export interface VaultOptions {
  /** Keys `hash` and `pseudonym`. At least 16 bytes; random by default, so that nothing outside this vault can repeat them. */
  readonly key?: Uint8Array;
  /** Whether a pseudonym is a valid value of its type: a check digit, for one. Defaults to yes. */
  readonly isValid?: (type: string, value: string) => boolean;
}

interface Entry {
  readonly label: string;
  readonly number: number;
  readonly value: string;
  /** True of a bare number in JSON, which became a string: the quotes go with the placeholder. */
  readonly bare: boolean;
}

interface State {
  readonly key: Uint8Array;
  readonly entries: readonly Entry[];
  /** Pseudonym -> value. */
  readonly pseudonyms: readonly (readonly [pseudonym: string, value: string])[];
  readonly reserved: readonly string[];
}

const SEALED = 'edgeward-vault-1.';
const KEY_BYTES = 32;
const HASH_HEX = 16;
/** What protects a text that reads like a placeholder already given. */
const LITERAL = 'TEXT';

/** A part of a text that redaction left as it came: where it stands now, and where it began. */
interface Kept {
  readonly start: number;
  readonly end: number;
  readonly from: number;
}

export function createVault(options: VaultOptions = {}): StreamingVault {
  const { key = crypto.getRandomValues(new Uint8Array(KEY_BYTES)) } = options;
  if (!(key instanceof Uint8Array) || key.length < 16) {
    throw new FirewallError('FW_OPTIONS', `createVault: key must be at least 16 bytes; got ${show(key)}`);
  }
  return openState({ key, entries: [], pseudonyms: [], reserved: [] }, options.isValid);
}

function openState(state: State, isValid: VaultOptions['isValid'] = () => true): StreamingVault {
  const { key } = state;
  const byName = new Map<string, Entry>();
  const byValue = new Map<string, Entry>();
  const numbers = new Map<string, number>();
  const reserved = new Set(state.reserved);
  const pseudonyms = new Map(state.pseudonyms);
  const pseudonymOfValue = new Map(state.pseudonyms.map(([pseudonym, value]) => [value, pseudonym]));
  for (const entry of state.entries) add(entry);

  function add(entry: Entry): void {
    byName.set(`${entry.label} ${entry.number}`, entry);
    byValue.set(valueKey(entry.label, entry.value, entry.bare), entry);
    numbers.set(entry.label, Math.max(numbers.get(entry.label) ?? 0, entry.number));
  }

  function entryOf(label: string, value: string, bare: boolean): Entry {
    const known = byValue.get(valueKey(label, value, bare));
    if (known !== undefined) return known;
    let number = (numbers.get(label) ?? 0) + 1;
    while (reserved.has(`${label} ${number}`)) number++;
    const entry = { label, number, value, bare };
    add(entry);
    return entry;
  }

  function pseudonym(type: string, value: string, text: string): string {
    const known = pseudonymOfValue.get(value);
    if (known !== undefined && !text.includes(known)) return known;
    const made = pseudonymOf(
      type,
      value,
      key,
      (one) => isValid(type, one) && !text.includes(one) && !pseudonyms.has(one),
    );
    if (made === undefined) return '';
    pseudonyms.set(made, value);
    pseudonymOfValue.set(value, made);
    return made;
  }

  function redact(text: string, redactions: readonly Redaction[]): string {
    const ordered = [...redactions].sort((a, b) => a.start - b.start);
    let last = 0;
    for (const { start, end } of ordered) {
      if (!(Number.isInteger(start) && Number.isInteger(end) && start >= last && start < end && end <= text.length)) {
        throw new FirewallError(
          'FW_INPUT',
          `redact: spans must lie apart within the text's ${text.length} units; got ${start}..${end}`,
        );
      }
      last = end;
    }
    // Numbers that the text itself uses are never given, and those given before are protected where it uses them.
    const alike = findPlaceholders(text);
    for (const { label, number } of alike) if (!byName.has(`${label} ${number}`)) reserved.add(`${label} ${number}`);
    const literals = alike
      .filter(({ label, number, start, end }) => {
        const free = ordered.every((one) => one.end <= start || one.start >= end);
        return free && byName.has(`${label} ${number}`);
      })
      .map(({ start, end }): Redaction => ({ start, end, type: LITERAL }));
    const isJson = ordered.length > 0 && parses(text);
    let chosen = [...ordered, ...literals].sort((a, b) => a.start - b.start);
    for (;;) {
      const { out, kept } = written(text, chosen, isJson);
      const strays = straysIn(out, kept);
      if (strays.length === 0) return out;
      chosen = [...chosen, ...strays].sort((a, b) => a.start - b.start);
    }
  }

  /** The text with replacements, and which parts of it were kept as they came. */
  function written(text: string, chosen: readonly Redaction[], isJson: boolean): { out: string; kept: Kept[] } {
    const kept: Kept[] = [];
    let out = '';
    let at = 0;
    const keep = (end: number): void => {
      if (end > at) kept.push({ start: out.length, end: out.length + end - at, from: at });
      out += text.slice(at, end);
    };
    for (const one of chosen) {
      keep(one.start);
      out += replacement(text, one, isJson, at);
      at = one.end;
    }
    keep(text.length);
    return { out, kept };
  }

  /**
   * Look-alikes that `restore` would take for placeholders given: those that overlapped another one before, or came
   * about where kept text and a replacement meet. Spans of the source; protecting them leaves fewer each time.
   */
  function straysIn(out: string, kept: readonly Kept[]): Redaction[] {
    const strays: Redaction[] = [];
    let at = 0;
    let part = 0;
    for (const { start, end, label, number } of findPlaceholders(out)) {
      if (start < at || !byName.has(`${label} ${number}`)) continue;
      at = end;
      while (part < kept.length && kept[part]!.end <= start) part++;
      const one = kept[part];
      if (one === undefined || one.start >= end) continue; // given by us, whole
      const from = one.from + Math.max(start, one.start) - one.start;
      strays.push({ start: from, end: one.from + Math.min(end, one.end) - one.start, type: LITERAL });
    }
    return strays;
  }

  function replacement(
    text: string,
    { start, end, type, strategy = 'placeholder' }: Redaction,
    isJson: boolean,
    before: number,
  ): string {
    const value = text.slice(start, end);
    const bare = isJson && isBare(text, start, end);
    const quoted = (plain: string): string => (bare ? `"${plain}"` : plain);
    switch (strategy) {
      case 'placeholder':
        break;
      case 'pseudonym': {
        const made = pseudonym(type, value, text);
        if (made !== '') return made;
        break;
      }
      case 'hash': {
        const digest = hmac(sha256, key, new TextEncoder().encode(`${type}\0${value}`));
        const hex = [...digest.subarray(0, HASH_HEX / 2)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
        return quoted(`${labelOf(type).toLowerCase()}_${hex}`);
      }
      case 'mask':
        return quoted(value.replace(/[\p{L}\p{N}]/gu, '*'));
      case 'drop':
        return quoted('');
    }
    const { label, number } = entryOf(labelOf(type), value, bare);
    // Underscores before it would join those of a placeholder for a URL.
    const joins = text.slice(Math.max(before, start - 80), start).includes('__');
    return quoted(placeholder(label, number, !joins && isInUrl(text, start)));
  }

  function restore(text: string): string {
    let out = '';
    let at = 0;
    for (const { start, end, value } of placeholdersIn(text)) {
      out += text.slice(at, start) + value;
      at = end;
    }
    out += text.slice(at);
    if (pseudonyms.size === 0) return out;
    const whole = out;
    out = '';
    at = 0;
    for (const { start, end, value } of pseudonymsIn(whole)) {
      out += whole.slice(at, start) + value;
      at = end;
    }
    return out + whole.slice(at);
  }

  function placeholdersIn(text: string): Restoration[] {
    const found: Restoration[] = [];
    let at = 0;
    for (const { start, end, label, number } of findPlaceholders(text)) {
      const entry = byName.get(`${label} ${number}`);
      if (entry === undefined || start < at) continue;
      const quotes = entry.bare && text[start - 1] === '"' && text[end] === '"' ? 1 : 0;
      found.push({ start: Math.max(at, start - quotes), end: end + quotes, value: entry.value });
      at = end + quotes;
    }
    return found;
  }

  /** One pass from left to right, the longest pseudonym first, so that no value is read again. */
  function pseudonymsIn(text: string): Restoration[] {
    const ordered = [...pseudonyms].sort(([a], [b]) => b.length - a.length);
    const hits: Restoration[] = [];
    for (const [pseudonym, value] of ordered) {
      for (let at = text.indexOf(pseudonym); at >= 0; at = text.indexOf(pseudonym, at + pseudonym.length)) {
        const end = at + pseudonym.length;
        if (hits.every((hit) => hit.end <= at || hit.start >= end)) hits.push({ start: at, end, value });
      }
    }
    return hits.sort((a, b) => a.start - b.start);
  }

  function restorations(text: string): Restoration[] {
    const placeholders = placeholdersIn(text);
    if (pseudonyms.size === 0) return placeholders;
    const others = pseudonymsIn(text).filter(({ start, end }) =>
      placeholders.every((one) => one.end <= start || one.start >= end),
    );
    return [...placeholders, ...others].sort((a, b) => a.start - b.start);
  }

  function openAt(text: string): number {
    let open = byName.size === 0 ? text.length : openPlaceholder(text, (label) => numbers.has(label));
    if ([...byName.values()].some(({ bare }) => bare)) {
      // The quotes around a bare number go with its placeholder: both wait for one another.
      const from = Math.max(0, text.length - LONGEST_PLACEHOLDER);
      const last = placeholdersIn(text.slice(from)).at(-1);
      if (last !== undefined && from + last.end === text.length) open = Math.min(open, from + last.start);
      if (text[open - 1] === '"') open--;
    }
    for (const pseudonym of pseudonyms.keys()) {
      for (let length = Math.min(pseudonym.length - 1, text.length); length > text.length - open; length--) {
        if (!text.endsWith(pseudonym.slice(0, length))) continue;
        open = text.length - length;
        break;
      }
    }
    return open;
  }

  function holds(value: string): boolean {
    const wanted = compact(value);
    if (wanted === '') return false;
    for (const entry of byName.values()) if (compact(entry.value) === wanted) return true;
    for (const held of pseudonyms.values()) if (compact(held) === wanted) return true;
    return false;
  }

  function restoreIn<T>(value: T): T {
    return deep(value) as T;
  }

  function deep(value: unknown): unknown {
    if (typeof value === 'string') {
      const [only] = findPlaceholders(value);
      const entry = only === undefined ? undefined : byName.get(`${only.label} ${only.number}`);
      // A bare number comes back as a number where it can be one.
      if (entry?.bare && only!.start === 0 && only!.end === value.length && Number.isSafeInteger(Number(entry.value))) {
        return Number(entry.value);
      }
      return restore(value);
    }
    if (Array.isArray(value)) return value.map(deep);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [restore(name), deep(one)]));
  }

  return {
    get size() {
      return byName.size + pseudonyms.size;
    },
    redact,
    restore,
    restoreIn,
    restorations,
    openAt,
    holds,
    async seal(sealKey) {
      const held = {
        key: [...key],
        entries: [...byName.values()],
        pseudonyms: [...pseudonyms],
        reserved: [...reserved],
      };
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new TextEncoder().encode(JSON.stringify(held));
      const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(SEALED) };
      const sealed = await crypto.subtle.encrypt(algorithm, await importKey('seal', sealKey), plain);
      return SEALED + toBase64(iv) + toBase64(new Uint8Array(sealed));
    },
  };
}

/**
 * A vault that was sealed.
 *
 * @throws {FirewallError} `FW_VAULT` when the text is no sealed vault, was changed, or the key is another
 */
export async function openVault(
  sealed: string,
  key: Uint8Array<ArrayBuffer> | CryptoKey,
  options: Pick<VaultOptions, 'isValid'> = {},
): Promise<StreamingVault> {
  if (typeof sealed !== 'string' || !sealed.startsWith(SEALED)) {
    throw new FirewallError(
      'FW_VAULT',
      `openVault: expected a text that begins with ${SEALED}; got ${show(sealed).slice(0, 24)}`,
    );
  }
  const imported = await importKey('openVault', key);
  let plain: ArrayBuffer;
  try {
    const iv = fromBase64(sealed.slice(SEALED.length, SEALED.length + 16));
    const body = fromBase64(sealed.slice(SEALED.length + 16));
    const algorithm = { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(SEALED) };
    plain = await crypto.subtle.decrypt(algorithm, imported, body);
  } catch (cause) {
    throw new FirewallError(
      'FW_VAULT',
      'openVault: expected the key it was sealed with and its whole text; got another',
      { cause },
    );
  }
  const {
    key: own,
    entries,
    pseudonyms,
    reserved,
  } = JSON.parse(new TextDecoder().decode(plain)) as Omit<State, 'key'> & {
    readonly key: readonly number[];
  };
  return openState({ key: Uint8Array.from(own), entries, pseudonyms, reserved }, options.isValid);
}

async function importKey(where: string, key: Uint8Array<ArrayBuffer> | CryptoKey): Promise<CryptoKey> {
  if (!(key instanceof Uint8Array)) return key;
  if (key.length !== 16 && key.length !== 32) {
    throw new FirewallError('FW_VAULT', `${where}: key must be 16 or 32 bytes; got ${key.length}`);
  }
  return crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
}

/** What is the same data in another case or with other separators. */
function compact(value: string): string {
  return value.toLowerCase().replace(/[^\p{L}\p{N}@]/gu, '');
}

function valueKey(label: string, value: string, bare: boolean): string {
  return `${label} ${bare ? 1 : 0} ${value}`;
}

function parses(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // not JSON: nothing in it can be broken as JSON
  }
}

/** True of a number that stands in JSON without quotes, or a part of one. */
function isBare(text: string, start: number, end: number): boolean {
  return (
    /[:[,]\s*$/.test(text.slice(Math.max(0, start - 24), start)) &&
    /^\s*[,\]}]/.test(text.slice(end, end + 24)) &&
    /^-?[\d.]+$/.test(text.slice(start, end)) &&
    !insideString(text, start)
  );
}

/** Counts the quotes before a place that are not escaped. */
function insideString(text: string, at: number): boolean {
  let inside = false;
  for (let i = 0; i < at; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') inside = !inside;
  }
  return inside;
}

function isInUrl(text: string, start: number): boolean {
  let from = start;
  while (from > 0 && start - from < 2048 && !/[\s"'`<>()[\]{}|\\]/.test(text[from - 1]!)) from--;
  return text.slice(from, start).includes('://');
}

function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
}
