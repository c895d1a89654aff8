/**
 * From a scan to a decision, and from a decision to an outcome.
 *
 * @module
 */
import type { Action, Decision, Outcome, Risk, Scan, Unverified, Verification } from '../types.ts';
import { outputActions } from './output.ts';
import { failing, type Policy } from './policy.ts';
import { sensitiveActions } from './sensitive.ts';

/**
 * Pure: no clock, no I/O, no throw. The first row that holds speaks.
 *
 * @param verification what a verifier said of the text: it decides the grey band and what a degraded scan left open
 */
export function decide(scan: Scan, policy: Policy, verification?: Verification): Decision {
  const { block, verify } = policy.channels[scan.channel] ?? policy;
  const sensitive = sensitiveActions(scan, policy.sensitive);
  const output = outputActions(scan, policy.output);
  const isOpen = verification === undefined;
  const table: readonly (readonly [when: boolean, action: Action, reason: string])[] = [
    [scan.listed === 'allow', 'allow', 'list/allow'],
    [scan.listed === 'deny', 'block', 'list/deny'],
    [scan.score >= block, 'block', 'threshold/block'],
    [sensitive.has('block'), 'block', 'sensitive/block'],
    [output.has('block'), 'block', 'output/block'],
    [verification?.attack === true, 'block', 'verifier/attack'],
    [isOpen && scan.score >= verify, 'verify', 'threshold/verify'],
    [isOpen && scan.degraded && failing(policy, scan.channel, 'onDegraded') === 'closed', 'verify', 'degraded/closed'],
    [sensitive.has('verify'), 'verify', 'sensitive/verify'],
    [sensitive.has('redact'), 'redact', 'sensitive/redact'],
    [output.has('redact'), 'redact', 'output/redact'],
    [!isOpen, 'allow', 'verifier/harmless'],
  ];
  const row = table.find(([when]) => when);
  return {
    action: row?.[1] ?? 'allow',
    reason: row?.[2] ?? 'default/allow',
    scan,
    ...(verification !== undefined && { verification }),
  };
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
  return {
    ...(refused && !policy.observe ? { action: 'block', text: '' } : { action: 'allow', text }),
    decision,
    ...(fails !== undefined && { unverified: { why, fails } }),
  };
}

/** The outcome of a text that should be verified later and finds no place in the queue. */
export function outcomeUnqueued(outcome: Outcome, policy: Policy): Outcome {
  const fails = failing(policy, outcome.decision.scan.channel, 'onFull');
  const { vault, ...rest } = outcome;
  const unverified: Unverified = { why: 'full', fails };
  if (fails === 'open' || policy.observe) return { ...outcome, unverified };
  return { ...rest, action: 'block', text: '', unverified };
}
