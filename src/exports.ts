/**
 * What every runtime's entry exports beside `createFirewall`.
 *
 * @module
 */
export { createCanary, insertCanary } from './act/canary.ts';
export type { PlacedText } from './chat-texts.ts';
export type { GuardedMessages, GuardedText, GuardedTurns, GuardMessagesOptions } from './conversation.ts';
export type { OutputAction, OutputOptions, OutputPolicy } from './decide/output.ts';
export type {
  ChannelPolicy,
  Failing,
  Failures,
  Policy,
  PolicyOptions,
  PresetName,
  Thresholds,
} from './decide/policy.ts';
export type { SensitiveAction, SensitiveActions, SensitiveOptions, SensitivePolicy } from './decide/sensitive.ts';
export { FirewallError, type FirewallErrorCode } from './errors.ts';
export type {
  Firewall,
  FirewallOptions,
  GuardAnswerOptions,
  GuardedAnswer,
  GuardStreamOptions,
  TextGuardOptions,
} from './firewall.ts';
export type { Explanation } from './scan/explain.ts';
export type { RuleSource } from './scan/rules/types.ts';
export type { Tier2Assets } from './scan/transformer/assets.ts';
export type { TransformerOptions } from './scan/transformer/options.ts';
export type { InspectOptions, TransformerStatus } from './scan/transformer/stage.ts';
export { type Redacted, sensitiveTypes } from './sensitive.ts';
export type { AnswerEnd, AnswerReport } from './stream/answer.ts';
export type { Treatment, Watch } from './stream/hold.ts';
export type { ProtocolName } from './stream/protocols/protocols.ts';
export type { Released, TextGuard } from './stream/text-guard.ts';
export type {
  Action,
  Category,
  Channel,
  Decision,
  Decoder,
  Destination,
  Finding,
  Outcome,
  Redaction,
  Risk,
  Scan,
  Severity,
  Source,
  Span,
  Strategy,
  Timings,
  Unverified,
  Vault,
  Verification,
} from './types.ts';
export type { Verifier } from './verify/verifier.ts';
