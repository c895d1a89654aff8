/**
 * The APIs the proxy knows, by the end of the path: whatever stands before it (`/v1`, `/openai/deployments/x`) differs
 * from host to host.
 *
 * An API decides in which shape a refusal comes and who speaks in places of its own. It does not decide what is judged:
 * every text of every body is, so that a path which the upstream reads otherwise gains nothing.
 *
 * @module
 */
import type { Channel } from '../../types.ts';
import type { Api } from '../refusal.ts';

export const APIS: readonly Api[] = ['openai', 'anthropic', 'gemini', 'ollama', 'plain'];

/** Texts that stand in a place of their own, and who speaks there. */
export interface TextPlace {
  /** Names with stops between, such as `ticket.notes.*.body`; `*` is any name or index. All below it counts too. */
  readonly path: string;
  readonly channel: Channel;
}

export interface Endpoint {
  readonly api: Api;
  readonly path: RegExp;
  readonly places?: readonly TextPlace[];
  /** Passes unread: what is asked there is not acted on. Holds for exactly this path. */
  readonly unread?: true;
  /** Vectors are no text of a model. Defaults to `'text'`. */
  readonly answers?: 'text' | 'vectors';
}

const DOCUMENTS: readonly TextPlace[] = ['input', 'content', 'requests', 'prompt'].map((path) => ({
  path,
  channel: 'retrieved',
}));

/** The first that fits counts. */
export const ENDPOINTS: readonly Endpoint[] = [
  { api: 'openai', path: /^\/v1\/moderations$/, unread: true, answers: 'vectors' },
  { api: 'gemini', path: /:(?:embedContent|batchEmbedContents)$/i, places: DOCUMENTS, answers: 'vectors' },
  { api: 'gemini', path: /\/models\/[^/]+:[a-z]+$/i },
  { api: 'anthropic', path: /\/(?:messages|complete)(?:\/count_tokens|\/batches)?\/?$/i },
  { api: 'ollama', path: /\/api\/(?:embed|embeddings)\/?$/i, places: DOCUMENTS, answers: 'vectors' },
  { api: 'ollama', path: /\/api\/[a-z]+\/?$/i },
  { api: 'openai', path: /\/embeddings\/?$/i, places: DOCUMENTS, answers: 'vectors' },
  { api: 'openai', path: /\/(?:chat\/completions|completions|responses)\/?$/i },
];

/** What a path that no endpoint has is most likely of. */
export function guessApi(path: string, headers: Headers): Api {
  if (headers.has('anthropic-version')) return 'anthropic';
  if (headers.has('x-goog-api-key')) return 'gemini';
  return /^\/v1\//.test(path) ? 'openai' : 'plain';
}
