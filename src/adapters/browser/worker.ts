/**
 * The worker that judges for pages: built to `dist/worker.guard.js`, runs dedicated to one page or shared by an origin's.
 *
 * @module
 */
import { type Built, createFiles } from '../../checked-files.ts';
import { composeInBrowser, type FileUrls, ownUrls } from '../../compose.browser.ts';
import type { Firewall } from '../../firewall.ts';
import { FILES } from './built-files.js';
import { type Building, createServer, type Line } from './serve.ts';

interface SharedScope {
  onconnect: (event: MessageEvent) => void;
  close(): void;
}

/** Where `base` has the files; onnxruntime-web's are below it, in `ort/`. */
function urlsIn(base: string): FileUrls {
  const at = (path: string): URL => new URL(path, base);
  return {
    engine: at('engine.wasm'),
    pack: at('tier1.bin'),
    tokenizer: at('tokenizer.wasm'),
    names: at('names.bin'),
    tier2: at('tier2/'),
    runtime: at('ort/'),
  };
}

function knownFiles({ engine, pack, tokenizer, names, tier2, runtime }: FileUrls): Map<string, Built> {
  const places: Readonly<Record<string, URL>> = {
    'engine.wasm': engine,
    'tier1.bin': pack,
    'tokenizer.wasm': tokenizer,
    'names.bin': names,
  };
  const folders: readonly (readonly [prefix: string, folder: URL])[] = [
    ['tier2/', tier2],
    ['ort/', runtime],
  ];
  return new Map(
    Object.entries(FILES).flatMap(([name, built]): [string, Built][] => {
      const [prefix, folder] = folders.find(([prefix]) => name.startsWith(prefix)) ?? [];
      const url = folder === undefined ? places[name] : new URL(name.slice(prefix!.length), folder);
      return url === undefined ? [] : [[url.href, { name, ...built }]];
    }),
  );
}

function build({ open, onProgress, lend }: Building): Promise<Firewall> {
  const { base, options, isolated } = open;
  const urls = base === undefined ? ownUrls() : urlsIn(base);
  const known = knownFiles(urls);
  const fetch = createFiles(known, onProgress);
  // Both at once; whoever needs them waits for the same download, and hears of its failure.
  for (const url of options.engine === 'reference' ? [urls.pack] : [urls.pack, urls.engine]) fetch(url).catch(() => {});
  return composeInBrowser({ urls, isolated, fetch, known, onProgress, worker: lend }, options);
}

/** Held until this worker ends, however it ends. */
async function holdLock(): Promise<string | undefined> {
  const name = `edgeward/worker/${Math.random().toString(36).slice(2)}`;
  return new Promise((held) => {
    const locks = navigator.locks;
    if (locks === undefined) return held(undefined);
    const never = new Promise<never>(() => {});
    locks
      .request(name, () => {
        held(name);
        return never;
      })
      .catch(() => held(undefined)); // an opaque origin has none
  });
}

const isShared = 'onconnect' in globalThis;
const scope = globalThis as unknown as SharedScope & Line;
const connect = createServer({
  build,
  lock: holdLock(),
  onRelease: (lock, gone) => void navigator.locks?.request(lock, gone).catch(() => {}),
  onEmpty: () => scope.close(),
});
if (isShared) {
  scope.onconnect = ({ ports: [port] }) => connect(port!);
} else connect(scope);
