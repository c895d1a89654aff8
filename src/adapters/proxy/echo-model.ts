/**
 * A stand-in for a language model: says back what it was told, by OpenAI's chat completions, streaming too.
 *
 * @module
 */
import { Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { chatTexts } from '../../chat-texts.ts';
import { answerRefusal, Refusal } from '../refusal.ts';

const MODEL = 'edgeward-echo';

/** Answers `POST /v1/chat/completions` and `GET /v1/models`. */
export function createEchoModel(): Hono {
  const app = new Hono();
  app.get('/v1/models', (c) =>
    c.json({ object: 'list', data: [{ id: MODEL, object: 'model', owned_by: 'edgeward' }] }),
  );
  app.post('/v1/chat/completions', async (c) => {
    const body: unknown = await c.req.json().catch(() => undefined);
    const message = chatTexts(body).findLast(({ channel }) => channel === 'user')?.text;
    if (message === undefined) {
      return answerRefusal(new Refusal(400, 'Expected {"messages": [{"role": "user", "content": "…"}]}'), 'openai');
    }
    const { stream, stream_options: options } = body as Readonly<Record<string, unknown>>;
    if (stream !== true) return c.json(completion(message));
    const wantsUsage = (options as { readonly include_usage?: unknown } | undefined)?.include_usage === true;
    return streamSSE(c, async (events) => {
      for (const chunk of completionChunks(message, wantsUsage)) await events.writeSSE({ data: JSON.stringify(chunk) });
      await events.writeSSE({ data: '[DONE]' });
    });
  });
  return app;
}

/** What it says to a message. */
export function echo(message: string): string {
  return `You said: ${message}`;
}

function completion(message: string): object {
  const choice = { index: 0, message: { role: 'assistant', content: echo(message) }, finish_reason: 'stop' };
  return { ...header(), object: 'chat.completion', choices: [choice], usage: usageOf(message) };
}

/** The same, a word at a time. */
function* completionChunks(message: string, wantsUsage: boolean): Generator<object> {
  const common = { ...header(), object: 'chat.completion.chunk' };
  yield { ...common, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] };
  for (const content of words(echo(message))) {
    yield { ...common, choices: [{ index: 0, delta: { content }, finish_reason: null }] };
  }
  yield { ...common, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
  if (wantsUsage) yield { ...common, choices: [], usage: usageOf(message) };
}

function words(text: string): readonly string[] {
  return text.match(/\s*\S+|\s+/g) ?? [];
}

/** Its tokens are words. */
function usageOf(message: string): object {
  const [prompt, said] = [words(message).length, words(echo(message)).length];
  return { prompt_tokens: prompt, completion_tokens: said, total_tokens: prompt + said };
}

function header(): object {
  return { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model: MODEL };
}
