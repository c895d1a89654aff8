/**
 * Secrets in a chunk: tokens by their first characters, values by the name they are assigned to.
 *
 * @module
 */
import { isDigit, isLetter } from '../pii/numbers.ts';
import type { Reading, Report } from '../pii/reading.ts';
import { ASSIGNED, type AssignedShape, TOKENS, type TokenShape } from './shapes.ts';
import { entropy, isHashLike, isStandIn } from './value.ts';

/** Two first characters, letters small, as one number -> shapes. */
const LEADS = new Map<number, TokenShape[]>();
for (const shape of TOKENS) {
  for (const key of new Set(shape.leads.map((lead) => leadKey(lead, 0)))) {
    LEADS.set(key, [...(LEADS.get(key) ?? []), shape]);
  }
}

/** Setting a bit makes capitals small and leaves digits; what else it joins, the lead itself tells apart. */
function leadKey(text: string, at: number): number {
  return ((text.charCodeAt(at) | 32) << 16) | (text.charCodeAt(at + 1) | 32);
}

/** Three first characters of a keyword -> shapes, each with the keyword. */
const KEYWORDS = new Map<string, (readonly [keyword: string, shape: AssignedShape])[]>();
for (const shape of ASSIGNED) {
  for (const keyword of shape.keywords) {
    const key = keyword.slice(0, 3);
    KEYWORDS.set(key, [...(KEYWORDS.get(key) ?? []), [keyword, shape]]);
  }
}

function isAlphanumeric(unit: number): boolean {
  return isDigit(unit) || isLetter(unit);
}

/** True when a token that ends here is whole: nothing of its own alphabet follows. */
function endsHere(text: string, end: number): boolean {
  const unit = text.charCodeAt(end);
  return !isAlphanumeric(unit) && unit !== 95;
}

/** Tokens that name themselves, wherever in a chunk a word begins. */
export function findTokens({ text }: Reading, start: number, end: number, report: Report): void {
  for (let at = start; at < end - 7; at++) {
    if (at > start && isAlphanumeric(text.charCodeAt(at - 1)) && isAlphanumeric(text.charCodeAt(at))) continue;
    if (text[at - 1] === '.') continue; // video.ico-…: the end of a file's name
    const shapes = LEADS.get(leadKey(text, at));
    if (shapes === undefined) continue;
    for (const { id, leads, shape, entropy: least } of shapes) {
      if (!leads.some((lead) => startsAs(text, at, lead))) continue;
      shape.lastIndex = at;
      const value = shape.exec(text)?.[0];
      if (value === undefined || !endsHere(text, at + value.length)) continue;
      if (entropy(value) < least || isStandIn(value) || !/\d|[a-zA-Z]{30}/.test(value)) continue;
      report(id, at, at + value.length, 0.97 + value.length / 1e5);
    }
  }
  findMarked(text, start, end, report);
}

function startsAs(text: string, at: number, lead: string): boolean {
  return text.startsWith(lead, at) || text.slice(at, at + lead.length).toLowerCase() === lead.toLowerCase();
}

