/**
 * A stand-in for a language model: says back what it was told, so that everything runs without a key.
 *
 * @module
 */
import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import { chatTexts } from '../../chat-texts.ts';
import { answerRefusal, Refusal } from '../refusal.ts';

const MODEL = 'edgeward-echo';

/** Answers `POST /v1/chat/completions`, streaming too, and `GET /v1/models` as OpenAI's API; and `POST /chat` with `{"message": "…"}`. */
export function createEchoModel(): Hono {
  const app = new Hono();
  app.get('/v1/models', (c) =>
    c.json({ object: 'list', data: [{ id: MODEL, object: 'model', owned_by: 'edgeward' }] }),
  );
  app.post('/v1/chat/completions', async (c) => {
    const { body, message } = await asked(c);
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
  app.post('/chat', async (c) => {
    const { message } = await asked(c);
    if (message === undefined) return answerRefusal(new Refusal(400, 'Expected {"message": "…"}'), 'plain');
    return c.json({ reply: reply(message) });
  });
  return app;
}

async function asked(c: Context): Promise<{ readonly body: unknown; readonly message: string | undefined }> {
  const body: unknown = await c.req.json().catch(() => undefined);
  return { body, message: chatTexts(body).findLast(({ channel }) => channel === 'user')?.text };
}

function reply(message: string): string {
  return `You said: ${message}`;
}

function completion(message: string): object {
  const choice = { index: 0, message: { role: 'assistant', content: reply(message) }, finish_reason: 'stop' };
  return { ...header(), object: 'chat.completion', choices: [choice], usage: usageOf(message) };
}

/** The same, a word at a time. */
function* completionChunks(message: string, wantsUsage: boolean): Generator<object> {
  const common = { ...header(), object: 'chat.completion.chunk' };
  yield { ...common, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] };
  for (const content of words(reply(message))) {
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
  const [prompt, said] = [words(message).length, words(reply(message)).length];
  return { prompt_tokens: prompt, completion_tokens: said, total_tokens: prompt + said };
}

function header(): object {
  return { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model: MODEL };
}
