/**
 * The weights of the tagger of names as a module, for runtimes that import them (workerd).
 *
 * @module
 */
import weights from './names.bin';

/**
 * @example
 * ```ts
 * const policy = { sensitive: { pii: 'redact', types: { 'person-name': 'redact' } } } as const;
 * const firewall = await createFirewall({ names, policy });
 * ```
 */
export const names: ArrayBuffer = weights;
