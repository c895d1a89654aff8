/**
 * The package's files: from Cache Storage or the network, and never without a look at their SHA-256.
 *
 * @module
 */
import { FirewallError } from './errors.ts';

/** A file as it was built. */
export interface Built {
  /** Such as `tier1.bin`. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

/** Bytes of one file so far. */
export interface Progress {
  /** Such as `tier1.bin`. */
  readonly file: string;
  /** Bytes. */
  readonly loaded: number;
  /** Bytes. */
  readonly total: number;
  /** True: it comes from the cache, not from the network. */
  readonly cached: boolean;
}

/** The part of a `Response` that files are read by. */
export interface Brought {
  readonly ok: boolean;
  readonly status: number;
  readonly url: string;
  json(): Promise<unknown>;
  /** The same bytes for whoever asks: nobody changes them. */
  arrayBuffer(): Promise<ArrayBuffer>;
}

const CACHE = 'edgeward';
/** Progress is told that often for each file: the page draws it, and has better to do. */
const MOST_STEPS = 100;

/**
 * A `fetch` that knows some files. Those are kept in Cache Storage, under their hash, and fetched once however often
 * they are asked for; what is damaged is fetched again, past the browser's own cache. Other URLs are fetched as ever.
 *
 * @param known by URL
 * @returns rejects with `FirewallError` `FW_PACK` when what the server has is not what was built
 */
export function createFiles(
  known: ReadonlyMap<string, Built>,
  onProgress: (progress: Progress) => void,
): (url: URL) => Promise<Brought> {
  const begun = new Map<string, Promise<Brought>>();
  let cache: Promise<Cache | undefined> | undefined;

  async function bring(url: URL, built: Built): Promise<Brought> {
    cache ??= openCache();
    const { name, bytes: total, sha256 } = built;
    const key = `${url.origin}${url.pathname}?sha256=${sha256}`;
    // What an extension carries lies on the disk already, and no cache takes it.
    const store = url.protocol.startsWith('http') ? await cache : undefined;
    const kept = await (await store?.match(key))?.arrayBuffer();
    if (kept !== undefined) {
      if ((await hashOf(kept)) === sha256) {
        onProgress({ file: name, loaded: total, total, cached: true });
        return broughtFrom(url, kept);
      }
      await store?.delete(key);
    }
    let got = '';
    for (const mode of ['default', 'reload'] as const) {
      const response = await fetch(url, { cache: mode });
      if (!response.ok) return response;
      const body = await read(response, total, (loaded) => onProgress({ file: name, loaded, total, cached: false }));
      got = await hashOf(body);
      if (got !== sha256) continue;
      // Nobody waits for the disk.
      if (store !== undefined) void keep(store, key, body);
      return broughtFrom(url, body);
    }
    throw new FirewallError(
      'FW_PACK',
      `openGuard: expected ${name} with SHA-256 ${sha256.slice(0, 12)}… at ${url.href}; got ${got.slice(0, 12)}…`,
    );
  }

  return async (url) => {
    const built = known.get(url.href);
    if (built === undefined) return fetch(url);
    let bringing = begun.get(url.href);
    if (bringing === undefined) {
      bringing = bring(url, built);
      begun.set(url.href, bringing);
      // What failed may be asked for again.
      bringing.then(
        ({ ok }) => ok || begun.delete(url.href),
        () => begun.delete(url.href),
      );
    }
    return bringing;
  };
}

/** `undefined` where pages have no Cache Storage (plain http) or may not use it (no room, private windows). */
async function openCache(): Promise<Cache | undefined> {
  try {
    return await globalThis.caches?.open(CACHE);
  } catch {
    return undefined;
  }
}

/** Puts a file away, and what an older version left. A full disk costs the next visit a download, nothing else. */
async function keep(store: Cache, key: string, body: ArrayBuffer): Promise<void> {
  const path = key.slice(0, key.indexOf('?'));
  try {
    for (const { url } of await store.keys()) if (url.startsWith(`${path}?`)) await store.delete(url);
    await store.put(key, new Response(body));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
}

/**
 * Into one buffer of the size that is known: to join the pieces of a large file at its end would hold the thread for as
 * long as three frames take.
 *
 * @param total bytes; what comes beyond them is left out
 */
async function read(response: Response, total: number, onLoaded: (bytes: number) => void): Promise<ArrayBuffer> {
  const body = new Uint8Array(total);
  const reader = response.body?.getReader();
  let loaded = 0;
  let told = 0;
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    body.set(piece.value.subarray(0, total - loaded), loaded);
    loaded = Math.min(total, loaded + piece.value.byteLength);
    if (loaded < total && loaded - told < total / MOST_STEPS) continue;
    told = loaded;
    onLoaded(loaded);
  }
  return loaded === total ? body.buffer : body.buffer.slice(0, loaded);
}

function broughtFrom({ href }: URL, body: ArrayBuffer): Brought {
  return {
    ...{ ok: true, status: 200, url: href },
    json: async () => JSON.parse(new TextDecoder().decode(body)),
    arrayBuffer: async () => body,
  };
}

/** Plain http has no `crypto.subtle`. */
async function hashOf(body: ArrayBuffer): Promise<string> {
  const digest =
    globalThis.crypto.subtle === undefined
      ? (await import('@noble/hashes/sha2.js')).sha256(new Uint8Array(body))
      : new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
