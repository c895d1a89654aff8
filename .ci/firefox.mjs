/**
 * Where a Firefox is on this machine: `FIREFOX_PATH`, then the PATH and the usual places.
 *
 * Plain JavaScript, because setup runs it before any package is installed.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['firefox', 'firefox-esr'];
const PLACES = ['/usr/bin', '/usr/local/bin', '/snap/bin', '/opt/firefox', '/Applications/Firefox.app/Contents/MacOS'];

/** @returns {string | undefined} path of an executable, `undefined` when there is none */
export function findFirefox() {
  const named = process.env['FIREFOX_PATH'];
  if (named) return existsSync(named) ? named : undefined;
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...PLACES];
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find((path) => existsSync(path));
}
