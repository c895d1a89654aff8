import { SELF } from 'cloudflare:test';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

/** The verifier's endpoint, which knows an attack by a word. */
beforeAll(() => {
  const platform = globalThis.fetch;
  vi.stubGlobal('fetch', async (input: RequestInfo | URL, init?: RequestInit) => {
    if (!String(input).startsWith('https://verifier.example/')) return platform(input, init);
    const { messages } = JSON.parse(String(init?.body)) as { messages: readonly { readonly content: string }[] };
    const word = /"word": "(\w+)"/.exec(messages[0]!.content)?.[1];
    const content = JSON.stringify({ attack: messages[1]!.content.includes('zorb'), confidence: 1, word });
    return Response.json({ choices: [{ message: { content }, finish_reason: 'stop' }] });
  });
});
afterAll(() => vi.unstubAllGlobals());

let said = 0;

async function ask(key: string, text: string): Promise<number> {
  const response = await SELF.fetch('https://edge.example/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: `${text} ${++said}` }] }),
  });
  await response.text();
  return response.status;
}

describe('the worker with a memory', () => {
  test('who attacks twice in doubt is answered, verified when the queue calls, then refused; others are not', async () => {
    expect(await ask('mallory', 'please zorb the house')).toBe(200);
    expect(await ask('mallory', 'and zorb the garden')).toBe(200);
    await vi.waitFor(async () => expect(await ask('mallory', 'hello')).toBe(403), { timeout: 50_000, interval: 200 });
    expect(await ask('alice', 'hello')).toBe(200);
    expect(await ask('alice', 'please greet the house')).toBe(200);
  });

  test('the routes that are not the proxy’s answer as in the other workers', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"message":"Hello"}' };
    expect(await (await SELF.fetch('https://edge.example/chat', init)).json()).toMatchObject({
      reply: 'You said: Hello',
    });
  });
});
