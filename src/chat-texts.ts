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
import type { Channel, Outcome } from './types.ts';

export interface ChatText {
  readonly text: string;
  readonly channel: Channel;
}

/** A text and where it stands: the names and indices that lead to it. */
export interface PlacedText extends ChatText {
  readonly path: readonly (string | number)[];
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
/** Keys that lead to what the model wants to call. */
const CALLS = ['tool_calls', 'function_call', 'functionCall'] as const;
/** Keys under which a call keeps what it is called with: JSON, as a text or as it is. */
const ARGUMENTS = ['arguments', 'args', 'input'] as const;
const PART_KEYS = [...NESTED, ...BINARY] as const;
/** Types of parts that are calls themselves. */
const CALL_TYPE = /^(?:tool_use|server_tool_use|function_call|custom_tool_call|tool-.+|dynamic-tool)$/;
const PLAIN_KEYS = ['messages', 'contents', 'message', 'prompt', 'input', 'text', 'query', 'question'] as const;
/** Deeper bodies are no chat request; the rest of them is left unread. */
const MAX_NESTING = 12;

type Path = readonly (string | number)[];
type Part = Readonly<Record<string, unknown>>;

/**
 * @param body a parsed JSON body, of any shape
 * @returns the texts in order of appearance; empty when the body holds none that this function knows
 * @complexity linear in the size of `body`
 */
export function chatTexts(body: unknown): ChatText[] {
  return placedTexts(body).map(({ text, channel }) => ({ text, channel }));
}

/** The same with their places; with `calls` also what tools were called with, as texts of the model. */
export function placedTexts(body: unknown, calls = false): PlacedText[] {
  const texts: PlacedText[] = [];

  function collect(value: unknown, channel: Channel, path: Path, depth: number, everything = false): void {
    if (depth > MAX_NESTING) return;
    if (typeof value === 'string') {
      if (value !== '') texts.push({ text: value, channel, path });
    } else if (Array.isArray(value)) {
      value.forEach((item: unknown, i) => collect(item, channel, [...path, i], depth + 1, everything));
    } else if (isPart(value)) {
      if (everything) {
        for (const key of Object.keys(value)) collect(value[key], channel, [...path, key], depth + 1, true);
        return;
      }
      const own = speaker(value) ?? channel;
      if (calls) collectCalls(value, path, depth);
      for (const key of keysOf(value, own)) {
        const isAnswer = key === 'output' && /^(?:tool-|dynamic-tool$)/.test(String(value['type']));
        collect(value[key], isAnswer ? 'tool' : own, [...path, key], depth + 1);
      }
    }
  }

  function collectCalls(part: Part, path: Path, depth: number): void {
    for (const key of CALLS) {
      if (part[key] === undefined) continue;
      const called = Array.isArray(part[key]) ? (part[key] as unknown[]) : [part[key]];
      called.forEach((call, i) => {
        if (!isPart(call)) return;
        const at = Array.isArray(part[key]) ? [...path, key, i] : [...path, key];
        collectArguments(call, at, depth + 1);
        if (isPart(call['function'])) collectArguments(call['function'], [...at, 'function'], depth + 2);
      });
    }
    const { type } = part;
    if (typeof type === 'string' && CALL_TYPE.test(type) && !DATA_PARTS.has(type)) collectArguments(part, path, depth);
  }

  function collectArguments(call: Part, path: Path, depth: number): void {
    for (const key of ARGUMENTS) collect(call[key], 'model', [...path, key], depth + 1, true);
  }

  if (!isPart(body)) {
    collect(body, 'user', [], 0);
    return texts;
  }
  const system = ['system', 'instructions', 'systemInstruction'].find((key) => (body[key] ?? undefined) !== undefined);
  if (system !== undefined) collect(body[system], 'system', [system], 0);
  for (const key of PLAIN_KEYS) collect(body[key], 'user', [key], 0);
  return texts;
}

/** The body with other texts in some places; all else is the same, and the body stays as it is. */
export function withTexts<T>(body: T, texts: readonly Pick<PlacedText, 'path' | 'text'>[]): T {
  let out: unknown = body;
  const copied = new Set<unknown>();
  const copyOf = (value: unknown): unknown => {
    if (copied.has(value)) return value;
    const copy: unknown = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
    copied.add(copy);
    return copy;
  };
  for (const { path, text } of texts) {
    if (path.length === 0) return text as T;
    out = copyOf(out);
    let holder = out as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) {
      holder[key] = copyOf(holder[key]);
      holder = holder[key] as Record<string | number, unknown>;
    }
    holder[path.at(-1)!] = text;
  }
  return out as T;
}

/** Orders outcomes: blocked outranks doubtful outranks allowed; within that, the score decides. */
export function rank({ action, decision }: Outcome): number {
  return (
    (action === 'block' ? 4 : 0) +
    (decision.action === 'block' ? 3 : decision.action === 'verify' ? 2 : 0) +
    decision.scan.score
  );
}

function speaker(part: Part): Channel | undefined {
  const { type, role } = part;
  if (DATA_PARTS.has(type)) return DATA_PARTS.get(type);
  if ('functionResponse' in part) return 'tool';
  return ROLES.get(typeof role === 'string' ? role.toLowerCase() : role);
}

function keysOf(part: Part, channel: Channel): readonly string[] {
  const { type } = part;
  const isMedium = typeof type === 'string' && /image|audio/.test(type);
  const known = (isMedium ? NESTED : PART_KEYS).filter((key) => part[key] !== undefined);
  // A tool's result may be any JSON: all its strings are data.
  return known.length === 0 && channel === 'tool' && !isMedium ? Object.keys(part) : known;
}

function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
