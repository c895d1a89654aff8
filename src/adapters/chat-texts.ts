/**
 * Finds the texts in a chat request's body, and who speaks in each.
 *
 * Knows the shapes of OpenAI chat completions and responses, Anthropic messages,
 * Gemini, the Vercel AI SDK, and the plain `{message}`, `{prompt}`, `{input}`,
 * `{text}`, `{query}`. Pictures, audio and unknown parts are passed over.
 *
 * The roles are taken as the body says them, and `system` text is not judged: where
 * the body comes from a stranger's browser rather than from your own server, judge
 * every text as `user` by a `texts` option of your own.
 *
 * @module
 */
import type { Channel } from '../types.ts';

export interface ChatText {
  readonly text: string;
  readonly channel: Channel;
}

// Maps, not objects: a role named `constructor` is no role.
const ROLES: ReadonlyMap<unknown, Channel> = new Map([
  ['user', 'user'],
  ['human', 'user'],
  ['system', 'system'],
  ['developer', 'system'],
  ['assistant', 'model'],
  ['model', 'model'],
  ['tool', 'tool'],
  ['function', 'tool'],
]);

/** Part types whose content a tool or a retriever wrote, whatever the role around them. */
const DATA_PARTS: ReadonlyMap<unknown, Channel> = new Map([
  ['tool_result', 'tool'],
  ['tool-result', 'tool'],
  ['function_call_output', 'tool'],
  ['document', 'retrieved'],
  ['search_result', 'retrieved'],
]);

/** Keys under which parts keep text or further parts. */
const NESTED = ['text', 'content', 'parts', 'input_text', 'output', 'result', 'response', 'functionResponse'] as const;
/** Keys under which documents keep their text, and pictures and sounds their bytes. */
const BINARY = ['source', 'data'] as const;
const PLAIN_KEYS = ['messages', 'contents', 'message', 'prompt', 'input', 'text', 'query', 'question'] as const;
/** Deeper bodies are no chat request; the rest of them is left unread. */
const MAX_NESTING = 12;

/**
 * @param body a parsed JSON body, of any shape
 * @returns the texts in order of appearance; empty when the body holds none that this function knows
 * @complexity linear in the size of `body`
 */
export function chatTexts(body: unknown): ChatText[] {
  const texts: ChatText[] = [];
  if (!isRecord(body)) {
    collect(body, 'user', texts, 0);
    return texts;
  }
  collect(body['system'] ?? body['instructions'] ?? body['systemInstruction'], 'system', texts, 0);
  for (const key of PLAIN_KEYS) collect(body[key], 'user', texts, 0);
  return texts;
}

function collect(value: unknown, channel: Channel, texts: ChatText[], depth: number): void {
  if (depth > MAX_NESTING) return;
  if (typeof value === 'string') {
    if (value !== '') texts.push({ text: value, channel });
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, channel, texts, depth + 1);
  } else if (isRecord(value)) {
    const own = speaker(value) ?? channel;
    for (const key of keysOf(value, own)) collect(value[key], own, texts, depth + 1);
  }
}

function speaker(part: Readonly<Record<string, unknown>>): Channel | undefined {
  const { type, role } = part;
  if (DATA_PARTS.has(type)) return DATA_PARTS.get(type);
  if ('functionResponse' in part) return 'tool';
  return ROLES.get(typeof role === 'string' ? role.toLowerCase() : role);
}

function keysOf(part: Readonly<Record<string, unknown>>, channel: Channel): readonly string[] {
  const { type } = part;
  const isMedium = typeof type === 'string' && /image|audio/.test(type);
  const known = [...NESTED, ...(isMedium ? [] : BINARY)].filter((key) => part[key] !== undefined);
  // A tool's result may be any JSON: all its strings are data.
  return known.length === 0 && channel === 'tool' && !isMedium ? Object.keys(part) : known;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
