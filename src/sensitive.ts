/**
 * Composition of personal data and secrets: the search, the policy and the vault, loaded where something asks for them.
 *
 * @module
 */
import { remove } from './act/remove.ts';
import type { createVault } from './act/vault.ts';
import { REMOVED } from './decide/output.ts';
import type { Policy } from './decide/policy.ts';
import {
  actionOf,
  actionsOn,
  isAllowed,
  PERSON_NAME,
  type Searched,
  type SensitivePolicy,
  searched,
  sensitiveType,
} from './decide/sensitive.ts';
import type { Engine } from './engine/engine.ts';
import { FirewallError, show } from './errors.ts';
import type { SearchModule } from './scan/pii/module.ts';
import type { Tagger } from './scan/pii/names/tagger.ts';
import type { Search } from './scan/pii/search.ts';
import { decoderNames } from './scan/scanner.ts';
import type { Treatment, Watch } from './stream/hold.ts';
import type { Channel, Finding, Outcome, Redaction, Span, StreamingVault, Vault } from './types.ts';

/** A text without personal data and secrets, and the way back. */
export interface Redacted {
  readonly text: string;
  readonly findings: readonly Finding[];
  /** Puts values back; the one passed in, or one for this text alone. */
  readonly vault: Vault;
}

export interface Sensitive {
  /** What the policy wants to know of a text; empty and free where it wants nothing. */
  find(text: string, channel: Channel): readonly Finding[];
  /** Redacts what the policy redacts in a text that may pass. @param removals spans that are taken out for good */
  carryOut(outcome: Outcome, removals: readonly Span[], vault?: Vault): Outcome;
  redact(text: string, channel: Channel, vault?: Vault): Promise<Redacted>;
  /** For one answer that grows: what the policy wants to know of it, and what becomes of that. */
  answer(vault?: StreamingVault): Promise<SensitiveAnswer>;
}

export interface SensitiveAnswer {
  /** Absent where the policy wants nothing. */
  readonly find?: (text: string) => readonly Finding[];
  /** The user's own values pass. @param before the text before the value */
  treat(finding: Finding, value: string, before: string): Treatment;
  /** Names of people, sentence by sentence, where the policy wants them. */
  readonly names?: Watch;
}

interface Loaded extends SearchModule {
  readonly createVault: typeof createVault;
}

const EVERYTHING: Searched = { pii: true, secrets: true, names: false };
/** What the tagger may find. */
const GUESSED: ReadonlySet<string> = new Set([PERSON_NAME, 'postal-address']);
const CHANNELS: readonly Channel[] = ['user', 'tool', 'retrieved', 'model'];

/**
 * @param engineOf throws when the firewall was disposed
 * @param names brings the tagger's weights; absent where the runtime cannot
 * @throws {FirewallError} `FW_OPTIONS` when the policy names a type that does not exist, or people and nothing brings
 * the weights
 */
