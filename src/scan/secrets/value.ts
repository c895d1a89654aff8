/**
 * Whether a value could be a secret at all: how random it is, and whether it is a stand-in.
 *
 * @module
 */

/** Shannon entropy of a text's own characters, bits per character. */
export function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const unit of text) counts.set(unit, (counts.get(unit) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const STAND_IN =
  /[[{<(](?:password|passwd|token|key|secret|user|pass|redacted)|example|sample|dummy|place-?_?holder|change-?_?me|your[-_]|yourself|my[-_](?:key|token|secret|api)|insert[-_]|replace[-_]|redacted|masked|censored|todo|fixme|test[-_]?(?:key|token|secret|password)|fake|mock|foo-?bar|lorem|deadbeef|x{4}|\*{3}|\.{3}|0{6}|_{4}|-{4}|1234567|abcdefg|a1b2c3d4|qwerty|none$|null$|undefined$|true$|false$/i;

/** What documentation writes instead of a secret: words that say so, runs of one character, counting up. */
export function isStandIn(value: string): boolean {
  if (STAND_IN.test(value)) return true;
  if (/^(?:[<{[%$(]|\$\{|process\.|os\.|env\.|getenv|secrets?\.|vars?\.)/i.test(value)) return true;
  return new Set(value).size <= Math.min(5, value.length / 4);
}

/** Hexadecimal alone, or a UUID: as likely a hash or an id as a secret. */
export function isHashLike(value: string): boolean {
  return /^[0-9a-f]+$/i.test(value) || /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value);
}
