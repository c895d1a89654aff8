/**
 * Composition: engine, scanner, policy and action become one `Firewall`.
 *
 * @module
 */
import type { Conversations, GuardedMessages, GuardMessagesOptions, Judged } from './conversation.ts';
import { decide, mustWait, outcomeOf } from './decide/decide.ts';
import { createPolicy, type Policy, type PolicyOptions, type PresetName } from './decide/policy.ts';
import type { Engine } from './engine/engine.ts';
import { type Pack, type RuleMeta, readPack } from './engine/pack.ts';
import { createWasmEngine } from './engine/wasm.ts';
import { FirewallError, show } from './errors.ts';
import { type Output, openOutput } from './output.ts';
import type { Explanation } from './scan/explain.ts';
import type { RuleSource } from './scan/rules/types.ts';
import { headOf, type ScannerModels, scanText, type Tier1 } from './scan/scanner.ts';
import type { Tier2 } from './scan/transformer/cascade.ts';
import { resolveOptions, type TransformerOptions } from './scan/transformer/options.ts';
import { createStage, type InspectOptions, type Open, type TransformerStatus } from './scan/transformer/stage.ts';
import { openSensitive, type Redacted, type Sensitive } from './sensitive.ts';
import type { AnswerReport } from './stream/answer.ts';
import type { AnswerOptions } from './stream/guard-stream.ts';
import type { Watch } from './stream/hold.ts';
import type { ProtocolName } from './stream/protocols/protocols.ts';
import type { TextGuard } from './stream/text-guard.ts';
import type {
  Channel,
  Decision,
  Finding,
  Outcome,
  Risk,
  Scan,
  Source,
  StreamingVault,
  Vault,
  Verification,
} from './types.ts';
import type { Verifier } from './verify/verifier.ts';

export interface FirewallOptions {
  /** A preset's name, or a preset with changes. Defaults to `'balanced'`. */
  readonly policy?: PresetName | PolicyOptions;
  /** Rules of your own, in the language of `models/rules/README.md`. Compiled once, here. */
  readonly rules?: readonly RuleSource[];
  /** `'auto'` (default) runs WebAssembly where SIMD is available and the reference engine elsewhere. */
  readonly engine?: 'auto' | 'wasm' | 'reference';
  /** Tier 2. `'auto'` (default) loads the model this package carries when the first text needs it. */
  readonly transformer?: 'auto' | 'off' | TransformerOptions;
  /** Settles doubt where a call's risk is high. `'deep'` is this package's own, on tier 2's model; none by default. */
  readonly verifier?: 'deep' | Verifier;
  /**
   * Weights of the tagger of names, where the runtime cannot read them by itself: on Cloudflare Workers,
   * `import { names } from 'edgeward/names'`. They are asked for where the policy's types name `person-name`.
   */
  readonly names?: ArrayBuffer | Uint8Array;
}

/** `protect`, `canaries` and `conversation` as for a whole answer. */
export interface TextGuardOptions extends Pick<Source, 'protect' | 'canaries' | 'conversation'> {
  /** Of the request that this answers: its values come back. */
  readonly vault?: Vault | undefined;
  /** Detectors beside those the policy asks for. */
  readonly watches?: readonly Watch[];
}

