/**
 * Whether decoded bytes are text: what separates a hidden sentence from a hash, a key or an image.
 *
 * @module
 */

/** Fewer bytes than this must look like words too, not only be printable. */
const SHORT = 24;

/** Length of a UTF-8 sequence by its first byte; 0 where no sequence can start. */
export function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

/** Whether `second` may follow `lead`: excludes overlong forms, surrogates and code points past U+10FFFF. */
export function secondFits(lead: number, second: number): boolean {
  if (second < 0x80 || second > 0xbf) return false;
  if (lead === 0xe0) return second >= 0xa0;
  if (lead === 0xed) return second <= 0x9f;
  if (lead === 0xf0) return second >= 0x90;
  if (lead === 0xf4) return second <= 0x8f;
  return true;
}

/**
 * Judges `bytes[start, end)`: valid UTF-8, nine of ten code points printable; when shorter than 24 bytes or
 * `strict`, also with the vowels and the case of words.
 *
 * @returns the end without a cut-off last character, or -1 when this is no text
 * @complexity one pass
 */
export function readableEnd(bytes: Uint8Array, start: number, end: number, strict: boolean): number {
  let points = 0;
  let common = 0;
  let spaces = 0;
  let ascii = 0;
  let vowels = 0;
  let consonants = 0;
  let longest = 0;
  let bumps = 0;
  let wide = 0;
  let last = 0;
  let at = start;
  while (at < end) {
    const lead = bytes[at] ?? 0;
    const size = sequenceLength(lead);
    if (size === 0) return -1;
    points += 1;
    if (size === 1) {
      const lower = lead | 0x20;
      if (lower >= 0x61 && lower <= 0x7a) {
        ascii += 1;
        // biome-ignore format: one line reads as the set it is
        if (lower === 0x61 || lower === 0x65 || lower === 0x69 || lower === 0x6f || lower === 0x75 || lower === 0x79) {
          vowels += 1;
          consonants = 0;
        } else {
          consonants += 1;
          if (consonants > longest) longest = consonants;
        }
        if (lead < 0x61 && last >= 0x61 && last <= 0x7a) bumps += 1;
        common += 1;
      } else {
        consonants = 0;
        if (lead === 0x20 || lead === 0x0a || lead === 0x0d || lead === 0x09) {
          spaces += 1;
          common += 1;
        } else if (lead > 0x20 && lead < 0x7f) {
          common += 1;
        }
      }
      last = lead;
      at += 1;
      continue;
    }
    let point = lead & (0x7f >> size);
    for (let k = 1; k < size; k += 1) {
      if (at + k >= end) return points > 1 ? judge(at, points - 1) : -1;
      const next = bytes[at + k] ?? 0;
      if (k === 1 ? !secondFits(lead, next) : (next & 0xc0) !== 0x80) return -1;
      point = (point << 6) | (next & 0x3f);
    }
    consonants = 0;
    last = 0;
    wide += 1;
    if (point >= 0xa0 && !(point >= 0xe000 && point <= 0xf8ff) && point !== 0xfffd && point < 0xf0000) common += 1;
    at += size;
  }
  return points > 0 ? judge(at, points) : -1;

  function judge(stop: number, count: number): number {
    if (common * 10 < count * 9) return -1;
    if (!strict && stop - start >= SHORT) return stop;
    if ((ascii + wide + spaces) * 10 < count * 7) return -1;
    if (wide >= ascii) return stop;
    if (vowels * 100 < ascii * 15 || vowels * 100 > ascii * 70) return -1;
    // A long text may hold a name or an address without its punctuation.
    return (longest <= 5 || longest * 20 <= count) && bumps * 8 <= count ? stop : -1;
  }
}
