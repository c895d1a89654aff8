/**
 * Addresses of cryptocurrencies, and what opens a wallet: private keys, seed phrases, keystores.
 *
 * @module
 */

import { sha256 } from '@noble/hashes/sha2.js';
import { keccak_256 } from '@noble/hashes/sha3.js';
import { base58, bech32, bech32m } from '@scure/base';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import type { Reading, Report } from './reading.ts';

const ascii = new TextEncoder();

/** Version byte -> type, for payloads of twenty bytes behind a base58check version. */
const ADDRESS_VERSIONS: ReadonlyMap<number, string> = new Map([
  [0x00, 'bitcoin-address'],
  [0x05, 'bitcoin-address'],
  [0x6f, 'bitcoin-address'], // testnet
  [0xc4, 'bitcoin-address'],
  [0x30, 'litecoin-address'],
  [0x32, 'litecoin-address'],
  [0x1e, 'dogecoin-address'],
  [0x41, 'tron-address'],
]);

/** The payload of a base58check text, version byte first; undefined when the checksum is wrong. */
function base58Payload(text: string): Uint8Array | undefined {
  let bytes: Uint8Array;
  try {
    bytes = base58.decode(text);
  } catch {
    return undefined; // a character beyond the alphabet: no base58
  }
  if (bytes.length < 21) return undefined;
  const payload = bytes.subarray(0, -4);
  const check = sha256(sha256(payload));
  return bytes.subarray(-4).every((byte, i) => byte === check[i]) ? payload : undefined;
}

const SOLANA_WORDS = ['solana', 'sol', 'wallet', 'spl', 'phantom', 'address', 'pubkey', 'public key', 'mint'];

/** @param start of a run of base58 characters, 26 to 120 of them, that no letter or digit touches */
export function findBase58(reading: Reading, start: number, end: number, report: Report): void {
  const text = reading.text.slice(start, end);
  const { length } = text;
  if (length <= 36 && /^[13mn2LMDT9A]/.test(text)) {
    const payload = base58Payload(text);
    const type = payload?.length === 21 ? ADDRESS_VERSIONS.get(payload[0]!) : undefined;
    if (type !== undefined) {
      report(type, start, end, 0.99);
      return;
    }
  }
  if ((length === 51 || length === 52) && /^[5KLc9]/.test(text)) {
    const payload = base58Payload(text);
    if (payload !== undefined && (payload[0] === 0x80 || payload[0] === 0xef)) {
      report('wallet-private-key', start, end, 0.99);
      return;
    }
  }
  if (length >= 107 && length <= 112 && /^[xyztuv](?:prv|pub)/.test(text)) {
    if (base58Payload(text)?.length === 78) {
      report(text.slice(1, 4) === 'prv' ? 'wallet-private-key' : 'wallet-public-key', start, end, 0.99);
    }
  }
  const isKeyPair = length >= 86 && length <= 88;
  if ((length >= 32 && length <= 44) || isKeyPair) {
    if (!/\d/.test(text) || !/[a-z]/.test(text) || !/[A-Z]/.test(text)) return;
    let bytes: Uint8Array;
    try {
      bytes = base58.decode(text);
    } catch {
      return; // no base58
    }
    const nearness = reading.near(SOLANA_WORDS, start, end);
    if (bytes.length === 32 && nearness > 0) report('solana-address', start, end, 0.75 + 0.2 * nearness);
    if (bytes.length === 64 && reading.near(KEY_WORDS, start, end) > 0) report('wallet-private-key', start, end, 0.9);
  }
}

const SEGWIT: ReadonlyMap<string, string> = new Map([
  ['bc', 'bitcoin-address'],
  ['tb', 'bitcoin-address'],
  ['ltc', 'litecoin-address'],
]);

/** @param start of a word such as `bc1…` */
export function findSegwit({ text }: Reading, start: number, end: number, report: Report): void {
  const word = text.slice(start, end);
  const prefix = word.slice(0, word.indexOf('1')).toLowerCase();
  const type = SEGWIT.get(prefix);
  if (type === undefined) return;
  try {
    const version = (bech32.decodeUnsafe(word) ?? bech32m.decode(word as `${string}1${string}`)).words[0]!;
    if (version <= 16) report(type, start, end, 0.99);
  } catch {
    // wrong checksum: no address
  }
}

