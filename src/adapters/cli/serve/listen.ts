/**
 * Runs the local app on Node until it is told to stop.
 *
 * @module
 */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, createSurroundings, readConfig } from '../../../configured.ts';
import { readSubject } from '../proxy.ts';
import { serveUntilStop } from '../server.ts';
import { type JudgeOptions, startFirewall } from '../start.ts';
import { print } from '../terminal.ts';
import { createLocalApp } from './app.ts';
import { createSite, type SiteFolders } from './site.ts';

export interface ListenOptions extends JudgeOptions {
  readonly port: number;
  readonly host: string;
  readonly upstream?: string;
}

const GRACE_MS = 2000;

/**
 * Returns once the app listens; it goes on until SIGINT or SIGTERM.
 *
 * @throws {CliError} when the port or the address cannot be had
 */
export async function listen({ port, host, upstream, ...judge }: ListenOptions): Promise<void> {
  const { policy } = judge;
  const firewall = await startFirewall('serve', judge);
  const site = createSite(siteFolders());
  const config: Config = judge.config === undefined ? {} : await readConfig(judge.config);
  const { watch, judgement, close } = await createSurroundings().open(config, firewall);
  // Whoever asks here is this machine's user: without a name of the file's own, one name for all.
  const subject = config.judgement?.subject === undefined ? () => 'local' : readSubject(config.judgement.subject);
  const app = createLocalApp({
    firewall: watch(firewall),
    site,
    ...(upstream !== undefined && { upstream }),
    ...(judgement && { judged: { judgement, subject } }),
  });
  const url = await serveUntilStop('serve', app.fetch, {
    port,
    host,
    graceMs: GRACE_MS,
    onEnd: () => void close(),
  });
  void firewall.ready(); // the first message should not wait for it
  await print(`edgeward serves ${url} (${firewall.engine.name}, policy ${policy}). Ctrl-C stops it.`);
  await print(`  curl ${url}/chat -H 'content-type: application/json' -d '{"message": "Hello"}'`);
}

/** Everything lies beside this script, as it was built. */
function siteFolders(): SiteFolders {
  const edgeward = fileURLToPath(new URL('.', import.meta.url));
  const page = fileURLToPath(new URL('./playground/', import.meta.url));
  try {
    return { page, edgeward, runtime: dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/wasm'))) };
  } catch {
    return { page, edgeward }; // not installed: the playground's verdicts are tier 1's
  }
}
