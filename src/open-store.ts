/**
 * Composition for the command line: a store by its address, and subjects by their names.
 *
 * @module
 */
import { FirewallError, show } from './errors.ts';
import { createSecrets } from './judge/secrets.ts';
import type { Store } from './stores/store.ts';

export { FOREVER, type ListedBan, type Store } from './stores/store.ts';

/**
 * @param address `memory`, `sqlite:path/to/file.db`, or `redis://…`, `rediss://…`
 * @throws {FirewallError} `FW_OPTIONS` for another address, `FW_STORE` when the driver is not installed
 */
export async function openStore(address: string): Promise<Store> {
  if (address === 'memory') {
    const { createMemoryStore } = await import('./stores/memory.ts');
    return createMemoryStore();
  }
  if (address.startsWith('sqlite:')) {
    const { createSqliteStore } = await import('./stores/sqlite.ts');
    return createSqliteStore({ path: address.slice('sqlite:'.length) });
  }
  if (/^rediss?:\/\//.test(address)) {
    const { createRedisStore } = await import('./stores/redis.ts');
    return createRedisStore({ url: address });
  }
  throw new FirewallError('FW_OPTIONS', `store: expected memory, sqlite:path or redis://…; got ${show(address)}`);
}

/** Where the command line finds the key that a store's subjects are hashed with. */
export const KEY_VARIABLE = 'EDGEWARD_KEY';

/** What a subject is called in the stores of whoever has this key. */
export function hashSubject(key: string, subject: string): string {
  return createSecrets(key).hash(subject);
}