function isChecksummed(address: string): boolean {
  const lower = address.toLowerCase();
  if (address === lower || address === address.toUpperCase()) return true;
  const hash = keccak_256(ascii.encode(lower));
  for (let i = 0; i < 40; i++) {
    const nibble = (hash[i >> 1]! >> (i % 2 === 0 ? 4 : 0)) & 15;
    const unit = address.charCodeAt(i);
    if (unit > 57 && nibble >= 8 !== unit < 97) return false;
  }
  return true;
}

const KEY_WORDS = [
  'private key',
  'privatekey',
  'private_key',
  'priv_key',
  'privkey',
  'secret key',
  'secretkey',
  'secret_key',
  'wallet key',
  'signer',
  'mnemonic',
  'keypair',
];

/** @param start of the digits behind `0x`, or of a run of hexadecimal digits */
export function findHex(reading: Reading, start: number, end: number, report: Report): void {
  const { text } = reading;
  const prefixed = text[start - 1] === 'x' && text[start - 2] === '0';
  const from = prefixed ? start - 2 : start;
  const digits = text.slice(start, end);
  if (digits.length === 40 && prefixed && isChecksummed(digits) && !/^(.)\1+$/.test(digits)) {
    report('ethereum-address', from, end, 0.95);
  }
  if (digits.length === 64 && reading.near(KEY_WORDS, from, end) > 0.6) report('wallet-private-key', from, end, 0.9);
}

let numbers: ReadonlyMap<string, number> | undefined;

/** Number of each seed word; made when the first row of words turns up. */
function seedNumbers(): ReadonlyMap<string, number> {
  numbers ??= new Map(wordlist.map((word, i) => [word, i]));
  return numbers;
}

/** BIP-39: the last bits of the last word are a checksum of the others. One word over and over opens no wallet. */
function isSeed(words: readonly number[]): boolean {
  if (words.every((word) => word === words[0])) return false;
  const bits = words.length * 11;
  const checkBits = bits / 33;
  const bytes = new Uint8Array(Math.ceil(bits / 8));
  words.forEach((number, i) => {
    for (let bit = 0; bit < 11; bit++) {
      const at = i * 11 + bit;
      if ((number >> (10 - bit)) & 1) bytes[at >> 3]! |= 128 >> (at & 7);
    }
  });
  const entropy = bytes.subarray(0, (bits - checkBits) / 8);
  return sha256(entropy)[0]! >> (8 - checkBits) === bytes[entropy.length]! >> (8 - checkBits);
}

const SEED_SIZES = [24, 21, 18, 15, 12];

/** Seed phrases in a row of small words: the longest with a right checksum from each word on. */
export function findSeeds({ text }: Reading, start: number, end: number, report: Report): void {
  const known = seedNumbers();
  const words = [...text.slice(start, end).matchAll(/[a-z]+/g)];
  const values = words.map(([word]) => known.get(word) ?? -1);
  let run = 0;
  const runs = new Int32Array(values.length + 1);
  for (let i = values.length - 1; i >= 0; i--) {
    run = values[i]! < 0 ? 0 : run + 1;
    runs[i] = run;
  }
  for (let i = 0; i + 12 <= values.length; i++) {
    const size = SEED_SIZES.find((count) => count <= runs[i]! && isSeed(values.slice(i, i + count)));
    if (size === undefined) continue;
    const last = words[i + size - 1]!;
    report('seed-phrase', start + words[i]!.index, start + last.index + last[0].length, 0.99);
    i += size - 1;
  }
}

const KEYSTORE_MAX = 4096;

/** A wallet's keystore (Web3 Secret Storage): the object around `"ciphertext"`, when it also names its key derivation. */
export function findKeystores({ text }: Reading, report: Report): void {
  for (let at = text.indexOf('"ciphertext"'); at >= 0; at = text.indexOf('"ciphertext"', at + 12)) {
    const window = text.slice(Math.max(0, at - KEYSTORE_MAX), at + KEYSTORE_MAX);
    if (!/"kdf(?:params)?"/.test(window) || !/"mac"/.test(window)) continue;
    let depth = 0;
    let start = at;
    for (; start > Math.max(0, at - KEYSTORE_MAX); start--) {
      if (text[start] === '}') depth--;
      if (text[start] === '{' && ++depth === 2) break;
    }
    if (text[start] !== '{') continue;
    depth = 0;
    for (let end = start; end < Math.min(text.length, at + KEYSTORE_MAX); end++) {
      if (text[end] === '{') depth++;
      if (text[end] === '}' && --depth === 0) {
        report('wallet-keystore', start, end + 1, 0.97);
        at = end;
        break;
      }
    }
  }
}
