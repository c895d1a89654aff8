/**
 * E-mail addresses, IP and MAC addresses, URLs with credentials, coordinates.
 *
 * @module
 */
import { isLetter } from './numbers.ts';
import type { Reading, Report } from './reading.ts';

const LOCAL_MAX = 64;
const DOMAIN_MAX = 253;
const LETTER = /[\p{L}\p{N}\p{M}]/u;
/** Scripts that write without blanks, so that a name may touch the sentence around it. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}]/u;

/** ASCII that may stand in a name before `@`, and in a host. */
const LOCAL = new Uint8Array(128);
const HOST = new Uint8Array(128);
for (let unit = 33; unit < 127; unit++) {
  const one = String.fromCharCode(unit);
  LOCAL[unit] = Number(!'"(),:;<>@[\\]`{}|=/?&#'.includes(one));
  HOST[unit] = Number(/[a-z\d.-]/i.test(one));
}

function isLocal(unit: number): boolean {
  if (unit < 128) return LOCAL[unit] === 1;
  return LETTER.test(String.fromCharCode(unit)) || (unit >= 0xd800 && unit < 0xe000);
}

function isHost(unit: number): boolean {
  return unit < 128 ? HOST[unit] === 1 : LETTER.test(String.fromCharCode(unit));
}

/** Whether a script that writes without blanks stands at a place. */
function isUnspaced(text: string, at: number): boolean {
  return text.charCodeAt(at) >= 0x80 && UNSPACED.test(text[at]!);
}

/** @param at where `@` stands, or `%40`, `size` units long */
export function findEmail({ text }: Reading, at: number, size: number, report: Report): void {
  let start = at;
  while (start > 0 && at - start < LOCAL_MAX && isLocal(text.charCodeAt(start - 1))) start--;
  // A sentence in Chinese or Japanese may lead straight into an address of ASCII letters.
  for (let i = at - 1; i > start; i--) {
    if (isUnspaced(text, i - 1) && isLetter(text.charCodeAt(i))) {
      start = i;
      break;
    }
  }
  if (text[start - 1] === '\\' && 'nrt'.includes(text[start]!)) start++; // a line break written out, as in JSON
  while (start < at && ".-'!*+%$~^".includes(text[start]!)) start++;
  let end = at + size;
  while (end - at < DOMAIN_MAX && isHost(text.charCodeAt(end))) {
    if (isUnspaced(text, end + 1) && isLetter(text.charCodeAt(end))) {
      end++;
      break;
    }
    end++;
  }
  while (end > at && (text[end - 1] === '.' || text[end - 1] === '-')) end--;
  const local = text.slice(start, at);
  const labels = text.slice(at + size, end).split('.');
  if (local === '' || local.endsWith('.') || labels.length < 2 || labels.some((label) => label === '')) return;
  const top = labels.at(-1)!;
  if (!/^[a-z]{2,24}$/i.test(top) && !/^(?:\p{L}{2,24}|xn--[a-z0-9-]{2,40})$/iu.test(top)) return;
  // retina.png@2x.png and the like name files
  if (/^(?:png|jpe?g|gif|svg|webp|js|ts|css)$/i.test(top)) return;
  report('email', start, end, 0.95);
}

const OCTETS = /(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}/y;
const VERSION_WORDS = [
  'version',
  'ver',
  'v',
  'release',
  'build',
  'upgrade',
  'section',
  'chapter',
  'oid',
  'update',
  'firmware',
  'driver',
];
/** Nearer than a word of versions, these say what it is: "update my ip to …". */
const ADDRESS_WORDS = ['ip', 'ipv4', 'address', 'addr', 'host', 'server', 'adresse', 'dirección', 'адрес', '地址'];

/** @param start of a group of digits that no digit, dot or letter precedes */
export function findIpv4(reading: Reading, start: number, report: Report): void {
  const { text } = reading;
  OCTETS.lastIndex = start;
  const match = OCTETS.exec(text);
  if (match === null) return;
  const end = start + match[0].length;
  const before = text.charCodeAt(start - 1);
  const after = text[end] ?? '';
  if (
    before === 46 ||
    before === 95 ||
    before === 45 ||
    /[\w-]/.test(after) ||
    (after === '.' && /\d/.test(text[end + 1] ?? ''))
  )
    return;
  if ((before | 32) >= 97 && (before | 32) <= 122) return;
  if (match[0] === '0.0.0.0' || match[0] === '127.0.0.1' || match[0] === '255.255.255.255') return;
  const versioned = reading.near(VERSION_WORDS, start, end);
  if (versioned > 0.9 && reading.near(ADDRESS_WORDS, start, end) <= versioned) return;
  report('ipv4', start, end, 0.9);
}

