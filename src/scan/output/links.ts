/**
 * Links that lead where they should not, or carry out what they should not.
 *
 * @module
 */
import type { Finding } from '../../types.ts';
import type { Fold } from '../rules/fold.ts';
import { type Address, hostRisk, isAnyHost, readAddress } from './address.ts';
import type { Detector } from './leak.ts';
import { dataRisk } from './link-data.ts';
import { linkPlaces, MAX_ADDRESS, type Place } from './link-places.ts';

export interface LinkOptions {
  /** Hosts that links may lead to; any when absent. */
  readonly hosts?: readonly string[];
  /** What the conversation holds so far: addresses in it are known, words of it are data. */
  readonly conversation: readonly string[];
  /** How many letters of a text repeat the conversation, read in every encoding. */
  repeats(text: string): number;
}

/** Confidence from which a link is reported. */
const THRESHOLD = 0.5;
const CONTEXT = 512;
const WITH_HOST: ReadonlySet<string> = new Set(['http', 'https', 'ftp', 'ws', 'wss']);
/** Schemes that run what stands behind them, or hand it to a program that does. */
const RUNS =
  /^(?:javascript|vbscript|livescript|mocha|jar|view-source|ms-msdt|search-ms|ms-officecmd|ms-appinstaller|intent)$/;
/** Pages use these to do nothing. */
const HARMLESS_SCRIPT = /^(?:void\(?0\)?|undefined|return(?: false)?|\/\/|#)?;?$/i;
const HARMLESS_DATA =
  /^(?:image\/(?:png|jpe?g|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon)|audio\/|video\/|font\/|text\/plain)/i;

/** A detector of links on a text that may grow. */
export function createLinkDetector(fold: Fold, options: LinkOptions): Detector {
  let last: { readonly text: string; readonly findings: readonly Finding[]; readonly open: number } | undefined;

  function read(text: string): NonNullable<typeof last> {
    if (last?.text === text) return last;
    const { places, open } = linkPlaces(text);
    last = { text, open, findings: places.flatMap((place) => judge(text.slice(place.start, place.end), place)) };
    return last;
  }

  function judge(raw: string, place: Place): Finding[] {
    const address = readAddress(raw, fold);
    if (address === undefined) return [];
    const [id, score] = worst(address, raw, place);
    if (score < THRESHOLD) return [];
    const span = { start: place.start, end: place.end };
    return [{ id: `output/${id}`, category: 'exfiltration', score, spans: [span], decoders: [] }];
  }

  function worst(
    address: Address & { readonly disguised: boolean },
    raw: string,
    place: Place,
  ): readonly [string, number] {
    const { scheme, host, user } = address;
    if (RUNS.test(scheme)) {
      return ['link-scheme', place.target && !HARMLESS_SCRIPT.test(address.path) ? 0.95 : 0];
    }
    if (scheme === 'data') return ['link-scheme', place.target && !HARMLESS_DATA.test(address.path) ? 0.9 : 0];
    if (!WITH_HOST.has(scheme)) return ['link-scheme', 0];
    if (address.disguised) return ['link-scheme', 0.9];
    if (options.hosts !== undefined && !isAnyHost(host, options.hosts)) return ['link-host', 0.9];
    const deceives = /\.[a-z]{2,}(?::|$)/i.test(user);
    if (user !== '' && (deceives || !isStandIn(user))) return ['link-credentials', 0.9];
    if (options.hosts !== undefined) {
      // A host that may be linked to may still forward to one that may not.
      const onward = inner(address).find((next) => !isAnyHost(next.host, options.hosts!));
      return ['link-host', onward === undefined ? 0 : 0.8];
    }
    const risk = hostRisk(address);
    if (risk >= THRESHOLD) return ['link-host', risk];
    if (raw.length >= MAX_ADDRESS) return ['link-data', 0.8];
    if (options.conversation.some((text) => text.includes(raw))) return ['link-data', 0];
    const carried = [address, ...inner(address)].map((one) => dataRisk(one, place.auto, options.repeats));
    return ['link-data', Math.max(...carried)];
  }

  /** Addresses that an address carries as a parameter. */
  function inner({ query, fragment }: Address): Address[] {
    return [...query.split('&'), fragment].flatMap((pair) => {
      const value = pair.slice(pair.indexOf('=') + 1);
      if (!/^(?:https?|%68|\/\/|%2f%2f)/i.test(value)) return [];
      let plain: string;
      try {
        plain = decodeURIComponent(value);
      } catch {
        return [];
      }
      const address = readAddress(plain, fold);
      return address === undefined || address.host === '' ? [] : [address];
    });
  }

  return { context: CONTEXT, find: (text) => read(text).findings, open: (text) => read(text).open };
}

/** What manuals write for a user and a password. */
const STAND_IN = /^(?:admin|root|guest|me|your[^:]{0,40}|x{2,20}|[<[{$].{0,60})$/i;
const NAMED = /example|name|user|login|token|oauth2/i;

function isStandIn(user: string): boolean {
  const [name = '', password] = user.split(':');
  return name === password || STAND_IN.test(name) || NAMED.test(name);
}
