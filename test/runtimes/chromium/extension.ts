/**
 * The built extension in a browser of its own, and pages made like those of the sites it knows: the same addresses,
 * elements and ways to send, served from here.
 *
 * @module
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { type BrowserContext, chromium, type Page, type Worker } from 'playwright-core';
import { findChromium } from '../../../.ci/chromium.mjs';

const BUILT = join(import.meta.dirname, '../../../dist/extension/chromium');
const SCRIPT = readFileSync(join(import.meta.dirname, 'extension-pages/chat.js'), 'utf8');
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

export interface Extension {
  readonly context: BrowserContext;
  readonly worker: Worker;
  /** Such as `chrome-extension://…/`. */
  readonly origin: string;
  /** Addresses asked for outside the extension and the pages served here. */
  readonly elsewhere: string[];
  /** Problems that pages and workers reported. */
  readonly problems: string[];
  open(chat: ChatPage, at?: string): Promise<Page>;
  close(): Promise<void>;
}

export interface Popup {
  /** Evaluates in it, as if the user had just clicked. */
  evaluate(expression: string): Promise<unknown>;
  /** PNG, in base64. */
  screenshot(): Promise<string>;
  close(): Promise<void>;
}

/** The popup of the toolbar's button, over the tab in front. No page of Playwright's: it is driven by the protocol. */
export async function openPopup({ context, worker, origin }: Extension): Promise<Popup> {
  await worker.evaluate(() => chrome.action.openPopup());
  const browser = await context.browser()!.newBrowserCDPSession();
  const url = `${origin}popup.html`;
  const find = async () =>
    (await browser.send('Target.getTargets')).targetInfos.find((target) => target.url.startsWith(url));
  let target = await find();
  while (target === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    target = await find();
  }
  const { targetId } = target;
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: false });
  const waiting = new Map<number, (result: unknown) => void>();
  let lastId = 0;
  browser.on('Target.receivedMessageFromTarget', (event) => {
    const { id, result } = JSON.parse(event.message);
    waiting.get(id)?.(result);
    waiting.delete(id);
  });
  const send = (method: string, params: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = ++lastId;
      waiting.set(id, resolve);
      const message = JSON.stringify({ id, method, params });
      browser.send('Target.sendMessageToTarget', { sessionId, message }).catch(reject);
    });
  return {
    async evaluate(expression) {
      const asked = { expression, awaitPromise: true, returnByValue: true, userGesture: true };
      const { result } = (await send('Runtime.evaluate', asked)) as { readonly result: { readonly value?: unknown } };
      return result.value;
    },
    screenshot: async () => ((await send('Page.captureScreenshot', {})) as { readonly data: string }).data,
    async close() {
      await browser.send('Target.closeTarget', { targetId }).catch(() => {});
      await browser.detach();
    },
  };
}

export interface Variant {
  /** Left out, by path below the extension's folder. */
  readonly without?: readonly string[];
  /** Added to the manifest. */
  readonly manifest?: object;
}

export const WITHOUT_TIER2 = ['edgeward/tier2', 'edgeward/ort'];

/** @param without files to leave out; tier 2 by default: it takes a second and 200 MB, and one test has it */
export async function openExtension({ without = WITHOUT_TIER2, manifest = {} }: Variant = {}): Promise<Extension> {
  const folder = mkdtempSync(join(tmpdir(), 'edgeward-extension-'));
  const path = join(folder, 'extension');
  const left = without.map((name) => join(BUILT, name));
  cpSync(BUILT, path, {
    recursive: true,
    filter: (from) => !left.some((one) => from === one || from.startsWith(one + sep)),
  });
  const file = join(path, 'manifest.json');
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, 'utf8')), ...manifest }));
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('no Chromium found; run `node .ci/setup.mjs --browser`');
  const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
    executablePath,
    headless: false, // the old headless mode knows no extensions
    args: [
      ...['--headless=new', '--no-sandbox', '--disable-background-networking', '--disable-component-update'],
      ...['--disable-sync', `--disable-extensions-except=${path}`, `--load-extension=${path}`],
    ],
    viewport: { width: 1000, height: 720 },
  });
  const elsewhere: string[] = [];
  const problems: string[] = [];
  await context.route(/^https?:/, async (route) => {
    const url = new URL(route.request().url());
    const chat = [...CHATS, OWN].find(({ url: known }) => new URL(known).hostname === url.hostname);
    if (chat === undefined) {
      elsewhere.push(url.href);
      await route.abort();
    } else if (url.pathname === '/chat.js') await route.fulfill({ contentType: 'text/javascript', body: SCRIPT });
    else if (url.pathname === '/chat.css') await route.fulfill({ contentType: 'text/css', body: STYLE });
    else if (url.pathname === '/favicon.ico') await route.fulfill({ status: 404 });
    else await route.fulfill({ contentType: 'text/html', body: htmlOf(chat), headers: HEADERS });
  });
  context.on('page', (page) => page.on('pageerror', ({ message }) => problems.push(message)));
  context.on('weberror', (error) => problems.push(error.error().message));
  const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
  return {
    context,
    worker,
    origin: worker.url().replace(/background\.js$/, ''),
    elsewhere,
    problems,
    async open(chat, at = chat.url) {
      const page = await context.newPage();
      await page.goto(at);
      return page;
    },
    async close() {
      await context.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
