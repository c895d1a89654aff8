/**
 * One address as the program that follows it will read it, and what is wrong with where it leads.
 *
 * @module
 */
import type { Fold } from '../rules/fold.ts';

export interface Address {
  /** Small letters, without the colon. */
  readonly scheme: string;
  /** As a browser writes it: ASCII, small letters. Empty where the scheme has none. */
  readonly host: string;
  /** The host as the text writes it. */
  readonly writtenHost: string;
  /** What stands before `@`. */
  readonly user: string;
  readonly path: string;
  readonly query: string;
  readonly fragment: string;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  colon: ':',
  sol: '/',
  bsol: '\\',
  period: '.',
  comma: ',',
  quest: '?',
  equals: '=',
  num: '#',
  percnt: '%',
  commat: '@',
  lpar: '(',
  rpar: ')',
  lowbar: '_',
  hyphen: '-',
  tab: '\t',
  newline: '\n',
  semi: ';',
  excl: '!',
  plus: '+',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
};
const ENTITY = /&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]{2,8}));?/gi;
/** Controls and what is invisible: browsers leave the first out, and people never see the rest. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g;
const SCHEME = /^([a-z][a-z0-9+.-]{0,30}):/i;
/** Schemes whose addresses have a host, however many slashes stand before it. */
const WITH_HOST: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'ws', 'wss']);
const KNOWN: ReadonlySet<string> = new Set([...WITH_HOST, 'javascript', 'vbscript', 'livescript', 'data', 'file']);

/**
 * @param raw as it stands in the text: with entities, escapes, blanks and backslashes
 * @returns undefined for what leads nowhere: a path, an anchor, a name
 */
export function readAddress(raw: string, fold: Fold): (Address & { readonly disguised: boolean }) | undefined {
  const plain = raw.replace(ENTITY, decodeEntity).replace(INVISIBLE, '').trim();
  let text = plain;
  let disguised = false;
  if (!SCHEME.test(text)) {
    const opening = undisguise(text, fold);
    if (opening !== undefined && opening !== text) {
      text = opening;
      disguised = true;
    }
  }
  if (/^[/\\]{2,}[^/\\]/.test(text)) text = `https:${text}`;
  else if (/^www\d?\./i.test(text)) text = `https://${text}`;
  const scheme = SCHEME.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) return undefined;
  const rest = text.slice(scheme.length + 1);
  const none = { user: '', host: '', writtenHost: '', query: '', fragment: '' };
  if (!WITH_HOST.has(scheme)) return { ...none, scheme, path: rest, disguised };
  const written = /^[/\\]*(?:([^/\\?#]*)@)?([^/\\?#]*)/.exec(rest)!;
  let url: URL;
  try {
    url = new URL(`${scheme}:${rest.replace(/\\/g, '/')}`);
  } catch {
    return { ...none, scheme, host: written[2]!.toLowerCase(), writtenHost: written[2]!, path: '', disguised };
  }
  return {
    scheme,
    host: url.hostname,
    writtenHost: (written[2] ?? '').replace(/:\d{0,5}$/, ''),
    user: written[1] ?? '',
    path: url.pathname,
    query: url.search.slice(1),
    fragment: url.hash.slice(1),
    disguised,
  };
}

function decodeEntity(
  all: string,
  hex: string | undefined,
  decimal: string | undefined,
  name: string | undefined,
): string {
  if (name !== undefined) return ENTITIES[name.toLowerCase()] ?? all;
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : '';
}

/** The text with a scheme whose letters were percent-encoded or look-alikes written plain; undefined where there is none. */
function undisguise(text: string, fold: Fold): string | undefined {
  const opening = text
    .slice(0, 64)
    .replace(/%([0-7][0-9a-f])/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  let folded = '';
  for (const character of opening) {
    folded += fold(character.codePointAt(0)!);
    if (folded.endsWith(':')) break;
    if (folded.length > 16) return undefined;
  }
  const scheme = folded.slice(0, -1);
  if (!folded.endsWith(':') || !KNOWN.has(scheme)) return undefined;
  const colon = /[:：︓﹕ː]/.exec(opening);
  return colon === null ? undefined : `${folded}${opening.slice(colon.index + 1)}${text.slice(64)}`;
}

/** True of a host that an entry names: the host itself, or any below it for `*.example.com`. */
export function isHost(host: string, entry: string): boolean {
  const wanted = entry.toLowerCase();
  return wanted.startsWith('*.') ? host.endsWith(wanted.slice(1)) : wanted === '*' || host === wanted;
}

export function isAnyHost(host: string, entries: readonly string[]): boolean {
  return entries.some((entry) => isHost(host, entry));
}

/** What is odd about a host, as a confidence that nobody honest writes it so; 0 for an ordinary one. */
export function hostRisk({ host, writtenHost }: Address): number {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) {
    // Hexadecimal, octal, one number: written so to be overlooked.
    if (writtenHost !== host) return 0.95;
    return isLocal(host) ? 0 : 0.75;
  }
  if (host.startsWith('[')) return host.startsWith('[::1]') ? 0 : 0.8;
  if (/(?:^|\.)xn--/.test(host)) {
    if (/xn--/i.test(writtenHost)) return 0.75;
    return isMixed(writtenHost) ? 0.9 : 0;
  }
  return 0;
}

/** Loopback and private networks: what manuals of routers and servers name. 169.254 is not among them: clouds keep keys there. */
function isLocal(host: string): boolean {
  return /^(?:127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0$)/.test(host);
}

/** Latin beside Cyrillic or Greek in one label, or a label of look-alikes alone. */
function isMixed(host: string): boolean {
  return host.split('.').some((label) => {
    const foreign = /[\p{Script=Cyrillic}\p{Script=Greek}]/u.test(label);
    return foreign && (/\p{Script=Latin}/u.test(label) || /^[аеорсухіјѕһԁԛԝӏνοιαρυκхһ0-9-]+$/u.test(label));
  });
}
