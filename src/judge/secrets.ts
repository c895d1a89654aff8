/**
 * What a store may hold: subjects as keyed hashes, jobs as sealed bodies. Both keys come from the one the host gives.
 *
 * Done here and at once, not by `crypto.subtle`: for texts of this length its way through the thread pool costs more
 * than the work.
 *
 * @module
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { FirewallError } from '../errors.ts';
import type { Channel } from '../types.ts';

/** A text that waits for a second opinion. */
export interface Case {
  readonly text: string;
  readonly channel: Channel;
  /** Milliseconds since 1970. */
  readonly sentAt: number;
  /** Keyed hash; absent where the host named nobody. */
  readonly subject?: string;
}

export interface Secrets {
  /** HMAC-SHA-256 of a subject, base64url, 43 characters. */
  hash(subject: string): string;
  /** A name for what is kept nowhere, such as the same words from the same subject: 22 characters. */
  nameOf(what: string): string;
  /** XChaCha20-Poly1305, bound to the job's id. */
  seal(id: string, one: Case): string;
  /** `undefined` when the body was sealed with another key, or for another job. */
  open(id: string, body: string): Case | undefined;
}

const MIN_KEY_BYTES = 16;
const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const NAME_BYTES = 16;
/** Characters made at once: arguments of a call have a limit. */
const CHUNK = 8192;
/** Hashes of the subjects last asked for: most requests come from few. */
const MAX_KEPT = 10_000;

/**
 * @param key at least 16 bytes, the same in every process that shares a store: a random string from the environment
 * @throws {FirewallError} `FW_OPTIONS` when it is shorter
 */
export function createSecrets(key: string | Uint8Array): Secrets {
  const root = typeof key === 'string' ? utf8(key) : key;
  if (!(root instanceof Uint8Array) || root.length < MIN_KEY_BYTES) {
    const got = root instanceof Uint8Array ? `${root.length}` : 'none';
    throw new FirewallError('FW_OPTIONS', `openJudgement: key must have at least ${MIN_KEY_BYTES} bytes; got ${got}`);
  }
  const from = (purpose: string): Uint8Array => hkdf(sha256, root, undefined, utf8(`edgeward ${purpose}`), KEY_BYTES);
  const subjects = hmac.create(sha256, from('subjects'));
  const names = hmac.create(sha256, from('names'));
  const sealKey = from('jobs');
  const hashes = new Map<string, string>();

  return {
    hash(subject) {
      const known = hashes.get(subject);
      if (known !== undefined) return known;
      const hash = toBase64(subjects.clone().update(utf8(subject)).digest());
      hashes.set(subject, hash);
      if (hashes.size > MAX_KEPT) hashes.delete(hashes.keys().next().value!);
      return hash;
    },
    nameOf: (what) => toBase64(names.clone().update(utf8(what)).digest().subarray(0, NAME_BYTES)),
    seal(id, one) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const sealed = xchacha20poly1305(sealKey, nonce, utf8(id)).encrypt(utf8(JSON.stringify(one)));
      const body = new Uint8Array(NONCE_BYTES + sealed.length);
      body.set(nonce);
      body.set(sealed, NONCE_BYTES);
      return toBase64(body);
    },
    open(id, body) {
      try {
        const bytes = fromBase64(body);
        const cipher = xchacha20poly1305(sealKey, bytes.subarray(0, NONCE_BYTES), utf8(id));
        return JSON.parse(new TextDecoder().decode(cipher.decrypt(bytes.subarray(NONCE_BYTES)))) as Case;
      } catch {
        return undefined; // the one thing that decryption says of a wrong key
      }
    },
  };
}

function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** base64url without padding. */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += CHUNK) binary += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws when it is none */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
