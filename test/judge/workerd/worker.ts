/**
 * What a customer's worker is: guards requests by subject, keeps bans in Durable Objects, verifies when the queue calls.
 *
 * @module
 */
import { createFirewall, type Firewall } from 'edgeward';
import { type Judgement, openJudgement } from '../../../src/judgement.ts';
import { createCloudflareStore } from '../../../src/stores/cloudflare.ts';
import type { Verifier } from '../../../src/verify/verifier.ts';

export { EdgewardStore } from '../../../src/stores/cloudflare.ts';

interface Env {
  readonly STORE: Parameters<typeof createCloudflareStore>[0]['objects'];
}

/** Knows an attack by a word. */
const verifier: Verifier = {
  name: 'word',
  async verify({ text }) {
    const attack = text.includes('zorb');
    return { attack, score: attack ? 0.99 : 0.01, reason: 'word' };
  },
};

let firewall: Promise<Firewall> | undefined;

async function open({ STORE }: Env): Promise<Judgement> {
  // Everything is in doubt: what the verifier says decides.
  firewall ??= createFirewall({ policy: { verify: 0, block: 1 } });
  return openJudgement({
    firewall: await firewall,
    store: createCloudflareStore({ objects: STORE }),
    key: 'a key for the tests only',
    verifier,
    terms: { banAt: 1 },
    workers: 0,
  });
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const judgement = await open(env);
    const subject = request.headers.get('x-user') ?? 'nobody';
    const { action } = await judgement.guard(await request.text(), { subject });
    return new Response(action, { status: action === 'block' ? 403 : 200 });
  },
  async queue(batch: { ackAll(): void }, env: Env): Promise<void> {
    await (await open(env)).work();
    batch.ackAll();
  },
};
