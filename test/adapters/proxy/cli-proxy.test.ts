import { type ChildProcessWithoutNullStreams, execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:https';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ATTACK, type Folder, HARMLESS, openFolder } from '../run-cli.ts';
import { openUpstream, type Upstream } from './upstream.ts';

const ROUTES = `
- { path: /watched, policy: monitor }
- { path: /closed/*, mode: refuse }
- { path: /ask, api: ollama, subject: 'header:x-user' }
`;
/** Made up for the test. */
const TOKEN = 't'.repeat(24);

let folder: Folder;
let upstream: Upstream;
let running: Started;
beforeAll(async () => {
  folder = openFolder();
  folder.write('routes.yaml', ROUTES);
  upstream = await openUpstream();
  running = await start(['--routes', 'routes.yaml', '--admin-port', '0', '--subject', 'key']);
});
afterAll(async () => {
  running.server.kill('SIGKILL');
  await upstream.close();
  folder.remove();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.reply = () => Response.json({ ok: true });
});

interface Started {
  readonly server: ChildProcessWithoutNullStreams;
  readonly greeting: string;
  readonly url: string;
  readonly admin: string;
}

/** Started, with what it says first. */
async function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Started> {
  const lines = args.includes('--admin-port') ? 2 : 1;
  const own = ['proxy', '--upstream', upstream.url, '--port', '0', '--tier', '1', '--rules', 'rules.yaml', ...args];
  const server = folder.start(own, { EDGEWARD_ADMIN_TOKEN: TOKEN, ...env });
  let greeting = '';
  let said = '';
  server.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (chunk: Buffer) => {
      greeting += chunk.toString();
      if (greeting.split('\n').length > lines) resolve();
    });
    server.on('exit', () => reject(new Error(`the proxy did not start: ${said}`)));
  });
  const [url = '', admin = ''] = [...greeting.matchAll(/(?:at|metrics:) (https?:\/\/127\.0\.0\.1:\d+)/g)].map(
    ([, found]) => found!,
  );
  return { server, greeting, url, admin };
}