/** Looks for IPv6 and MAC addresses in the runs of hexadecimal digits and colons of a chunk. */
export function findColons({ text }: Reading, start: number, end: number, report: Report): void {
  let at = start;
  while (at < end) {
    if (!isHex(text.charCodeAt(at)) && text[at] !== ':') {
      at++;
      continue;
    }
    const first = at;
    let colons = 0;
    while (at < end && (isHex(text.charCodeAt(at)) || text[at] === ':' || text[at] === '.'))
      if (text[at++] === ':') colons++;
    if (colons < 2 || /[\w-]/.test(text[first - 1] ?? '') || /[\w-]/.test(text[at] ?? '')) continue;
    let stop = at;
    while (stop > first && (text[stop - 1] === '.' || (text[stop - 1] === ':' && text[stop - 2] !== ':'))) stop--;
    const run = text.slice(first, stop);
    if (/^(?:[0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(run)) report('mac', first, stop, 0.95);
    else if (isIpv6(run)) report('ipv6', first, stop, 0.95);
  }
}

const DASHED_MAC = /(?:[0-9a-f]{2}-){5}[0-9a-f]{2}(?![\w-])|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![\w.])/iy;

/** A MAC address as Windows and Cisco write it. @param divider the unit behind its first group */
export function findMac({ text }: Reading, start: number, divider: number, report: Report): void {
  if (text.charCodeAt(start + (divider === 0x2d ? 5 : 9)) !== divider) return;
  DASHED_MAC.lastIndex = start;
  const match = DASHED_MAC.exec(text);
  if (match !== null && /[a-f]/i.test(match[0])) report('mac', start, start + match[0].length, 0.9);
}

function isHex(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || ((unit | 32) >= 97 && (unit | 32) <= 102);
}

function isIpv6(text: string): boolean {
  if (text === '::' || text === '::1') return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [side, half] of halves.entries()) {
    if (half === '') continue;
    const parts = half.split(':');
    for (const [i, part] of parts.entries()) {
      const last = side === halves.length - 1 && i === parts.length - 1;
      if (last && /^(?:\d{1,3}\.){3}\d{1,3}$/.test(part)) groups += 2;
      else if (/^[0-9a-f]{1,4}$/i.test(part)) groups++;
      else return false;
    }
  }
  // Eight groups, or fewer with a gap; a:b::c with small letters alone is more likely code.
  return halves.length === 2 ? groups < 8 && groups >= 2 && /\d/.test(text) : groups === 8;
}

const CREDENTIALS = /:\/\/([^\s/?#@:"'<>()]{1,64}):([^\s/?#"'<>@]{1,128})@[\w.-]/y;

/** @param at where `://` stands */
export function findCredentials({ text }: Reading, at: number, report: Report): void {
  CREDENTIALS.lastIndex = at;
  const match = CREDENTIALS.exec(text);
  if (match === null) return;
  const [, user, password] = match;
  // ${USER}:${PASSWORD}@ and user:password@ are how documentation writes it.
  if (/^(?:[$<{[%*x]|pass(?:word|wd)?$|secret$|pwd$)/i.test(password!)) return;
  report('url-credentials', at + 3, at + 3 + user!.length + 1 + password!.length, 0.97);
}

const COORDINATES = /[-+]?\d{1,3}\.\d{3,12}°?[ ]?[NS]?(?:,[ ]?|[ ])[-+]?\d{1,3}\.\d{3,12}(?:°[ ]?[EW]?|[ ]?[EW]\b)?/y;
const PLACE_WORDS = [
  'location',
  'coordinates',
  'coords',
  'gps',
  'lat',
  'latitude',
  'located',
  'position',
  'koordinaten',
  'coordonnées',
  'coordenadas',
];

/** A pair of degrees: latitude and longitude. @param start of the first group of digits */
export function findCoordinates(reading: Reading, start: number, report: Report): void {
  const { text } = reading;
  const from = text[start - 1] === '-' || text[start - 1] === '+' ? start - 1 : start;
  COORDINATES.lastIndex = from;
  const match = COORDINATES.exec(text);
  if (match === null || /[\w.]/.test(text[from - 1] ?? '') || /[\w]/.test(text[from + match[0].length] ?? '')) return;
  const [latitude, longitude] = match[0].split(/(?:,[ ]?|[ ])(?=[-+]?\d)/).map(Number.parseFloat) as [number, number];
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return;
  const end = from + match[0].length;
  const marked = /[NSEW°]/.test(match[0]);
  const nearness = reading.near(PLACE_WORDS, from, end);
  const exact = /\.\d{4,}/.test(match[0].split(',')[0]!) && match[0].includes(',');
  if (marked || nearness > 0 || exact) report('coordinates', from, end, marked || nearness > 0 ? 0.95 : 0.6);
}
