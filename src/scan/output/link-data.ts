/**
 * Whether an address carries something out: text, what encodes text, personal data, words of the conversation.
 *
 * @module
 */
import { card } from '../pii/card.ts';
import { type Address, isAnyHost } from './address.ts';

export interface Carrier {
  /** Of a parameter; empty for a part of the path, the host or the fragment. */
  readonly name: string;
  readonly value: string;
  readonly part: 'host' | 'path' | 'query' | 'fragment';
}

/** Services whose visitors' addresses no attacker reads: what is sent there stays there. */
const PUBLIC_HOSTS: readonly string[] = (
  'google.com *.google.com google.de bing.com *.bing.com duckduckgo.com *.duckduckgo.com youtube.com *.youtube.com ' +
  'youtu.be *.wikipedia.org *.wikimedia.org github.com *.github.com raw.githubusercontent.com stackoverflow.com ' +
  '*.stackexchange.com twitter.com x.com *.twitter.com facebook.com *.facebook.com *.linkedin.com linkedin.com ' +
  'reddit.com *.reddit.com wa.me api.whatsapp.com t.me amazon.com *.amazon.com *.amazon.de *.amazon.co.uk ' +
  'wolframalpha.com *.wolframalpha.com img.shields.io shields.io quickchart.io *.quickchart.io latex.codecogs.com via.placeholder.com ' +
  'placehold.co placehold.it dummyimage.com picsum.photos chart.googleapis.com api.qrserver.com mermaid.ink ' +
  '*.mermaid.live kroki.io *.openstreetmap.org *.googleapis.com *.microsoft.com *.apple.com arxiv.org *.arxiv.org ' +
  '*.mozilla.org *.unsplash.com unsplash.com *.spotify.com *.ebay.com web.archive.org archive.org *.archive.org'
).split(' ');
/** Services that collect what is sent to them for whoever asks. */
const COLLECTORS: readonly string[] = (
  'webhook.site *.webhook.site *.pipedream.net requestbin.com *.requestbin.com requestbin.net *.ngrok.io *.ngrok.app ' +
  '*.ngrok-free.app *.interact.sh *.oast.fun *.oast.pro *.oast.live *.oast.site *.oast.online *.oast.me ' +
  '*.burpcollaborator.net *.oastify.com *.beeceptor.com *.requestcatcher.com hookb.in hookbin.com *.dnslog.cn *.ceye.io ' +
  'postb.in *.postb.in smee.io *.trycloudflare.com *.serveo.net *.loca.lt *.localtunnel.me ptsv2.com ptsv3.com'
).split(' ');
/** Hosts whose names and paths are made by machines. */
const MACHINE_HOSTS =
  /\.(?:cloudfront\.net|amazonaws\.com|googleusercontent\.com|azureedge\.net|windows\.net|azurewebsites\.net|akamaihd\.net|fastly\.net|vercel\.app|netlify\.app|herokuapp\.com|onrender\.com|fbcdn\.net|cdninstagram\.com|gstatic\.com|ggpht\.com)$/;

/** Parameters that say they carry something. */
const DATA_NAMES =
  /^(?:d|data|payload|p|exfil\w*|leak\w*|stolen|secrets?|passw(?:or)?d|pwd|cookies?|chat\w*|hist(?:ory)?|conv\w*|msgs?|messages?|prompt|system\w*|context|ctx|dump|content|info|user_?info|email|mail|ssn|card|cc|creds?|credentials?|api_?key|log|memory|answer|notes?|summary|text|txt|b64|base64|enc|encoded|hex|blob|body|report|values?|x|c|m|i|t|z)$/i;
const STOLEN_NAMES =
  /^(?:exfil\w*|leak\w*|stolen|secrets?|passw(?:or)?d|pwd|cookies?|chat_?(?:history|log)|conversation|ssn|creds?|credentials|dump|system_?prompt)$/i;
/** Parameters that measure campaigns, sign and version: long by nature, and not words. */
const MACHINE_NAMES =
  /^(?:utm_\w+|gclid|fbclid|msclkid|mc_\w+|ref\w*|igshid|si|ixid|ixlib|x-amz-\w+|x-goog-\w+|signature|sig|se|sp|sv|sr|expires|policy|key-pair-id|v|ver|version|hash|h|w|q|fm|fit|auto|crop|token|access_token|state|code|nonce|id|uid|uuid|list|pp|ved|ei|sa|usg|oq|gs_\w+|rlz|sxsrf|aqs|sourceid)$/i;
/** Parameters of searching, sharing and forwarding: words are what they are for. */
const WORD_NAMES =
  /^(?:q|query|search\w*|s|k|keywords?|term|title|subject|name|text|body|u|url|uri|link|redirect\w*|return\w*|next|dest\w*|daddr|saddr|address|location|place|ll|label|caption|via|hashtags)$/i;