/** A port that nobody has; it must be known before anything is said. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

const chat = (content: string): string => JSON.stringify({ messages: [{ role: 'user', content }] });

function post(
  path: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  return fetch(running.url + path, { method: 'POST', body: body as BodyInit, headers });
}

describe('edgeward proxy', () => {
  test('says what it guards and where', () => {
    expect(running.greeting).toBe(
      `edgeward guards ${upstream.url} at ${running.url} (wasm-simd, policy balanced). Ctrl-C stops it.\n` +
        `  metrics: ${running.admin}/metrics, with the token in EDGEWARD_ADMIN_TOKEN\n`,
    );
  });

  test('lets pass, refuses, and reads brotli', async () => {
    expect(await (await post('/v1/chat/completions', chat(HARMLESS))).json()).toEqual({ ok: true });
    expect((await post('/v1/chat/completions', chat(ATTACK))).status).toBe(403);
    const packed = (text: string): Promise<Response> =>
      post('/v1/chat/completions', brotliCompressSync(chat(text)), { 'content-encoding': 'br' });
    expect((await packed(HARMLESS)).status).toBe(200);
    expect((await packed(ATTACK)).status).toBe(403);
    expect(upstream.seen).toHaveLength(2);
  });

  test('does by its file of routes', async () => {
    expect((await post('/watched', chat(ATTACK))).status).toBe(200);
    expect((await post('/closed/a', chat(HARMLESS))).status).toBe(404);
    expect(await (await post('/ask', chat(ATTACK))).json()).toEqual({ error: 'Request refused' });
  });

  test('tells counts and times to who has the token', async () => {
    await (await post('/v1/messages', chat(HARMLESS))).arrayBuffer();
    await (await post('/v1/messages', chat(ATTACK))).arrayBuffer();
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { authorization: TOKEN }]) {
      expect((await fetch(`${running.admin}/metrics`, { headers })).status).toBe(401);
    }
    const headers = { authorization: `Bearer ${TOKEN}` };
    const text = await (await fetch(`${running.admin}/metrics`, { headers })).text();
    expect(text).toContain('# TYPE edgeward_requests_total counter\n');
    expect(text).toContain('edgeward_requests_total{api="anthropic",status="200",by="upstream"} 1\n');
    expect(text).toContain('edgeward_requests_total{api="anthropic",status="403",by="proxy"} 1\n');
    expect(text).toContain('edgeward_judged_total{api="anthropic",action="block"} 1\n');
    expect(text).toMatch(/^edgeward_judged_seconds_bucket\{le="\+Inf"\} \d+$/m);
    expect(await (await fetch(`${running.admin}/engine`, { headers })).json()).toMatchObject({ policy: 'balanced' });
    for (const path of ['/-/health', '/-/ready']) {
      expect((await fetch(running.admin + path)).status).toBe(401);
      expect(await (await fetch(running.admin + path, { headers })).json()).toEqual({ status: 'ok' });
    }
    expect((await fetch(`${running.url}/metrics`)).status).toBe(200); // the upstream's own
  });

  test('--store: whom an operator bans is refused while it runs, and it ends with status 0', async () => {
    const env = { EDGEWARD_KEY: 'k'.repeat(16) };
    const own = ['--subject', 'header:x-user', '--store', 'sqlite:bans.db'];
    const { server, url } = await start(own, env);
    const ask = async (user: string): Promise<number> =>
      (
        await fetch(`${url}/v1/chat/completions`, {
          method: 'POST',
          body: chat(HARMLESS),
          headers: { 'x-user': user },
        })
      ).status;
    expect([await ask('jane'), await ask('joe')]).toEqual([200, 200]);
    expect(folder.run(['bans', 'add', '--store', 'sqlite:bans.db', 'header:jane'], '', env).status).toBe(0);
    await expect.poll(() => ask('jane'), { timeout: 20_000 }).toBe(403);
    expect(await ask('joe')).toBe(200);
    const over = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await over).toEqual([0, null]);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s: what is open ends, then it does, with status 0', async (signal) => {
    const { server, url } = await start(['--grace', '50000']);
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let arrived: () => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    upstream.reply = async () => {
      arrived();
      await held;
      return Response.json({ ok: 'late' });
    };
    const answer = fetch(`${url}/v1/chat/completions`, { method: 'POST', body: chat(HARMLESS) });
    await asked;
    const over = once(server, 'exit');
    server.kill(signal);
    await expect
      .poll(
        () =>
          fetch(`${url}/-/health`).then(
            () => 'taken',
            () => 'refused',
          ),
        { timeout: 30_000 },
      )
      .toBe('refused');
    release();
    expect(await (await answer).json()).toEqual({ ok: 'late' });
    expect(await over).toEqual([0, null]);
  });

  test.each<readonly [args: readonly string[], message: string]>([
    [[], "required option '--upstream <url>' not specified"],
    [['--upstream', 'x'], 'upstream must be an http(s) URL'],
    [['--upstream', 'http://x', '--limit', 'bytes=1'], 'limits must be one of bodyBytes, '],
    [['--upstream', 'http://x', '--limit', 'bodyBytes'], 'Expected'],
    [['--upstream', 'http://x', '--subject', 'ip'], 'Expected key, header:NAME or claim:NAME'],
    [['--upstream', 'http://x', '--tls-cert', 'rules.yaml'], '--tls-cert and --tls-key go together'],
    [['--upstream', 'http://x', '--tls-cert', 'none.pem', '--tls-key', 'none.pem'], 'none.pem: no such file'],
    [['--upstream', 'http://x', '--routes', 'none.yaml'], 'none.yaml: no such file'],
    [['--upstream', 'http://x', '--routes', 'rules.yaml'], 'expected a list of routes'],
    [['--upstream', 'http://x', '--routes', 'bad-key.yaml'], 'route 0: expected path, mode, '],
    [['--upstream', 'http://x', '--routes', 'bad-policy.yaml'], 'route 0: policy must be one of strict, '],
    [['--upstream', 'http://x', '--routes', 'bad-subject.yaml'], 'route 0: subject must be key, '],
    [['--upstream', 'http://x', '--routes', 'bad-yaml.yaml'], 'bad-yaml.yaml: '],
  ])('%j is a fault with a way out', (args, message) => {
    folder.write('bad-key.yaml', '- { path: /a, paht: /b }');
    folder.write('bad-policy.yaml', '- { path: /a, policy: lax }');
    folder.write('bad-subject.yaml', '- { path: /a, subject: ip }');
    folder.write('bad-yaml.yaml', '- { path: ');
    expect(folder.run(['proxy', '--port', '0', ...args])).toMatchObject({
      status: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  test('an admin port wants a token', () => {
    const ran = folder.run(['proxy', '--upstream', 'http://x', '--admin-port', '0'], '', { EDGEWARD_ADMIN_TOKEN: '' });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringContaining('needs a token in EDGEWARD_ADMIN_TOKEN') });
  });

  test.each([
    ['who asks', [], {}, 'needs --subject'],
    ['a key', ['--subject', 'key'], { EDGEWARD_KEY: '' }, 'needs a key in EDGEWARD_KEY'],
    ['a longer key', ['--subject', 'key'], { EDGEWARD_KEY: 'short' }, 'at least 16 bytes; got 5'],
  ] as const)('a store wants %s', (_, args, env, message) => {
    const own = ['proxy', '--upstream', 'http://x', '--port', '0', '--tier', '1', '--store', 'sqlite:bans.db', ...args];
    expect(folder.run(own, '', env)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  });

  test.skipIf(!hasOpenssl())('speaks TLS (skipped where no openssl can make a certificate)', async () => {
    const { server, url } = await start(certificate());
    expect(url).toMatch(/^https:/);
    const status = await new Promise((resolve, reject) => {
      const own = request(`${url}/-/health`, { rejectUnauthorized: false }, (response) => resolve(response.statusCode));
      own.on('error', reject).end();
    });
    expect(status).toBe(200);
    server.kill('SIGKILL');
  });

  test.each<readonly [name: string, args: () => readonly string[]]>([
    ['one process', () => []],
    ['two workers', () => ['--workers', '2']],
    ...(hasOpenssl() ? [['TLS', certificate] as const] : []),
  ])('%s: who is connected and asks nothing does not hold it', { timeout: 120_000 }, async (_, args) => {
    const { server, url } = await start([...args(), '--grace', '600000']);
    onTestFinished(() => void server.kill('SIGKILL'));
    const { hostname, port } = new URL(url);
    const silent = [connect(Number(port), hostname), connect(Number(port), hostname)];
    if (url.startsWith('https:')) silent.push(connectTls(Number(port), hostname, { rejectUnauthorized: false }));
    const gone = silent.map(async (socket) => {
      socket.on('error', () => undefined);
      await once(socket, socket instanceof TLSSocket ? 'secureConnect' : 'connect');
      return once(socket, 'close');
    });
    await expect.poll(() => silent.every(({ readyState }) => readyState === 'open')).toBe(true);
    const over = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await over).toEqual([0, null]);
    await Promise.all(gone);
  });
});

/** Makes one that nobody trusts; the options that name it. */
function certificate(): string[] {
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(folder.path, name)) as [string, string];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '1', '-nodes'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  return ['--tls-cert', cert, '--tls-key', key];
}

