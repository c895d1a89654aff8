/**
 * The model inside onnxruntime: token ids in, logits out.
 *
 * Works with onnxruntime-web and onnxruntime-node, whose interfaces are one.
 *
 * @module
 */
import { FirewallError } from '../../errors.ts';
import type { Logits } from './messages.ts';

/** The part of onnxruntime's interface that is used here. */
export interface Onnx {
  readonly env: { readonly wasm: OnnxWasm };
  readonly Tensor: new (type: 'int32', data: Int32Array, dims: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<OnnxSession>;
  };
}

export interface OnnxWasm {
  numThreads?: number;
  wasmPaths?: unknown;
  wasmBinary?: unknown;
}

interface OnnxSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(feeds: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, { readonly data: unknown }>>>;
}

/** A loaded model: this package's own reads token ids, a foreign one reads text. */
export interface Session<Feed extends Int32Array | string = Int32Array | string> {
  run(feed: Feed): Promise<Logits>;
}

const INPUT = 'ids';
const OUTPUTS = ['heads', 'tokens'] as const;

/**
 * @throws {FirewallError} `FW_MODEL` when the model's inputs and outputs are not the ones read here
 * @throws {Error} of onnxruntime's own when the bytes are no model it can run
 */
export async function openSession(
  onnx: Onnx,
  model: Uint8Array,
  { backend, threads }: { readonly backend: 'wasm' | 'native'; readonly threads: number },
): Promise<Session<Int32Array>> {
  if (backend === 'wasm') onnx.env.wasm.numThreads = threads;
  const session = await onnx.InferenceSession.create(model, {
    executionProviders: [backend === 'wasm' ? 'wasm' : 'cpu'],
    graphOptimizationLevel: 'all',
    ...(backend === 'native' && { intraOpNumThreads: threads, interOpNumThreads: 1 }),
  });
  const names = [...session.inputNames, ...session.outputNames];
  if (session.inputNames.length !== 1 || ![INPUT, ...OUTPUTS].every((name) => names.includes(name))) {
    throw new FirewallError(
      'FW_MODEL',
      `model.onnx must have the input ids and the outputs heads and tokens; got ${names.join(', ')}`,
    );
  }
  return {
    async run(ids) {
      const { heads, tokens } = await session.run({ [INPUT]: new onnx.Tensor('int32', ids, [1, ids.length]) });
      return { heads: numbers('heads', heads?.data, 2), tokens: numbers('tokens', tokens?.data, ids.length) };
    },
  };
}

/** A copy: the runtime may reuse its memory. */
function numbers(name: string, data: unknown, length: number): Float32Array {
  if (!(data instanceof Float32Array) || data.length !== length) {
    const got = data instanceof Float32Array ? `${data.length}` : 'something else';
    throw new FirewallError('FW_MODEL', `model.onnx: ${name} must hold ${length} float32 numbers; got ${got}`);
  }
  return data.slice();
}

/** Feeds to warm up with: a full window now and then, since buffers are laid out for the longest. */
export function warmUpFeeds(window: number): Int32Array[] {
  return Array.from({ length: 8 }, (_, i) => new Int32Array(i === 0 ? window : Math.ceil(window / 4)));
}

/** JavaScript engines compile WebAssembly twice, fast and then well: the first hundred runs would be slow ones. */
export async function warmUp<Feed extends Int32Array | string>(
  session: Session<Feed>,
  feeds: readonly Feed[],
  { runs, budgetMs }: { readonly runs: number; readonly budgetMs: number },
): Promise<void> {
  const until = performance.now() + budgetMs;
  for (let i = 0; i < runs && performance.now() < until; i++) await session.run(feeds[i % feeds.length]!);
}