export interface Firewall {
  /** What runs: tier 1's engine and weights, and how tier 2 fares at this moment. */
  readonly engine: {
    readonly name: Engine['name'];
    readonly version: string;
    readonly transformer: TransformerStatus;
  };
  readonly policy: Policy;
  /** What settles doubt: the verifier of the options, or else the embedded one, which then nothing waits for. */
  readonly verifier: Verifier;
  /**
   * Judges a text with tier 1: synchronous, no I/O.
   *
   * @param text any string, of any length
   * @throws {FirewallError} `FW_INPUT` when `text` is no string or the channel unknown; `FW_DISPOSED`
   * @complexity linear in `text.length`
   */
  scan(text: string, from?: Source): Scan;
  /**
   * Judges a text with tiers 1 and 2: the transformer reads what tier 1 is not sure of. Where it cannot look, or not at
   * everything, the scan is `degraded` and says what stayed `unseen`.
   *
   * @throws {FirewallError} as `scan`, and `FW_INPUT` for a deadline that is no number of milliseconds
   * @throws the reason of `options.signal`, when it aborts
   */
  inspect(text: string, from?: Source, options?: InspectOptions): Promise<Scan>;
  /** Resolves when tier 2 is warm, off or failed; `engine.transformer` tells which. Begins loading it. */
  ready(): Promise<void>;
  /** What the policy says of a scan, and of a verifier's verdict where there is one. Pure. */
  decide(scan: Scan, verification?: Verification): Decision;
  /**
   * Inspects, decides and carries the decision out. A text in doubt, where the risk is high, waits for the verifier, at
   * most as long as the policy's `verifyTimeoutMs`.
   */
  guard(text: string, from?: Source, options?: InspectOptions): Promise<Outcome>;
  /**
   * Takes personal data and secrets out of a text, whatever its score: all types but those the policy reports or
   * turns off, and all where it asks for none. Values that `from.vault` knows keep their placeholder.
   *
   * @throws {FirewallError} as `scan`
   */
  redact(text: string, from?: Source): Promise<Redacted>;
  /**
   * Guards one answer of a model while it grows: `push` what has come, pass on what it returns, then `end`. What leaves
   * is the same however the answer was cut. The vault's values come back; what the policy says of channel `model` holds
   * for the rest.
   *
   * @throws {FirewallError} `FW_INPUT` for a vault that was not made in this process, `FW_DISPOSED`
   */
  openTextGuard(options?: TextGuardOptions): Promise<TextGuard>;
  /**
   * Guards an answer on its way: a stream of bytes in any of the protocols, or of events as an SDK gives them. What
   * comes out is the same kind of stream; where the policy cuts, it ends as the protocol does, and the upstream is
   * cancelled.
   *
   * @throws {FirewallError} as `openTextGuard`; `FW_INPUT` when `stream` is none. A stream of bytes fails with `FW_STREAM` when neither `contentType` nor `protocol` tells what it is
   */
  guardStream<T>(
    stream: ReadableStream<T> | AsyncIterable<T>,
    options?: GuardStreamOptions,
  ): Promise<ReadableStream<T>>;
  /**
   * The same as a pair for `pipeThrough`: what is written is guarded, where it can be read. A cut ends the reading side
   * and fails the writing side, so that the upstream is cancelled.
   *
   * @throws {FirewallError} as `guardStream`
   */
  guardTransform<T>(options?: GuardStreamOptions): Promise<ReadableWritablePair<T, T>>;
  /** Guards the body of a response, streamed or not. Errors and what is no text are passed back as they are. */
  guardResponse(response: Response, options?: GuardStreamOptions): Promise<Response>;
  /** Guards an answer that was not streamed: parsed JSON of any of the protocols, which stays as it is. */
  guardAnswer<T>(body: T, options?: GuardAnswerOptions): Promise<GuardedAnswer<T>>;
  /**
   * Guards a conversation before it goes to a model: a list of messages, or a request's body, in the shapes of OpenAI,
   * Anthropic, Gemini and the Vercel AI SDK. Only what is new is judged; the user's last turns are judged together too,
   * for an attack may be split over them.
   *
   * @throws {FirewallError} as `inspect`
   */
  guardMessages<T>(messages: T, options?: GuardMessagesOptions): Promise<GuardedMessages<T>>;
  /** Why a text scored as it did: decoded views, rules, n-grams and features. Slow: for people, not for traffic. */
  explain(text: string, from?: Source): Promise<Explanation>;
  /** Lets go of the engine's memory and ends tier 2's workers. Every later call throws `FW_DISPOSED`. */
  dispose(): void;
}

export interface GuardStreamOptions extends TextGuardOptions, AnswerOptions {}

export interface GuardAnswerOptions extends TextGuardOptions {
  /** Recognized where absent. */
  readonly protocol?: ProtocolName;
}

export interface GuardedAnswer<T> {
  readonly answer: T;
  readonly report: AnswerReport;
}

