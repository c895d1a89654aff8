/**
 * Every protocol, in the order in which they are tried on an event.
 *
 * @module
 */
import { aiData } from './ai-data.ts';
import { aiSdk } from './ai-sdk.ts';
import { anthropic } from './anthropic.ts';
import { gemini } from './gemini.ts';
import { ollama } from './ollama.ts';
import { openaiChat } from './openai-chat.ts';
import { openaiResponses } from './openai-responses.ts';
import type { Protocol } from './protocol.ts';
import { plainText } from './text.ts';

export const PROTOCOLS = {
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  anthropic,
  gemini,
  ollama,
  'ai-sdk': aiSdk,
  'ai-data': aiData,
  text: plainText,
} as const satisfies Readonly<Record<string, Protocol>>;

export type ProtocolName = keyof typeof PROTOCOLS;

/** The protocol an event is of; undefined where none knows it. */
export function protocolOf(event: unknown): Protocol | undefined {
  return Object.values<Protocol>(PROTOCOLS).find(({ knows }) => knows(event));
}
