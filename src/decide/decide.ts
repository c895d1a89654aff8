/**
 * From a scan to a decision.
 *
 * @module
 */
import type { Action, Decision, Outcome, Scan } from '../types.ts';
import { outputActions } from './output.ts';
import type { Policy } from './policy.ts';
import { sensitiveActions } from './sensitive.ts';

/** Pure: no clock, no I/O, no throw. The first row that holds speaks. */
export function decide(scan: Scan, policy: Policy): Decision {
  const { block, verify } = policy.channels[scan.channel] ?? policy;
  const sensitive = sensitiveActions(scan, policy.sensitive);
  const output = outputActions(scan, policy.output);
  const table: readonly (readonly [when: boolean, action: Action, reason: string])[] = [
    [scan.listed === 'allow', 'allow', 'list/allow'],
    [scan.listed === 'deny', 'block', 'list/deny'],
    [scan.score >= block, 'block', 'threshold/block'],
    [sensitive.has('block'), 'block', 'sensitive/block'],
    [output.has('block'), 'block', 'output/block'],
    [scan.score >= verify, 'verify', 'threshold/verify'],
    [scan.degraded && policy.onDegraded === 'closed', 'verify', 'degraded/closed'],
    [sensitive.has('verify'), 'verify', 'sensitive/verify'],
    [sensitive.has('redact'), 'redact', 'sensitive/redact'],
    [output.has('redact'), 'redact', 'output/redact'],
  ];
  const row = table.find(([when]) => when);
  return { action: row?.[1] ?? 'allow', reason: row?.[2] ?? 'default/allow', scan };
}

/** Carries a decision out on the text: passes it on or withholds it. */
export function outcomeOf(text: string, decision: Decision, policy: Policy): Outcome {
  const refused = decision.action === 'block' || (decision.action === 'verify' && policy.onGrey === 'block');
  return refused && !policy.observe ? { action: 'block', text: '', decision } : { action: 'allow', text, decision };
}