/** How a runtime's entry file gets at the package's files. */
export interface Assets {
  /** The compiled engine; rejects with a `CompileError` where WebAssembly or SIMD is unavailable. */
  wasm(): Promise<WebAssembly.Module>;
  pack(): Promise<Uint8Array>;
  /** Opens tier 2's model. */
  readonly transformer: Open;
  /** Weights of the tagger of names; absent where they are no file of the package's own. */
  names?(): Promise<ArrayBuffer | Uint8Array>;
  /** As of `Judge` in `conversation.ts`. */
  hash?(text: string): string;
}

const RISKS: readonly unknown[] = [undefined, 'low', 'high'] satisfies (Risk | undefined)[];
const CHANNELS: ReadonlySet<string> = new Set(['user', 'system', 'tool', 'retrieved', 'model'] satisfies Channel[]);
const OPTION_KEYS: readonly string[] = [
  'policy',
  'rules',
  'engine',
  'transformer',
  'verifier',
  'names',
] satisfies (keyof FirewallOptions)[];

/**
 * @throws {FirewallError} `FW_OPTIONS` for options out of range, `FW_RULE` for a rule that does not compile,
 *   `FW_ENGINE` when the engine asked for cannot start, `FW_PACK` when the weights do not fit it
 */
export async function composeFirewall(assets: Assets, options: FirewallOptions = {}): Promise<Firewall> {
  for (const key of Object.keys(options)) {
    if (!OPTION_KEYS.includes(key)) {
      throw new FirewallError(
        'FW_OPTIONS',
        `createFirewall: options must be among ${OPTION_KEYS.join(', ')}; got ${show(key)}`,
      );
    }
  }
  const policy = createPolicy(options.policy);
  checkVerifier(options.verifier);
  const stage = createStage(resolveOptions(options.transformer), assets.transformer);
  // What the policy needs comes beside the weights, not after them.
  const packing = assets.pack().then(readPack);
  const folding = packing.then((pack) => pack.section('FOLD'));
  folding.catch(() => {}); // `packing` says why
  const opening = Promise.all([
    openSensitive(
      policy,
      () => alive('scan').engine,
      options.names === undefined ? assets.names : async () => options.names!,
    ),
    openOutput(policy.output, policy.observe, folding),
  ]);
  opening.catch(() => {}); // heard below
  const pack = await packing;
  const engine = await startEngine(assets, pack, options.engine ?? 'auto');
  const ownRules = await loadOwnRules(engine, pack, options.rules ?? [], policy.deny);
  // The one reference to the engine: letting go of it frees the engine's memory.
  let models: ScannerModels | undefined = {
    engine,
    calibration: pack.meta.calibration,
    rules: [pack.meta.rules, ownRules],
    disabled: new Set(policy.disable),
  };
  const allowed = new Set(policy.allow.map(plain));
  let conversations: Conversations | undefined;
  const [sensitive, output]: readonly [Sensitive, Output] = await opening;

  function scan(text: string, from: Source = {}): Scan {
    return scanWith(alive('scan'), text, checkInput('scan', text, from), from).scan;
  }

  function scanWith(
    models: ScannerModels,
    text: string,
    channel: Channel,
    from: Source,
  ): { readonly scan: Scan; readonly tier1: Tier1 } {
    const began = performance.now();
    const tier1 = scanText(models, text, channel);
    const { score, degraded } = tier1;
    const findings = [...tier1.findings, ...sensitive.find(text, channel), ...output.find(text, channel, from)];
    const listed = listing(text, findings);
    return {
      tier1,
      scan: {
        findings,
        score,
        tier: 1,
        degraded,
        ...(listed && { listed }),
        channel,
        timings: { tier1Ms: performance.now() - began },
      },
    };
  }

  /** A promise only where tier 2 reads, or waits to. */
  function inspect(where: string, text: string, from: Source = {}, options: InspectOptions = {}): Scan | Promise<Scan> {
    const models = alive(where);
    const channel = checkInput(where, text, from);
    checkDeadline(where, options);
    const { scan: first, tier1 } = scanWith(models, text, channel, from);
    const head = headOf(channel);
    // Answers are judged by rules alone, and a list's word is final.
    if (head === undefined || text === '' || first.listed !== undefined) return first;
    const began = performance.now();
    const reading = stage.read(models, { text, channel, head }, tier1, options);
    return reading === undefined ? first : reading.then((second) => together(first, second, began));
  }

  const deep: Verifier = {
    name: 'deep',
    async verify({ text, channel, signal }) {
      checkInput('verify', text, { channel });
      const { verifyDeeply } = await import('./verify/deep.ts');
      return models && verifyDeeply(models, stage, { text, channel }, signal);
    },
  };
  const verifier = options.verifier === undefined || options.verifier === 'deep' ? deep : options.verifier;

  /** A promise only where a verifier is asked. */
  function outcomeFor(text: string, judged: Judged, waiting: Waiting): Outcome | Promise<Outcome> {
    const { risk } = waiting;
    const decision = decide(judged.scan, policy, judged.verification);
    if (!mustWait(decision, policy, risk)) return outcomeOf(text, decision, policy, { risk });
    if (options.verifier === undefined) return outcomeOf(text, decision, policy, { risk, why: 'missing' });
    return verifiedOutcome(text, decision, waiting);
  }

  async function verifiedOutcome(text: string, decision: Decision, { risk, signal }: Waiting): Promise<Outcome> {
    const { verdictOf } = await import('./verify/ask.ts');
    const { scan } = decision;
    const request = { text, channel: scan.channel, ...(signal && { signal }) };
    const verification = await verdictOf(verifier, request, policy.verifyTimeoutMs);
    if (verification === undefined) return outcomeOf(text, decision, policy, { risk, why: 'silent' });
    return outcomeOf(text, decide(scan, policy, verification), policy, { risk });
  }

  function carryOut(outcome: Outcome, vault?: Vault): Outcome {
    return policy.observe ? outcome : sensitive.carryOut(outcome, output.removals(outcome), vault);
  }

  /** Kept, because a loader may take a millisecond to find a module again. */
  let textGuards: Promise<typeof import('./stream/text-guard.ts')> | undefined;

  /** Opens the guards of one answer's texts, which share what they look for. */
  async function answerGuards(
    where: string,
    { vault, watches = [], protect, canaries, conversation }: TextGuardOptions = {},
  ): Promise<() => TextGuard> {
    alive(where);
    if (vault !== undefined && !isStreaming(vault)) {
      throw new FirewallError(
        'FW_INPUT',
        `${where}: vault must come from guard or redact, createVault or openVault, in this process`,
      );
    }
    const known = { ...(protect && { protect }), ...(canaries && { canaries }), ...(conversation && { conversation }) };
    textGuards ??= import('./stream/text-guard.ts');
    const [{ createTextGuard }, { find, treat, names }] = await Promise.all([textGuards, sensitive.answer(vault)]);
    const looking = [...(await ruleWatches()), ...output.watches(known), ...(names ? [names] : []), ...watches];
    return () => createTextGuard({ find, treat, watches: looking, vault, decide: blockedAnswer });
  }

  /** The caller's rules for answers, and what the policy denies. */
  async function ruleWatches(): Promise<readonly Watch[]> {
    const forAnswers = (options.rules ?? []).some(({ channels }) => channels?.includes('model'));
    if (!forAnswers && policy.deny.length === 0) return [];
    const { createSentenceWatch } = await import('./stream/sentences.ts');
    const { block, verify } = policy.channels.model ?? policy;
    return [
      createSentenceWatch(
        (sentence) => scanText(alive('openTextGuard'), sentence, 'model').findings,
        ({ id, score }) => {
          if (policy.observe) return 'report';
          if (id.startsWith(DENY)) return { cut: 'list/deny' };
          if (score >= block) return { cut: 'threshold/block' };
          return score >= verify && policy.onGrey === 'block' ? { cut: 'threshold/verify' } : 'report';
        },
      ),
    ];
  }

  function alive(where: string): ScannerModels {
    if (models === undefined) throw new FirewallError('FW_DISPOSED', `${where}: the firewall was disposed`);
    return models;
  }

  function listing(text: string, findings: Scan['findings']): Scan['listed'] {
    if (allowed.size > 0 && allowed.has(plain(text))) return 'allow';
    return policy.deny.length > 0 && findings.some(({ id }) => id.startsWith(DENY)) ? 'deny' : undefined;
  }

  return {
    engine: {
      name: engine.name,
      version: pack.meta.version,
      get transformer() {
        return stage.status;
      },
    },
    policy,
    verifier,
    scan,
    async inspect(text, from, options) {
      options?.signal?.throwIfAborted();
      return inspect('inspect', text, from, options);
    },
    async ready() {
      alive('ready');
      await stage.ready();
    },
    decide: (scanned, verification) => decide(scanned, policy, verification),
    async guard(text, from, options) {
      options?.signal?.throwIfAborted();
      const scanned = await inspect('guard', text, from, options);
      return carryOut(await outcomeFor(text, { scan: scanned }, { ...from, ...options }), from?.vault);
    },
    async redact(text, from = {}) {
      alive('redact');
      return sensitive.redact(text, checkInput('redact', text, from), from.vault);
    },
    openTextGuard: async (options) => (await answerGuards('openTextGuard', options))(),
    async guardStream(stream, options) {
      const [open, { guardedStream }] = await Promise.all([
        answerGuards('guardStream', options),
        import('./stream/guard-stream.ts'),
      ]);
      return guardedStream(stream, open, options);
    },
    async guardTransform<T>(options?: GuardStreamOptions) {
      const [open, { guardedTransform }] = await Promise.all([
        answerGuards('guardTransform', options),
        import('./stream/guard-stream.ts'),
      ]);
      return guardedTransform<T>(open, options);
    },
    async guardResponse(response, options) {
      const [open, { guardedResponse }] = await Promise.all([
        answerGuards('guardResponse', options),
        import('./stream/guard-stream.ts'),
      ]);
      return guardedResponse(response, open, options);
    },
    async guardAnswer<T>(body: T, options: GuardAnswerOptions = {}) {
      const [open, { guardAnswerJson }] = await Promise.all([
        answerGuards('guardAnswer', options),
        import('./stream/answer.ts'),
      ]);
      return guardAnswerJson(body, open, options.protocol) as GuardedAnswer<T>;
    },
    async guardMessages(messages, options) {
      alive('guardMessages');
      conversations ??= (await import('./conversation.ts')).createConversations({
        inspect: (text, channel, limits) =>
          inspect('guardMessages', text, limits.risk ? { channel, risk: limits.risk } : { channel }, limits),
        decide: outcomeFor,
        redact: carryOut,
        ...(assets.hash && { hash: assets.hash }),
      });
      return conversations.guard(messages, options);
    },
    async explain(text, from = {}) {
      const models = alive('explain');
      const channel = checkInput('explain', text, from);
      const { explainText } = await import('./scan/explain.ts');
      return explainText(models, pack, text, channel);
    },
    dispose() {
      models = undefined;
      stage.dispose();
    },
  };
}

