/**
 * Word classes: from the hash of a word to the bits of the classes it belongs to.
 *
 * @module
 */

/** Class bits (bit n = class n of `CLASSES`) of the word with this hash; 0 for an unknown word. */
export type Lexicon = (hash: number) => number;

/**
 * Opens the pack's `LEXI` section.
 *
 * @throws RangeError when the section's numbers contradict its length.
 */
export function createLexicon(section: DataView): Lexicon {
  const fail = (what: string): never => {
    throw new RangeError(`LEXI: ${what}`);
  };
  if (section.byteLength < 16) fail('shorter than its header');
  const capacity = section.getUint32(0, true);
  const count = section.getUint32(4, true);
  if (capacity === 0 || (capacity & (capacity - 1)) !== 0) fail('capacity is not a power of two');
  if (section.byteLength < 16 + capacity * 8) fail('shorter than its capacity');
  if (count >= capacity) fail('no empty slot');
  const keys = new Uint32Array(capacity);
  const classes = new Uint32Array(capacity);
  let used = 0;
  for (let slot = 0; slot < capacity; slot++) {
    keys[slot] = section.getUint32(16 + slot * 4, true);
    classes[slot] = section.getUint32(16 + (capacity + slot) * 4, true);
    if (keys[slot] !== 0) used++;
  }
  if (used !== count) fail('count differs from its keys');

  return (hash) => {
    for (let slot = hash & (capacity - 1); ; slot = (slot + 1) & (capacity - 1)) {
      const key = keys[slot] as number;
      if (key === hash) return classes[slot] as number;
      if (key === 0) return 0;
    }
  };
}
