/**
 * Configuration files: found, read and watched. Node only.
 *
 * @module
 */
import { watch } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FirewallError } from '../errors.ts';
import { checkConfig } from './check.ts';
import type { Config } from './schema.ts';

const ENDINGS = ['.ts', '.mjs', '.js', '.json', '.yaml', '.yml'] as const;
const STEM = 'edgeward.config';

/**
 * The configuration of a folder: the first of `edgeward.config.ts`, `.mjs`, `.js`, `.json`, `.yaml`, `.yml`.
 *
 * @returns its absolute path; `undefined` where there is none
 */
export async function findConfig(folder: string): Promise<string | undefined> {
  for (const ending of ENDINGS) {
    const path = resolve(folder, STEM + ending);
    const found = await stat(path).catch(() => undefined);
    if (found?.isFile()) return path;
  }
  return undefined;
}

/**
 * Reads and checks a file. Modules export the configuration as default; they run with the rights of this process.
 *
 * @throws {FirewallError} `FW_CONFIG` when it cannot be read or says what it must not
 */
export async function readConfig(path: string): Promise<Config> {
  const name = basename(path);
  const ending = extname(path);
  const value =
    ending === '.ts' || ending === '.js' || ending === '.mjs' ? await imported(path) : await parsed(path, ending);
  return checkConfig(name, value);
}

async function parsed(path: string, ending: string): Promise<unknown> {
  const name = basename(path);
  if (!['.json', '.yaml', '.yml'].includes(ending))
    throw new FirewallError('FW_CONFIG', `${name}: expected a file ending in ${ENDINGS.join(', ')}; got "${ending}"`);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new FirewallError('FW_CONFIG', `expected a file ${path}; there is none to read`, { cause });
  });
  try {
    // JSON is YAML too, but its own parser says better what is wrong with it.
    return ending === '.json' ? JSON.parse(text) : (await import('yaml')).parse(text, { maxAliasCount: 100 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n')[0]! : 'it cannot be parsed';
    throw new FirewallError('FW_CONFIG', `${name}: expected ${ending === '.json' ? 'JSON' : 'YAML'}; ${why}`, {
      cause,
    });
  }
}

async function imported(path: string): Promise<unknown> {
  const name = basename(path);
  const version = await stat(path).catch((cause: unknown) => {
    throw new FirewallError('FW_CONFIG', `expected a file ${path}; there is none to read`, { cause });
  });
  try {
    // A module is cached by its URL: another time of change makes another one.
    const module = await import(`${pathToFileURL(path).href}?changed=${version.mtimeMs}`);
    return module.default;
  } catch (cause) {
    const isUnknown = cause instanceof Error && 'code' in cause && cause.code === 'ERR_UNKNOWN_FILE_EXTENSION';
    const why = isUnknown
      ? 'this Node does not run TypeScript: use Node 22.18 or later, start with `node --import tsx`, or write .mjs, .json or .yaml'
      : `it failed: ${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)}`;
    throw new FirewallError('FW_CONFIG', `${name}: expected a module that exports a configuration as default; ${why}`, {
      cause,
    });
  }
}

/** Editors write in several steps: this long after the last one a file is read, in milliseconds. */
const SETTLED_MS = 100;

/**
 * Calls back when the file has changed, also when it was replaced by another of its name.
 *
 * @returns ends the watching
 */
export function watchFile(path: string, onChange: () => void): () => void {
  const name = basename(path);
  let timer: NodeJS.Timeout | undefined;
  const watcher = watch(dirname(resolve(path)), (_event, changed) => {
    if (changed !== null && changed !== name) return;
    clearTimeout(timer);
    timer = setTimeout(onChange, SETTLED_MS);
  });
  return () => {
    clearTimeout(timer);
    watcher.close();
  };
}
