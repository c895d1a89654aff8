/**
 * One server of the load benchmark and the soak, in a process of its own: `node load-server.mjs OPTIONS`, which are
 * JSON. Tells its port, and how it fares whenever it is asked.
 *
 * @module
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createAdaptorServer } from '@hono/node-server';
import { createFirewall, type Scan } from 'edgeward';
import { type GuardVariables, guard } from 'edgeward/hono';
import { createEchoModel, createProxy } from 'edgeward/proxy';
import { Hono } from 'hono';

/** How a server fares since it was asked last. */
export interface Health {
  /** Seconds of a processor. */
  readonly cpu: number;
  /** Milliseconds, 99th percentile of how late timers fire. */
  readonly loopDelayMs: number;
  /** Bytes; the heap's after a collection, where one can be had. */
  readonly heap: number;
  readonly memory: number;
  /** Sockets, timers and whatever else keeps the process. */
  readonly handles: number;
  /** Requests since it started: those of which tier 2 read the worst text, and those with a scan cut short. */
  readonly read: number;
  readonly degraded: number;
}

export type ServerName = 'model' | 'app' | 'app guarded' | 'proxy unguarded' | 'proxy';

export interface ServerOptions {
  readonly name: ServerName;
  /** Of a proxy. */
  readonly upstream?: string;
  /** The deepest tier to ask. Tier 2 runs in one worker, in WebAssembly, and is warm when the server listens. */
  readonly tier: 1 | 2;
}

const { name, upstream = '', tier } = JSON.parse(process.argv[2]!) as ServerOptions;
let read = 0;
let degraded = 0;

function count(scan: Scan | undefined, isDegraded: boolean): void {
  if (scan?.tier === 2) read++;
  if (isDegraded) degraded++;
}

async function appOf(): Promise<{ fetch(request: Request): Response | Promise<Response> }> {
  if (name === 'model') return createEchoModel();
  const firewall = await createFirewall({ transformer: tier === 1 ? 'off' : { backend: 'wasm', workers: 1 } });
  await firewall.ready();
  if (name === 'proxy') {
    return createProxy({
      firewall,
      upstream,
      ...(tier === 2 && { onJudged: (judged) => count(judged.outcome?.decision.scan, judged.degraded) }),
    });
  }
  if (name === 'proxy unguarded') return createProxy({ firewall, upstream, routes: [{ path: '/*', mode: 'pass' }] });
  const app = new Hono<{ Variables: GuardVariables }>();
  // Not where tier 1 is timed: one more middleware costs as much as a part of the guard.
  if (name === 'app guarded' && tier === 2) {
    app.use(async (c, next) => {
      await next();
      const { edgeward } = c.var as Partial<GuardVariables>;
      count(edgeward?.outcome?.decision.scan, edgeward?.degraded ?? false);
    });
  }
  if (name === 'app guarded') app.use(guard(firewall));
  return app.route('/', createEchoModel());
}

/** The model of the proxies answers with little work, for it shares their cores. */
function openModel(): Server {
  const body = JSON.stringify({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, message: { role: 'assistant', content: 'Understood.' }, finish_reason: 'stop' }],
  });
  return createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    incoming.resume().on('end', () => {
      outgoing.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
      outgoing.end(body);
    });
  });
}

const server = name === 'model' ? openModel() : (createAdaptorServer({ fetch: (await appOf()).fetch }) as Server);
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
server.keepAliveTimeout = 65_000;
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () =>
  process.send?.((server.address() as AddressInfo).port),
);
let spent = process.cpuUsage();
process.on('message', () => {
  const { user, system } = process.cpuUsage(spent);
  spent = process.cpuUsage();
  globalThis.gc?.();
  const { heapUsed: heap, rss: memory } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  // The timer itself is as late as its resolution.
  const loopDelayMs = Math.max(0, delay.percentile(99) / 1e6 - 5);
  process.send?.({ cpu: (user + system) / 1e6, loopDelayMs, heap, memory, handles, read, degraded } satisfies Health);
  delay.reset();
});
process.on('disconnect', () => process.exit());
