/**
 * How the three worker scripts start: beside this script, where bundlers see them, or in the folder that `base` names.
 *
 * @module
 */

/** The part of Trusted Types that is used here; not every browser has them. */
interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown };
}

export function startGuardWorker(base: URL | undefined): Worker {
  if (base !== undefined) return new Worker(scriptIn(base, 'worker.guard.js'), { type: 'module' });
  return new Worker(new URL('./worker.guard.js', import.meta.url), { type: 'module' });
}

export function startSharedGuardWorker(base: URL | undefined, name: string): SharedWorker {
  if (base !== undefined) return new SharedWorker(scriptIn(base, 'worker.guard.js'), { type: 'module', name });
  return new SharedWorker(new URL('./worker.guard.js', import.meta.url), { type: 'module', name });
}

export function startTransformerWorker(base: URL | undefined): Worker {
  if (base !== undefined) return new Worker(scriptIn(base, 'worker.browser.js'), { type: 'module' });
  return new Worker(new URL('./worker.browser.js', import.meta.url), { type: 'module' });
}

let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/** A page that enforces Trusted Types allows the policy `edgeward`. */
function scriptIn(base: URL, name: string): URL {
  const url = new URL(name, base);
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };
  if (trustedTypes === undefined) return url;
  policy ??= trustedTypes.createPolicy('edgeward', { createScriptURL: (script) => script });
  return policy.createScriptURL(url.href) as URL;
}
