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
  findKubernetesSecrets,
  findNugetPasswords,
  findPrivateKeys,
  findTokens,
} from '../secrets/find.ts';
import { findAddress, findColons, findCoordinates, findCredentials, findEmail, findIpv4, findMac } from './network.ts';
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
  /** ISO 3166 countries whose numbers are looked for; all by default. */
  readonly countries?: ReadonlySet<string>;
}

export type Search = (text: string) => Sighting[];

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
    const seen = new Set<string>();
    const reporter =
      (kind: 'pii' | 'secret'): Report =>
      (type, start, end, score) => {
        const key = `${start} ${end} ${type}`;
        if (seen.has(key)) return;
        seen.add(key);
        drafts.push({ kind, type, start, end, score, decoders });
      };
    const pii = reporter('pii');
    const secret = reporter('secret');
    const { text } = reading;
    let clusterEnd = 0;
    let phoneEnd = 0;

    function digits(start: number, end: number): void {
      for (let at = start; at < end; at++) {
        if (!isDigit(text.charCodeAt(at))) continue;
        if (isDigit(text.charCodeAt(at - 1))) {
          while (at + 1 < end && isDigit(text.charCodeAt(at + 1))) at++;
          continue;
        }
        if (isLetter(reading.before(at))) continue;
        if (options.secrets) findFacebook(reading, at, secret);
        if (!options.pii) continue;
        findIpv4(reading, at, pii);
        findMac(reading, at, pii);
        findCoordinates(reading, at, pii);
        findAddress(reading, at, pii);
        const cluster = at < clusterEnd ? undefined : readCluster(text, at);
        if (cluster !== undefined) {
          clusterEnd = cluster.end;
          numbers(reading, cluster, pii);
        }
        if (at >= phoneEnd && cluster !== undefined) phoneEnd = Math.max(phoneEnd, findPhone(reading, cluster, pii));
      }
    }

    /** Every word of letters and digits in a chunk, the capitals before the chunk included. */
    function mixed(start: number, end: number): void {
      let at = start;
      if (text[start - 1] === ' ' && isCapital(text.charCodeAt(start - 2)) && isDigit(text.charCodeAt(start))) {
        let first = start - 2;
        while (start - first < 6 && isCapital(text.charCodeAt(first - 1))) first--;
        if (!isWord(text.charCodeAt(first - 1))) words(reading, first, pii);
      }
      while (at < end) {
        while (at < end && !isWord(text.charCodeAt(at))) at++;
        if (at >= end) return;
        // The line break of a text inside JSON is no letter of the word behind it.
        if (text[at - 1] === '\\' && 'nrt'.includes(text[at]!)) at++;
        const first = at;
        let hasDigit = false;
        let hasLetter = false;
        while (at < end && isWord(text.charCodeAt(at))) {
          const unit = text.charCodeAt(at++);
          if (isDigit(unit)) hasDigit = true;
          else hasLetter = true;
        }
        const length = at - first;
        // Letters before a hyphen or blank: MRN-…, DL-…, and 12345678 Z
        if (hasDigit || (length <= 4 && isCapital(text.charCodeAt(first)))) {
          const inside = text[first - 1] === '-' && isWord(text.charCodeAt(first - 2));
          if (length <= 40 && !inside) words(reading, first, pii);
          if (!hasLetter || length < 26) continue;
          if (length <= 128) findBase58(reading, first, at, pii);
          if (length <= 92) findSegwit(reading, first, at, pii);
          const hex = text.startsWith('0x', first) ? first + 2 : first;
          if ((at - hex === 40 || at - hex === 64) && /^[0-9a-f]+$/i.test(text.slice(hex, at)))
            findHex(reading, hex, at, pii);
        }
      }
    }

    for (const [start, end, flags] of views) {
      if ((flags & CANDIDATE_WORDS) !== 0) {
        if (options.pii) findSeeds(reading, start, end, pii);
        continue;
      }
      if (options.pii) {
        if ((flags & CANDIDATE_AT) !== 0) {
          for (let at = start; at < end; at++) if (text[at] === '@') findEmail(reading, at, 1, pii);
        }
        if ((flags & CANDIDATE_ASSIGN) !== 0) {
          if ((flags & CANDIDATE_DIGIT) !== 0 && end - start > 7) findColons(reading, start, end, pii);
          if ((flags & CANDIDATE_AT) !== 0) {
            const at = text.slice(start, end).indexOf('://');
            if (at >= 0) findCredentials(reading, start + at, pii);
          }
        }
        if ((flags & CANDIDATE_CAPITALS) !== 0) findBic(reading, start, end, pii);
        if ((flags & CANDIDATE_DIGIT) !== 0) {
          mixed(start, end);
          const escaped = text.slice(start, end).indexOf('%40');
          if (escaped >= 0) findEmail(reading, start + escaped, 3, pii);
        }
      }
      if ((flags & CANDIDATE_DIGIT) !== 0) digits(start, end);
      if (options.secrets) {
        if (end - start >= 6 && (flags & (CANDIDATE_DIGIT | CANDIDATE_LONG | CANDIDATE_ASSIGN)) !== 0) {
          if (end - start >= 16) findTokens(reading, start, end, secret);
          findAssigned(reading, start, end, secret);
          let starts = 0;
          for (let at = start; at < end - 6 && starts < 4; at++) {
            const unit = text.charCodeAt(at);
            if ((unit !== 0x3a && unit !== 0x3d && unit !== 0x3e) || at === start) continue;
            starts++;
            findAssigned(reading, at + 1, end, secret);
          }
          if (end - start >= 8) findAuthorization(reading, start, secret);
          if ((flags & CANDIDATE_ASSIGN) !== 0) findCurlUser(reading, start, secret);
        }
      }
    }
    if (options.secrets) {
      findPrivateKeys(reading, secret);
      findKubernetesSecrets(reading, secret);
      findNugetPasswords(reading, secret);
    }
    if (options.pii) findKeystores(reading, pii);
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

function isCapital(unit: number): boolean {
  return unit >= 65 && unit <= 90;
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
