/**
 * The local app: a page to type into, and a guarded chat whose model repeats what it is told.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { type Context, Hono, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { streamSSE } from 'hono/streaming';
import type { Channel, Explanation, Firewall, Outcome, PresetName, Thresholds } from '../../../exports.ts';
import { chatTexts, guard } from '../../hono.ts';
import { completion, completionChunks, reply } from './echo-model.ts';

export interface LocalAppOptions {
  /** One firewall per policy the page offers. */
  readonly firewalls: Readonly<Record<PresetName, Firewall>>;
  /** The policy that guards the chat. */
  readonly policy: PresetName;
  /** HTML. */
  readonly page: string;
  /** Whether a request comes from this machine; only then are findings told. */
  readonly isLocal: (c: Context) => boolean;
}

/** What `POST /api/scan` answers. */
export interface ScanAnswer {
  readonly engine: string;
  readonly policy: PresetName;
  readonly outcome: Outcome['action'];
  readonly decision: Outcome['decision'];
  readonly views: Explanation['views'];
  /** Scores from which the channel's text is doubted and blocked. */
  readonly thresholds: Thresholds;
}

const MAX_SCAN_BYTES = 1024 * 1024;

export function createLocalApp({ firewalls, policy, page, isLocal }: LocalAppOptions): Hono {
  const app = new Hono();
  const headers = pageHeaders(page);

  app.get('/', (c) => c.html(page, 200, headers));

  app.use('/chat', guard(firewalls[policy]));
  app.post('/chat', async (c) => {
    const message = await lastUserText(c);
    return message === undefined ? badRequest(c, 'Expected {"message": "…"}') : c.json({ reply: reply(message) });
  });

  app.use('/v1/chat/completions', guard(firewalls[policy]));
  app.post('/v1/chat/completions', async (c) => {
    const message = await lastUserText(c);
    if (message === undefined) return badRequest(c, 'Expected {"messages": [{"role": "user", "content": "…"}]}');
    const body: unknown = await c.req.json();
    if (!(isRecord(body) && body['stream'] === true)) return c.json(completion(message));
    return streamSSE(c, async (stream) => {
      for (const chunk of completionChunks(message)) await stream.writeSSE({ data: JSON.stringify(chunk) });
      await stream.writeSSE({ data: '[DONE]' });
    });
  });

  app.post('/api/scan', onlyLocal(isLocal), bodyLimit({ maxSize: MAX_SCAN_BYTES }), async (c) => {
    const ask = await readJson(c);
    if (!isRecord(ask) || typeof ask['text'] !== 'string')
      return badRequest(c, 'Expected {"text": "…", "channel": "user", "policy": "balanced"}');
    const {
      text,
      channel = 'user',
      policy: name = policy,
    } = ask as { text: string; channel?: Channel; policy?: PresetName };
    if (!Object.hasOwn(firewalls, name))
      return badRequest(c, `Expected a policy among ${Object.keys(firewalls).join(', ')}`);
    const firewall = firewalls[name];
    try {
      const { action, decision } = await firewall.guard(text, { channel });
      const { views } = await firewall.explain(text, { channel });
      const { verify, block } = firewall.policy.channels[channel] ?? firewall.policy;
      const answer: ScanAnswer = {
        engine: firewall.engine.name,
        policy: name,
        outcome: action,
        decision,
        views,
        thresholds: { verify, block },
      };
      return c.json(answer);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'FW_INPUT') return badRequest(c, error.message);
      throw error;
    }
  });

  return app;
}

/** Findings teach an attacker which words to change: they are for whoever sits at this machine. */
function onlyLocal(isLocal: (c: Context) => boolean): MiddlewareHandler {
  return async (c, next) => (isLocal(c) ? next() : c.json({ title: 'Only from this machine', status: 403 }, 403));
}

/** The page runs the script it came with and no other, and talks to nobody else. */
function pageHeaders(page: string): Record<string, string> {
  const hashes = (tag: string): string =>
    [...page.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))]
      .map(([, inside]) => `'sha256-${createHash('sha256').update(inside!).digest('base64')}'`)
      .join(' ');
  const rules = [
    "default-src 'none'",
    `script-src ${hashes('script')}`,
    `style-src ${hashes('style')}`,
    "connect-src 'self'",
    'img-src data:',
  ];
  return {
    'content-security-policy': `${rules.join('; ')}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
  };
}

async function lastUserText(c: Context): Promise<string | undefined> {
  return chatTexts(await readJson(c)).findLast(({ channel }) => channel === 'user')?.text;
}

async function readJson(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch {
    return undefined; // every caller says what it expected
  }
}

function badRequest(c: Context, title: string): Response {
  return c.json({ type: 'about:blank', title, status: 400 }, 400, { 'content-type': 'application/problem+json' });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