/** What both tiers found. */
function together(first: Scan, second: Tier2 | undefined, began: number): Scan {
  if (second === undefined) return first;
  return {
    ...first,
    findings: [...second.findings, ...first.findings],
    score: second.score,
    tier: second.read > 0 ? 2 : 1,
    degraded: first.degraded || second.unseen.length > 0,
    ...(second.unseen.length > 0 && { unseen: second.unseen }),
    timings: { ...first.timings, tier2Ms: performance.now() - began },
  };
}

/** What a call says of waiting for a verifier. */
interface Waiting {
  readonly risk?: Risk;
  readonly signal?: AbortSignal | undefined;
}

function checkVerifier(verifier: unknown): void {
  if (verifier === undefined || verifier === 'deep') return;
  if (
    typeof verifier === 'object' &&
    verifier !== null &&
    'verify' in verifier &&
    typeof verifier.verify === 'function'
  )
    return;
  throw new FirewallError(
    'FW_OPTIONS',
    `createFirewall: verifier must be 'deep' or a verifier such as \`edgeward/verifier\` makes; got ${show(verifier)}`,
  );
}

function isStreaming(vault: Vault): vault is StreamingVault {
  return 'restorations' in vault;
}

/** The decision to let nothing more of an answer pass. */
function blockedAnswer(finding: Finding, reason: string): Decision {
  const isAttack = finding.category !== 'pii' && finding.category !== 'secret';
  const scan: Scan = {
    findings: [finding],
    score: isAttack ? finding.score : 0,
    tier: 1,
    degraded: false,
    channel: 'model',
    timings: { tier1Ms: 0 },
  };
  return { action: 'block', reason, scan };
}

