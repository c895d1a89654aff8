/**
 * The whole pass: candidates from the engine, recognizers on them, overlaps resolved.
 *
 * @module
 */
import {
  CANDIDATE_ASSIGN,
  CANDIDATE_AT,
  CANDIDATE_CAPITALS,
  CANDIDATE_DIGIT,
  CANDIDATE_LONG,
  CANDIDATE_WORDS,
  type CandidateView,
} from '../../engine/candidate.ts';
import type { Engine } from '../../engine/engine.ts';
import { blockEnd, nextBlockStart } from '../../text/blocks.ts';
import {
  findAssigned,
  findAuthorization,
  findCurlUser,
  findFacebook,
  findIdentified,
  findKubernetesSecrets,
  findNugetPasswords,
  findPrivateKeys,
  findQuoted,
  findTokens,
} from '../secrets/find.ts';
import { findAddress } from './address.ts';
import type { Tagged, Tagger } from './names/tagger.ts';
import { findColons, findCoordinates, findCredentials, findEmail, findIpv4, findMac } from './network.ts';
import { NUMBER_TYPES } from './number-types.ts';
import { createNumbers, isDigit, isLetter, readCluster } from './numbers.ts';
import { findPhone } from './phone.ts';
import { openReading, type Reading, type Report } from './reading.ts';
import { unfold } from './unfold.ts';
import { findBase58, findHex, findKeystores, findSeeds, findSegwit } from './wallets.ts';
import { createWords, findBic, WORD_TYPES } from './word-types.ts';

/** One piece of personal data, or one secret. */
export interface Sighting {
  readonly kind: 'pii' | 'secret';
  /** Such as `us-ssn` or `github-pat`. */
  readonly type: string;
  /** UTF-16 units of the caller's text. Inside an encoded run, the whole run. */
  readonly start: number;
  readonly end: number;
  /** Confidence in [0, 1]. */
  readonly score: number;
  /** DECODER_* bits of what was undone to see it. */
  readonly decoders: number;
}

export interface SearchOptions {
  readonly pii: boolean;
  readonly secrets: boolean;
  /** Finds names of people, and streets that the recognizers do not know. */
  readonly tagger?: Tagger;
  /** ISO 3166 countries whose numbers are looked for; all by default. */
  readonly countries?: ReadonlySet<string>;
}

export type Search = (text: string) => Sighting[];

/** What the tagger's kinds are called. */
const TAGGED: Readonly<Record<Tagged['kind'], string>> = { person: 'person-name', address: 'postal-address' };
/** A chunk cut at a block's end is read on to here, in UTF-16 units. */
const CHUNK_MAX = 8192;

/**
 * @returns what is found in a text, ascending and without overlaps
 * @complexity linear in the text's length
 */
