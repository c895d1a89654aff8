/**
 * `edgeward/vault`: vaults for a conversation, made or opened by the host.
 *
 * @module
 */
export { createVault, openVault, type VaultOptions } from './act/vault.ts';
export type { Redaction, Strategy, Vault } from './types.ts';