/** Processes that a process has started. */
function childrenOf(pid: number): readonly number[] {
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([child, parent]) => (parent === pid ? [child!] : []));
}

describe('--workers', () => {
  const ask = (url: string, patience = 60_000): Promise<number> =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      body: chat(HARMLESS),
      headers: { connection: 'close', 'x-user': 'jane' },
      signal: AbortSignal.timeout(patience),
    }).then(
      ({ status }) => status,
      () => 0,
    );
  const metricsOf = async (admin: string): Promise<string> =>
    (await fetch(`${admin}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();
  const requestsIn = (metrics: string): number =>
    Number(/^edgeward_requests_total\{api="openai",status="200",by="upstream"\} (\d+)$/m.exec(metrics)?.[1] ?? 0);

  test('share a port, count together, and one that dies is replaced', { timeout: 180_000 }, async () => {
    const own = await start(['--workers', '2', '--admin-port', '0']);
    const { server, url, admin } = own;
    expect(own.greeting).toContain(
      `${upstream.url} at ${url} (wasm-simd, policy balanced, 2 workers). Ctrl-C stops it`,
    );
    for (let i = 0; i < 6; i++) expect(await ask(url)).toBe(200);
    const before = childrenOf(server.pid!);
    expect(before).toHaveLength(2);
    const metrics = await metricsOf(admin);
    expect(metrics).toContain('# TYPE edgeward_workers gauge\nedgeward_workers 2\n');
    expect(requestsIn(metrics)).toBe(6);

    let said = '';
    server.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    process.kill(before[0]!, 'SIGKILL');
    await expect
      .poll(() => metricsOf(admin), { timeout: 60_000 })
      .toMatch(/^edgeward_worker_restarts_total 1\n(?:.*\n)*edgeward_workers 2$/m);
    expect(said).toContain(`worker ${before[0]} ended (SIGKILL); another one starts in 100 ms`);
    expect(childrenOf(server.pid!).filter((pid) => !before.includes(pid))).toHaveLength(1);
    await expect
      .poll(async () => [await ask(url, 5000), await ask(url, 5000)], { timeout: 60_000 })
      .toEqual([200, 200]);
    const headers = { authorization: `Bearer ${TOKEN}` };
    expect(await (await fetch(`${admin}/engine`, { headers })).json()).toMatchObject({ name: 'wasm-simd' });
    expect((await fetch(`${admin}/-/ready`, { headers })).status).toBe(200);

    const over = once(server, 'exit');
    server.kill('SIGTERM');
    expect(await over).toEqual([0, null]);
    expect(childrenOf(server.pid!)).toEqual([]);
  });

  test('told to stop while the others start, they end, and what is open first', { timeout: 180_000 }, async () => {
    const port = await freePort();
    const own = ['--upstream', upstream.url, '--port', String(port), '--tier', '1', '--grace', '50000'];
    const server = folder.start(['proxy', ...own, '--workers', '6']);
    const over = once(server, 'exit');
    const url = `http://127.0.0.1:${port}`;
    await expect.poll(() => ask(url, 5000), { timeout: 60_000 }).toBe(200);
    let arrived = (): void => undefined;
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    upstream.reply = async () => {
      arrived();
      await new Promise((resolve) => setTimeout(resolve, 1500));
      return Response.json({ ok: 'late' });
    };
    const answer = fetch(`${url}/v1/chat/completions`, { method: 'POST', body: chat(HARMLESS) });
    await asked;
    server.kill('SIGTERM');
    expect(await (await answer).json()).toEqual({ ok: 'late' });
    expect(await over).toEqual([0, null]);
  });

  test('a ban holds in all of them; what is open ends before they do', { timeout: 180_000 }, async () => {
    const env = { EDGEWARD_KEY: 'k'.repeat(16) };
    const own = ['--workers', '2', '--grace', '50000', '--subject', 'header:x-user', '--store', 'sqlite:shared.db'];
    const { server, url } = await start(own, env);
    expect(await ask(url)).toBe(200);
    expect(folder.run(['bans', 'add', '--store', 'sqlite:shared.db', 'header:jane'], '', env).status).toBe(0);
    const six = (): Promise<number[]> => Promise.all(Array.from({ length: 6 }, () => ask(url)));
    await expect.poll(six, { timeout: 30_000 }).toEqual(Array(6).fill(403));

    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const asked = new Promise<void>((arrived) => {
      upstream.reply = async () => {
        arrived();
        await held;
        return Response.json({ ok: 'late' });
      };
    });
    const answer = fetch(`${url}/v1/chat/completions`, { method: 'POST', body: chat(HARMLESS) });
    await asked;
    const over = once(server, 'exit');
    server.kill('SIGTERM');
    // Nobody answers any more; who connects while the workers let go of the port may wait for their end.
    await expect.poll(() => ask(url, 3000), { timeout: 30_000 }).toBe(0);
    release();
    expect(await (await answer).json()).toEqual({ ok: 'late' });
    expect(await over).toEqual([0, null]);
  });

  test.each([
    [['--workers', '0'], 'Expected a whole number from 1 on'],
    [['--workers', '65'], 'Expected a whole number from 1 to 64'],
    [['--workers', '2', '--routes', 'none.yaml'], 'none.yaml: no such file'],
    [['--workers', '2', '--tls-cert', 'rules.yaml'], '--tls-cert and --tls-key go together'],
  ])('%j is a fault, told once', (args, message) => {
    const { status, stderr } = folder.run(['proxy', '--upstream', 'http://x', '--port', '0', '--tier', '1', ...args]);
    expect(status).toBe(2);
    expect(stderr.split(message)).toHaveLength(2);
  });
});

function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