/** Letters of the conversation that are no chance: in a path, where titles stand; in what is fetched; in what is clicked. */
const REPEATED_PATH = 32;
const REPEATED_AUTO = 12;
const REPEATED = 28;

const PLACEHOLDER =
  /^(?:[<[{].{0,60}[>\]}]|%7b.{0,60}|\$\w+|your[\w-]*|x{3,}|\.{3}|demo|example\w*|test\w*|true|false|null|none|undefined)$/i;

/**
 * @param known how many letters of a value repeat the conversation
 * @returns confidence that the address carries data out, 0 when nothing speaks for it
 */
export function dataRisk(address: Address, auto: boolean, known: (value: string) => number): number {
  const isPublic = isAnyHost(address.host, PUBLIC_HOSTS);
  const collects = isAnyHost(address.host, COLLECTORS);
  let risk = 0;
  for (const carrier of carriersOf(address))
    risk = Math.max(risk, carrierRisk(carrier, address, auto, isPublic, collects, known));
  if (collects && (auto || address.query !== '')) risk = Math.max(risk, 0.85);
  return risk;
}

function carriersOf({ host, path, query, fragment, user }: Address): Carrier[] {
  const carriers: Carrier[] = [];
  for (const pair of query.split(/[&;]/)) {
    const equals = pair.indexOf('=');
    const name = equals < 0 ? '' : decoded(pair.slice(0, equals));
    const value = pair.slice(equals + 1);
    if (value !== '') carriers.push({ name, value: decoded(value.replace(/\+/g, ' ')), part: 'query' });
    if (name.length > 20) carriers.push({ name: '', value: name, part: 'query' });
  }
  for (const segment of path.split('/')) {
    if (segment !== '') carriers.push({ name: '', value: decoded(segment), part: 'path' });
  }
  const whole = decoded(path.replaceAll('/', ' '));
  if (path.split('/').length > 4) carriers.push({ name: '', value: whole, part: 'path' });
  if (fragment !== '' && !fragment.includes(':~:text='))
    carriers.push({ name: '', value: decoded(fragment), part: 'fragment' });
  const labels = host.split('.');
  const isShort = (labels.at(-2) ?? '').length <= 3;
  const below = labels.slice(0, isShort && labels.length > 3 ? -3 : -2);
  for (const label of below) carriers.push({ name: '', value: label, part: 'host' });
  if (below.length > 1) carriers.push({ name: '', value: below.join(''), part: 'host' });
  if (user !== '') carriers.push({ name: '', value: decoded(user), part: 'query' });
  return carriers;
}

function carrierRisk(
  { name, value, part }: Carrier,
  { host }: Address,
  auto: boolean,
  isPublic: boolean,
  collects: boolean,
  known: (value: string) => number,
): number {
  if (value.length < 4 || PLACEHOLDER.test(value)) return 0;
  let risk = 0;
  const raise = (to: number): void => {
    risk = Math.max(risk, to);
  };
  const hidden = hiddenText(value, part);
  if (isPersonal(value) || (hidden !== undefined && isPersonal(hidden)))
    raise(part === 'query' || auto || hidden !== undefined ? 0.9 : 0);
  if (isPublic) return risk;
  // Titles stand in paths: of a link that somebody clicks they say nothing.
  if (part !== 'path' || auto || collects) {
    if (known(value) >= (part === 'path' ? REPEATED_PATH : auto ? REPEATED_AUTO : REPEATED)) raise(auto ? 0.85 : 0.7);
  }
  // A slug is a name, unless what fetches it is not asked.
  const count = auto || /\s/.test(value) ? words(value) : 0;
  const letters = value.replace(/[^\p{L}]/gu, '').length;
  if (auto && part === 'query' && count >= 4 && letters >= 16) raise(0.85);
  if (MACHINE_NAMES.test(name) && !collects)
    return hidden !== undefined && words(hidden) >= 4 ? Math.max(risk, 0.75) : risk;
  if (hidden !== undefined && (auto || words(hidden) >= 2 || /[:={}@]/.test(hidden))) raise(0.85);
  if (part === 'path') {
    // Slugs are words too; blanks are not part of them.
    if (auto && /\s/.test(value) && count >= 5 && letters >= 24 && !/[\w)]\.\w{2,5}$/.test(value)) raise(0.65);
    if (collects && value.length >= 12) raise(0.85);
    return risk;
  }
  if (part === 'host') {
    if (MACHINE_HOSTS.test(host)) return risk;
    if (hidden !== undefined) raise(0.85);
    if (value.length >= 24 && !value.includes('-') && isNoise(value)) raise(0.7);
    if (value.length >= 40) raise(0.7);
    if (auto && value.includes('-') && value.split('-').length >= 5 && value.length >= 24) raise(0.7);
    return risk;
  }
  if (auto) {
    if (DATA_NAMES.test(name) && value.length >= 8 && !/^[\d.,]{1,10}$/.test(value))
      raise(value.length >= 12 ? 0.75 : 0.6);
    if ((DATA_NAMES.test(name) || name === '') && value.length >= 24 && isNoise(value)) raise(0.75);
  }
  if (STOLEN_NAMES.test(name) && value.length >= 6) raise(0.7);
  if (part === 'query' && !WORD_NAMES.test(name) && count >= 6 && letters >= 30) raise(0.7);
  if (part === 'query' && count >= 14 && letters >= 70) raise(0.65);
  if (part === 'fragment' && /\s/.test(value) && count >= 6 && letters >= 30) raise(0.6);
  if (DATA_NAMES.test(name) && value.length >= 40 && isNoise(value)) raise(0.65);
  if (value.length >= 200 && isNoise(value) && DATA_NAMES.test(name)) raise(0.8);
  return risk;
}

