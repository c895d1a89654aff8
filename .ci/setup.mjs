/**
 * Makes a fresh clone ready: packages, then the build, then (with `--browser`, as the tests ask) a Redis server, a
 * Chromium and, where Debian has it, a Firefox.
 * Does nothing where nothing is missing. Needs Node and npm only.
 *
 *   node .ci/setup.mjs [--packages | --browser]
 *
 * @module
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findChromium } from './chromium.mjs';
import { findFirefox } from './firefox.mjs';
import { findRedis } from './redis.mjs';

const ROOT = join(import.meta.dirname, '..');
/** What the build reads. Training data and evaluation code are no part of it. */
const SOURCES = [
  'src',
  'wasm/assembly',
  'models',
  'demo/playground',
  'demo/extension',
  '.ci',
  'package.json',
  'tsconfig.json',
];
const NOT_SOURCES = ['models/train', 'models/eval'];
const STAMP = 'dist/.built';

/** @param {string} path relative to the root @returns {number} newest modification time below it, ms; 0 when absent */
function newest(path) {
  const full = join(ROOT, path);
  if (NOT_SOURCES.includes(path) || !existsSync(full)) return 0;
  const stat = statSync(full);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return readdirSync(full).reduce((latest, name) => Math.max(latest, newest(`${path}/${name}`)), 0);
}

/** @param {string} command @param {string[]} args @returns {boolean} whether it succeeded */
function attempt(command, args) {
  console.error(`setup: ${command} ${args.join(' ')}`);
  // The CPU library of onnxruntime-node is in its package; what its script would download is CUDA.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  return spawnSync(command, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'] }).status === 0;
}

/** @param {string} message @returns {never} */
function fail(message) {
  console.error(`setup: ${message}`);
  process.exit(1);
}

function installPackages() {
  // npm writes this file last, so an interrupted install is seen and done again.
  const installed = newest('node_modules/.package-lock.json');
  if (installed > 0 && installed >= newest('package-lock.json')) return;
  // Not `npm ci`: it wants every platform's optional packages in the lock file, and not every registry has them all.
  const args = ['install', '--no-save', '--include=dev', '--no-audit', '--no-fund'];
  if (!attempt('npm', args)) fail('npm install failed; its own message is above');
}

function build() {
  const built = newest(STAMP);
  if (built > 0 && SOURCES.every((path) => newest(path) <= built)) return;
  if (!attempt(process.execPath, ['--import', 'tsx', '.ci/build.ts']))
    fail('the build failed; its own message is above');
}

const APT = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** @param {string} name @returns {boolean} whether it succeeded */
function installFromDebian(name) {
  return (
    APT && attempt('apt-get', ['update']) && attempt('apt-get', ['install', '-y', '--no-install-recommends', name])
  );
}

function installRedis() {
  if (findRedis() || (installFromDebian('redis-server') && findRedis())) return;
  fail(
    'the tests need a Redis server and none could be installed. Install one, or set REDIS_SERVER_PATH to its executable',
  );
}

async function installChromium() {
  if (await findChromium()) return;
  if (installFromDebian('chromium') && (await findChromium())) return;
  attempt('npx', ['playwright-core', 'install', ...(APT ? ['--with-deps'] : []), 'chromium']);
  if (await findChromium()) return;
  fail('the tests need a Chromium and none could be installed. Install one, or set CHROMIUM_PATH to its executable');
}

/** What needs it is skipped where there is none. */
function installFirefox() {
  if (findFirefox() || (installFromDebian('firefox-esr') && findFirefox())) return;
  console.error('setup: no Firefox; its tests are skipped. Install one, or set FIREFOX_PATH to its executable');
}

installPackages();
if (!process.argv.includes('--packages')) build();
if (process.argv.includes('--browser')) {
  installRedis();
  await installChromium();
  installFirefox();
}
