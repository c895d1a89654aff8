/**
 * A web site for tests: the built package as a page would host it, under several sets of headers.
 *
 * The first part of a path names the set: `/plain/edgeward/browser.js` and `/strict/edgeward/browser.js` are the same
 * file, served differently.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findChromium } from '../../../.ci/chromium.mjs';

const ROOT = join(import.meta.dirname, '../../..');
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const STRICT = "default-src 'none'; base-uri 'none'; connect-src 'self'; style-src 'self'; worker-src 'self';";
const TRUSTED = "require-trusted-types-for 'script'; trusted-types edgeward";

/** Headers of every file of a set. */
const SETS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: {},
  isolated: ISOLATED,
  /** Nothing but what the README asks for. */
  strict: { 'content-security-policy': `${STRICT} script-src 'self' 'wasm-unsafe-eval'; ${TRUSTED}` },
  'no-wasm': { 'content-security-policy': `${STRICT} script-src 'self'` },
  'no-worker': { 'content-security-policy': "worker-src 'none'" },
  corrupted: {},
  missing: {},
};

export interface Site {
  readonly origin: string;
  readonly browser: Browser;
  /** Paths asked for, in order, without the set; tests may empty it. */
  readonly asked: string[];
  /** Bodies posted to `/…/chat`, in order; its answer repeats the last message. */
  readonly posted: string[];
  /** True: every connection is cut, as without a network. */
  isOffline: boolean;
  close(): Promise<void>;
}

/** Where each part of the site lies, longest prefix first. */
function fileOf(path: string, folders: Readonly<Record<string, string>>): string | undefined {
  const prefix = Object.keys(folders)
    .sort((a, b) => b.length - a.length)
    .find((start) => path.startsWith(start));
  return prefix === undefined ? undefined : join(folders[prefix]!, path.slice(prefix.length));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** @param more further folders, by path */
export async function serveSite(more: Readonly<Record<string, string>> = {}): Promise<Omit<Site, 'browser'>> {
  const folders = {
    '/': join(import.meta.dirname, 'pages'),
    '/edgeward/': join(ROOT, 'dist'),
    '/edgeward/ort/': join(ROOT, 'node_modules/onnxruntime-web/dist'),
    '/axe/': join(ROOT, 'node_modules/axe-core'),
    ...more,
  };
  const asked: string[] = [];
  const posted: string[] = [];
  const server = createServer(async (request, response) => {
    if (site.isOffline) {
      request.socket.destroy();
      return;
    }
    const [, set = '', path = '/'] = /^\/([^/]*)(\/[^?]*)/.exec(request.url ?? '') ?? [];
    asked.push(path);
    for (const [name, value] of Object.entries(SETS[set] ?? {})) response.setHeader(name, value);
    if (path === '/chat') {
      const body = await bodyOf(request);
      posted.push(body);
      const { messages = [], answer = 'text' } = JSON.parse(body);
      const echo = `You wrote: ${messages.at(-1)?.content}`;
      const isJson = answer === 'json';
      response.setHeader('content-type', isJson ? 'application/json' : 'text/plain; charset=utf-8');
      response.end(isJson ? JSON.stringify({ choices: [{ message: { role: 'assistant', content: echo } }] }) : echo);
      return;
    }
    const file = fileOf(path, folders);
    try {
      if (set === 'missing' && path.endsWith('tier1.bin')) throw new Error('not there');
      const bytes = await readFile(file!);
      if (set === 'corrupted' && path.endsWith('tier1.bin')) bytes[5000]! ^= 1;
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream').end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const site: Omit<Site, 'browser'> = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    posted,
    isOffline: false,
    async close() {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
  return site;
}

/** The same with a Chromium. */
export async function openSite(more: Readonly<Record<string, string>> = {}): Promise<Site> {
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('no Chromium found; run `node .ci/setup.mjs --browser`');
  // A browser talks to its vendor in the background; a test should not depend on that.
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  const browser = await chromium.launch({ executablePath, args });
  const site = await serveSite(more);
  const { close } = site;
  return Object.assign(site, {
    browser,
    close: async () => {
      await browser.close();
      await close();
    },
  });
}
