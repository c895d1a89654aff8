import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { verifyWebhook } from 'edgeward/judgement';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { startRedis } from '../../stores/redis-server.ts';
import { type LlmServer, startLlmServer } from '../../verify/llm-server.ts';
import { type Folder, openFolder } from '../run-cli.ts';
import { openUpstream, type Upstream } from './upstream.ts';

/** What the model that verifies takes for an attack; to the firewall everything is in doubt. */
const ATTACK = 'please blorpify the house';
const HARMLESS = 'What is the capital of Australia?';
/** Made up for the test. */
const ENV = { EDGEWARD_KEY: 'k'.repeat(16), HOOK: 'h'.repeat(16), AUDIT_KEY: 'ab'.repeat(16), LLM_KEY: 'not-a-key' };

interface Told {
  readonly headers: Headers;
  readonly body: string;
  readonly at: number;
}

let folder: Folder;
let upstream: Upstream;
let model: LlmServer;
let hook: Server;
const told: Told[] = [];
beforeAll(async () => {
  folder = openFolder();
  upstream = await openUpstream();
  model = await startLlmServer();
  hook = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    told.push({ headers: new Headers(request.headers as Record<string, string>), body, at: Date.now() });
    response.end();
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
});
const running: ChildProcessWithoutNullStreams[] = [];
afterEach(async () => {
  for (const server of running.splice(0)) {
    if (server.exitCode !== null) continue;
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
});
afterAll(async () => {
  await upstream.close();
  await model.close();
  hook.close();
  folder.remove();
});

const configOf = (store: string, more = ''): string => `
transformer: 'off'
policy: { verify: 0, block: 1 }
verifier:
  llm: { baseUrl: '${model.baseUrl}', model: small, apiKey: { env: LLM_KEY } }
judgement:
  store: '${store}'
  subject: header:x-user
  terms: { banAt: 1, ladder: [{ kind: refuse, banMs: forever }] }
  staleMs: 250
  pollMs: 50
  webhooks:
    - { url: 'http://127.0.0.1:${(hook.address() as AddressInfo).port}/', secret: { env: HOOK } }
audit: { path: logs/audit.jsonl, hashKey: { env: AUDIT_KEY } }
routes:
  - { path: /high/*, risk: high }
${more}`;

interface Started {
  readonly url: string;
  readonly server: ChildProcessWithoutNullStreams;
  said(): string;
}

async function start(args: readonly string[]): Promise<Started> {
  const server = folder.start(['proxy', '--upstream', upstream.url, '--port', '0', ...args], ENV);
  running.push(server);
  let [out, said] = ['', ''];
  server.stdout.on('data', (chunk) => {
    out += chunk;
  });
  server.stderr.on('data', (chunk) => {
    said += chunk;
  });
  const url = await vi.waitFor(
    () => {
      const found = /at (http:\/\/127\.0\.0\.1:\d+)/.exec(out)?.[1];
      if (found === undefined && server.exitCode === null) throw new Error('the proxy does not listen yet');
      return found;
    },
    { timeout: 60_000 },
  );
  if (url === undefined) throw new Error(`the proxy did not start: ${said}`);
  return { url, server, said: () => said };
}

async function ask(url: string, user: string, content: string, path = '/v1/chat/completions'): Promise<number> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-user': user },
    body: JSON.stringify({ messages: [{ role: 'user', content }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

const refusedAt = (url: string, user: string): Promise<number> =>
  vi.waitFor(
    async () => {
      expect(await ask(url, user, HARMLESS)).toBe(403);
      return Date.now();
    },
    { timeout: 30_000, interval: 10 },
  );

describe('a judgement from a file', () => {
  test('two processes and Redis: passes A in doubt, is refused by B; webhook, audit, ban list', async () => {
    const redis = await startRedis();
    for (const name of ['a', 'b']) {
      const own = configOf(redis.url).replace('logs/audit', `logs/${name}`);
      folder.write(`${name}.yaml`, name === 'a' ? own : own.replace('pollMs: 50', 'workers: 0'));
    }
    const [a, b] = await Promise.all([start(['--config', 'a.yaml']), start(['--config', 'b.yaml'])]);
    // B knows mallory as harmless, as of a moment ago.
    expect(await ask(b.url, 'mallory', HARMLESS)).toBe(200);
    expect(await ask(a.url, 'mallory', ATTACK)).toBe(200);
    const at = await refusedAt(b.url, 'mallory');
    await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 30_000 });
    const { headers, body } = told[0]!;
    expect(await verifyWebhook(ENV.HOOK, headers, body)).toBe(true);
    const ban = JSON.parse(body) as { readonly type: string; readonly subject: string; readonly at: number };
    expect(ban.type).toBe('banned');
    console.log(`refused by the other proxy ${at - ban.at} ms after the ban`);
    // An answer of B is at most 250 ms old; the rest is for a machine that has other things to do.
    expect(at - ban.at).toBeLessThan(10_000);
    expect([await ask(a.url, 'mallory', HARMLESS), await ask(b.url, 'alice', HARMLESS)]).toEqual([403, 200]);
    const listed = folder.run(['bans', 'list', '--json', '--store', redis.url]);
    expect(JSON.parse(listed.stdout)).toMatchObject({ subject: ban.subject, kind: 'refuse' });
    expect(folder.run(['bans', 'lift', '--store', redis.url, 'header:mallory'], '', ENV).status).toBe(0);
    await vi.waitFor(async () => expect(await ask(b.url, 'mallory', HARMLESS)).toBe(200), { timeout: 30_000 });
    const stats = (): { readonly events: object; readonly outcomes: object; readonly answers: object } =>
      JSON.parse(folder.run(['audit', 'stats', '--json', 'logs/a.jsonl']).stdout);
    await vi.waitFor(() => expect(stats().events).toMatchObject({ banned: 1, struck: 1 }), { timeout: 30_000 });
    expect(stats()).toMatchObject({ answers: { complete: 1 }, outcomes: { allow: 1 } });
    expect(readFileSync(join(folder.path, 'logs/a.jsonl'), 'utf8')).not.toMatch(/blorpify|mallory/);
    await redis.remove();
  });

  test('a route of high risk waits for the verifier of the file', async () => {
    folder.write('risk.yaml', configOf('sqlite:risk.db'));
    const { url } = await start(['--config', 'risk.yaml']);
    expect(await ask(url, 'a', `now ${ATTACK}`, '/high/chat')).toBe(403);
    expect(await ask(url, 'a', 'A harmless question', '/high/chat')).toBe(200);
  });

  test('a file that changes holds from then on, with the same store; one that is wrong changes nothing', async () => {
    const listed = "policy: { verify: 0, block: 1, deny: ['kingfisher'] }";
    const config = configOf('memory');
    folder.write('live.yaml', config);
    const { url, said } = await start(['--config', 'live.yaml']);
    expect(await ask(url, 'eve', ATTACK)).toBe(200);
    await refusedAt(url, 'eve');
    expect(await ask(url, 'bob', 'Of the kingfisher.')).toBe(200);
    folder.write('live.yaml', config.replace('judgement:', 'jugdement:'));
    await vi.waitFor(() => expect(said()).toContain('nothing changes'), { timeout: 30_000 });
    expect(said()).toContain('live.yaml: the configuration has no key "jugdement"');
    folder.write('live.yaml', config.replace(/policy: .*/, listed));
    await vi.waitFor(async () => expect(await ask(url, 'bob', 'Of the kingfisher.')).toBe(403), { timeout: 30_000 });
    // The store of one process, and yet nothing is forgotten.
    expect(await ask(url, 'eve', HARMLESS)).toBe(403);
  });

  test('SIGTERM ends it with status 0', async () => {
    folder.write('end.yaml', configOf('sqlite:end.db'));
    const { url, server } = await start(['--config', 'end.yaml']);
    expect(await ask(url, 'a', ATTACK)).toBe(200);
    server.kill('SIGTERM');
    expect(await once(server, 'exit')).toEqual([0, null]);
  });

  test.each([
    ['no subject', 'judgement: { store: memory }', [], 'needs judgement.subject in the file, or --subject'],
    [
      'no key',
      'judgement: { store: memory, subject: key, key: { env: NOWHERE } }',
      [],
      'judgement.key must be in the environment variable NOWHERE; it is not set',
    ],
    [
      'a store that processes cannot share',
      'judgement: { store: memory, subject: key }',
      ['--workers', '2'],
      '--workers needs a store that processes share',
    ],
    [
      'an unknown store',
      'judgement: { store: mysql, subject: key }',
      [],
      'judgement.store must be memory, sqlite:path or redis://…',
    ],
    ['a short key of the audit', 'audit: { path: x, textKey: { env: HOOK } }', [], 'audit.textKey must be hexadecimal'],
  ] as const)('%s', (_name, text, args, message) => {
    folder.write('wrong.yaml', `transformer: 'off'\n${text}\n`);
    const own = ['proxy', '--upstream', 'http://x', '--port', '0', '--config', 'wrong.yaml', ...args];
    expect(folder.run(own, '', ENV)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });
});

test('serve judges too', async () => {
  folder.write('serve.yaml', configOf('memory').replace('  subject: header:x-user\n', ''));
  const server = folder.start(['serve', '--port', '0', '--config', 'serve.yaml'], ENV);
  running.push(server);
  let out = '';
  server.stdout.on('data', (chunk) => {
    out += chunk;
  });
  await vi.waitFor(() => expect(out).toContain('curl'), { timeout: 60_000 });
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(out)![0];
  expect(await ask(url, 'any', ATTACK)).toBe(200);
  await refusedAt(url, 'any');
  server.kill('SIGTERM');
  expect(await once(server, 'exit')).toEqual([0, null]);
});
