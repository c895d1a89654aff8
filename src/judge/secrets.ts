/**
 * What a store may hold: subjects as keyed hashes, jobs as sealed bodies. Both keys come from the one the host gives.
 *
 * @module
 */
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
  hash(subject: string): Promise<string>;
  /** AES-GCM, bound to the job's id. */
  seal(id: string, one: Case): Promise<string>;
  /** `undefined` when the body was sealed with another key, or for another job. */
  open(id: string, body: string): Promise<Case | undefined>;
}

const MIN_KEY_BYTES = 16;
const IV_BYTES = 12;
/** Hashes of the subjects last asked for: most requests come from few. */
const MAX_KEPT = 10_000;

/**
 * @param key at least 16 bytes, the same in every process that shares a store: a random string from the environment
 * @throws {FirewallError} `FW_OPTIONS` when it is shorter
 */
export async function createSecrets(key: string | Uint8Array): Promise<Secrets> {
  const bytes = typeof key === 'string' ? new TextEncoder().encode(key) : key;
  if (!(bytes instanceof Uint8Array) || bytes.length < MIN_KEY_BYTES) {
    const got = bytes instanceof Uint8Array ? `${bytes.length}` : 'none';
    throw new FirewallError('FW_OPTIONS', `openJudgement: key must have at least ${MIN_KEY_BYTES} bytes; got ${got}`);
  }
  const root = await crypto.subtle.importKey('raw', new Uint8Array(bytes), 'HKDF', false, ['deriveKey']);
  const from = (purpose: string) => ({
    name: 'HKDF',
    hash: 'SHA-256',
    salt: new Uint8Array(),
    info: new TextEncoder().encode(`edgeward ${purpose}`),
  });
  const mac = { name: 'HMAC', hash: 'SHA-256', length: 256 };
  const aes = { name: 'AES-GCM', length: 256 };
  const [hashKey, sealKey] = await Promise.all([
    crypto.subtle.deriveKey(from('subjects'), root, mac, false, ['sign']),
    crypto.subtle.deriveKey(from('jobs'), root, aes, false, ['encrypt', 'decrypt']),
  ]);
  const hashes = new Map<string, string>();
  const cipher = (id: string, iv: Uint8Array<ArrayBuffer>) => ({
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(id),
  });

  return {
    async hash(subject) {
      const known = hashes.get(subject);
      if (known !== undefined) return known;
      const hash = toBase64(await crypto.subtle.sign('HMAC', hashKey, new TextEncoder().encode(subject)));
      hashes.set(subject, hash);
      if (hashes.size > MAX_KEPT) hashes.delete(hashes.keys().next().value!);
      return hash;
    },
    async seal(id, one) {
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const plain = new TextEncoder().encode(JSON.stringify(one));
      const sealed = new Uint8Array(await crypto.subtle.encrypt(cipher(id, iv), sealKey, plain));
      const body = new Uint8Array(IV_BYTES + sealed.length);
      body.set(iv);
      body.set(sealed, IV_BYTES);
      return toBase64(body);
    },
    async open(id, body) {
      try {
        const bytes = fromBase64(body);
        const plain = await crypto.subtle.decrypt(cipher(id, bytes.slice(0, IV_BYTES)), sealKey, bytes.slice(IV_BYTES));
        return JSON.parse(new TextDecoder().decode(plain)) as Case;
      } catch {
        return undefined; // the one thing that decryption says of a wrong key
      }
    },
  };
}

/** base64url without padding. */
export function toBase64(bytes: ArrayBuffer | Uint8Array): string {
  let binary = '';
  for (const byte of new Uint8Array(bytes)) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws when it is none */
function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0));
}
