/**
 * A text's units as bytes, because a typed array is read several times as fast as a string.
 *
 * @module
 */

/** Stands for every unit beyond ASCII. */
export const BEYOND = 255;
/** Shorter texts are copied faster unit by unit. */
const ENCODED_UNITS = 64;

export interface Units {
  /**
   * Copies the units of a text from a place on. Those before it are what they were; at least two zeros stand behind.
   *
   * @returns bytes at the text's own offsets, good until the next call
   */
  of(text: string, from: number): Uint8Array;
}

export function createUnits(): Units {
  const encoder = new TextEncoder();
  let bytes = new Uint8Array(1024);
  return {
    of(text, from) {
      const { length } = text;
      if (bytes.length < length + 2) {
        const longer = new Uint8Array(2 * length + 2);
        longer.set(bytes);
        bytes = longer;
      }
      bytes[length] = bytes[length + 1] = 0;
      if (length - from >= ENCODED_UNITS) {
        const { read, written } = encoder.encodeInto(text.slice(from), bytes.subarray(from, length));
        if (read === written && from + read === length) return bytes;
      }
      for (let i = from; i < length; i++) {
        const unit = text.charCodeAt(i);
        bytes[i] = unit < 128 ? unit : BEYOND;
      }
      return bytes;
    },
  };
}
