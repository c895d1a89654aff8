// Keeps the page and its scripts, as any page that wants to work offline does. Weights are not its business.
const scope = /** @type {any} */ (globalThis);
scope.addEventListener('install', () => scope.skipWaiting());
scope.addEventListener('activate', (/** @type {any} */ event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener('fetch', (/** @type {any} */ event) => {
  if (!/\.(?:wasm|bin)$/.test(event.request.url)) event.respondWith(freshOrKept(event.request));
});

/** @param {Request} request */
async function freshOrKept(request) {
  const cache = await caches.open('page');
  try {
    const response = await fetch(request);
    if (request.method === 'GET') await cache.put(request, response.clone());
    return response;
  } catch {
    return (await cache.match(request)) ?? Response.error();
  }
}
