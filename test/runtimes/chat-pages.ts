/**
 * Pages made like those of the sites that the extension knows: the same addresses, elements and ways to send.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SCRIPT = readFileSync(join(import.meta.dirname, 'chat-pages/chat.js'), 'utf8');
const STYLE = `body { margin: 0 auto; max-width: 720px; padding: 20px; font: 16px/1.5 system-ui, sans-serif; }
  #log { min-height: 420px; } [data-composer] { display: block; box-sizing: border-box; width: 100%; min-height: 60px;
  padding: 10px 14px; border: 1px solid #8b9992; border-radius: 18px; font: inherit; color: inherit; background: none; } p { margin: 0 }
  @media (prefers-color-scheme: dark) { body { background: #212121; color: #ececec; } }`;

export interface ChatPage {
  readonly name: string;
  readonly url: string;
  readonly editor: 'controlled' | 'reading' | 'intercepting' | 'shadowed';
  readonly composer: string;
  readonly send: string;
  /** ROLE becomes user or assistant. */
  readonly turn: string;
  /** Where the page goes when the first message was sent. */
  readonly path: string;
}

const editable = (more: string): string =>
  `<div data-composer role="textbox" aria-multiline="true" aria-label="Message" contenteditable="true" ${more}></div>`;

export const CHATS: readonly ChatPage[] = [
  {
    name: 'ChatGPT',
    url: 'https://chatgpt.com/',
    editor: 'reading',
    composer: `<form>${editable('id="prompt-textarea" class="ProseMirror"')}</form>`,
    send: '<button data-send type="button" id="composer-submit-button" data-testid="send-button" aria-label="Send prompt">↑</button>',
    turn: '<div data-message-author-role="ROLE"></div>',
    path: '/c/68a1-4c2f',
  },
  {
    name: 'Claude',
    url: 'https://claude.ai/new',
    editor: 'reading',
    composer: `<fieldset>${editable('class="tiptap ProseMirror"')}</fieldset>`,
    send: '<button data-send type="button" aria-label="Send message">↑</button>',
    turn: '<div class="font-claude-response" data-role="ROLE"></div>',
    path: '/chat/0f7e-11aa',
  },
  {
    name: 'Gemini',
    url: 'https://gemini.google.com/app',
    editor: 'reading',
    composer: `<rich-textarea>${editable('class="ql-editor textarea"')}</rich-textarea>`,
    send: '<button data-send type="button" class="send-button" aria-label="Send message">↑</button>',
    turn: '<message-content data-role="ROLE"></message-content>',
    path: '/app/9c1f00d2',
  },
  {
    name: 'Copilot',
    url: 'https://copilot.microsoft.com/',
    editor: 'controlled',
    composer: '<textarea data-composer id="userInput" aria-label="Message"></textarea>',
    send: '<button data-send type="button" data-testid="submit-button" aria-label="Submit message">↑</button>',
    turn: '<div data-content="ai-message" data-role="ROLE"></div>',
    path: '/chats/Xy12-z',
  },
  {
    name: 'Perplexity',
    url: 'https://www.perplexity.ai/',
    editor: 'intercepting',
    composer: editable('id="ask-input" data-lexical-editor="true"'),
    send: '<button data-send type="button" data-testid="submit-button" aria-label="Submit">↑</button>',
    turn: '<div class="prose" data-role="ROLE"></div>',
    path: '/search/what-i-asked.Q1w2',
  },
  {
    name: 'Mistral',
    url: 'https://chat.mistral.ai/chat',
    editor: 'reading',
    composer: `<form>${editable('class="ProseMirror"')}</form>`,
    send: '<button data-send type="submit" aria-label="Send question">↑</button>',
    turn: '<div data-message-author-role="ROLE"></div>',
    path: '/chat/77aa-0001',
  },
];

/** A site of the user's own, over plain http, its composer two shadow trees down. */
export const OWN: ChatPage = {
  name: 'chat.intranet.test',
  url: 'http://chat.intranet.test/room',
  editor: 'shadowed',
  composer: '<chat-app data-composer></chat-app>',
  send: '',
  turn: '<div class="bubble" data-role="ROLE"></div>',
  path: '',
};

function htmlOf({ name, editor, composer, send, turn, path }: ChatPage): string {
  const data = `data-editor="${editor}" data-turn='${turn}' data-path="${path}"`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">
    <title>${name}</title><link rel="stylesheet" href="/chat.css"></head>
    <body><main><h1>${name}</h1><div id="log"></div>${composer}${send}</main><script src="/chat.js" ${data}></script></body></html>`;
}

/** As strict as the strictest of the real ones. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'",
};

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What stands at an address of one of the sites; `undefined` for any other. */
export function answerAt(address: string): Answer | undefined {
  const { hostname, pathname } = new URL(address);
  const chat = [...CHATS, OWN].find(({ url }) => new URL(url).hostname === hostname);
  if (chat === undefined) return undefined;
  const common = { status: 200, headers: {} };
  if (pathname === '/chat.js') return { ...common, contentType: 'text/javascript', body: SCRIPT };
  if (pathname === '/chat.css') return { ...common, contentType: 'text/css', body: STYLE };
  if (pathname === '/favicon.ico') return { ...common, status: 404, contentType: 'text/plain', body: '' };
  return { ...common, contentType: 'text/html', body: htmlOf(chat), headers: HEADERS };
}
