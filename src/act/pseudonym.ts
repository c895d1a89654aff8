/**
 * Another value of the same form: every digit a digit, every letter a letter, what tells the kind unchanged.
 *
 * @module
 */
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** Tries before giving up: a check of two digits lets one in ninety-seven through. */
const TRIES = 2000;
/** Of these no likely value can be made letter by letter: they get placeholders. */
const UNLIKELY =
  /^(?:bitcoin|litecoin|dogecoin|tron|solana)-|^wallet-|^seed-phrase$|^date-of-birth$|^person-name$|^postal-address$|^coordinates$|^private-key$/;
/** Letters of these are hexadecimal digits. */
const HEX = /^(?:ethereum-address|mac|ipv6)$/;
/** What stays of a value: issuer of a card, country of an IBAN or a phone number, and so on; units from its start. */
const KEPT: Readonly<Record<string, RegExp>> = {
  card: /^\d{4}|^\d/,
  iban: /^[A-Z]{2}/i,
  phone: /^\+\d{1,3}|^\(?0?/,
  'ethereum-address': /^0x/,
};

/**
 * @param accept whether a made value will do: valid for its type, and nowhere in the text
 * @returns undefined when none was found
 */
export function pseudonymOf(
  type: string,
  value: string,
  key: Uint8Array,
  accept: (made: string) => boolean,
): string | undefined {
  if (UNLIKELY.test(type)) return undefined;
  const letters = HEX.test(type) ? 6 : 26;
  const utf8 = new TextEncoder();
  const at = value.lastIndexOf('@');
  const kept = type === 'email' ? 0 : (KEPT[type]?.exec(value)?.[0].length ?? 0);
  const domain = type === 'email' && at > 0 ? value.slice(at) : '';
  const body = value.slice(kept, value.length - domain.length);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    let made = value.slice(0, kept);
    let block = new Uint8Array(0);
    let used = 0;
    let counter = 0;
    for (const point of body) {
      if (used === block.length) {
        block = Uint8Array.from(hmac(sha256, key, utf8.encode(`${type}\0${value}\0${attempt}\0${counter++}`)));
        used = 0;
      }
      const byte = block[used++]!;
      if (/\d/.test(point)) made += byte % 10;
      else if (/[a-z]/.test(point)) made += String.fromCharCode(97 + (byte % letters));
      else if (/[A-Z]/.test(point)) made += String.fromCharCode(65 + (byte % letters));
      else made += point;
    }
    made += domain === '' ? '' : '@example.com';
    if (made !== value && accept(made)) return made;
  }
  return undefined;
}
