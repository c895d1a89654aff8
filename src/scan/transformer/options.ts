/**
 * What a caller may say of tier 2, checked.
 *
 * @module
 */
import { FirewallError, show } from '../../errors.ts';
import type { Tier2Assets } from './assets.ts';

export interface TransformerOptions {
  /** `'native'` is the optional peer `onnxruntime-node`; `'auto'` (default) takes it where it is installed, and onnxruntime-web elsewhere. */
  readonly backend?: 'auto' | 'wasm' | 'native';
  /** Workers that run the model side by side; defaults to one per core, at most four, in Node, and to one in browsers. Each takes some 200 MB. */
  readonly workers?: number;
  /** Threads of each worker; defaults to one in Node, where requests share the cores, and to one per core, at most four, in browsers, where one user waits. */
  readonly threads?: number;
  /** Windows of all texts that may wait for a worker; what comes on top stays unseen and marks its scan degraded. Defaults to 64. */
  readonly maxQueue?: number;
  /** Windows of one text that are read at most, worst first; the rest is reported as unseen. Defaults to 32. */
  readonly maxWindows?: number;
  /** Another model: a folder (in browsers a URL) with this package's tier-2 files or in the layout of `@xenova/transformers`, or an id on the Hugging Face hub. */
  readonly model?: string;
  /** Labels of `model` that mean an attack. Needed for a model in the layout of `@xenova/transformers`. */
  readonly labels?: readonly string[];
  /** Browsers: URL of a folder with the files of `onnxruntime-web/dist`. Defaults to the package beside this one. */
  readonly runtime?: string;
  /** workerd: the model as imported modules, `tier2` of `edgeward/tier2`. */
  readonly assets?: Tier2Assets;
}

export interface Resolved extends TransformerOptions {
  readonly backend: 'auto' | 'wasm' | 'native';
  readonly maxQueue: number;
  readonly maxWindows: number;
}

const KEYS: readonly string[] = [
  ...['backend', 'workers', 'threads', 'maxQueue', 'maxWindows', 'model', 'labels', 'runtime', 'assets'],
] satisfies string[];
const BACKENDS: readonly unknown[] = ['auto', 'wasm', 'native'];

/**
 * @returns `undefined` for `'off'`
 * @throws {FirewallError} `FW_OPTIONS` when a key is unknown or a value out of range
 */
export function resolveOptions(from: unknown): Resolved | undefined {
  if (from === 'off') return undefined;
  const options = from === undefined || from === 'auto' ? {} : from;
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw wrong('transformer', "'auto', 'off' or an object", from);
  for (const key of Object.keys(options)) {
    if (!KEYS.includes(key)) throw wrong('transformer', `keys among ${KEYS.join(', ')}`, key);
  }
  const { backend = 'auto', maxQueue = 64, maxWindows = 32, ...rest } = options as TransformerOptions;
  if (!BACKENDS.includes(backend)) throw wrong('transformer.backend', "one of 'auto', 'wasm', 'native'", backend);
  for (const [key, value, most] of [
    ['workers', rest.workers, 64],
    ['threads', rest.threads, 64],
    ['maxQueue', maxQueue, 1_000_000],
    ['maxWindows', maxWindows, 1_000_000],
  ] as const) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1 && value <= most))
      throw wrong(`transformer.${key}`, `an integer from 1 to ${most}`, value);
  }
  for (const key of ['model', 'runtime'] as const) {
    const value: unknown = rest[key];
    if (value !== undefined && (typeof value !== 'string' || value === ''))
      throw wrong(`transformer.${key}`, 'a non-empty string', value);
  }
  const labels: unknown = rest.labels;
  const areLabels = Array.isArray(labels) && labels.length > 0 && labels.every((label) => typeof label === 'string');
  if (labels !== undefined && !areLabels) throw wrong('transformer.labels', 'an array of one or more strings', labels);
  if (labels !== undefined && rest.model === undefined)
    throw wrong('transformer.labels', 'left out without transformer.model', labels);
  return { ...rest, backend, maxQueue, maxWindows };
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `createFirewall: ${path} must be ${expected}; got ${show(got)}`);
}