export function createSearch(engine: Pick<Engine, 'candidates'>, options: SearchOptions): Search {
  const wanted = ({ country }: { readonly country?: string }): boolean =>
    country === undefined || options.countries === undefined || options.countries.has(country);
  const numbers = createNumbers(NUMBER_TYPES.filter(wanted));
  const words = createWords(WORD_TYPES.filter(wanted));

  /** Runs every recognizer over the candidates of one text. */
  function recognize(
    reading: Reading,
    views: Iterable<readonly [start: number, end: number, flags: number]>,
    decoders: number,
  ): Sighting[] {
    const drafts: Sighting[] = [];
    let ibanEnd = -1;
    const pii: Report = (type, start, end, score) => {
      if (type === 'iban') ibanEnd = end;
      drafts.push({ kind: 'pii', type, start, end, score, decoders });
    };
    const suspects: Sighting[] = [];
    const suspect: Report = (type, start, end, score) => {
      suspects.push({ kind: 'pii', type, start, end, score, decoders });
    };
    const secret: Report = (type, start, end, score) => {
      drafts.push({ kind: 'secret', type, start, end, score, decoders });
    };
    const { text } = reading;
    let clusterEnd = 0;
    let phoneEnd = 0;

    /** What may begin with digits; `[start, end)` are those no digit or letter stands beside. */
    function number(start: number, end: number): void {
      const length = end - start;
      const after = text.charCodeAt(end);
      if (options.secrets && (length === 15 || length === 16) && (after === 0x7c || after === 0x25))
        findFacebook(reading, start, secret);
      if (!options.pii) return;
      if (after === 0x2e && length <= 3) {
        findIpv4(reading, start, pii);
        findCoordinates(reading, start, pii);
      }
      if (start < clusterEnd) return;
      const cluster = readCluster(text, start);
      clusterEnd = cluster.end;
      if (length <= 5 && cluster.starts.length <= 2) findAddress(reading, start, end, pii);
      numbers(reading, cluster, pii, suspect);
      if (start >= phoneEnd) phoneEnd = Math.max(phoneEnd, findPhone(reading, cluster, pii));
    }

    /** Every word of letters and digits in a chunk, the capitals before the chunk included. */
    function mixed(start: number, end: number): void {
      let at = start;
      if (options.pii && text.charCodeAt(start - 1) === 0x20 && isDigit(text.charCodeAt(start))) {
        let first = start - 1;
        while (start - first < 7 && isCapital(text.charCodeAt(first - 1))) first--;
        if (first < start - 1 && !isWord(text.charCodeAt(first - 1)))
          words(reading, first, start - 1 - first, false, pii, suspect);
      }
      while (at < end) {
        while (at < end && !isWord(text.charCodeAt(at))) at++;
        if (at >= end) return;
        // The line break of a text inside JSON is no letter of the word behind it.
        if (text.charCodeAt(at - 1) === 0x5c && 'nrt'.includes(text[at]!)) at++;
        const first = at;
        while (at < end && isDigit(text.charCodeAt(at))) at++;
        const digits = at - first;
        let hasDigit = digits > 0;
        let unit = text.charCodeAt(at);
        while (at < end && (isLetter(unit) || isDigit(unit))) {
          if (unit <= 57) hasDigit = true;
          unit = text.charCodeAt(++at);
        }
        if (digits > 0) number(first, first + digits);
        if (options.pii) word(first, at, digits, hasDigit);
      }
    }

    /** @param digits how many of them it begins with */
    function word(first: number, end: number, digits: number, hasDigit: boolean): void {
      const length = end - first;
      // Letters before a hyphen or blank: MRN-…, DL-…, and 12345678 Z
      if (!hasDigit && (length > 4 || !isCapital(text.charCodeAt(first)))) return;
      const after = text.charCodeAt(end);
      // Digits alone go on as 12345678-Z, 12.345.678-Z, 131052+308T.
      if (digits === length && !isJoint(after) && !(after === 0x20 && isLetter(text.charCodeAt(end + 1)))) return;
      if ((length === 2 && after === 0x2d) || (length === 4 && after === 0x2e)) findMac(reading, first, after, pii);
      if (length <= 40 && !(text.charCodeAt(first - 1) === 0x2d && isWord(text.charCodeAt(first - 2))))
        words(reading, first, length, digits === length, pii, suspect);
      if (digits === length || length < 26) return;
      if (length <= 128) findBase58(reading, first, end, pii);
      if (length <= 92) findSegwit(reading, first, end, pii);
      const hex = text.startsWith('0x', first) ? first + 2 : first;
      if ((end - hex === 40 || end - hex === 64) && /^[0-9a-f]+$/i.test(text.slice(hex, end)))
        findHex(reading, hex, end, pii);
    }

    function secrets(start: number, end: number, flags: number): void {
      if ((flags & CANDIDATE_ASSIGN) !== 0) findQuoted(reading, end, secret);
      if (end - start < 6 || (flags & (CANDIDATE_DIGIT | CANDIDATE_LONG | CANDIDATE_ASSIGN)) === 0) return;
      if (end - start >= 16) findTokens(reading, start, end, secret);
      findAssigned(reading, start, end, secret);
      let starts = 0;
      for (let at = start + 1; at < end - 6 && starts < 4; at++) {
        const unit = text.charCodeAt(at);
        if (unit !== 0x3a && unit !== 0x3d && unit !== 0x3e) continue;
        starts++;
        findAssigned(reading, at + 1, end, secret);
      }
      if (end - start >= 8) findAuthorization(reading, start, secret);
      if ((flags & CANDIDATE_ASSIGN) !== 0) findCurlUser(reading, start, secret);
    }

    for (const [start, end, flags] of views) {
      if ((flags & CANDIDATE_WORDS) !== 0) {
        if (options.pii) findSeeds(reading, start, end, pii);
        continue;
      }
      if (options.pii) {
        if ((flags & CANDIDATE_AT) !== 0) {
          for (let at = text.indexOf('@', start); at >= 0 && at < end; at = text.indexOf('@', at + 1))
            findEmail(reading, at, 1, pii);
        }
        if ((flags & CANDIDATE_ASSIGN) !== 0) {
          if ((flags & CANDIDATE_DIGIT) !== 0 && end - start > 7) findColons(reading, start, end, pii);
          if ((flags & CANDIDATE_AT) !== 0) {
            const at = text.slice(start, end).indexOf('://');
            if (at >= 0) findCredentials(reading, start + at, pii);
          }
        }
        if ((flags & CANDIDATE_CAPITALS) !== 0) findBic(reading, start, end, ibanEnd, pii);
      }
      if ((flags & CANDIDATE_DIGIT) !== 0) {
        mixed(start, end);
        if (options.pii) {
          const escaped = text.slice(start, end).indexOf('%40');
          if (escaped >= 0) findEmail(reading, start + escaped, 3, pii);
        }
      }
      if (options.secrets) secrets(start, end, flags);
    }
    if (options.secrets) {
      findPrivateKeys(reading, secret);
      findKubernetesSecrets(reading, secret);
      findNugetPasswords(reading, secret);
      findIdentified(reading, secret);
    }
    if (options.pii) findKeystores(reading, pii);
    for (const one of suspects) if (isInRecord(text, one, drafts)) drafts.push(one);
    return drafts;
  }

  return function search(original) {
    const { text, starts, ends } = unfold(original);
    const plain: (readonly [number, number, number])[] = [];
    const decoded: Sighting[] = [];
    let start = 0;
    while (text.length > 0) {
      const end = blockEnd(text, start);
      const whole = start === 0 && end === text.length;
      const views = engine.candidates(whole ? text : text.slice(start, end));
      const { rows } = views[0]!;
      for (let i = 0; i < rows.length; i += 3) {
        const last = start + rows[i + 1]!;
        const stop = last === end && end < text.length ? chunkEnd(text, last) : last;
        plain.push([start + rows[i]!, stop, rows[i + 2]!]);
      }
      for (const view of views.slice(1)) decoded.push(...inView(view, start));
      if (end === text.length) break;
      start = nextBlockStart(text, end);
    }
    const found = recognize(openReading(text), plain, 0);
    for (const { kind, start, end, score } of options.tagger?.(text) ?? [])
      found.push({ kind: 'pii', type: TAGGED[kind], start, end, score, decoders: 0 });
    const back = (sighting: Sighting): Sighting => ({
      ...sighting,
      start: starts![sighting.start]!,
      end: ends![sighting.end - 1]!,
    });
    const all = decoded.length === 0 ? found : [...found, ...decoded];
    return withoutOverlaps(starts === undefined ? all : all.map(back));
  };

  /** What a decoded view shows, at the place of the run it was decoded from. */
  function inView({ text, rows, spans, decoders }: CandidateView, offset: number): Sighting[] {
    const candidates: (readonly [number, number, number])[] = [];
    for (let i = 0; i < rows.length; i += 3) candidates.push([rows[i]!, rows[i + 1]!, rows[i + 2]!]);
    return recognize(openReading(text), candidates, decoders).flatMap((draft): Sighting[] => {
      const start = spans!.start[draft.start]!;
      const end = spans!.end[draft.end - 1]!;
      // As long as it reads: nothing was decoded there, and the plain text shows it.
      if (end - start === draft.end - draft.start) return [];
      return [{ ...draft, start: offset + start, end: offset + end }];
    });
  }
}

