/**
 * What the page says of verdicts and numbers, in words.
 *
 * @module
 */
import type { Action, Decision, Outcome } from 'edgeward';
import { type Rules, thresholdsOn } from './policy.ts';

export type Tone = 'allow' | 'doubt' | 'redact' | 'block';

export const TITLES: Readonly<Record<Action, string>> = {
  allow: 'Allowed',
  verify: 'In doubt',
  redact: 'Redacted',
  block: 'Blocked',
};

export const TONES: Readonly<Record<Action, Tone>> = {
  allow: 'allow',
  verify: 'doubt',
  redact: 'redact',
  block: 'block',
};

/** Why the policy said what it said, for someone who does not know its clauses. */
export function reasonInWords({ reason, scan }: Decision, rules: Rules): string {
  const { verify, block } = thresholdsOn(rules, scan.channel);
  const score = number(scan.score);
  switch (reason) {
    case 'threshold/block':
      return `Its score of ${score} reaches the block threshold of ${number(block)}.`;
    case 'threshold/verify':
      return `Its score of ${score} lies in the grey band from ${number(verify)} to ${number(block)}.`;
    case 'degraded/closed':
      return 'The scan was cut short by a limit, and this policy does not trust half a scan.';
    case 'sensitive/block':
      return 'It holds a kind of data that this policy blocks.';
    case 'sensitive/verify':
      return 'It holds a kind of data that this policy doubts.';
    case 'sensitive/redact':
      return 'It may pass once personal data and secrets are taken out.';
    case 'list/allow':
      return 'The allow list names this text.';
    case 'failure/open':
      return 'Nobody could judge it: see the notice above.';
    case 'list/deny':
      return 'It holds a phrase of the deny list.';
    default:
      return `Its score of ${score} stays below the doubt threshold of ${number(verify)}.`;
  }
}

/** What happens to the text where the decision alone does not say it. */
export function outcomeInWords(decision: Decision, action: Outcome['action'], rules: Rules): string | undefined {
  if (rules.observe && decision.action !== 'allow') return 'This policy only watches: the text passes as it is.';
  if (decision.action !== 'verify') return undefined;
  return action === 'block' ? 'This policy refuses what it doubts.' : 'This policy lets pass what it doubts.';
}

/** Two decimals, but never rounded over a threshold's edge: 0.797 is 0.79 where 0.80 would block. */
export function number(value: number): string {
  return (Math.floor(value * 100 + 1e-9) / 100).toFixed(2);
}

/** @param ms milliseconds */
export function duration(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${Math.max(1, Math.round(ms * 1000))} µs`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(1)} s`;
  return ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`;
}

/** 1234567 -> 1,234,567. The browser's own way to write numbers blocks the page for 20 ms when it is first asked. */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${grouped(value)} ${value === 1 ? noun : plural}`;
}

/** @param share in [0, 1] */
export function percent(share: number): string {
  return `${(share * 100).toFixed(share > 0 && share < 0.1 ? 2 : 1)} %`;
}