/** Tokens whose mark stands in their middle or at their end: mark, how far before it they begin, shape. */
export const MARKED: readonly (readonly [id: string, mark: string, before: number, shape: RegExp])[] = [
  ['azure-ad-client-secret', 'Q~', 4, /[a-zA-Z0-9_~.]{3}\dQ~[a-zA-Z0-9_~.-]{31,34}/y],
  ['hashicorp-tf-api-token', '.atlasv1.', 14, /[a-z0-9]{14}\.atlasv1\.[a-z0-9=_-]{60,70}/iy],
  ['maxmind-license-key', '_mmk', 36, /[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk/y],
];

function findMarked(text: string, start: number, end: number, report: Report): void {
  if (end - start < 37) return;
  const chunk = text.slice(start, end);
  for (const [id, mark, before, shape] of MARKED) {
    const at = chunk.indexOf(mark);
    if (at < before || /[\w~.-]/.test(text[start + at - before - 1] ?? '')) continue;
    shape.lastIndex = start + at - before;
    const value = shape.exec(text)?.[0];
    if (value === undefined || !endsHere(text, start + at - before + value.length) || isStandIn(value)) continue;
    report(id, start + at - before, start + at - before + value.length, 0.97);
  }
}

const FACEBOOK = /\d{15,16}[|%][0-9a-z_-]{27,40}/iy;

/** @param start of a group of fifteen or sixteen digits */
export function findFacebook({ text }: Reading, start: number, report: Report): void {
  FACEBOOK.lastIndex = start;
  const value = FACEBOOK.exec(text)?.[0];
  if (value !== undefined && endsHere(text, start + value.length) && !isStandIn(value)) {
    report('facebook-access-token', start, start + value.length, 0.95);
  }
}

/** Length of the shortest value an assigned shape has. */
const SHORTEST = 14;
/** How far before a value its name is looked for. */
const NAME_UNITS = 80;
const GENERIC =
  /(?:api|access|auth|secret|private|encryption|signing|service|client|admin|app|bearer|refresh|session|webhook)[-_. ]?(?:key|token|secret|credentials?)$|(?:^|[-_. ])(?:key|token|secret|creds?|credentials?|apikey)$|(?:secret|token|apikey|api[-_.]?key)(?:[-_. ](?:key|id|value|prod|live|production|staging|dev))?$/;
const PASSWORD =
  /(?:passwords?|passwd|passwort|kennwort|passphrase|pwd|passcode|contraseña|mot de passe|senha|hasło|пароль|密码|パスワード|비밀번호|identified)$|(?:^|[-_. ])pass$/;
/** "My password for the shop is …": the name may be followed by what it opens. */
const PURPOSE = /passw(?:ord|ort) (?:for|für) [\p{L}\d ]{1,30}$/u;

/** Names of what is assigned to the value at `start`; undefined when nothing is. */
function nameBefore(text: string, start: number): string | undefined {
  let at = start;
  let operator = false;
  while (at > 0 && start - at < 6 && isPadding(text.charCodeAt(at - 1))) {
    if (text.charCodeAt(--at) === 0x3d) operator = true;
  }
  // = := => :: ? | > , and the word "is".
  while (at > 0 && start - at < 10 && isOperator(text.charCodeAt(at - 1))) {
    at--;
    operator = true;
  }
  if (!operator) {
    const last = text.charCodeAt(at - 1) | 32;
    if (last !== 0x73 && last !== 0x74 && last !== 0x79 && last !== 0x3a) return undefined; // s, t, y or a colon
    const word = /(?:^|[\s"'])(?:is|was|ist|lautet|es|est|by|is:)$/i.exec(text.slice(Math.max(0, at - 8), at));
    if (word === null) return undefined;
    at -= word[0].length;
  }
  while (at > 0 && start - at < 16 && isClosing(text.charCodeAt(at - 1))) at--;
  const from = Math.max(0, at - NAME_UNITS);
  let first = at;
  while (first > from && isNameUnit(text, first - 1)) first--;
  return first === at ? undefined : text.slice(first, at);
}

/** Quotes, blanks, a backslash, and what opens a value; `=` may be the end of the operator. */
function isPadding(unit: number): boolean {
  return isBlankOrQuote(unit) || unit === 0x3d || unit === 0x5c || unit === 0x28 || unit === 0x5b;
}

/** = : > | ? , */
function isOperator(unit: number): boolean {
  return unit === 0x3d || unit === 0x3a || unit === 0x3e || unit === 0x7c || unit === 0x3f || unit === 0x2c;
}

/** Quotes, blanks and what closes a name: `["key"] =`. */
function isClosing(unit: number): boolean {
  return isBlankOrQuote(unit) || unit === 0x5d || unit === 0x29;
}

function isBlankOrQuote(unit: number): boolean {
  return unit === 0x20 || unit === 0x22 || unit === 0x27 || unit === 0x60 || unit === 0x09;
}

function isNameUnit(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  if (unit < 128) return isAlphanumeric(unit) || unit === 95 || unit === 46 || unit === 32 || unit === 9 || unit === 45;
  return /[\p{L}\p{N}]/u.test(text[at]!);
}

/** `apiKey` as `api-key`, so that words can be told. */
function spaced(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
}

/** Values assigned to a name that says what they are. @param start of a value: a chunk, or what follows its operator */
export function findAssigned(reading: Reading, start: number, end: number, report: Report): void {
  const { text } = reading;
  if (end - start < 6) return;
  // 14:04:00 and other numbers divided by colons.
  if (end - start < SHORTEST && text.charCodeAt(start - 1) === 0x3a && isDigit(text.charCodeAt(start - 2))) return;
  const name = nameBefore(text, start);
  if (name === undefined) return;
  const longEnough = end - start >= SHORTEST;
  const low = name.toLowerCase();
  const words = spaced(name);
  let best: { readonly id: string; readonly end: number; readonly score: number } | undefined;
  for (let at = 0; longEnough && at + 3 <= low.length; at++) {
    if (at > 0 && low.charCodeAt(at) === 32) continue;
    const shapes = KEYWORDS.get(low.slice(at, at + 3));
    if (
      shapes === undefined ||
      (at > 0 && isAlphanumeric(low.charCodeAt(at - 1)) && !words.includes(`-${low.slice(at, at + 3)}`))
    )
      continue;
    for (const [keyword, { id, shape, entropy: least }] of shapes) {
      if (!low.startsWith(keyword, at)) continue;
      shape.lastIndex = start;
      const value = shape.exec(text)?.[0];
      if (value === undefined || !endsHere(text, start + value.length) || text[start + value.length] === '-') continue;
      if (!/\d|[a-z][A-Z].*[a-z][A-Z]/.test(value) || isStandIn(value) || entropy(value) < Math.max(least, 2)) continue;
      // Client id and client secret may look alike; the name tells them apart.
      const said = id.split('-').filter((word) => words.includes(word)).length;
      const score = 0.9 + said / 100;
      if (best === undefined || score > best.score) best = { id, end: start + value.length, score };
    }
  }
  if (best !== undefined) report(best.id, start, best.end, best.score);
  const trimmed = words.trimEnd().slice(-48);
  if (PASSWORD.test(trimmed) || PURPOSE.test(trimmed)) {
    const terraform = low.includes('administrator_login_password');
    findPassword(text, start, terraform ? 'hashicorp-tf-password' : 'password', report);
  } else if (best === undefined && GENERIC.test(trimmed)) findGeneric(text, start, report);
}

/** A value without the stops of the sentence around it. */
function withoutEnd(value: string | undefined, stops: string): string | undefined {
  let end = value?.length ?? 0;
  while (end > 0 && stops.includes(value![end - 1]!)) end--;
  return value?.slice(0, end);
}

const VALUE = /[\w.=+/~-]{10,150}/y;

function findGeneric(text: string, start: number, report: Report): void {
  VALUE.lastIndex = start;
  const value = withoutEnd(VALUE.exec(text)?.[0], '.=');
  if (value === undefined || value.length < 10 || !endsHere(text, start + value.length)) return;
  if (!/\d/.test(value) || !/[a-z]/i.test(value) || isStandIn(value) || entropy(value) < 3.5) return;
  // Names, paths and versions: words between dots, slashes and hyphens.
  const parts = value.split(/[./_-]/);
  if (parts.length > 3 && parts.every((part) => part.length < 12) && !isHashLike(value)) return;
  if (parts.length > 1 && parts.every((part) => /^[a-z]*\d{0,3}$/i.test(part) && part.length < 16)) return;
  report('generic-api-key', start, start + value.length, 0.7);
}

const PASSWORD_VALUE = /[^\s"'`<>,;()[\]{}\\]{6,64}/y;

function findPassword(text: string, start: number, id: string, report: Report): void {
  PASSWORD_VALUE.lastIndex = start;
  const value = withoutEnd(PASSWORD_VALUE.exec(text)?.[0], '.?');
  if (value === undefined || value.length < 6 || /^https?:/.test(value)) return;
  const marked = /^[$%@]/.test(value);
  if (marked && isVariable(value)) return;
  if (isStandIn(marked ? value.slice(1) : value)) return;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(value)).length;
  if (kinds < 2 || !/[\d!@#$%^&*?+~]|[a-z][A-Z]/.test(value) || /^\w+[.([]\w/.test(value) || /^[\d./:-]+$/.test(value))
    return;
  report(id, start, start + value.length, 0.75);
}

/** $dbPassword, %PASSWORD%, @secret1: words, in which small letters, capitals and digits change places seldom. */
function isVariable(value: string): boolean {
  const name = /^[$%@]([\w.:-]+)%?$/.exec(value)?.[1];
  if (name === undefined) return !/[!#^&*?+~]/.test(value);
  let changes = 0;
  for (let i = 1; i < name.length; i++) if (kindOf(name.charCodeAt(i)) !== kindOf(name.charCodeAt(i - 1))) changes++;
  return changes * 2 < name.length;
}

/** Digit, capital, small letter or anything else. */
function kindOf(unit: number): number {
  return isDigit(unit) ? 0 : !isLetter(unit) ? 3 : unit < 97 ? 1 : 2;
}

/** A password of letters alone between quotes, which is no candidate itself: `pass := "…"`. @param end of its operator */
export function findQuoted(reading: Reading, end: number, report: Report): void {
  const { text } = reading;
  const last = text.charCodeAt(end - 1);
  if (last !== 0x3a && last !== 0x3d) return;
  let at = end;
  while (at < end + 3 && text.charCodeAt(at) === 0x20) at++;
  const quote = text.charCodeAt(at);
  if (quote === 0x22 || quote === 0x27) findAssigned(reading, at + 1, at + 7, report);
}

const IDENTIFIED = /identified (?:with \S{1,32} )?by (?:password )?['"]/gi;

/** Passwords of database users: `IDENTIFIED BY '…'`. */
export function findIdentified({ text }: Reading, report: Report): void {
  if (!text.includes('IDENTIFIED') && !text.includes('identified')) return;
  for (const match of text.matchAll(IDENTIFIED)) findPassword(text, match.index + match[0].length, 'password', report);
}

const AUTHORIZATION = /(?:bearer|basic|token)[ \t]{1,3}$/i;
const AUTHORIZATION_VALUE = /[\w=~.+/-]{8,2000}/y;

/** What follows `Authorization: Bearer` and the like. @param start of a chunk */
export function findAuthorization({ text }: Reading, start: number, report: Report): void {
  let word = start;
  while (word > 0 && start - word < 3 && isBlankOrQuote(text.charCodeAt(word - 1))) word--;
  const last = text.charCodeAt(word - 1) | 32;
  if (word === start || (last !== 0x72 && last !== 0x63 && last !== 0x6e)) return; // r, c, n
  const before = text.slice(Math.max(0, start - 48), start);
  if (!AUTHORIZATION.test(before) || !/authorization/i.test(before)) return;
  AUTHORIZATION_VALUE.lastIndex = start;
  const value = AUTHORIZATION_VALUE.exec(text)?.[0];
  if (value === undefined || isStandIn(value) || entropy(value) < 2.75) return;
  const curl = /\bcurl\b/.test(text.slice(Math.max(0, start - 300), start));
  report(curl ? 'curl-auth-header' : 'authorization-header', start, start + value.length, 0.9);
}

const USER = /(?:^|\s)(?:-u|--user)[ =]{1,3}["']?$/;
const USER_VALUE = /[^\s"':]{1,64}:[^\s"':]{3,128}/y;

/** The user and password that curl is given. @param start of a chunk with a colon */
export function findCurlUser({ text }: Reading, start: number, report: Report): void {
  if (!USER.test(text.slice(Math.max(0, start - 12), start))) return;
  if (!/\bcurl\b/.test(text.slice(Math.max(0, start - 300), start))) return;
  USER_VALUE.lastIndex = start;
  const value = USER_VALUE.exec(text)?.[0];
  if (value !== undefined && !isStandIn(value) && !value.includes('${'))
    report('curl-auth-user', start, start + value.length, 0.9);
}

const PRIVATE_KEY_MAX = 16384;
const KEY_HEADER = /-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----/iy;

/** Private keys in PEM armor, whole; a header whose end is missing counts to the end of its base64. */
export function findPrivateKeys({ text }: Reading, report: Report): void {
  for (let at = text.indexOf('-----BEGIN'); at >= 0; at = text.indexOf('-----BEGIN', at + 10)) {
    KEY_HEADER.lastIndex = at;
    const header = KEY_HEADER.exec(text)?.[0];
    if (header === undefined) continue;
    const footer = text.slice(at + header.length, at + PRIVATE_KEY_MAX).search(/KEY(?: BLOCK)?-----/i);
    if (footer < 64) continue;
    const end = text.indexOf('-----', at + header.length + footer) + 5;
    const body = text.slice(at + header.length, at + header.length + Math.min(200, footer - 32));
    if (isStandIn(body)) continue;
    report('private-key', at, end, 0.99);
    at = end;
  }
}

const SECRET_ENTRY = /(?<=\s)[\w.-]{1,80}:[ \t]*["']?([A-Za-z0-9+/]{10,2000}={0,3})["']?[ \t]*$/gm;

/** Values under `data:` of a Kubernetes Secret. */
export function findKubernetesSecrets({ text }: Reading, report: Report): void {
  if (!text.includes('kind:') || !text.includes('data:')) return;
  const kind = /\bkind:[ \t]*["']?secret\b/i.exec(text);
  if (kind === null) return;
  const data = text.indexOf('data:');
  for (const entry of text.slice(data).matchAll(SECRET_ENTRY)) {
    const start = data + entry.index + entry[0].indexOf(entry[1]!);
    if (/^(?:Secret|Opaque)$/i.test(entry[1]!) || !/[\dA-Z]/.test(entry[1]!)) continue;
    report('kubernetes-secret-yaml', start, start + entry[1]!.length, 0.7);
  }
}

const NUGET = /<add key="(?:ClearText)?Password"\s{0,20}value="([^"]{8,200})"/gi;

export function findNugetPasswords({ text }: Reading, report: Report): void {
  if (!text.includes('<add key=')) return;
  for (const match of text.matchAll(NUGET)) {
    if (isStandIn(match[1]!) || /^%.*%$/.test(match[1]!)) continue;
    const start = match.index + match[0].length - 1 - match[1]!.length;
    report('nuget-config-password', start, start + match[1]!.length, 0.9);
  }
}