/** Types that number a person. */
const PERSONAL = new Set(NUMBER_TYPES.filter(({ country }) => country !== undefined).map(({ type }) => type));
const RECORD_MAX = 1024;

/** Whether a find is a whole field of a line, between bars, tabs, semicolons or commas, in which a person's number stands. */
function isInRecord(text: string, { start, end }: Sighting, drafts: readonly Sighting[]): boolean {
  const before = text.charCodeAt(start - 1);
  const after = text.charCodeAt(end);
  const divider = before === 10 || start === 0 ? after : before;
  if (divider !== 0x7c && divider !== 9 && divider !== 0x3b && divider !== 0x2c) return false;
  if (after !== divider && after !== 10 && end !== text.length) return false;
  const feed = text.lastIndexOf('\n', start);
  const lineStart = Math.max(start - RECORD_MAX, feed + 1);
  const next = text.indexOf('\n', end);
  const lineEnd = Math.min(end + RECORD_MAX, next < 0 ? text.length : next);
  return drafts.some((one) => one.start >= lineStart && one.end <= lineEnd && PERSONAL.has(one.type));
}

function isCapital(unit: number): boolean {
  return unit >= 65 && unit <= 90;
}

/** Hyphen, full stop, plus. */
function isJoint(unit: number): boolean {
  return unit === 0x2d || unit === 0x2e || unit === 0x2b;
}

function isWord(unit: number): boolean {
  return isDigit(unit) || isLetter(unit);
}

function chunkEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && end - from < CHUNK_MAX && !/[\s"'`<>()[\]{},;|\\]/.test(text[end]!)) end++;
  return end;
}

/** The surer of two that overlap stays, of equally sure ones the longer. */
function withoutOverlaps(sightings: readonly Sighting[]): Sighting[] {
  const ascending = [...sightings].sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Sighting[] = [];
  let group: Sighting[] = [];
  let groupEnd = 0;
  for (const sighting of ascending) {
    if (sighting.start >= groupEnd) {
      kept.push(...best(group));
      group = [];
    }
    group.push(sighting);
    groupEnd = Math.max(groupEnd, sighting.end);
  }
  kept.push(...best(group));
  return kept;
}

/** The same among sightings that hang together. */
function best(group: readonly Sighting[]): readonly Sighting[] {
  if (group.length < 2) return group;
  const surest = [...group].sort(
    (a, b) =>
      b.score - a.score || b.end - b.start - (a.end - a.start) || a.start - b.start || (a.type < b.type ? -1 : 1),
  );
  const kept: Sighting[] = [];
  for (const sighting of surest) {
    if (kept.every(({ start, end }) => end <= sighting.start || start >= sighting.end)) kept.push(sighting);
  }
  return kept.sort((a, b) => a.start - b.start);
}