export async function openSensitive(
  { sensitive: policy, observe, onGrey }: Pick<Policy, 'sensitive' | 'observe' | 'onGrey'>,
  engineOf: () => Engine,
  names?: () => Promise<ArrayBuffer | Uint8Array>,
): Promise<Sensitive> {
  const wanted = CHANNELS.map((channel) => searched(actionsOn(policy, channel)));
  const [modules, tagger] = await Promise.all([
    wanted.some(({ pii, secrets }) => pii || secrets) ? load() : undefined,
    wanted.some((kinds) => kinds.names) ? loadTagger(names) : undefined,
  ]);
  if (modules !== undefined) checkTypes(policy, modules.TYPES);
  let loaded: Loaded | undefined = modules;
  const searches = new Map<string, Search>();
  /** Kept, because a loader may take a millisecond to find a module again. */
  let replacing: Promise<typeof import('./stream/sensitive-replacement.ts')> | undefined;

  function search(modules: Loaded, kinds: Searched): Search {
    const key = `${kinds.pii} ${kinds.secrets} ${kinds.names}`;
    let made = searches.get(key);
    if (made === undefined) {
      const countries = policy.countries.length === 0 ? {} : { countries: new Set(policy.countries) };
      made = modules.createSearch(
        { candidates: (block) => engineOf().candidates(block) },
        { pii: kinds.pii, secrets: kinds.secrets, ...(kinds.names && { tagger: tagger! }), ...countries },
      );
      searches.set(key, made);
    }
    return made;
  }

  function findingsOf(modules: Loaded, text: string, kinds: Searched): Finding[] {
    return search(
      modules,
      kinds,
    )(text).flatMap(({ kind, type, start, end, score, decoders }): Finding[] => {
      if (score < (policy.thresholds[type] ?? policy.threshold) || isAllowed(text.slice(start, end), policy)) return [];
      const id = `${kind === 'pii' ? 'pii' : 'secrets'}/${type}`;
      return [{ id, category: kind, score, spans: [{ start, end }], decoders: decoderNames(decoders) }];
    });
  }

  function find(text: string, channel: Channel): readonly Finding[] {
    return channel === 'system' ? [] : findAmong(searched(actionsOn(policy, channel)), text, channel);
  }

  function findAmong(kinds: Searched, text: string, channel: Channel): readonly Finding[] {
    if (loaded === undefined || text === '' || (!kinds.pii && !kinds.secrets)) return [];
    const actions = actionsOn(policy, channel);
    return findingsOf(loaded, text, kinds).filter((finding) => actionOf(finding, actions) !== 'off');
  }

  /** One redaction for every span; spans of findings lie apart. */
  function redactionsOf(findings: readonly Finding[]): Redaction[] {
    return findings.flatMap((finding) => {
      const type = sensitiveType(finding)!;
      return finding.spans.map((span) => ({ ...span, type, strategy: policy.strategies[type] ?? policy.strategy }));
    });
  }

  const newVault = (modules: Loaded): Vault =>
    modules.createVault({ isValid: (type, value) => isOfType(modules, type, value) });

  /** Whether a value by itself is found as its type, as a pseudonym must be where a check digit tells. */
  function isOfType(modules: Loaded, type: string, value: string): boolean {
    const found = search(modules, EVERYTHING)(value);
    return (
      !modules.CHECKED.has(type) ||
      found.some((one) => one.type === type && one.start === 0 && one.end === value.length)
    );
  }

  /** Names want the words around them, so a growing text is looked through sentence by sentence. */
  async function nameWatch(treat: SensitiveAnswer['treat']): Promise<Watch> {
    const { createSentenceWatch } = await import('./stream/sentences.ts');
    const named = (sentence: string): readonly Finding[] =>
      find(sentence, 'model').filter((finding) => GUESSED.has(sensitiveType(finding)!));
    return {
      ...createSentenceWatch(named, () => 'report'),
      treat(finding, text) {
        const { start, end } = finding.spans[0]!;
        return treat(finding, text.slice(start, end), text.slice(0, start));
      },
    };
  }

  return {
    find,
    carryOut(outcome, removals, given) {
      if (outcome.action === 'block') return outcome;
      if (loaded === undefined && removals.length === 0) return outcome;
      const without = (keep?: (part: string, start: number) => string): string =>
        remove(outcome.text, removals, REMOVED, keep);
      if (loaded === undefined) return { ...outcome, text: without() };
      const { scan } = outcome.decision;
      const actions = actionsOn(policy, scan.channel);
      if (scan.listed === 'allow') return outcome;
      const wanted = scan.findings.filter((finding) => actionOf(finding, actions) === 'redact');
      if (wanted.length === 0 && given === undefined) return { ...outcome, text: without() };
      const vault = given ?? newVault(loaded);
      const redactions = redactionsOf(wanted);
      const text = without((part, start) => {
        const end = start + part.length;
        // What reaches into a span that goes goes with it.
        const inside = redactions.filter((one) => one.start >= start && one.end <= end);
        return vault.redact(
          part,
          inside.map((one) => ({ ...one, start: one.start - start, end: one.end - start })),
        );
      });
      return { ...outcome, text, vault };
    },
    async redact(text, channel, given) {
      loaded ??= await load();
      const modules = loaded;
      const actions = actionsOn(policy, channel);
      const some = searched(actions);
      // A policy that asks for nothing leaves the choice to the call: everything.
      const all = !some.pii && !some.secrets;
      const findings = findingsOf(modules, text, { ...EVERYTHING, names: some.names }).filter(
        (finding) => all || !['off', 'report'].includes(actionOf(finding, actions)),
      );
      const vault = given ?? newVault(modules);
      return { text: vault.redact(text, redactionsOf(findings)), findings, vault };
    },
    async answer(users) {
      const actions = actionsOn(policy, 'model');
      const kinds = searched(actions);
      if (!kinds.pii && !kinds.secrets) return { treat: () => 'report' };
      loaded ??= await load();
      replacing ??= import('./stream/sensitive-replacement.ts');
      const { createReplace } = await replacing;
      const replace = createReplace(newVault(loaded), users);
      function treat(finding: Finding, value: string, before: string): Treatment {
        if (observe || users?.holds(value)) return 'report';
        const action = actionOf(finding, actions);
        if (action === 'block') return { cut: 'sensitive/block' };
        if (action === 'verify' && onGrey === 'block') return { cut: 'sensitive/verify' };
        if (action !== 'redact') return 'report';
        const type = sensitiveType(finding)!;
        return { replace: replace(type, value, policy.strategies[type] ?? policy.strategy, before) };
      }
      return {
        find: (text) => findAmong({ ...kinds, names: false }, text, 'model'),
        treat,
        ...(kinds.names && { names: await nameWatch(treat) }),
      };
    },
  };
}