/** Ids of findings that the policy's deny list makes. */
const DENY = 'patterns/deny/';

function checkInput(where: string, text: unknown, from: Source): Channel {
  if (typeof text !== 'string')
    throw new FirewallError('FW_INPUT', `${where}: text must be a string; got ${typeof text}`);
  const channel = from.channel ?? 'user';
  if (!CHANNELS.has(channel)) {
    throw new FirewallError(
      'FW_INPUT',
      `${where}: channel must be one of ${[...CHANNELS].join(', ')}; got ${show(channel)}`,
    );
  }
  if (!RISKS.includes(from.risk))
    throw new FirewallError('FW_INPUT', `${where}: risk must be 'low' or 'high'; got ${show(from.risk)}`);
  return channel;
}

/** Node's longest timer. */
const LONGEST_MS = 2 ** 31 - 1;

function checkDeadline(where: string, { deadlineMs }: InspectOptions): void {
  if (deadlineMs !== undefined && !(deadlineMs >= 0 && deadlineMs <= LONGEST_MS)) {
    throw new FirewallError(
      'FW_INPUT',
      `${where}: deadlineMs must be a number from 0 to ${LONGEST_MS}; got ${show(deadlineMs)}`,
    );
  }
}

/** A text as the allow list compares it. */
function plain(text: string): string {
  return text.normalize('NFKC').trim().toLowerCase().replace(/\s+/g, ' ');
}

