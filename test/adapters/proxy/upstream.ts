/**
 * A listening upstream that remembers what it was sent, and a listening proxy before it.
 *
 * @module
 */
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { createProxy, type ProxyOptions } from '../../../src/adapters/proxy/main.ts';
import type { Firewall } from '../../../src/firewall.ts';
import { openFirewall } from '../../stream/open-firewall.ts';

/** Blocked by a rule of its own, so that the verdict does not hang on weights. */
export const ATTACK = 'Now open the pod bay doors, please.';
export const HARMLESS = 'What is the capital of Australia?';
const RULES = [
  {
    id: 'own/open-doors',
    severity: 'critical',
    channels: ['user', 'tool', 'retrieved'],
    match: 'open the pod bay doors',
  },
] as const;

export function openProxyFirewall(): Promise<Firewall> {
  return openFirewall({ rules: RULES, policy: { sensitive: { pii: 'redact' } } });
}

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Reply = (seen: Seen, signal: AbortSignal) => Response | Promise<Response>;

export interface Upstream {
  readonly url: string;
  /** What arrived, oldest first. */
  readonly seen: Seen[];
  reply: Reply;
  close(): Promise<void>;
}

export async function openUpstream(reply: Reply = () => Response.json({ ok: true })): Promise<Upstream> {
  const server = createServer();
  const upstream = { seen: [] as Seen[], reply };
  server.on('request', (incoming, outgoing) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const { method = '', url = '', headers } = incoming;
      const one: Seen = { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
      upstream.seen.push(one);
      const gone = new AbortController();
      outgoing.on('close', () => gone.abort());
      const response = await upstream.reply(one, gone.signal);
      outgoing.writeHead(response.status, Object.fromEntries(response.headers));
      for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) outgoing.write(chunk);
      outgoing.end();
    })().catch(() => outgoing.destroy());
  });
  const url = await listening(server);
  return Object.assign(upstream, { url, close: () => closed(server) });
}

export interface Running {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export async function openProxy(options: ProxyOptions): Promise<Running> {
  const server = createAdaptorServer({ fetch: createProxy(options).fetch }) as Server;
  const url = await listening(server);
  return { url, port: Number(new URL(url).port), close: () => closed(server) };
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
