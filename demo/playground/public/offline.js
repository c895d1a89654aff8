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

addEventListener('install', (event) => {
  event.waitUntil(
    caches.open(CACHE).then((cache) => cache.addAll(FILES.map((path) => new URL(path, registration.scope).href))),
  );
});

addEventListener('activate', (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => names.filter((name) => name.startsWith('edgeward-playground-') && name !== CACHE))
      .then((old) => Promise.all(old.map((name) => caches.delete(name)))),
  );
});

addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(registration.scope)) return;
  event.respondWith(
    fetch(request).catch(async (error) => {
      const kept = await caches.match(request, { ignoreSearch: true });
      if (kept === undefined) throw error;
      return kept;
    }),
  );
});
