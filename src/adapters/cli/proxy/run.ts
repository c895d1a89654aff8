/**
 * Runs the proxy on Node until it is told to stop.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { createBrotliDecompress } from 'node:zlib';
import type { Firewall } from '../../../exports.ts';
import { type Judgement, KEY_VARIABLE, openJudgement, openStore } from '../../../open-store.ts';
import { createProxy, type Decode, type ProxyLimits, type ProxyOptions, type ProxyRoute } from '../../proxy/main.ts';
import { CliError, fileFault } from '../fault.ts';
import type { ReadSubject } from '../proxy.ts';
import { serveUntilSignal } from '../server.ts';
import { type JudgeOptions, startFirewall } from '../start.ts';
import { print } from '../terminal.ts';
import { createAdmin } from './admin.ts';
import { createMetrics } from './metrics.ts';
import { readRoutes } from './routes.ts';

export interface ProxyCommandOptions extends JudgeOptions {
  readonly upstream: string;
  readonly port: number;
  readonly host: string;
  readonly tier: '1' | '2';
  /** Path of a file. */
  readonly routes?: string;
  readonly others: NonNullable<ProxyOptions['others']>;
  readonly untrustedRoles?: true;
  readonly subject?: ReadSubject;
  /** Address of a store. */
  readonly store?: string;
  /** Milliseconds. */
  readonly deadline?: number;
  readonly limit: Partial<ProxyLimits>;
  /** Bytes. */
  readonly maxHeaderSize: number;
  /** Milliseconds. */
  readonly grace: number;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly adminPort?: number;
}

const TOKEN = 'EDGEWARD_ADMIN_TOKEN';

/** @throws {CliError} for options that do not go together, files that cannot be read, ports that cannot be had */
export async function runProxy(options: ProxyCommandOptions): Promise<void> {
  const { port, host, upstream, policy, subject, deadline, adminPort, grace, maxHeaderSize } = options;
  const tls = tlsOf(options);
  const token = process.env[TOKEN] ?? '';
  if (adminPort !== undefined && token === '') {
    throw new CliError(`proxy: --admin-port needs a token in ${TOKEN}`);
  }
  const openStanding = standingOf(options);
  const firewalls = new Map<string, Promise<Firewall>>();
  const firewallOf = (name: JudgeOptions['policy']): Promise<Firewall> => {
    const { engine, rules, tier } = options;
    const own = { policy: name, engine, ...(rules !== undefined && { rules }), ...(tier === '1' && { tier }) };
    const started = firewalls.get(name) ?? startFirewall('proxy', own);
    firewalls.set(name, started);
    return started;
  };
  const firewall = await firewallOf(policy);
  const routes: ProxyRoute[] = [];
  for (const { policy: name, ...route } of options.routes === undefined ? [] : readRoutes(options.routes)) {
    routes.push(name === undefined ? route : { ...route, firewall: await firewallOf(name) });
  }

  const standing = await openStanding?.(firewall);
  let isReady = true;
  const metrics = createMetrics();
  const proxy = createProxy({
    firewall,
    upstream,
    routes,
    others: options.others,
    trustRoles: options.untrustedRoles !== true,
    limits: options.limit,
    decoders: { br: BROTLI },
    inspect: deadline === undefined ? {} : { deadlineMs: deadline },
    isReady: () => isReady,
    onJudged: metrics.judged,
    onAnswered: metrics.answered,
    ...(subject !== undefined && { subject }),
    ...(standing && { judgement: standing.judgement }),
  });
  const onStop = (): void => {
    isReady = false;
  };
  const listening = { host, graceMs: grace, maxHeaderSize, ...(tls && { tls }) };
  const url = await serveUntilSignal('proxy', proxy.fetch, {
    ...listening,
    port,
    onStop,
    onEnd: () => standing?.end(),
  });
  await print(`edgeward guards ${upstream} at ${url} (${firewall.engine.name}, policy ${policy}). Ctrl-C stops it.`);
  if (adminPort !== undefined) {
    const admin = createAdmin({ token, metrics, firewall });
    const adminUrl = await serveUntilSignal('proxy', admin.fetch, { ...listening, port: adminPort });
    await print(`  metrics: ${adminUrl}/metrics, with the token in ${TOKEN}`);
  }
  await Promise.all([...firewalls.values()].map(async (one) => (await one).ready()));
}

/** What remembers who asked, as long as the proxy runs. */
interface Standing {
  readonly judgement: Judgement;
  end(): void;
}

/** @returns nothing where no store is named */
function standingOf({
  store: address,
  subject,
}: ProxyCommandOptions): ((firewall: Firewall) => Promise<Standing>) | undefined {
  if (address === undefined) return undefined;
  if (subject === undefined) throw new CliError('proxy: --store needs --subject, which says who asks');
  const key = process.env[KEY_VARIABLE] ?? '';
  if (key === '') throw new CliError(`proxy: --store needs a key in ${KEY_VARIABLE}, the same in every process`);
  return async (firewall) => {
    const store = await openStore(address);
    const judgement = await openJudgement({ firewall, store, key });
    return { judgement, end: () => void judgement.close().finally(() => store.close()) };
  };
}

const BROTLI: Decode = () => {
  const { readable, writable } = Duplex.toWeb(createBrotliDecompress());
  return { readable, writable } as unknown as ReturnType<Decode>;
};

function tlsOf({ tlsCert, tlsKey }: ProxyCommandOptions): { cert: string; key: string } | undefined {
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new CliError('proxy: --tls-cert and --tls-key go together; got one of them');
  }
  return { cert: readText(tlsCert), key: readText(tlsKey) };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw fileFault('proxy', path, error);
  }
}
