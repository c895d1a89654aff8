/**
 * Tier 2 where there are no workers and no files, as in workerd: the model arrives as modules and runs in place.
 *
 * @module
 */
import { createWasmTokenizer } from '../../engine/tokenizer.ts';
import { FirewallError } from '../../errors.ts';
import type { Bytes, Tier2Assets } from './assets.ts';
import { readManifest } from './manifest.ts';
import type { Logits } from './messages.ts';
import type { Resolved } from './options.ts';
import { createOwnReader } from './own-reader.ts';
import type { Missed } from './reader.ts';
import { openSession, type Session, warmUp, warmUpFeeds } from './session.ts';
import type { Absent, Opened } from './stage.ts';

/** One run lays out the buffers; more would be paid for in CPU time by the request that waits. */
const WARM_UP = { runs: 1, budgetMs: Number.POSITIVE_INFINITY } as const;

/**
 * @throws {FirewallError} `FW_MODEL` when the modules are not this package's, `FW_OPTIONS` when the platform cannot do what was asked
 */
export async function openInline(options: Resolved): Promise<Opened | Absent> {
  const { assets } = options;
  if (options.model !== undefined)
    throw new FirewallError(
      'FW_OPTIONS',
      'createFirewall: transformer.model cannot be loaded here, where there are no files; pass transformer.assets',
    );
  if (options.backend === 'native')
    throw new FirewallError(
      'FW_OPTIONS',
      "createFirewall: transformer.backend must be 'auto' or 'wasm' here; got 'native'",
    );
  if (assets === undefined)
    return { absent: "this deployment carries no model: pass transformer: { assets: tier2 } from 'edgeward/tier2'" };
  const manifest = readManifest(assets.manifest);
  const session = openWithModule(assets);
  // One at a time: the runtime refuses a second call while the first is under way.
  let last: Promise<unknown> = session;
  let waiting = 0;
  async function run(ids: Int32Array, stop: AbortSignal): Promise<Logits | Missed> {
    if (waiting >= options.maxQueue) return 'busy';
    waiting++;
    const before = last;
    const mine = (async () => {
      await before.catch(() => {}); // its own caller hears of it
      waiting--;
      return stop.aborted ? 'stopped' : (await session).run(ids);
    })();
    last = mine;
    return mine;
  }
  return {
    reader: createOwnReader(manifest, createWasmTokenizer(assets.tokenizer, bytesOf(assets.tables)), run),
    ...{ backend: 'wasm', threads: 1, workers: 1 },
    warm: session.then((opened) => warmUp(opened, warmUpFeeds(manifest.window), WARM_UP)),
    dispose() {},
  };
}

/**
 * onnxruntime-web compiles its module from bytes, which this platform forbids: while it starts, instantiating means
 * instantiating the module that was imported.
 */
async function openWithModule({ onnx, onnxWasm, model }: Tier2Assets): Promise<Session<Int32Array>> {
  const bytes = bytesOf(typeof model === 'function' ? await model() : model);
  const original = WebAssembly.instantiate;
  const instantiate = async (
    _: unknown,
    imports?: WebAssembly.Imports,
  ): Promise<WebAssembly.WebAssemblyInstantiatedSource> => ({
    module: onnxWasm,
    instance: new WebAssembly.Instance(onnxWasm, imports),
  });
  WebAssembly.instantiate = instantiate as typeof WebAssembly.instantiate;
  try {
    // Never read, but without it the runtime would fetch its file.
    onnx.env.wasm.wasmBinary = new ArrayBuffer(1);
    return await openSession(onnx, bytes, { backend: 'wasm', threads: 1 });
  } finally {
    WebAssembly.instantiate = original;
  }
}

function bytesOf(from: Bytes): Uint8Array {
  return from instanceof Uint8Array ? from : new Uint8Array(from);
}
