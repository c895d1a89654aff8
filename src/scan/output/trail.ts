/**
 * Follows a stream of letters and marks where it runs along an imprint.
 *
 * Letters in a row that an imprint has are a stretch. Of a canary every stretch is a mark. Of a text, what a stretch
 * weighs beyond an offset adds to a sum, and every letter between stretches takes from it. The sum never falls below
 * zero and never rises far above what is enough, so a trail begins where the sum leaves zero and ends where it is back,
 * and nothing before its beginning has any say in it: a stream may be read in pieces (CUSUM; Page, 1954). A long trail
 * is several marks, one for each 256 letters of the imprint, so that none is longer than a stream can hold back.
 *
 * @module
 */
import type { Decoder } from '../../types.ts';
import { type Imprint, KEY_STEP, type Kind, keyPart, keySlot, SHINGLE, shingleHash, slotOf } from './imprint.ts';
import { BREAK, LEAD } from './letters.ts';

export interface Mark {
  readonly kind: Kind;
  /** Units of the text at which its first and its last letter begin. */
  readonly first: number;
  readonly last: number;
  readonly decoders: readonly Decoder[];
}

export interface Trail {
  /** Takes a batch as `Sink` describes it. */
  feed(symbols: Int32Array, starts: Int32Array, end: number): void;
  /** Every mark so far, one that may still grow included. */
  marks(): readonly Mark[];
  /** Unit at which the earliest letter begins about which more letters could change the answer; undefined when there is none. */
  open(): number | undefined;
}

/** What a letter between two stretches takes from the sum. */
const COST = 0.3;
/** How far the sum may rise above what is enough. */
const HEADROOM = 6;
/** One mark runs along at most two to the power of this many letters of the imprint. */
const PIECE_BITS = 8;

export function createTrail(imprint: Imprint): Trail {
  const { symbols: known, weights, forms, bits, bitShift, table, kinds, offsets, enough, decoders } = imprint;
  const done: Mark[] = [];
  // Where the last letters began, for those that a shingle still to come may take in.
  const tail = new Int32Array(SHINGLE);

  let seen = 0; // letters before the batch
  let row = 0; // of the last ones, up to a shingle's, without a gap between
  let place = -1; // in the imprint, of the letter read last, while letters run along it
  let lastPlace = -1; // of the last letter that was covered
  let covered = -1; // number of the last letter that belongs to a stretch
  let stretch = 0; // what the stretch weighs
  let stretchStart = 0;
  let sum = 0;
  let trailStart = 0;
  let trailEnd = 0;
  let form = -1; // of the trail, once it is a leak
  let canary = -1; // number of the last letter of a canary
  let canaryStart = 0;
  let canaryEnd = 0;
  let canaryForm = 0;

  const leak = (): Mark => ({ kind: 'text', first: trailStart, last: trailEnd, decoders: decoders[form]! });
  const token = (): Mark => ({ kind: 'canary', first: canaryStart, last: canaryEnd, decoders: decoders[canaryForm]! });

  /** Takes a letter into a stretch, and with it those before that its shingle has. @param last index in the batch */
  function cover(starts: Int32Array, last: number): void {
    const number = seen + last - LEAD;
    const id = forms[place]!;
    if (kinds[id] === 'canary') {
      if (canary < 0 || canary < number - SHINGLE) {
        if (canary >= 0) done.push(token());
        canaryStart = starts[last - SHINGLE + 1]!;
        canaryForm = id;
      }
      canary = number;
      canaryEnd = starts[last]!;
      return;
    }
    const first = Math.max(covered + 1, number - SHINGLE + 1);
    if (first > covered + 1 || stretch === 0) {
      sum -= COST * (first - covered - 1);
      if (sum <= 0) {
        if (form >= 0) done.push(leak());
        form = -1;
        sum = 0;
      }
      stretch = 0;
      stretchStart = starts[last - (number - first)]!;
    }
    // A new piece of the imprint, or the same one from its beginning: what is marked so far stands by itself.
    if (form >= 0 && (place < lastPlace || place >> PIECE_BITS !== lastPlace >> PIECE_BITS)) {
      done.push(leak());
      trailStart = starts[last - (number - first)]!;
      form = id;
    }
    lastPlace = place;
    const before = stretch;
    for (let i = number - first; i >= 0; i--) stretch += weights[place - i]!;
    covered = number;
    const offset = offsets[id]!;
    const gain = Math.max(0, stretch - offset) - Math.max(0, before - offset);
    if (gain <= 0) return;
    if (sum === 0) trailStart = stretchStart;
    sum += gain;
    trailEnd = starts[last]!;
    if (sum < enough[id]!) return;
    if (form < 0) form = id;
    sum = Math.min(sum, enough[id]! + HEADROOM);
  }

  /** Where the shingle that ends at `last` stands in the imprint; -1 when it does not. */
  function find(symbols: Int32Array, last: number): number {
    let slot = slotOf(shingleHash(symbols, last), table.length);
    for (let end = table[slot]!; end >= 0; end = table[slot]!) {
      let i = 0;
      while (i < SHINGLE && known[end - i] === symbols[last - i]) i++;
      if (i === SHINGLE) return end;
      slot = (slot + 1) & (table.length - 1);
    }
    return -1;
  }

  return {
    feed(symbols, starts, end) {
      let along = place;
      let i = LEAD;
      while (i < end) {
        if (along >= 0) {
          if (known[along + 1] === symbols[i] && symbols[i] !== BREAK) {
            place = ++along;
            cover(starts, i++);
            continue;
          }
          along = -1;
        }
        let part = keyPart(symbols, i - KEY_STEP);
        for (; i < end; i += KEY_STEP) {
          const before = part << 15;
          part = keyPart(symbols, i);
          const bit = keySlot(before | part, bitShift);
          if (((bits[bit >>> 5]! >>> (bit & 31)) & 1) !== 0) break;
        }
        // The shingles that have this key.
        const until = Math.min(i + KEY_STEP, end);
        for (; i < until && along < 0; i++) {
          along = find(symbols, i);
          if (along < 0) continue;
          place = along;
          cover(starts, i);
        }
      }
      place = along;
      seen += end - LEAD;
      row = 0;
      while (row < SHINGLE - 1 && end - row > 0 && symbols[end - 1 - row] !== BREAK) row++;
      for (let i = 1; i <= row; i++) tail[row - i] = starts[end - i]!;
    },
    marks() {
      const all = [...done];
      if (form >= 0) all.push(leak());
      if (canary >= 0) all.push(token());
      return all;
    },
    open() {
      const free = row === 0 ? undefined : tail[0]!;
      // Letters behind a stretch that no shingle still to come can take in.
      const beyond = (last: number): number => Math.max(0, seen - row - 1 - last);
      let open = free;
      if (sum > COST * beyond(covered)) open = trailStart;
      else if (stretch > 0 && beyond(covered) === 0) open = stretchStart;
      if (canary >= 0 && beyond(canary) === 0) open = Math.min(open ?? canaryStart, canaryStart);
      return open;
    },
  };
}
