import { createFirewall } from 'edgeward';
import type * as Edgeward from 'edgeward/browser';
import type { BrowserGuardOptions, Glance } from 'edgeward/browser';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { findFirefox } from '../../../.ci/firefox.mjs';
import { differences, judge, POLICY } from '../../conformance/run.ts';
import { conformanceTable } from '../../conformance/table.ts';
import { inspectAll, TEXTS, differences as tier2Differences } from '../../conformance/tier2.ts';
import { type Folder, writeTinyModel } from '../../scan/transformer/tiny-model.ts';
import { serveSite } from '../chromium/site.ts';

declare global {
  var edgeward: typeof Edgeward;
  var guard: Edgeward.BrowserGuard;
}

const EXECUTABLE = findFirefox();
const PATIENCE = { timeout: 60_000 };
vi.setConfig({ testTimeout: 180_000, hookTimeout: 240_000 });

describe.skipIf(EXECUTABLE === undefined)('edgeward/browser in Firefox', () => {
  let tiny: Folder;
  let site: Awaited<ReturnType<typeof serveSite>>;
  let browser: Browser;

  beforeAll(async () => {
    tiny = writeTinyModel();
    site = await serveSite({ '/tiny/': tiny.path });
    const patience = { timeout: 180_000, protocolTimeout: 180_000 };
    browser = await puppeteer.launch({ browser: 'firefox', executablePath: EXECUTABLE!, ...patience });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
    tiny?.remove();
  });

  async function open(set: string, options: BrowserGuardOptions): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(`${site.origin}/${set}/blank.html`);
    await page.waitForFunction(() => globalThis.edgeward !== undefined, PATIENCE);
    await page.evaluate(async (options) => {
      globalThis.guard = globalThis.edgeward.openGuard({ base: 'edgeward/', ...(options as BrowserGuardOptions) });
      await globalThis.guard.loaded.catch(() => {});
    }, options as object);
    return page;
  }

  test.each([
    ['strict', true, 'wasm-simd'],
    ['isolated', false, 'wasm-simd'],
    ['no-wasm', false, 'reference'],
  ] as const)('%s pages, shared %s, judge like Node, by %s', async (set, shared, engine) => {
    const rows = conformanceTable();
    const want = judge(await createFirewall({ policy: POLICY, transformer: 'off' }), rows);
    const page = await open(set, { shared, policy: POLICY, transformer: 'off' });
    const status = await page.evaluate(() => globalThis.guard.status);
    expect(status).toMatchObject({ state: 'ready', engine, shared, isolated: set === 'isolated' });
    // As text: the protocol cuts what is nested deeply.
    const glances: readonly Glance[] = JSON.parse(
      await page.evaluate(async (rows) => {
        const asked = rows as readonly { readonly text: string; readonly channel: 'user' }[];
        const glances = asked.map(({ text, channel }) => globalThis.guard.glance(text, { channel }));
        return JSON.stringify(await Promise.all(glances));
      }, rows as object[]),
    );
    expect(rows.length).toBeGreaterThanOrEqual(200);
    let at = 0;
    const replay = { scan: () => glances[at]!.decision.scan, decide: () => glances[at++]!.decision };
    expect(differences(want, judge(replay, rows))).toEqual([]);
    await page.close();
  });

  test('tier 2 has threads on an isolated page, and reads like Node', async () => {
    const firewall = await createFirewall({ transformer: { model: tiny.path, backend: 'wasm', workers: 1 } });
    const want = await inspectAll(firewall);
    firewall.dispose();
    const page = await open('isolated', { shared: true, transformer: { model: './tiny/', threads: 2 } });
    await page.evaluate(() => globalThis.guard.ready());
    const transformer = await page.evaluate(() => globalThis.guard.status.transformer);
    expect(transformer).toMatchObject({ state: 'ready', threads: 2 });
    const decisions = await page.evaluate(
      async (texts) => {
        const said = [];
        for (const [text, channel] of texts as typeof import('../../conformance/tier2.ts').TEXTS)
          said.push(await globalThis.guard.decide(await globalThis.guard.inspect(text, { channel })));
        return said;
      },
      TEXTS as unknown as object[],
    );
    let at = 0;
    const replay = { inspect: async () => decisions[at]!.scan, decide: () => decisions[at++]! };
    expect(tier2Differences(want, await inspectAll(replay))).toEqual([]);
    await page.close();
  });
});