/** Of a mistyped type nothing would be found, without a word. */
function checkTypes(policy: SensitivePolicy, known: SearchModule['TYPES']): void {
  const { types, thresholds, strategies, channels } = policy;
  const named = Object.entries({
    types,
    thresholds,
    strategies,
    ...Object.fromEntries(
      Object.entries(channels).map(([channel, own]) => [`channels.${channel}.types`, own.types ?? {}]),
    ),
  });
  for (const [path, record] of named) {
    const unknown = Object.keys(record).find((type) => !known.pii.includes(type) && !known.secret.includes(type));
    if (unknown !== undefined) {
      throw new FirewallError(
        'FW_OPTIONS',
        `createFirewall: policy.sensitive.${path} must be keyed by types such as email, us-ssn or github-pat; got ${show(unknown)} (\`edgeward types\` lists them)`,
      );
    }
  }
}

async function loadTagger(names: (() => Promise<ArrayBuffer | Uint8Array>) | undefined): Promise<Tagger> {
  if (names === undefined) {
    throw new FirewallError(
      'FW_OPTIONS',
      "createFirewall: the policy's types name person-name; expected the option names with the weights of edgeward/names; got none",
    );
  }
  const [{ createTagger }, bytes] = await Promise.all([import('./scan/pii/names/tagger.ts'), names()]);
  return createTagger(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes));
}

/** The types that a policy may name, such as `email` and `github-pat`, by kind and in the order of the alphabet. Loads the search. */
export async function sensitiveTypes(): Promise<Readonly<Record<'pii' | 'secret', readonly string[]>>> {
  return (await import('./scan/pii/module.ts')).TYPES;
}

async function load(): Promise<Loaded> {
  const [{ createSearch, CHECKED, TYPES }, { createVault }] = await Promise.all([
    import('./scan/pii/module.ts'),
    import('./act/vault.ts'),
  ]);
  return { createSearch, CHECKED, TYPES, createVault };
}
