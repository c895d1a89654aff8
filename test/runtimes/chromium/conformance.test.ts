import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { createFirewall } from 'edgeward';
import { transform } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findChromium } from '../../../.ci/chromium.mjs';
import { differences, judge, POLICY, type Row, type Verdict } from '../../conformance/run.ts';
import { conformanceTable } from '../../conformance/table.ts';

const DIST = join(import.meta.dirname, '../../../dist');
const RUNNER = join(import.meta.dirname, '../../conformance/run.ts');
const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
  '.bin': 'application/octet-stream',
};
/** The browser takes the files of dist/ as they are: no bundler, no import map. */
const PAGE = `<!doctype html><title>edgeward</title><script type="module">
  import { createFirewall } from '/entry.browser.js';
  import { judge, POLICY } from '/run.js';
  globalThis.judgeWith = async (engine, rows) => {
    const firewall = await createFirewall({ engine, policy: POLICY });
    return { engine: firewall.engine.name, verdicts: judge(firewall, rows) };
  };
</script>`;

declare global {
  var judgeWith: (
    engine: 'wasm' | 'reference',
    rows: readonly Row[],
  ) => Promise<{ engine: string; verdicts: Verdict[] }>;
}

/** A browser talks to its vendor in the background; a test should not depend on that. */
const QUIET = ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

let server: Server;
let browser: Browser;
let rows: Row[];
let want: Verdict[];

beforeAll(async () => {
  rows = conformanceTable();
  want = judge(await createFirewall({ engine: 'wasm', policy: POLICY }), rows);
  const runner = await transform(await readFile(RUNNER, 'utf8'), { loader: 'ts', format: 'esm' });
  server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const type = TYPES[extname(path)] ?? 'text/html';
    const body = path === '/' ? PAGE : path === '/run.js' ? runner.code : readFile(join(DIST, path));
    try {
      response.setHeader('content-type', type).end(await body);
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
});

test.each([
  ['wasm', 'wasm-simd'],
  ['reference', 'reference'],
] as const)('Chromium judges like Node: %s', async (engine, name) => {
  const page = await browser.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('requestfailed', (request) => problems.push(request.url()));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const got = await page.evaluate(([engine, rows]) => globalThis.judgeWith(engine, rows), [engine, rows] as const);
  expect(problems).toEqual([]);
  expect(rows.length).toBeGreaterThanOrEqual(200);
  expect(got.engine).toBe(name);
  expect(differences(want, got.verdicts)).toEqual([]);
  await page.close();
});
