/**
 * The package's files: from Cache Storage or the network, and never without a look at their SHA-256.
 *
 * @module
 */
import { FirewallError } from '../../errors.ts';
import type { Progress } from './messages.ts';

/** A file as it was built. */
export interface Built {
  /** Such as `tier1.bin`. */
  readonly name: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

const CACHE = 'edgeward';

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
): (url: URL) => Promise<Response> {
  const begun = new Map<string, Promise<Response>>();
  let cache: Promise<Cache | undefined> | undefined;

  async function bring(url: URL, built: Built): Promise<Response> {
    cache ??= openCache();
    const { name, bytes: total, sha256 } = built;
    const key = `${url.origin}${url.pathname}?sha256=${sha256}`;
    // What an extension carries lies on the disk already, and no cache takes it.
    const store = url.protocol.startsWith('http') ? await cache : undefined;
    const kept = await (await store?.match(key))?.arrayBuffer();
    if (kept !== undefined) {
      if ((await hashOf(kept)) === sha256) {
        onProgress({ file: name, loaded: total, total, cached: true });
        return new Response(kept);
      }
      await store?.delete(key);
    }
    let got = '';
    for (const mode of ['default', 'reload'] as const) {
      const response = await fetch(url, { cache: mode });
      if (!response.ok) return response;
      const body = await read(response, (loaded) => onProgress({ file: name, loaded, total, cached: false }));
      got = await hashOf(body);
      if (got !== sha256) continue;
      if (store !== undefined) await keep(store, key, body);
      return new Response(body);
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
    return (await bringing).clone();
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

async function read(response: Response, onLoaded: (bytes: number) => void): Promise<ArrayBuffer> {
  if (response.body === null) return new ArrayBuffer(0);
  let loaded = 0;
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        loaded += chunk.byteLength;
        onLoaded(loaded);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted).arrayBuffer();
}

/** Plain http has no `crypto.subtle`. */
async function hashOf(body: ArrayBuffer): Promise<string> {
  const digest =
    globalThis.crypto.subtle === undefined
      ? (await import('@noble/hashes/sha2.js')).sha256(new Uint8Array(body))
      : new Uint8Array(await crypto.subtle.digest('SHA-256', body));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
