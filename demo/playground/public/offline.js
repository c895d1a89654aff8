/**
 * Keeps the page for visits without a network: the network first, what was kept when there is none.
 *
 * The build writes version and files. Weights are not among them: the guard keeps those itself,
 * checked by hash, and they are found here by their path.
 *
 * @module
 */

const CACHE = `edgeward-playground-${'VERSION'}`;
const FILES = ['FILES'];

/**
 * What a service worker has and a page has not.
 *
 * @typedef {Event & { waitUntil(done: Promise<unknown>): void }} Lasting
 * @typedef {Event & { request: Request, respondWith(response: Promise<Response>): void }} Fetching
 */
const { scope } = /** @type {{ registration: { scope: string } }} */ (/** @type {unknown} */ (globalThis)).registration;

async function keep() {
  const cache = await caches.open(CACHE);
  await cache.addAll(FILES.map((path) => new URL(path, scope).href));
}

async function forgetOlder() {
  const names = await caches.keys();
  const older = names.filter((name) => name.startsWith('edgeward-playground-') && name !== CACHE);
  await Promise.all(older.map((name) => caches.delete(name)));
}

/** @param {Request} request */
async function answer(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreSearch: true });
    if (kept === undefined) throw error;
    return kept;
  }
}

addEventListener('install', (event) => /** @type {Lasting} */ (event).waitUntil(keep()));
addEventListener('activate', (event) => /** @type {Lasting} */ (event).waitUntil(forgetOlder()));
addEventListener('fetch', (event) => {
  const fetching = /** @type {Fetching} */ (event);
  const { method, url } = fetching.request;
  if (method === 'GET' && url.startsWith(scope)) fetching.respondWith(answer(fetching.request));
});
