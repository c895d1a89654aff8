/**
 * The page's state as a URL fragment, which browsers never send: compressed JSON in base64url.
 *
 * @module
 */
import type { Channel } from 'edgeward';
import type { PolicyDraft } from './policy.ts';

export type Tab = 'text' | 'compare' | 'batch';

export interface Shared {
  readonly tab: Tab;
  readonly text: string;
  readonly channel: Channel;
  readonly policies: readonly [PolicyDraft, PolicyDraft];
}

const PREFIX = '#1.';
const TABS: readonly unknown[] = ['text', 'compare', 'batch'] satisfies Tab[];
const CHANNELS: readonly unknown[] = ['user', 'system', 'tool', 'retrieved', 'model'] satisfies Channel[];
/** What a link may unfold to, in characters: a tiny one could hold a gigabyte of blanks. */
const MAX_CHARACTERS = 4_000_000;

export async function toFragment(state: Shared): Promise<string> {
  const stream = new Blob([JSON.stringify(state)]).stream().pipeThrough(new CompressionStream('deflate-raw'));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return PREFIX + btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/**
 * @returns `undefined` for a fragment that is none of ours
 * @throws {Error} when it is cut off, or holds something else than a state
 */
export async function fromFragment(fragment: string): Promise<Shared | undefined> {
  if (!fragment.startsWith(PREFIX)) return undefined;
  let state: unknown;
  try {
    const binary = atob(fragment.slice(PREFIX.length).replaceAll('-', '+').replaceAll('_', '/'));
    state = JSON.parse(await inflate(Uint8Array.from(binary, (unit) => unit.charCodeAt(0))));
  } catch (cause) {
    throw new Error('The link is cut off or was changed, so its state could not be read. Ask for a new one.', {
      cause,
    });
  }
  if (!isShared(state)) throw new Error('The link holds another state than this version of the page understands.');
  return state;
}

async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    text += part.value;
    if (text.length > MAX_CHARACTERS) {
      await reader.cancel();
      throw new Error(`more than ${MAX_CHARACTERS} characters`);
    }
  }
  return text;
}

/** The policies' own values are checked by the firewall that is made from them. */
function isShared(state: unknown): state is Shared {
  if (!isRecord(state)) return false;
  const { tab, text, channel, policies } = state;
  return (
    TABS.includes(tab) &&
    typeof text === 'string' &&
    CHANNELS.includes(channel) &&
    Array.isArray(policies) &&
    policies.length === 2 &&
    policies.every(
      (policy: unknown) => isRecord(policy) && typeof policy['preset'] === 'string' && isRecord(policy['sensitive']),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
