/**
 * The built extension in a browser of its own, where pages made like those of the sites it knows stand at their addresses.
 *
 * @module
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { type BrowserContext, chromium, type Page, type Worker } from 'playwright-core';
import { findChromium } from '../../../.ci/chromium.mjs';
import { answerAt, type ChatPage } from '../chat-pages.ts';

const BUILT = join(import.meta.dirname, '../../../dist/extension/chromium');
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
    const url = route.request().url();
    const answer = answerAt(url);
    if (answer !== undefined) return route.fulfill(answer);
    elsewhere.push(url);
    await route.abort();
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
