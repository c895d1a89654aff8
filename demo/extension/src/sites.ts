/**
 * Where chats are, and what their pages are made of: one row per site, and how an added site is read.
 *
 * @module
 */

export interface Site {
  readonly id: string;
  readonly name: string;
  /** Host names, without wildcards. */
  readonly hosts: readonly string[];
  /** Selectors of what the user writes into. `host >>> inner` steps into an open shadow tree. */
  readonly composer: readonly string[];
  /** Selectors of what sends when it is clicked. */
  readonly send: readonly string[];
  /** Selectors of what was said so far: values come back there. `>>>` as above. */
  readonly turns: readonly string[];
  /** Names the conversation in the page's path, in its first group; no match: it has none yet. */
  readonly conversation: RegExp;
}

/** A site that the user has added. What is left out is guessed. */
export interface AddedSite {
  /** Such as `https://chat.example.org`. */
  readonly origin: string;
  readonly composer?: string;
  readonly send?: string;
  readonly turns?: string;
}

/** What any page's user may write into: the last resort where a site has been rebuilt. */
const EDITABLE = ['textarea', "[contenteditable='true']", "[contenteditable='']", "[contenteditable='plaintext-only']"];
const SUBMIT = ["button[type='submit']", "button[aria-label*='send' i]", "button[data-testid*='send' i]"];

export const SITES: readonly Site[] = [
  {
    id: 'chatgpt',
    name: 'ChatGPT',
    hosts: ['chatgpt.com', 'chat.openai.com'],
    composer: ['#prompt-textarea', ...EDITABLE],
    send: ["[data-testid='send-button']", '#composer-submit-button', ...SUBMIT],
    turns: ['[data-message-author-role]'],
    conversation: /\/c\/([\w-]+)/,
  },
  {
    id: 'claude',
    name: 'Claude',
    hosts: ['claude.ai'],
    composer: [".ProseMirror[contenteditable='true']", ...EDITABLE],
    send: ["button[aria-label='Send message' i]", ...SUBMIT],
    turns: ['.font-claude-response', '.font-claude-message', "[data-testid='user-message']"],
    conversation: /\/chat\/([\w-]+)/,
  },
  {
    id: 'gemini',
    name: 'Gemini',
    hosts: ['gemini.google.com'],
    composer: ["rich-textarea .ql-editor[contenteditable='true']", ...EDITABLE],
    send: ['button.send-button', ...SUBMIT],
    turns: ['message-content', 'user-query'],
    conversation: /\/app\/(\w+)/,
  },
  {
    id: 'copilot',
    name: 'Copilot',
    hosts: ['copilot.microsoft.com'],
    composer: ['#userInput', ...EDITABLE],
    send: ["[data-testid='submit-button']", "button[aria-label*='submit' i]", ...SUBMIT],
    turns: ["[data-content='ai-message']", "[data-content='user-message']"],
    conversation: /\/chats\/([\w-]+)/,
  },
  {
    id: 'perplexity',
    name: 'Perplexity',
    hosts: ['www.perplexity.ai', 'perplexity.ai'],
    composer: ['#ask-input', ...EDITABLE],
    send: ["[data-testid='submit-button']", "button[aria-label='Submit']", ...SUBMIT],
    turns: ['.prose', "[id^='markdown-content']"],
    conversation: /\/search\/([\w.-]+)/,
  },
  {
    id: 'mistral',
    name: 'Mistral',
    hosts: ['chat.mistral.ai'],
    composer: [".ProseMirror[contenteditable='true']", "textarea[name='message.text']", ...EDITABLE],
    send: ["button[aria-label*='send' i]", ...SUBMIT],
    turns: ['[data-message-author-role]', "[data-message-part-type='answer']"],
    conversation: /\/chat\/([\w-]+)/,
  },
];

/** The site that a page belongs to; `undefined` when it is none of ours. */
export function siteOf({ hostname }: Pick<URL, 'hostname'>, added: readonly AddedSite[]): Site | undefined {
  const known = SITES.find(({ hosts }) => hosts.includes(hostname));
  if (known !== undefined) return known;
  const own = added.find(({ origin }) => new URL(origin).hostname === hostname);
  return own && asSite(own);
}

function asSite({ origin, composer, send, turns }: AddedSite): Site {
  const { hostname } = new URL(origin);
  return {
    id: hostname,
    name: hostname,
    hosts: [hostname],
    composer: composer === undefined ? EDITABLE : [composer],
    send: send === undefined ? SUBMIT : [send],
    turns: turns === undefined ? ['main', '[role=main]', '[role=log]'] : [turns],
    conversation: /^\/(.+)/,
  };
}

/** What the browser is asked to let the extension into. Patterns know no ports. */
export function patternsOf({ hosts }: Pick<Site, 'hosts'>): string[] {
  return hosts.map((host) => `https://${host}/*`);
}

/** @throws {TypeError} when `origin` is no URL */
export function patternOf(origin: string): string {
  const { protocol, hostname } = new URL(origin);
  return `${protocol}//${hostname}/*`;
}
