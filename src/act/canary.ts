/**
 * Canaries: words that stand in a system prompt and nowhere else, so that an answer which has one leaks.
 *
 * @module
 */

/** Letters that no look-alike and no leetspeak changes, and that make no word of any language. */
const ALPHABET = 'bcdfghjkmnpqrvwxyz';
const LENGTH = 24;

/** @returns a word of 24 random letters, 100 bits: nobody guesses it, and eight of its letters in a row give it away */
export function createCanary(): string {
  const bytes = new Uint8Array(LENGTH * 2);
  const most = 256 - (256 % ALPHABET.length);
  let canary = '';
  while (canary.length < LENGTH) {
    crypto.getRandomValues(bytes);
    for (const byte of bytes) if (byte < most && canary.length < LENGTH) canary += ALPHABET[byte % ALPHABET.length];
  }
  return canary;
}

/** A system prompt with a canary before and behind it: leaks begin with the first words or end with the last. */
export function insertCanary(prompt: string, canary: string): string {
  return `[ref ${canary}]\n${prompt}\n[ref ${canary}]`;
}
