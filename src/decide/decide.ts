/**
 * From a scan to a decision, and from a decision to an outcome.
 *
 * @module
 */
import type { Action, Decision, Outcome, Risk, Scan, Unverified, Verification } from '../types.ts';
import { outputActions } from './output.ts';
import { failing, type Policy } from './policy.ts';
import { sensitiveActions } from './sensitive.ts';

/** What the rows of the table ask about. */
interface Case {
  readonly scan: Scan;
  readonly policy: Policy;
  readonly block: number;
  readonly verify: number;
  readonly sensitive: ReturnType<typeof sensitiveActions>;
  readonly output: ReturnType<typeof outputActions>;
  readonly verification: Verification | undefined;
}

const isOpen = ({ verification }: Case): boolean => verification === undefined;

/** The first row that holds speaks. */
const TABLE: readonly (readonly [holds: (about: Case) => boolean, action: Action, reason: string])[] = [
  [({ scan }) => scan.listed === 'allow', 'allow', 'list/allow'],
  [({ scan }) => scan.listed === 'deny', 'block', 'list/deny'],
  [({ scan, block }) => scan.score >= block, 'block', 'threshold/block'],
  [({ sensitive }) => sensitive.has('block'), 'block', 'sensitive/block'],
  [({ output }) => output.has('block'), 'block', 'output/block'],
  [({ verification }) => verification?.attack === true, 'block', 'verifier/attack'],
  [(about) => isOpen(about) && about.scan.score >= about.verify, 'verify', 'threshold/verify'],
  [(about) => isOpen(about) && isDegradedClosed(about), 'verify', 'degraded/closed'],
  [({ sensitive }) => sensitive.has('verify'), 'verify', 'sensitive/verify'],
  [({ sensitive }) => sensitive.has('redact'), 'redact', 'sensitive/redact'],
  [({ output }) => output.has('redact'), 'redact', 'output/redact'],
  [(about) => !isOpen(about), 'allow', 'verifier/harmless'],
  [() => true, 'allow', 'default/allow'],
];

function isDegradedClosed({ scan, policy }: Case): boolean {
  return scan.degraded && failing(policy, scan.channel, 'onDegraded') === 'closed';
}

/**
 * Pure: no clock, no I/O, no throw.
 *
 * @param verification what a verifier said of the text: it decides the grey band and what a degraded scan left open
 */
export function decide(scan: Scan, policy: Policy, verification?: Verification): Decision {
  const { block, verify } = policy.channels[scan.channel] ?? policy;
  const sensitive = sensitiveActions(scan, policy.sensitive);
  const output = outputActions(scan, policy.output);
  const about: Case = { scan, policy, block, verify, sensitive, output, verification };
  const [, action, reason] = TABLE.find(([holds]) => holds(about))!;
  return verification === undefined ? { action, reason, scan } : { action, reason, scan, verification };
}

/** Reasons of doubt that a verifier can settle: the others are no question of attacks. */
const VERIFIABLE: ReadonlySet<string> = new Set(['threshold/verify', 'degraded/closed']);

/** True of a decision that a second opinion may change. */
export function isDoubt({ action, reason }: Decision): boolean {
  return action === 'verify' && VERIFIABLE.has(reason);
}

/** True where the text must not pass before a verifier has spoken. */
export function mustWait(decision: Decision, policy: Policy, risk?: Risk): boolean {
  return isDoubt(decision) && !policy.observe && riskOf(policy, risk) === 'high';
}

function riskOf({ onGrey }: Policy, risk: Risk | undefined): Risk {
  return risk ?? (onGrey === 'block' ? 'high' : 'low');
}

/**
 * Carries a decision out on the text: passes it on or withholds it.
 *
 * @param why there is no verdict, of a text that must wait for one
 */
export function outcomeOf(
  text: string,
  decision: Decision,
  policy: Policy,
  { risk, why = 'missing' }: { readonly risk?: Risk | undefined; readonly why?: Unverified['why'] } = {},
): Outcome {
  const waits = mustWait(decision, policy, risk);
  const fails = waits ? failing(policy, decision.scan.channel, 'onUnverified') : undefined;
  const refused =
    decision.action === 'block' ||
    (waits ? fails === 'closed' : decision.action === 'verify' && riskOf(policy, risk) === 'high');
  const passes = !refused || policy.observe;
  const outcome: Outcome = { action: passes ? 'allow' : 'block', text: passes ? text : '', decision };
  return fails === undefined ? outcome : { ...outcome, unverified: { why, fails } };
}

/** The outcome of a text that should be verified later and finds no place in the queue. */
export function outcomeUnqueued(outcome: Outcome, policy: Policy): Outcome {
  const fails = failing(policy, outcome.decision.scan.channel, 'onFull');
  const { vault, ...rest } = outcome;
  const unverified: Unverified = { why: 'full', fails };
  if (fails === 'open' || policy.observe) return { ...outcome, unverified };
  return { ...rest, action: 'block', text: '', unverified };
}
