/**
 * The local app: the playground, and a guarded chat whose model repeats what it is told.
 *
 * @module
 */
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Firewall } from '../../../exports.ts';
import { chatTexts, guard } from '../../hono.ts';
import { completion, completionChunks, reply } from './echo-model.ts';

export interface LocalAppOptions {
  /** Guards the chat. */
  readonly firewall: Firewall;
  /** Answers everything else. */
  readonly site: Hono;
}

export function createLocalApp({ firewall, site }: LocalAppOptions): Hono {
  const app = new Hono();

  app.use('/chat', guard(firewall));
  app.post('/chat', async (c) => {
    const message = await lastUserText(c);
    return message === undefined ? badRequest(c, 'Expected {"message": "…"}') : c.json({ reply: reply(message) });
  });

  app.use('/v1/chat/completions', guard(firewall));
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

  app.route('/', site);
  return app;
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
