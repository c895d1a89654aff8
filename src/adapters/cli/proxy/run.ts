/**
 * Runs the proxy on Node until it is told to stop.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { Duplex } from 'node:stream';
import { createBrotliDecompress } from 'node:zlib';
import type { Hono } from 'hono';
import { type Config, createSurroundings, readConfig, type Surroundings, watchFile } from '../../../configured.ts';
import type { Firewall, PresetName } from '../../../exports.ts';
import { KEY_VARIABLE } from '../../../open-store.ts';
import { createProxy, type Decode, type ProxyLimits, type ProxyOptions, type ProxyRoute } from '../../proxy/main.ts';
import { CliError, fileFault } from '../fault.ts';
import { type ReadSubject, readSubject } from '../proxy.ts';
import { type ServeOptions, serveUntilStop, untilSignal } from '../server.ts';
import { type JudgeOptions, type ServerOptions, startFirewall } from '../start.ts';
import { print } from '../terminal.ts';
import { type AdminOptions, createAdmin, type EngineReport, engineReport } from './admin.ts';
import { createMetrics, type Metrics, metricsText } from './metrics.ts';
import { type FileRoute, readRoutes } from './routes.ts';
import { isWorker, keepTelling, leave, untilTold, workerNumber } from './worker.ts';
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
    return runOne(options, untilSignal, undefined, async ({ url, report, isReady }) => {
      await greet(url, report().engine, {
        metrics: () => metricsText(report().counted),
        engine: () => report().engine,
        isReady,
      });
    });
  }
  const opened = await openWorkers(workers, (stop) => untilSignal(() => stop(grace)));
  if (opened === undefined) return;
  try {
    await greet(opened.url, opened.engine(), {
      async metrics() {
        const { counted, alive } = await opened.counted();
        return metricsText(counted, { edgeward_workers: alive });
      },
      engine: opened.engine,
      isReady: opened.isReady,
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
  isReady(): boolean;
}

/** What the options and the file come to at one moment. */
interface Built {
  readonly proxy: Hono;
  readonly firewall: Firewall;
  /** Every firewall of the routes too. */
  ready(): Promise<unknown>;
  /** Gives jobs in hand a moment, then ends all of it. */
  close(): Promise<void>;
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
  const { port, config, grace } = options;
  const listening = listeningOf(options);
  const metrics = createMetrics();
  const surroundings = createSurroundings();
  let isReady = true;
  const open = (): Promise<Built> => build(options, surroundings, metrics, () => isReady);
  let built = await open();
  const report = (): Report => ({ counted: metrics.counted(), engine: engineReport(built.firewall) });

  /** One after another: two changes must not overtake each other. */
  let last: Promise<unknown> = Promise.resolve();
  async function reload(): Promise<void> {
    try {
      const before = built;
      built = await open();
      console.error(`edgeward: ${config} has changed and holds from now on`);
      setTimeout(() => void before.close(), grace).unref();
      await built.ready();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      console.error(`edgeward: ${config} has changed and cannot be used; nothing changes. ${why}`);
    }
  }
  const endWatching =
    config === undefined
      ? () => {}
      : watchFile(config, () => {
          last = last.then(reload);
        });

  const url = await serveUntilStop('proxy', (request) => built.proxy.fetch(request), {
    ...listening,
    port,
    untilStop,
    onStop: () => {
      isReady = false;
      endWatching();
    },
    onEnd: () => {
      void last.then(() => built.close()).finally(() => onEnd?.(report()));
    },
  });
  await onListening({ url, report, isReady: () => isReady });
  await built.ready();
}

async function build(
  options: ProxyCommandOptions,
  surroundings: Surroundings,
  metrics: Metrics,
  isReady: () => boolean,
): Promise<Built> {
  const { upstream, policy, deadline } = options;
  const config: Config = options.config === undefined ? {} : await readConfig(options.config);
  const { judgement: asked, subject } = judgementOf(options, config);
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
  const audit = config.audit && { ...config.audit, path: ownPath(config.audit.path) };
  const around = await surroundings.open({ audit, judgement: asked }, firewall, [metrics.told]);
  const routes: ProxyRoute[] = [];
  for (const { policy: name, ...route } of routesOf(options, config)) {
    routes.push(name === undefined ? route : { ...route, firewall: around.watch(await firewallOf(name)) });
  }
  const all = (): Promise<Firewall[]> => Promise.all(firewalls.values());
  const proxy = createProxy({
    firewall: around.watch(firewall),
    upstream,
    routes,
    others: options.others,
    trustRoles: options.untrustedRoles !== true,
    limits: options.limit,
    decoders: { br: BROTLI },
    inspect: deadline === undefined ? {} : { deadlineMs: deadline },
    isReady,
    onJudged: metrics.judged,
    onAnswered: metrics.answered,
    ...(subject !== undefined && { subject }),
    ...(around.judgement && { judgement: around.judgement }),
  });
  return {
    proxy,
    firewall,
    ready: async () => Promise.all((await all()).map((one) => one.ready())),
    async close() {
      await around.close();
      for (const one of await all()) {
        await one.verifier.close?.();
        one.dispose();
      }
    },
  };
}

function routesOf({ routes }: ProxyCommandOptions, config: Config): readonly FileRoute[] {
  if (routes !== undefined) return readRoutes(routes);
  return (config.routes ?? []).map(({ subject, ...route }) => ({
    ...(route as FileRoute),
    ...(subject !== undefined && { subject: readSubject(subject) }),
  }));
}

/** Processes of one command do not write to one file: each has its number in the name. */
function ownPath(path: string): string {
  const number = workerNumber();
  if (number === undefined) return path;
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}-${number}${ext}`);
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

/** Who is remembered, and where: options before the file. */
function judgementOf(
  { store, subject: named, workers }: ProxyCommandOptions,
  { judgement: asked }: Config,
): { readonly judgement?: Config['judgement']; readonly subject?: ReadSubject } {
  const subject = named ?? (asked?.subject === undefined ? undefined : readSubject(asked.subject));
  const about = subject === undefined ? {} : { subject };
  if (workers > 1 && (store ?? asked?.store) === 'memory') {
    throw new CliError('proxy: --workers needs a store that processes share, sqlite:path or redis://…; got memory');
  }
  if (store !== undefined) {
    if (subject === undefined) throw new CliError('proxy: --store needs --subject, which says who asks');
    if (!process.env[asked?.key?.env ?? KEY_VARIABLE])
      throw new CliError(`proxy: --store needs a key in ${KEY_VARIABLE}, the same in every process`);
    return { judgement: { ...asked, store }, ...about };
  }
  if (asked === undefined) return about;
  if (subject === undefined) {
    throw new CliError('proxy: a judgement needs judgement.subject in the file, or --subject, which says who asks');
  }
  return { judgement: asked, subject };
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
