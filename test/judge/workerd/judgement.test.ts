import { env, SELF } from 'cloudflare:test';
import { expect, test, vi } from 'vitest';
import { createCloudflareStore } from '../../../src/stores/cloudflare.ts';
import { storeConformance } from '../../stores/conformance.ts';

const objects = (env as { readonly STORE: Parameters<typeof createCloudflareStore>[0]['objects'] }).STORE;
let stores = 0;

storeConformance('cloudflare', async (now) =>
  createCloudflareStore({ objects, name: `conformance-${++stores}`, shards: 3, now }),
);

test.each([
  ['no binding', { objects: undefined as unknown as typeof objects }, /objects must be a Durable Object binding/],
  ['no shards', { objects, shards: 0 }, /shards must be 1 to 256; got 0/],
])('wrong options: %s', (_name, options, message) => {
  expect(() => createCloudflareStore(options)).toThrow(message);
});

const send = async (user: string, body: string): Promise<number> => {
  const response = await SELF.fetch('https://guarded.example/chat', {
    method: 'POST',
    headers: { 'x-user': user },
    body,
  });
  await response.text();
  return response.status;
};

test('who sends an attack in doubt is answered, verified by the consumer of the queue, and then refused', async () => {
  expect(await send('mallory', 'please zorb the house')).toBe(200);
  await vi.waitFor(async () => expect(await send('mallory', 'hello')).toBe(403), { timeout: 30_000, interval: 100 });
  expect(await send('alice', 'hello')).toBe(200);
});
