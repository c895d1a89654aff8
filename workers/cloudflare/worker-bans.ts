/**
 * The guard with both tiers and a memory: what passes in doubt is verified when the queue calls, and who keeps attacking
 * is refused, in every isolate. Strikes, bans and doubts lie in Durable Objects.
 *
 *   npm run dev:edge -- --config workers/cloudflare/wrangler.bans.jsonc
 *
 * @module
 */
import type { Firewall } from 'edgeward';
import { type Judgement, openJudgement } from 'edgeward/judgement';
import type { SubjectOption } from 'edgeward/proxy';
import { createCloudflareStore } from 'edgeward/stores/cloudflare';
import { createLlmVerifier } from 'edgeward/verifier';
import { type Bindings, createApp } from './app.ts';
import { tier2 } from './tier2.ts';

export { EdgewardStore } from 'edgeward/stores/cloudflare';

interface BanBindings extends Bindings {
  /** The class `EdgewardStore`. */
  readonly BANS: Parameters<typeof createCloudflareStore>[0]['objects'];
  /** A secret of 16 characters or more: subjects are hashed and texts sealed with it. */
  readonly EDGEWARD_KEY?: string;
  /** Who asks: `key`, `header:NAME` or `claim:NAME`. */
  readonly SUBJECT?: string;
  /** A model that settles doubt, behind an API like OpenAI's; tier 2 on every window where absent. */
  readonly VERIFIER_URL?: string;
  readonly VERIFIER_MODEL?: string;
  readonly VERIFIER_KEY?: string;
}

/**
 * One for each request: what a request of Cloudflare's opened (timers, signals, calls to objects) no other may use. All
 * that is to be remembered lies in the store.
 */
function openFor(env: BanBindings, firewall: Firewall): Promise<Judgement> {
  const { BANS, EDGEWARD_KEY: key, VERIFIER_URL: baseUrl, VERIFIER_MODEL: model, VERIFIER_KEY: apiKey } = env;
  if (!key) throw new Error('worker: expected a secret EDGEWARD_KEY; got none. Run `wrangler secret put EDGEWARD_KEY`');
  const verifier = baseUrl ? createLlmVerifier({ baseUrl, model: model ?? '', ...(apiKey && { apiKey }) }) : undefined;
  return openJudgement({
    firewall,
    store: createCloudflareStore({ objects: BANS }),
    key,
    workers: 0, // the queue calls
    ...(verifier && { verifier }),
  });
}

function subjectOf(text: string): SubjectOption {
  const [kind, name = ''] = text.split(':', 2);
  if (text === 'key') return 'key';
  if (kind === 'header' && name !== '') return { header: name };
  if (kind === 'claim' && name !== '') return { claim: name };
  throw new Error(`worker: SUBJECT must be key, header:NAME or claim:NAME; got ${text.slice(0, 40)}`);
}

const app = createApp<BanBindings>({
  tier2,
  proxy: (env, firewall) => ({
    subject: subjectOf(env.SUBJECT || 'key'),
    judgement: {
      guard: async (text, from, options) => (await openFor(env, firewall)).guard(text, from, options),
      guardMessages: async (body, options) => (await openFor(env, firewall)).guardMessages(body, options),
    },
  }),
});

export default {
  fetch: app.fetch,
  /** The store rings when doubts wait. */
  async queue(batch: { ackAll(): void }, env: BanBindings): Promise<void> {
    const judgement = await openFor(env, await app.firewall(env));
    await judgement.work();
    batch.ackAll();
  },
};
