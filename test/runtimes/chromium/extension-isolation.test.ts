import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createFirewall, type Decision } from 'edgeward';
import type * as Edgeward from 'edgeward/browser';
import { build } from 'esbuild';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { differences, judge, POLICY, type Row, type Verdict } from '../../conformance/run.ts';
import { conformanceTable } from '../../conformance/table.ts';
import { inspectAll, TEXTS, differences as tier2Differences } from '../../conformance/tier2.ts';
import { CHATS } from '../chat-pages.ts';
import { type Extension, openExtension } from './extension.ts';

const HAS_TIER2 = existsSync(join(import.meta.dirname, '../../../dist/extension/chromium/edgeward/tier2'));

vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

let extension: Extension;
let rows: Row[];
let want: Verdict[];
/** A classic script that leaves the package in `edgeward`. */
let bundle: string;

beforeAll(async () => {
  rows = conformanceTable();
  want = judge(await createFirewall({ policy: POLICY }), rows);
  const { outputFiles } = await build({
    stdin: { contents: "export * from 'edgeward/browser';", resolveDir: import.meta.dirname },
    ...{ bundle: true, write: false, format: 'iife', globalName: 'edgeward', define: { 'import.meta.url': '""' } },
  });
  bundle = outputFiles[0]!.text;
  extension = await openExtension({ without: [] });
});
afterAll(() => extension?.close());

/** Evaluates where the extension's own code runs in a page: in its isolated world. */
async function contentScriptOf(page: Page): Promise<(expression: string) => Promise<unknown>> {
  const cdp: CDPSession = await extension.context.newCDPSession(page);
  const worlds: { readonly id: number; readonly origin: string }[] = [];
  cdp.on('Runtime.executionContextCreated', ({ context }) => worlds.push(context));
  await cdp.send('Runtime.enable');
  const world = worlds.find(({ origin }) => extension.origin.startsWith(origin) && origin !== '');
  if (world === undefined) throw new Error(`no content script among ${worlds.map(({ origin }) => origin)}`);
  return async (expression) => {
    const asked = { expression, contextId: world.id, awaitPromise: true, returnByValue: true };
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', asked);
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
}

/** Says, in either place, how the guard is reached. */
const REACH = `(edgeward, options) => edgeward.openRemoteGuard({
  async dial() {
    await chrome.runtime.sendMessage({ kind: 'wake' });
    return chrome.runtime.connect({ name: 'guard ' + JSON.stringify(options) });
  },
})`;
const GLANCES = `async (guard, rows) => {
  const glances = await Promise.all(rows.map(({ text, channel }) => guard.glance(text, { channel })));
  return glances.map(({ decision }) => decision);
}`;

function replayed(decisions: readonly Decision[]): Verdict[] {
  let at = 0;
  return judge({ scan: () => decisions[at]!.scan, decide: () => decisions[at++]! }, rows);
}

test('a content script, on a page whose policy forbids WebAssembly, judges like Node', async () => {
  const page = await extension.open(CHATS[0]!);
  const evaluate = await contentScriptOf(page);
  const decisions = await evaluate(
    `${bundle};(${GLANCES})((${REACH})(edgeward, ${JSON.stringify({ policy: POLICY })}), ${JSON.stringify(rows)})`,
  );
  expect(rows.length).toBeGreaterThanOrEqual(200);
  expect(differences(want, replayed(decisions as Decision[]))).toEqual([]);
  // The page itself can reach none of it.
  expect(await page.evaluate(() => 'edgeward' in globalThis || 'connect' in (globalThis.chrome?.runtime ?? {}))).toBe(
    false,
  );
});

test.each(['over a port', 'in a worker of its own'])('a page of the extension judges like Node, %s', async (how) => {
  const page = await extension.context.newPage();
  await page.goto(`${extension.origin}options.html`);
  const options = JSON.stringify({ policy: POLICY });
  const open =
    how === 'over a port'
      ? `(${REACH})(edgeward, ${options})`
      : `edgeward.openGuard({ base: 'edgeward/', shared: false, ...${options} })`;
  const decisions = (await page.evaluate(`(async () => {
    const edgeward = await import('./edgeward/browser.js');
    const guard = ${open};
    const decisions = await (${GLANCES})(guard, ${JSON.stringify(rows)});
    guard.close();
    return decisions;
  })()`)) as readonly Decision[];
  expect(differences(want, replayed(decisions))).toEqual([]);
});

test.skipIf(!HAS_TIER2)('tier 2 reads with threads, in the offscreen document, like Node', async () => {
  const firewall = await createFirewall({ policy: POLICY, transformer: { backend: 'wasm', workers: 1 } });
  const expected = await inspectAll(firewall);
  firewall.dispose();
  const page = await extension.open(CHATS[3]!);
  const evaluate = await contentScriptOf(page);
  const said = (await evaluate(`${bundle};(async () => {
    const guard = (${REACH})(edgeward, ${JSON.stringify({ policy: POLICY })});
    await guard.ready();
    const decisions = [];
    for (const [text, channel] of ${JSON.stringify(TEXTS)})
      decisions.push(await guard.decide(await guard.inspect(text, { channel })));
    return { decisions, status: guard.status };
  })()`)) as { readonly decisions: readonly Decision[]; readonly status: Edgeward.GuardStatus };
  expect(said.status).toMatchObject({
    ...{ state: 'ready', engine: 'wasm-simd', isolated: true, transformer: { state: 'ready' } },
  });
  let at = 0;
  const replay = { inspect: async () => said.decisions[at]!.scan, decide: () => said.decisions[at++]! };
  expect(tier2Differences(expected, await inspectAll(replay))).toEqual([]);
});

test('nothing was asked for outside', () => {
  expect(extension.elsewhere).toEqual([]);
  expect(extension.problems).toEqual([]);
});
