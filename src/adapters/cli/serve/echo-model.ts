/**
 * A stand-in for a language model: says back what it was told, in the shapes of OpenAI's chat completions.
 *
 * @module
 */

const MODEL = 'edgeward-echo';

export interface Completion {
  readonly id: string;
  readonly object: 'chat.completion';
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly message: { readonly role: 'assistant'; readonly content: string };
      readonly finish_reason: 'stop';
    },
  ];
}

export interface CompletionChunk extends Omit<Completion, 'object' | 'choices'> {
  readonly object: 'chat.completion.chunk';
  readonly choices: readonly [
    {
      readonly index: 0;
      readonly delta: { readonly role?: 'assistant'; readonly content?: string };
      readonly finish_reason: 'stop' | null;
    },
  ];
}

export function reply(message: string): string {
  return `You said: ${message}`;
}

export function completion(message: string): Completion {
  const choice = { index: 0, message: { role: 'assistant', content: reply(message) }, finish_reason: 'stop' } as const;
  return { ...header(), object: 'chat.completion', choices: [choice] };
}

/** The same, a word at a time. */
export function* completionChunks(message: string): Generator<CompletionChunk> {
  const common = { ...header(), object: 'chat.completion.chunk' } as const;
  yield { ...common, choices: [{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }] };
  for (const content of reply(message).match(/\s*\S+|\s+/g) ?? []) {
    yield { ...common, choices: [{ index: 0, delta: { content }, finish_reason: null }] };
  }
  yield { ...common, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
}

function header(): Pick<Completion, 'id' | 'created' | 'model'> {
  return { id: `chatcmpl-${crypto.randomUUID()}`, created: Math.floor(Date.now() / 1000), model: MODEL };
}
