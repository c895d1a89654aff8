/**
 * Runs the proxy on Node until it is told to stop.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import { createBrotliDecompress } from 'node:zlib';
import type { Firewall, PresetName } from '../../../exports.ts';
import { type Judgement, KEY_VARIABLE, openJudgement, openStore } from '../../../open-store.ts';
import { createProxy, type Decode, type ProxyLimits, type ProxyOptions, type ProxyRoute } from '../../proxy/main.ts';
import { CliError, fileFault } from '../fault.ts';
import type { ReadSubject } from '../proxy.ts';
import { type ServeOptions, serveUntilStop, untilSignal } from '../server.ts';
import { type JudgeOptions, type ServerOptions, startFirewall } from '../start.ts';
import { print } from '../terminal.ts';
import { type AdminOptions, createAdmin, type EngineReport, engineReport } from './admin.ts';
import { createMetrics, metricsText } from './metrics.ts';
import { readRoutes } from './routes.ts';
import { isWorker, keepTelling, leave, untilTold } from './worker.ts';
import { openWorkers, type Report } from './workers.ts';

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
  /** Windows. */
  readonly maxQueue?: number;
  /** Processes. */
  readonly workers: number;
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
  const { upstream, policy, adminPort, grace, workers } = options;
  const token = process.env[TOKEN] ?? '';
  if (adminPort !== undefined && token === '') {
    throw new CliError(`proxy: --admin-port needs a token in ${TOKEN}`);
  }
  if (isWorker()) {
    try {
      return await runOne(options, untilTold, leave, ({ url, report }) => keepTelling(url, report));
    } catch (error) {
      leave();
      throw error;
    }
  }

  async function greet(url: string, { name }: EngineReport, admin: Omit<AdminOptions, 'token'>): Promise<void> {
    const many = workers > 1 ? `, ${workers} workers` : '';
    await print(`edgeward guards ${upstream} at ${url} (${name}, policy ${policy}${many}). Ctrl-C stops it.`);
    if (adminPort === undefined) return;
    const app = createAdmin({ token, ...admin });
    const adminUrl = await serveUntilStop('proxy', app.fetch, { ...listeningOf(options), port: adminPort });
    await print(`  metrics: ${adminUrl}/metrics, with the token in ${TOKEN}`);
  }

  if (workers === 1) {
    return runOne(options, untilSignal, undefined, async ({ url, report }) => {
      await greet(url, report().engine, {
        metrics: () => metricsText(report().counted),
        engine: () => report().engine,
      });
    });
  }
  const opened = await openWorkers(workers);
  if (opened === undefined) return;
  untilSignal(() => opened.stop(grace));
  try {
    await greet(opened.url, opened.engine(), {
      async metrics() {
        const { counted, alive } = await opened.counted();
        return metricsText(counted, { edgeward_workers: alive });
      },
      engine: opened.engine,
    });
  } catch (error) {
    opened.stop(0);
    throw error;
  }
}

/** A proxy that listens in this process. */
interface Listening {
  readonly url: string;
  report(): Report;
}

/**
 * @param onEnd called with the last report when the last connection has ended
 * @param onListening called before tier 2 is loaded
 */
async function runOne(
  options: ProxyCommandOptions,
  untilStop: NonNullable<ServeOptions['untilStop']>,
  onEnd: ((report: Report) => void) | undefined,
  onListening: (listening: Listening) => void | Promise<void>,
): Promise<void> {
  const { port, upstream, policy, subject, deadline } = options;
  const listening = listeningOf(options);
  const openStanding = standingOf(options);
  const firewalls = new Map<string, Promise<Firewall>>();
  const firewallOf = (own?: PresetName): Promise<Firewall> => {
    // Without a file, a route may well ask for what the others have.
    const name = own ?? (options.config === undefined ? policy : '');
    const judge = judgeOptionsOf(options);
    const started =
      firewalls.get(name) ?? startFirewall('proxy', own === undefined ? judge : { ...judge, policy: own, isOwn: true });
    firewalls.set(name, started);
    return started;
  };
  const firewall = await firewallOf();
  const routes: ProxyRoute[] = [];
  for (const { policy: name, ...route } of options.routes === undefined ? [] : readRoutes(options.routes)) {
    routes.push(name === undefined ? route : { ...route, firewall: await firewallOf(name) });
  }

  const standing = await openStanding?.(firewall);
  let isReady = true;
  const metrics = createMetrics();
  const report = (): Report => ({ counted: metrics.counted(), engine: engineReport(firewall) });
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
  const url = await serveUntilStop('proxy', proxy.fetch, {
    ...listening,
    port,
    untilStop,
    onStop: () => {
      isReady = false;
    },
    onEnd: () => {
      void Promise.resolve(standing?.end()).finally(() => onEnd?.(report()));
    },
  });
  await onListening({ url, report });
  await Promise.all([...firewalls.values()].map(async (one) => (await one).ready()));
}

function listeningOf(options: ProxyCommandOptions): Pick<ServeOptions, 'host' | 'graceMs' | 'maxHeaderSize' | 'tls'> {
  const { host, grace, maxHeaderSize } = options;
  const tls = tlsOf(options);
  return { host, graceMs: grace, maxHeaderSize, ...(tls && { tls }) };
}

function judgeOptionsOf({
  policy,
  engine,
  rules,
  config,
  tier,
  workers,
  maxQueue,
}: ProxyCommandOptions): ServerOptions {
  return {
    policy,
    engine,
    processes: workers,
    ...(rules !== undefined && { rules }),
    ...(config !== undefined && { config }),
    ...(tier === '1' && { tier }),
    ...(maxQueue !== undefined && { maxQueue }),
  };
}

/** What remembers who asked, as long as the proxy runs. */
interface Standing {
  readonly judgement: Judgement;
  end(): Promise<void>;
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
    return { judgement, end: () => judgement.close().finally(() => store.close()) };
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
