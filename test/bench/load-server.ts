/**
 * One server of the load benchmark, in a process of its own: `node load-server.mjs NAME [UPSTREAM]`. Tells its port, and
 * how it fares whenever it is asked.
 *
 * @module
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { createAdaptorServer } from '@hono/node-server';
import { createFirewall } from 'edgeward';
import { guard } from 'edgeward/hono';
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
}

export type ServerName = 'model' | 'app' | 'app guarded' | 'proxy unguarded' | 'proxy';

const [, , name, upstream = ''] = process.argv as [string, string, ServerName, string?];

async function appOf(): Promise<{ fetch(request: Request): Response | Promise<Response> }> {
  if (name === 'model') return createEchoModel();
  const firewall = await createFirewall({ transformer: 'off' });
  if (name === 'proxy') return createProxy({ firewall, upstream });
  if (name === 'proxy unguarded') return createProxy({ firewall, upstream, routes: [{ path: '/*', mode: 'pass' }] });
  const app = new Hono();
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
  process.send?.({ cpu: (user + system) / 1e6, loopDelayMs, heap, memory, handles } satisfies Health);
  delay.reset();
});
process.on('disconnect', () => process.exit());
