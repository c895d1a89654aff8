/**
 * `edgeward/config`: a firewall from a file, and a new one when the file changes. Node only.
 *
 * @module
 */
import { checkConfig } from './config/check.ts';
import { findConfig, readConfig, watchFile } from './config/file.ts';
import type { Config } from './config/schema.ts';
import { createFirewall } from './entry.node.ts';
import { FirewallError } from './errors.ts';
import type { Firewall, FirewallOptions } from './firewall.ts';

export type { Config } from './config/schema.ts';

/** For files in TypeScript and JavaScript: the same value, its type known. */
export function defineConfig(config: Config): Config {
  return config;
}

/**
 * The options that a file holds.
 *
 * @param path the file; by default the `edgeward.config.*` of the working directory
 * @throws {FirewallError} `FW_CONFIG`
 */
export async function loadConfig(path?: string): Promise<FirewallOptions> {
  const found = path ?? (await findConfig(process.cwd()));
  if (found === undefined)
    throw new FirewallError(
      'FW_CONFIG',
      'loadConfig: expected edgeward.config.ts, .mjs, .js, .json, .yaml or .yml here; there is none',
    );
  return optionsOf(await readConfig(found));
}

/**
 * The options that a parsed value holds.
 *
 * @throws {FirewallError} `FW_CONFIG`
 */
export function parseConfig(value: unknown): FirewallOptions {
  return optionsOf(checkConfig('parseConfig', value));
}

function optionsOf({ $schema: _, ...options }: Config): FirewallOptions {
  // An optional key that is undefined is none: the checks of `createFirewall` read it so too.
  return options as FirewallOptions;
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
  /** Ends the watching, and the firewall. */
  close(): void;
}

/**
 * A firewall that follows its file. A file that cannot be used changes nothing.
 *
 * @throws {FirewallError} as `loadConfig` and `createFirewall`, for the file as it is now
 */
export async function openReloading({
  path,
  onReload,
  onError,
  graceMs = 30_000,
}: ReloadOptions = {}): Promise<Reloading> {
  const file = path ?? (await findConfig(process.cwd()));
  let firewall = await createFirewall(await loadConfig(file));
  let closed = false;
  /** One after another: two changes must not overtake each other. */
  let last: Promise<void> = Promise.resolve();
  async function reload(): Promise<void> {
    if (closed) return;
    try {
      const next = await createFirewall(await loadConfig(file));
      if (closed) return next.dispose();
      const before = firewall;
      firewall = next;
      setTimeout(() => before.dispose(), graceMs).unref();
      onReload?.(next);
    } catch (error) {
      onError?.(error);
    }
  }
  const end = watchFile(file!, () => {
    last = last.then(reload);
  });
  return {
    get firewall() {
      return firewall;
    },
    close() {
      closed = true;
      end();
      firewall.dispose();
    },
  };
}
