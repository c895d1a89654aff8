/**
 * A user's rules on their own examples.
 *
 * @module
 */
import { createFirewall } from '../../entry.node.ts';
import type { Channel, RuleSource } from '../../exports.ts';

export interface Fault {
  readonly rule: string;
  readonly expected: 'a hit' | 'none';
  readonly text: string;
}

export interface Trial {
  readonly rules: number;
  readonly texts: number;
  readonly faults: readonly Fault[];
}

/** Makes ids that no built-in rule has, so that a finding is the rule's own. */
const TRIED = 'tried/rule-';
const DEFAULT_CHANNEL: Channel = 'user';

/** @throws {FirewallError} `FW_RULE` for the first rule that does not compile, under its own name */
export async function tryRules(rules: readonly RuleSource[]): Promise<Trial> {
  (await createFirewall({ rules })).dispose(); // for messages that name the rule as its author does
  const firewall = await createFirewall({ rules: rules.map((rule, i) => ({ ...rule, id: `${TRIED}${i}` })) });
  const faults: Fault[] = [];
  let texts = 0;
  rules.forEach((rule, i) => {
    const channel = rule.channels?.find((name) => name !== 'system') ?? DEFAULT_CHANNEL;
    const isHit = (text: string): boolean =>
      firewall.scan(text, { channel }).findings.some(({ id }) => id === `patterns/${TRIED}${i}`);
    for (const text of rule.hits ?? []) if (!isHit(text)) faults.push({ rule: rule.id, expected: 'a hit', text });
    for (const text of rule.nearMisses ?? []) if (isHit(text)) faults.push({ rule: rule.id, expected: 'none', text });
    texts += (rule.hits?.length ?? 0) + (rule.nearMisses?.length ?? 0);
  });
  return { rules: rules.length, texts, faults };
}
