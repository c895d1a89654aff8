/**
 * The firewall on Cloudflare Workers: a guarded proxy before a model's API, and a route of one's own behind the
 * middleware. The engine runs in the isolate that answers.
 *
 * @module
 */
import { createFirewall, type Firewall, type FirewallOptions } from 'edgeward';
import { type GuardVariables, guard } from 'edgeward/hono';
import { createEchoModel, createProxy, type ProxyOptions } from 'edgeward/proxy';
import { Hono, type MiddlewareHandler } from 'hono';

/** What `wrangler.jsonc` binds; all of it optional. */
export interface Bindings {
  /** The model's API, such as `https://api.openai.com`; one that repeats what it is told where absent or empty. */
  readonly UPSTREAM?: string;
  /** `balanced`, `strict` or `monitor`, or a preset with changes. */
  readonly POLICY?: NonNullable<FirewallOptions['policy']>;
  /** The static files. */
  readonly ASSETS?: { fetch(url: string): Promise<Response> };
}

type Edge<Env extends Bindings> = Hono<{ Bindings: Env; Variables: GuardVariables }> & {
  /** What judges in this isolate. */
  firewall(env: Env): Promise<Firewall>;
};

/** What a worker adds. */
export interface Parts<Env extends Bindings> {
  /** How the transformer gets its files; tier 1 works alone where absent. */
  tier2?(env: Env): NonNullable<FirewallOptions['transformer']>;
  /** What the proxy is told beside firewall and upstream: who asks, and what remembers it. */
  proxy?(env: Env, firewall: Firewall): Pick<ProxyOptions, 'subject' | 'judgement'>;
}

interface Guards {
  readonly firewall: Firewall;
  readonly proxy: Hono;
  readonly middleware: MiddlewareHandler;
}

/** Where clients of the known APIs go, and what tells the proxy's health. */
const PROXIED = ['/v1/*', '/v1beta/*', '/api/*', '/-/*'];

export function createApp<Env extends Bindings = Bindings>(parts: Parts<Env> = {}): Edge<Env> {
  const app = new Hono<{ Bindings: Env; Variables: GuardVariables }>();

  /** Made by the first request and kept for the isolate's life: Workers forbid such work at import. */
  let guards: Promise<Guards> | undefined;

  async function open(env: Env): Promise<Guards> {
    const { UPSTREAM: upstream, POLICY: policy } = env;
    const transformer = parts.tier2?.(env);
    const firewall = await createFirewall({ ...(policy && { policy }), ...(transformer && { transformer }) });
    const model = createEchoModel();
    const proxy = createProxy({
      firewall,
      upstream: upstream || 'http://echo.invalid', // nothing is looked up: the model answers in the isolate
      ...(!upstream && { fetch: async (input, init) => model.fetch(new Request(input, init)) }),
      ...parts.proxy?.(env, firewall),
    });
    return { firewall, proxy, middleware: guard(firewall, { answer: {} }) };
  }

  function start(env: Env): Promise<Guards> {
    guards ??= open(env);
    return guards;
  }

  for (const path of PROXIED) {
    app.all(path, async (c) => (await start(c.env)).proxy.fetch(c.req.raw, c.env));
  }

  app.use('/chat', async (c, next) => (await start(c.env)).middleware(c, next));

  /** In place of a handler of your own: says what it was asked, and what the guard thought of it. */
  app.post('/chat', async (c) => {
    const { message } = await c.req.json<{ message: string }>();
    const scan = c.get('edgeward').outcome?.decision.scan;
    return c.json({ reply: `You said: ${message}`, score: scan?.score, tier: scan?.tier });
  });

  /** Which engine and which model this deployment runs; loads the model where there is one. */
  app.get('/engine', async (c) => {
    const { firewall } = await start(c.env);
    await firewall.ready();
    const { name, version, transformer } = firewall.engine;
    return c.json({ name, version, transformer });
  });

  return Object.assign(app, { firewall: async (env: Env) => (await start(env)).firewall });
}
