/**
 * A firewall in a worker: `Firewall`'s methods, answered without ever blocking the page.
 *
 * @module
 */
import type { Progress } from '../../checked-files.ts';
import { FirewallError, show } from '../../errors.ts';
import type { FirewallOptions, TransformerOptions } from '../../exports.ts';
import { connect } from './connect.ts';
import { type BrowserGuard, createGuard, type OnFailure } from './guard.ts';

export interface BrowserGuardOptions extends Omit<FirewallOptions, 'transformer'> {
  /** Tier 2, as of `createFirewall`. */
  readonly transformer?: 'auto' | 'off' | Omit<TransformerOptions, 'assets' | 'backend'>;
  /**
   * URL of a folder of this origin that holds what is in the package's `dist/`, and in `ort/` the files of
   * `onnxruntime-web/dist` where tier 2 is to run. By default everything is looked for beside this script.
   */
  readonly base?: string | URL;
  /** What `guard` says where nobody can judge: `'open'` (default) lets texts pass, `'closed'` withholds them. */
  readonly onFailure?: OnFailure;
  /** Hears how far each file has come. */
  readonly onProgress?: (progress: Progress) => void;
  /** Whether tabs of this origin that want the same share one worker, where the browser can; defaults to true. */
  readonly shared?: boolean;
}

const KEYS: readonly string[] = [
  ...(['policy', 'rules', 'engine', 'transformer', 'base', 'onFailure', 'onProgress', 'shared'] as const),
] satisfies (keyof BrowserGuardOptions)[];
/**
 * Opens a guard: at once, while its worker loads. Nothing that it reads leaves the browser.
 *
 * @throws {FirewallError} `FW_OPTIONS` when an option is wrong; those that the worker checks fail `loaded` and every call
 * @example
 * ```ts
 * const guard = openGuard({ base: '/edgeward/', policy: { sensitive: 'redact' } });
 * guardForm(document.forms[0], { guard });
 * ```
 */
export function openGuard(options: BrowserGuardOptions = {}): BrowserGuard {
  const { base, onFailure = 'open', onProgress = () => {}, shared = true, ...rest } = checked(options);
  return createGuard(
    (onStatus) =>
      connect({
        options: resolveUrls(rest),
        base: base === undefined ? undefined : folderOf(base),
        shared,
        onStatus,
        onProgress,
      }),
    onFailure,
  );
}

function checked(options: BrowserGuardOptions): BrowserGuardOptions {
  for (const key of Object.keys(options)) {
    if (!KEYS.includes(key)) throw wrong('options', `among ${KEYS.join(', ')}`, key);
  }
  const { onFailure, shared, onProgress } = options as Readonly<Record<string, unknown>>;
  if (onFailure !== undefined && onFailure !== 'open' && onFailure !== 'closed')
    throw wrong('onFailure', "'open' or 'closed'", onFailure);
  if (shared !== undefined && typeof shared !== 'boolean') throw wrong('shared', 'a boolean', shared);
  if (onProgress !== undefined && typeof onProgress !== 'function') throw wrong('onProgress', 'a function', onProgress);
  return options;
}

function wrong(path: string, expected: string, got: unknown): FirewallError {
  return new FirewallError('FW_OPTIONS', `openGuard: ${path} must be ${expected}; got ${show(got)}`);
}

/** The worker's script lies elsewhere: what the page means by a relative URL is settled here. */
function resolveUrls({ transformer, ...rest }: FirewallOptions): FirewallOptions {
  if (typeof transformer !== 'object') return { ...rest, ...(transformer && { transformer }) };
  const { model, runtime } = transformer;
  const isUrl = model !== undefined && /^(?:\/|\.\.?\/)/.test(model);
  return {
    ...rest,
    transformer: {
      ...transformer,
      ...(isUrl && { model: folderOf(model).href }),
      ...(runtime !== undefined && { runtime: folderOf(runtime).href }),
    },
  };
}

function folderOf(url: string | URL): URL {
  const { href } = new URL(url, document.baseURI);
  return new URL(href.endsWith('/') ? href : `${href}/`);
}
