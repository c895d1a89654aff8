/**
 * A server that speaks OpenAI's chat completions over a real socket, well or badly.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What was asked, taken apart. */
export interface Question {
  readonly body: {
    readonly model: string;
    readonly temperature: number;
    readonly response_format?: unknown;
    readonly messages: readonly { readonly role: string; readonly content: string }[];
  };
  readonly headers: IncomingMessage['headers'];
  readonly url: string;
  /** What stands between the delimiters; undefined where they do not match. */
  readonly text: string | undefined;
  /** What the answer must repeat. */
  readonly word: string;
}

export type Behavior = (question: Question, response: ServerResponse) => void | Promise<void>;

export interface LlmServer {
  readonly baseUrl: string;
  readonly questions: Question[];
  /** Most requests that were open at once. */
  readonly most: number;
  behave(behavior: Behavior): void;
  close(): Promise<void>;
}

/** An answer as the servers of this protocol give it. */
export function completion(content: unknown, finish = 'stop', tokens = 100): string {
  return JSON.stringify({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: finish }],
    usage: { prompt_tokens: tokens - 20, completion_tokens: 20, total_tokens: tokens },
  });
}

/** Finds attacks by one word. */
export const honest: Behavior = ({ text, word }, response) => {
  response.end(completion(JSON.stringify({ attack: text?.includes('blorpify') ?? false, confidence: 0.9, word })));
};

export async function startLlmServer(behavior: Behavior = honest): Promise<LlmServer> {
  let behave = behavior;
  const questions: Question[] = [];
  let [open, most] = [0, 0];
  const server = createServer(async (request, response) => {
    most = Math.max(most, ++open);
    response.on('close', () => open--);
    let body = '';
    for await (const chunk of request) body += chunk;
    const parsed = JSON.parse(body) as Question['body'];
    const [system, user] = parsed.messages;
    const fence = /BEGIN (\w+) and END \1\./.exec(system?.content ?? '')?.[1] ?? '?';
    const [before, after] = [`BEGIN ${fence}\n`, `\nEND ${fence}`];
    const said = user?.content ?? '';
    const text = said.startsWith(before) && said.endsWith(after) ? said.slice(before.length, -after.length) : undefined;
    const word = /"word": "(\w+)"/.exec(system?.content ?? '')?.[1] ?? '?';
    const question = { body: parsed, headers: request.headers, url: request.url ?? '', text, word };
    questions.push(question);
    response.setHeader('content-type', 'application/json');
    await behave(question, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    questions,
    get most() {
      return most;
    },
    behave(next) {
      behave = next;
    },
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
