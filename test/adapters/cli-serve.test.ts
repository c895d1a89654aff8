import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ATTACK, type Folder, HARMLESS, openFolder } from './run-cli.ts';

let folder: Folder;
let server: ChildProcessWithoutNullStreams;
let greeting = '';
let url = '';
beforeAll(async () => {
  folder = openFolder();
  server = folder.start(['serve', '--port', '0', '--rules', 'rules.yaml']);
  for await (const chunk of server.stdout) {
    greeting += chunk;
    if (greeting.includes('curl') && greeting.endsWith('\n')) break;
  }
  url = /http:\/\/127\.0\.0\.1:\d+/.exec(greeting)?.[0] ?? '';
});
afterAll(() => {
  server.kill('SIGKILL');
  folder.remove();
});

function post(path: string, body: object): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
}

describe('edgeward serve', () => {
  test('says where it is and how to ask', () => {
    expect(greeting).toBe(
      `edgeward serves ${url} (wasm-simd, policy balanced). Ctrl-C stops it.\n` +
        `  curl ${url}/chat -H 'content-type: application/json' -d '{"message": "Hello"}'\n`,
    );
  });

  test('serves the playground and what it loads', async () => {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<title>edgeward playground</title>');
    expect((await fetch(`${url}/edgeward/worker.guard.js`)).headers.get('content-type')).toMatch(/javascript/);
    expect((await fetch(`${url}/edgeward/ort/ort-wasm-simd-threaded.wasm`, { method: 'HEAD' })).status).toBe(200);
  });

  test('chats, and refuses an attack', async () => {
    const answer = await post('/chat', { message: HARMLESS });
    expect([answer.status, await answer.json()]).toEqual([200, { reply: `You said: ${HARMLESS}` }]);
    expect((await post('/chat', { message: ATTACK })).status).toBe(403);
  });

  test('a port in use is a fault with a way out', () => {
    const { port } = new URL(url);
    expect(folder.run(['serve', '--port', port])).toEqual({
      status: 2,
      stdout: '',
      stderr: `error: serve: 127.0.0.1:${port} is in use already. Choose another with --port or --host\n`,
    });
  });

  test.each([['70000'], ['-1'], ['http'], ['80.5']])('port %s is none', (port) => {
    expect(folder.run(['serve', '--port', port])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("option '--port <number>'"),
    });
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with status 0', async (signal) => {
    const child = folder.start(['serve', '--port', '0']);
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});
