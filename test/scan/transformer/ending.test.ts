import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { writeTinyModel } from './tiny-model.ts';

const ENTRY = pathToFileURL(join(import.meta.dirname, '../../../dist/entry.node.js')).href;
const TIMES = 3;

/** A process of its own: what goes wrong here takes the process with it. */
test.each([
  ['once it is ready', 'await firewall.ready(); firewall.dispose();'],
  ['while it loads', 'firewall.inspect("x y z").catch(() => {}); setTimeout(() => firewall.dispose(), 50);'],
  ['never', 'await firewall.ready();'],
] as const)('native workers, disposed of %s: the process ends well', (_, rest) => {
  const tiny = writeTinyModel();
  const options = { transformer: { model: tiny.path, backend: 'native', workers: 2 } };
  const script = `import { createFirewall } from '${ENTRY}'; const firewall = await createFirewall(${JSON.stringify(options)}); ${rest}`;
  for (let i = 0; i < TIMES; i++) {
    const { status, signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
      encoding: 'utf8',
      timeout: 50_000,
    });
    expect({ status, signal, stderr }).toEqual({ status: 0, signal: null, stderr: '' });
  }
  tiny.remove();
});
