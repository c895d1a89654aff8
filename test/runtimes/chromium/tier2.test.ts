import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { createFirewall, type TransformerStatus } from 'edgeward';
import { transform } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../../.ci/chromium.mjs';
import { differences, type GoldenRow, inspectAll, type Text, type Verdict } from '../../conformance/tier2.ts';
import { type Folder, writeTinyModel } from '../../scan/transformer/tiny-model.ts';

const ROOT = join(import.meta.dirname, '../../..');
const RUNNER = join(ROOT, 'test/conformance/tier2.ts');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
/** No bundler and no import map: the files of the packages as they are. */
const PAGE = `<!doctype html><title>edgeward</title><script type="module">
  import { createFirewall } from '/edgeward/dist/entry.browser.js';
  import { inspectAll } from '/runner.js';
  globalThis.inspectWith = async (transformer, texts) => {
    const firewall = await createFirewall({ transformer });
    await firewall.ready();
    const verdicts = await inspectAll(firewall, texts);
    const status = firewall.engine.transformer;
    firewall.dispose();
    return { status, verdicts };
  };
</script>`;

declare global {
  var inspectWith: (
    transformer: unknown,
    texts?: readonly Text[],
  ) => Promise<{ status: TransformerStatus; verdicts: Verdict[] }>;
}

const QUIET = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let tiny: Folder;
let server: Server;
let browser: Browser;
let want: Verdict[];

/** Where each part of the site lies; `/plain/` is the page without the header that allows threads. */
function fileOf(path: string): string {
  if (path.startsWith('/edgeward/dist/')) return join(ROOT, path.slice('/edgeward'.length));
  if (path.startsWith('/onnxruntime-web/')) return join(ROOT, 'node_modules', path);
  return join(tiny.path, path.slice('/tiny/'.length));
}

beforeAll(async () => {
  tiny = writeTinyModel();
  const firewall = await createFirewall({ transformer: { model: tiny.path, backend: 'wasm', workers: 1 } });
  want = await inspectAll(firewall);
  firewall.dispose();
  const runner = await transform(await readFile(RUNNER, 'utf8'), { loader: 'ts', format: 'esm' });
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    response.setHeader('cross-origin-embedder-policy', 'require-corp');
    response.setHeader('cross-origin-resource-policy', 'same-origin');
    if (path !== '/plain/') response.setHeader('cross-origin-opener-policy', 'same-origin');
    try {
      const isPage = path === '/' || path === '/plain/';
      const body = isPage ? PAGE : path === '/runner.js' ? runner.code : await readFile(fileOf(path));
      response
        .setHeader('content-type', isPage ? 'text/html' : (TYPES[extname(path)] ?? 'application/octet-stream'))
        .end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const executablePath = await findChromium();
  if (executablePath === undefined) throw new Error('no Chromium found; run `node .ci/setup.mjs --browser`');
  browser = await chromium.launch({ executablePath, args: QUIET });
});

afterAll(async () => {
  await browser?.close();
  await new Promise((closed) => server.close(closed));
  tiny.remove();
});

async function inspectIn(
  path: string,
  options: object,
  texts?: readonly Text[],
): Promise<{ status: TransformerStatus; verdicts: Verdict[] }> {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  const got = await page.evaluate(([options, texts]) => globalThis.inspectWith(options, texts), [
    options,
    texts,
  ] as const);
  expect(problems).toEqual([]);
  await page.close();
  return got;
}

test('Chromium reads with tier 2 like Node: one thread', async () => {
  const { status, verdicts } = await inspectIn('/', { model: '/tiny/', threads: 1 });
  expect(status).toMatchObject({ state: 'ready', backend: 'wasm', threads: 1, workers: 1 });
  expect(want.length).toBeGreaterThanOrEqual(12);
  expect(differences(want, verdicts)).toEqual([]);
});

test('two threads, and onnxruntime-web from where the caller says', async () => {
  const { status, verdicts } = await inspectIn('/', { model: '/tiny/', threads: 2, runtime: '/onnxruntime-web/dist/' });
  expect(status).toMatchObject({ state: 'ready', threads: 2 });
  expect(status).not.toHaveProperty('reason');
  expect(differences(want, verdicts)).toEqual([]);
});

test.each([1, 2])('the model of this package says in Chromium what it says in Node: threads %i', async (threads) => {
  const golden: readonly GoldenRow[] = JSON.parse(
    await readFile(join(ROOT, 'models/weights/tier2/golden.json'), 'utf8'),
  );
  const { status, verdicts } = await inspectIn(
    '/',
    { threads },
    golden.map(({ text, channel }) => [text, channel]),
  );
  expect(status).toMatchObject({ state: 'ready', backend: 'wasm', threads });
  const want = golden.map(({ verdict }) => verdict);
  expect(differences(want, verdicts)).toEqual([]);
});

test('a page that is not isolated has one thread, and is told so', async () => {
  const { status, verdicts } = await inspectIn('/plain/', { model: '/tiny/', threads: 2 });
  expect(status).toMatchObject({
    state: 'ready',
    threads: 1,
    reason: 'one thread: the page is not cross-origin isolated',
  });
  expect(differences(want, verdicts)).toEqual([]);
});

test('without onnxruntime-web tier 1 goes on', async () => {
  const { status, verdicts } = await inspectIn('/', { model: '/tiny/', runtime: '/nowhere/' });
  expect(status).toMatchObject({ state: 'failed', reason: expect.stringContaining('/nowhere/') });
  expect(verdicts.every(({ tier }) => tier === 1)).toBe(true);
});