function decoded(value: string): string {
  let text = value;
  for (let i = 0; i < 2 && text.includes('%'); i++) {
    try {
      text = decodeURIComponent(text);
    } catch {
      text = text.replace(/%[0-9a-f]{2}/gi, ' ');
    }
  }
  return text;
}

function words(text: string): number {
  return text.match(/\p{L}{2,}/gu)?.length ?? 0;
}

const EMAIL = /[\w+-]@[a-z0-9-]{1,63}\.[a-z]{2}/i;
const TOKEN = /\b(?:sk-[\w-]{16}|AKIA[0-9A-Z]{16}|gh[pousr]_\w{30}|xox[abps]-[\w-]{10})|\.eyJ[\w-]{10}/;

function isPersonal(value: string): boolean {
  if (TOKEN.test(value) || /\b\d{3}-\d{2}-\d{4}\b/.test(value)) return true;
  if (EMAIL.test(value) && !/@(?:example|test|domain|yourdomain|company)\.|^@/i.test(value)) return true;
  const number = /(?:^|\D)(\d(?:[ -]?\d){12,18})(?:\D|$)/.exec(value)?.[1]?.replace(/\D/g, '');
  return number !== undefined && card(number);
}

/** Neither words nor numbers: letters and digits as chance or an encoding gives them. */
function isNoise(value: string): boolean {
  const token = /[A-Za-z0-9+/_=-]{20,}/.exec(value)?.[0];
  if (token === undefined) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(token)).length;
  if (kinds < 2 || token.split(/[-_]/).length > 4) return false;
  return new Set(token).size >= Math.min(12, token.length / 2.5) && !/^[\d-]+$/.test(token);
}

/** What a value decodes to, where that reads as text; undefined where it does not. */
function hiddenText(value: string, part: Carrier['part']): string | undefined {
  // A file's ending is no part of what its name encodes.
  const token = (part === 'path' ? value.replace(/\.\w{1,5}$/, '') : value).replace(/\s/g, '+');
  if (token.length < 12 || !/^[\w+/=-]+$/.test(token)) return undefined;
  const digits = token.replace(/={1,6}$/, '');
  if (/^[0-9a-f]+$/i.test(digits) && digits.length % 2 === 0 && digits.length >= 16) {
    const text = printable(bytesOf(digits, 4, HEX));
    if (text !== undefined) return text;
  }
  if (/^[a-z2-7]+$/i.test(digits) && (part === 'host' || digits === digits.toUpperCase()) && digits.length >= 16) {
    const text = printable(bytesOf(digits.toUpperCase(), 5, BASE32));
    if (text !== undefined) return text;
  }
  if (!/[a-z]/.test(digits) || !/[A-Z0-9]/.test(digits)) return undefined;
  return printable(bytesOf(digits.replace(/-/g, '+').replace(/_/g, '/'), 6, BASE64));
}

const HEX = '0123456789abcdef';
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function bytesOf(digits: string, bits: number, alphabet: string): Uint8Array {
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  for (const digit of bits === 4 ? digits.toLowerCase() : digits) {
    held = ((held << bits) | Math.max(0, alphabet.indexOf(digit))) & 0xffff;
    count += bits;
    if (count < 8) continue;
    count -= 8;
    bytes.push((held >> count) & 0xff);
  }
  return Uint8Array.from(bytes);
}

function printable(bytes: Uint8Array): string | undefined {
  if (bytes.length < 8) return undefined;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
  if (/[^\p{L}\p{N}\p{P}\p{S}\p{Z}\n\r\t]/u.test(text)) return undefined;
  const letters = text.match(/[\p{L}\p{N} ]/gu)?.length ?? 0;
  const vowels = text.match(/[aeiouy]/gi)?.length ?? 0;
  const numbers = text.match(/\d/g)?.length ?? 0;
  return letters * 10 >= text.length * 8 &&
    (vowels * 6 >= letters || numbers * 2 >= letters || /[^\u0000-\u007f]/.test(text))
    ? text
    : undefined;
}
