/**
 * `edgeward/config`: a firewall from a file, what the file puts around it, and both anew when it changes. Node only.
 *
 * @module
 */
import type { Audit } from './audit.ts';
import { checkConfig } from './config/check.ts';
import { findConfig, readConfig, watchFile } from './config/file.ts';
import type { Config } from './config/schema.ts';
import { type Around, createSurroundings, firewallOptionsOf, type Surroundings } from './configured.ts';
import { createFirewall } from './entry.node.ts';
import { FirewallError } from './errors.ts';
import type { Firewall, FirewallOptions } from './firewall.ts';
import type { Judgement } from './judgement.ts';

export type { Config } from './config/schema.ts';

/** For files in TypeScript and JavaScript: the same value, its type known. */
export function defineConfig(config: Config): Config {
  return config;
}

/**
 * The options of `createFirewall` that a file holds.
 *
 * @param path the file; by default the `edgeward.config.*` of the working directory
 * @throws {FirewallError} `FW_CONFIG`
 */
export async function loadConfig(path?: string): Promise<FirewallOptions> {
  return firewallOptionsOf(await readConfig(await pathOf('loadConfig', path)));
}

/**
 * The options of `createFirewall` that a parsed value holds.
 *
 * @throws {FirewallError} `FW_CONFIG`
 */
export async function parseConfig(value: unknown): Promise<FirewallOptions> {
  return firewallOptionsOf(checkConfig('parseConfig', value));
}

async function pathOf(where: string, path: string | undefined): Promise<string> {
  const found = path ?? (await findConfig(process.cwd()));
  if (found !== undefined) return found;
  throw new FirewallError(
    'FW_CONFIG',
    `${where}: expected edgeward.config.ts, .mjs, .js, .json, .yaml or .yml here; there is none`,
  );
}

/** What a file asks for, open. */
export interface Configured {
  /** Seen by the audit, where there is one. */
  readonly firewall: Firewall;
  /** Absent where the file has no such section. */
  readonly judgement?: Judgement;
  readonly audit?: Audit;
  /** Gives jobs in hand a moment, then ends all of it. */
  close(): Promise<void>;
}

/**
 * A firewall, and the judgement and the audit that the file puts around it.
 *
 * @param path the file; by default the `edgeward.config.*` of the working directory
 * @example
 * ```ts
 * const { firewall, judgement } = await openConfig();
 * app.use('/chat/*', guard(firewall, { judgement, subject: (c) => c.get('user').id }));
 * ```
 * @throws {FirewallError} `FW_CONFIG`; as `createFirewall`, `openJudgement`, `openAudit` and the stores do
 */
export async function openConfig(path?: string): Promise<Configured> {
  return configured(await pathOf('openConfig', path), createSurroundings());
}

async function configured(path: string, surroundings: Surroundings): Promise<Configured> {
  const config = await readConfig(path);
  const firewall = await createFirewall(await firewallOptionsOf(config));
  let around: Around;
  try {
    around = await surroundings.open(config, firewall);
  } catch (error) {
    firewall.dispose();
    throw error;
  }
  const { watch, judgement, audit } = around;
  return {
    firewall: watch(firewall),
    ...(judgement && { judgement }),
    ...(audit && { audit }),
    async close() {
      await around.close();
      await firewall.verifier.close?.();
      firewall.dispose();
    },
  };
}

export interface ReloadOptions {
  /** The file; by default the `edgeward.config.*` of the working directory. */
  readonly path?: string;
  /** Called with each new firewall that took the place of the one before. */
  readonly onReload?: (firewall: Firewall) => void;
  /** Called when a changed file cannot be used; the firewall stays as it was. */
  readonly onError?: (error: unknown) => void;
  /** Milliseconds that calls under way have left when their firewall is replaced. Defaults to 30,000. */
  readonly graceMs?: number;
}

export interface Reloading {
  /** The one to use for the next call: do not keep it. */
  readonly firewall: Firewall;
  /** Likewise. */
  readonly judgement: Judgement | undefined;
  /** Ends the watching, and all that is open. */
  close(): Promise<void>;
}

/**
 * What `openConfig` gives, following its file. A file that cannot be used changes nothing. A store and an audit of which
 * the file says the same as before stay open.
 *
 * @throws {FirewallError} as `openConfig`, for the file as it is now
 */
export async function openReloading({
  path,
  onReload,
  onError,
  graceMs = 30_000,
}: ReloadOptions = {}): Promise<Reloading> {
  const file = await pathOf('openReloading', path);
  const surroundings = createSurroundings();
  let now = await configured(file, surroundings);
  const retired = new Set<() => Promise<void>>();
  let closed = false;
  /** One after another: two changes must not overtake each other. */
  let last: Promise<void> = Promise.resolve();

  /** Ends what was replaced when the calls under way have had their time, or when all ends. */
  function retire(before: Configured): void {
    const end = async (): Promise<void> => {
      clearTimeout(timer);
      if (retired.delete(end)) await before.close();
    };
    const timer = setTimeout(() => end().catch((error: unknown) => onError?.(error)), graceMs).unref();
    retired.add(end);
  }

  async function reload(): Promise<void> {
    if (closed) return;
    try {
      const next = await configured(file, surroundings);
      if (closed) return await next.close();
      retire(now);
      now = next;
      onReload?.(next.firewall);
    } catch (error) {
      onError?.(error);
    }
  }

  const end = watchFile(file, () => {
    last = last.then(reload);
  });
  return {
    get firewall() {
      return now.firewall;
    },
    get judgement() {
      return now.judgement;
    },
    async close() {
      closed = true;
      end();
      await last;
      await Promise.all([now.close(), ...[...retired].map((one) => one())]);
    },
  };
}
