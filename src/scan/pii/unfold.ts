/**
 * Digits and letters in disguise read plain: full-width forms, digits of other scripts; what is invisible is left out.
 *
 * @module
 */

export interface Unfolded {
  readonly text: string;
  /** Of each unit of `text`, where it begins and ends in the original; absent where nothing was changed. */
  readonly starts?: Uint32Array;
  readonly ends?: Uint32Array;
}

const DISGUISED = /[\u00ad\u200b-\u200f\u2060\ufeff\uff01-\uff5e\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u09e6-\u09ef]/;
/** First digit of every ten that is read as ASCII. */
const ZEROS = [0x660, 0x6f0, 0x966, 0x9e6];

/** @complexity linear; nothing is copied where nothing is in disguise */
export function unfold(text: string): Unfolded {
  if (!DISGUISED.test(text)) return { text };
  const starts: number[] = [];
  const ends: number[] = [];
  const units: string[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit === 0xad || (unit >= 0x200b && unit <= 0x200f) || unit === 0x2060 || unit === 0xfeff) continue;
    const zero = ZEROS.find((first) => unit >= first && unit < first + 10);
    if (zero !== undefined) units.push(String(unit - zero));
    else units.push(unit >= 0xff01 && unit <= 0xff5e ? String.fromCharCode(unit - 0xfee0) : text[i]!);
    starts.push(i);
    ends.push(i + 1);
  }
  return { text: units.join(''), starts: Uint32Array.from(starts), ends: Uint32Array.from(ends) };
}