async function startEngine(
  assets: Assets,
  pack: Pack,
  wanted: NonNullable<FirewallOptions['engine']>,
): Promise<Engine> {
  if (!['auto', 'wasm', 'reference'].includes(wanted)) {
    throw new FirewallError(
      'FW_OPTIONS',
      `createFirewall: engine must be one of 'auto', 'wasm', 'reference'; got ${show(wanted)}`,
    );
  }
  if (wanted !== 'reference') {
    try {
      return createWasmEngine(await assets.wasm(), pack);
    } catch (cause) {
      if (wanted === 'wasm' || !(cause instanceof WebAssembly.CompileError)) {
        throw new FirewallError('FW_ENGINE', `createFirewall: the WebAssembly engine did not start: ${show(cause)}`, {
          cause,
        });
      }
      // No SIMD, or a page whose policy forbids WebAssembly: the reference engine gives the same verdicts.
    }
  }
  const { createReferenceEngine } = await import('./engine/reference/engine.ts');
  return createReferenceEngine(pack);
}

async function loadOwnRules(
  engine: Engine,
  pack: Pack,
  rules: readonly RuleSource[],
  deny: readonly string[],
): Promise<readonly RuleMeta[]> {
  if (!Array.isArray(rules))
    throw new FirewallError('FW_OPTIONS', `createFirewall: rules must be an array; got ${show(rules)}`);
  if (rules.length === 0 && deny.length === 0) return [];
  const { compileOwnRules, phrase } = await import('./scan/rules/own.ts');
  const denied = deny.map(
    (text, i): RuleSource => ({
      id: `deny/${i}`,
      severity: 'critical',
      channels: ['user', 'tool', 'retrieved', 'model'],
      match: phrase(text),
    }),
  );
  const compiled = compileOwnRules([...rules, ...denied], pack.section('FOLD'));
  engine.loadRules(compiled.section);
  return compiled.meta;
}
