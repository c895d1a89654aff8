/**
 * The names of all types of personal data and secrets that may be found.
 *
 * @module
 */
import { MARKED } from '../secrets/find.ts';
import { ASSIGNED, TOKENS } from '../secrets/shapes.ts';
import { NUMBER_TYPES } from './number-types.ts';
import { WORD_TYPES } from './word-types.ts';

/** Types whose recognizers are written out, not listed in a table. */
const OTHER_PII = [
  'bic',
  'bitcoin-address',
  'coordinates',
  'dogecoin-address',
  'email',
  'ethereum-address',
  'ipv4',
  'ipv6',
  'litecoin-address',
  'mac',
  'person-name',
  'phone',
  'postal-address',
  'seed-phrase',
  'solana-address',
  'tron-address',
  'url-credentials',
  'wallet-keystore',
  'wallet-private-key',
  'wallet-public-key',
] as const;
const OTHER_SECRETS = [
  'authorization-header',
  'curl-auth-header',
  'curl-auth-user',
  'facebook-access-token',
  'generic-api-key',
  'hashicorp-tf-password',
  'kubernetes-secret-yaml',
  'nuget-config-password',
  'password',
  'private-key',
] as const;

/** Kind -> types, in the order of the alphabet. */
export const TYPES: Readonly<Record<'pii' | 'secret', readonly string[]>> = {
  pii: sorted([...OTHER_PII, ...[...NUMBER_TYPES, ...WORD_TYPES].map(({ type }) => type)]),
  secret: sorted([...OTHER_SECRETS, ...[...TOKENS, ...ASSIGNED].map(({ id }) => id), ...MARKED.map(([id]) => id)]),
};

function sorted(types: readonly string[]): readonly string[] {
  return [...new Set(types)].sort();
}
