/**
 * Where a Redis server is on this machine: `REDIS_SERVER_PATH`, then the PATH and the usual places.
 *
 * Plain JavaScript, because setup runs it before any package is installed.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['redis-server', 'valkey-server'];
const PLACES = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin', '/snap/bin'];

/** @returns {string | undefined} path of an executable, `undefined` when there is none */
export function findRedis() {
  const named = process.env['REDIS_SERVER_PATH'];
  if (named) return existsSync(named) ? named : undefined;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...PLACES];
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}
