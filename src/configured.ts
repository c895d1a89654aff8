/**
 * Composition of what a configuration asks for: a firewall's options, and what stands around a firewall. Node only.
 *
 * @module
 */
import type { Audit } from './audit.ts';
import type { Config } from './config/schema.ts';
import { FirewallError } from './errors.ts';
import type { Firewall, FirewallOptions } from './firewall.ts';
import type { Judgement, Listener, Terms } from './judgement.ts';
import { observe } from './observe.ts';
import { KEY_VARIABLE, openStore } from './open-store.ts';
import type { Verifier } from './verify/verifier.ts';

export { readConfig, watchFile } from './config/file.ts';
export type { Config } from './config/schema.ts';

/** @throws {FirewallError} `FW_CONFIG` for a variable that is not set; as the verifiers do */
export async function firewallOptionsOf({
  $schema: _,
  judgement: __,
  audit: ___,
  routes: ____,
  verifier,
  ...options
}: Config): Promise<FirewallOptions> {
  // An optional key that is undefined is none: the checks of `createFirewall` read it so too.
  return { ...options, ...(verifier && { verifier: await verifierOf(verifier) }) } as FirewallOptions;
}

async function verifierOf(asked: NonNullable<Config['verifier']>): Promise<'deep' | Verifier> {
  if (asked === 'deep') return asked;
  const { createLlmVerifier, createTransformersVerifier } = await import('./verifier.ts');
  if ('transformers' in asked) return createTransformersVerifier(defined(asked.transformers));
  const { apiKey, ...llm } = asked.llm;
  return createLlmVerifier(defined({ ...llm, ...(apiKey && { apiKey: secretOf('verifier.llm.apiKey', apiKey) }) }));
}

/** What stands around a firewall. */
export interface Around {
  /** The same firewall, seen by the audit where there is one. */
  watch(firewall: Firewall): Firewall;
  readonly audit?: Audit;
  readonly judgement?: Judgement;
  /** Gives jobs in hand a moment, then lets go of store and audit, unless another one uses them. */
  close(): Promise<void>;
}

/** Opens what stands around one firewall after another, as a file changes: a store or an audit of which it says the same stays open. */
export interface Surroundings {
  /**
   * @param listeners hear what the judgement tells, beside audit and webhooks
   * @throws {FirewallError} `FW_CONFIG` for a variable that is not set; as `openJudgement`, `openAudit` and the stores do
   */
  open(
    config: Pick<Config, 'judgement' | 'audit'>,
    firewall: Firewall,
    listeners?: readonly Listener[],
  ): Promise<Around>;
}

export function createSurroundings(): Surroundings {
  const held = new Map<string, { readonly value: Promise<Closing>; users: number }>();

  /** What was opened under this name, or is now; and what lets go of it. */
  async function hold<T extends Closing>(name: string, open: () => Promise<T>): Promise<[T, () => Promise<void>]> {
    const one = held.get(name) ?? { value: open(), users: 0 };
    one.users++;
    held.set(name, one);
    const letGo = async (): Promise<void> => {
      if (--one.users > 0) return;
      held.delete(name);
      await (await one.value).close();
    };
    try {
      return [(await one.value) as T, letGo];
    } catch (error) {
      held.delete(name);
      throw error;
    }
  }

  return {
    async open({ judgement: asked, audit: kept }, firewall, listeners = []) {
      const ends: (() => Promise<void>)[] = [];
      const close = async (): Promise<void> => {
        for (const end of ends.splice(0)) await end();
      };
      try {
        let audit: Audit | undefined;
        if (kept !== undefined) {
          const [opened, letGo] = await hold(`audit ${JSON.stringify(kept)}`, () => auditOf(kept));
          audit = opened;
          ends.unshift(letGo);
        }
        const watch = (one: Firewall): Firewall => (audit === undefined ? one : observe(one, audit));
        const around = { watch, close, ...(audit && { audit }) };
        if (asked === undefined) return around;
        const address = typeof asked.store === 'string' ? asked.store : secretOf('judgement.store', asked.store);
        const [store, letGo] = await hold(`store ${address}`, () => openStore(address));
        ends.unshift(letGo);
        const [{ openJudgement }, hooks] = await Promise.all([import('./judgement.ts'), webhooksOf(asked.webhooks)]);
        const { store: _, key = { env: KEY_VARIABLE }, subject: __, webhooks: ___, terms, ...rest } = asked;
        const judgement = await openJudgement({
          ...defined(rest),
          ...(terms && { terms: termsOf(terms) }),
          firewall: watch(firewall),
          store,
          key: secretOf('judgement.key', key),
          onEvent: [...listeners, ...(audit ? [audit.told] : []), ...hooks],
        });
        ends.unshift(() => judgement.close());
        return { ...around, judgement };
      } catch (error) {
        await close();
        throw error;
      }
    },
  };
}

interface Closing {
  close(): Promise<void>;
}

type Asked = NonNullable<Config['judgement']>;

async function webhooksOf(hooks: Asked['webhooks'] = []): Promise<readonly Listener[]> {
  if (hooks.length === 0) return [];
  const { createWebhook } = await import('./judgement.ts');
  return hooks.map(({ secret, ...hook }, i) =>
    createWebhook({ ...defined(hook), secret: secretOf(`judgement.webhooks[${i}].secret`, secret) }),
  );
}

function termsOf({ ladder, ...terms }: NonNullable<Asked['terms']>): Partial<Terms> {
  const steps = ladder?.map(({ kind, banMs }) => ({
    kind,
    banMs: banMs === 'forever' ? Number.POSITIVE_INFINITY : banMs,
  }));
  return { ...defined(terms), ...(steps && { ladder: steps as [(typeof steps)[number]] }) };
}

async function auditOf({ hashKey, textKey, ...options }: NonNullable<Config['audit']>): Promise<Audit> {
  const { openAudit } = await import('./audit.ts');
  return openAudit({
    ...defined(options),
    ...(hashKey && { hashKey: bytesOf('audit.hashKey', hashKey) }),
    ...(textKey && { textKey: bytesOf('audit.textKey', textKey) }),
  });
}

interface Named {
  readonly env: string;
}

function secretOf(path: string, { env }: Named): string {
  const value = process.env[env];
  if (value) return value;
  throw new FirewallError('FW_CONFIG', `${path} must be in the environment variable ${env}; it is not set`);
}

function bytesOf(path: string, named: Named): Uint8Array<ArrayBuffer> {
  const digits = secretOf(path, named);
  if (digits.length % 2 === 0 && /^[0-9a-f]{32,}$/i.test(digits)) return new Uint8Array(Buffer.from(digits, 'hex'));
  throw new FirewallError(
    'FW_CONFIG',
    `${path} must be hexadecimal digits, at least 32, in the environment variable ${named.env}; it holds something else`,
  );
}

/** Without keys that are undefined, which options do not know. */
function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
