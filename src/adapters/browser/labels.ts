/**
 * What the page says to its user. Every text can be replaced.
 *
 * @module
 */
import type { Category, Finding } from '../../types.ts';
import type { Verdict } from './check.ts';

export interface Labels {
  readonly checking: string;
  /** After a warning: nothing is left of it. */
  readonly fine: string;
  readonly redact: string;
  readonly verify: string;
  readonly block: string;
  /** Added where sending was stopped. */
  readonly notSent: string;
  readonly failedOpen: string;
  readonly failedClosed: string;
  readonly redactButton: string;
  readonly insistButton: string;
  /** Before the excerpt that a button jumps to. */
  readonly show: string;
  /** What a finding is called; its category's own name where there is none. */
  readonly kinds: Readonly<Partial<Record<Category, string>>>;
}

export const LABELS: Labels = {
  checking: 'Checking …',
  fine: 'Nothing left to worry about.',
  redact: 'This holds personal data or secrets.',
  verify: 'This may read like an attack on the assistant’s instructions.',
  block: 'This reads like an attack on the assistant’s instructions, or is not allowed here.',
  notSent: 'Not sent.',
  failedOpen: 'This could not be checked.',
  failedClosed: 'This could not be checked. Try again.',
  redactButton: 'Redact',
  insistButton: 'Send anyway',
  show: 'Show',
  kinds: {
    injection: 'instructions',
    override: 'overrides instructions',
    jailbreak: 'jailbreak',
    extraction: 'asks for hidden text',
    delimiter: 'fakes a message border',
    exfiltration: 'sends data away',
    'tool-abuse': 'misuses tools',
    authority: 'claims authority',
    encoding: 'hidden by an encoding',
    suppression: 'forbids refusing',
    splitting: 'split in parts',
    'many-shot': 'many examples',
    indirect: 'instructs from within data',
    custom: 'own rule',
    pii: 'personal data',
    secret: 'secret',
  },
};

export function sentenceOf({ level, refused }: Verdict, labels: Labels): string {
  if (level === 'failed') return refused ? labels.failedClosed : labels.failedOpen;
  if (refused && level === 'verify') return labels.block;
  return level === 'allow' ? labels.fine : labels[level];
}

/** Such as `email`, or what kind of attack it is. */
export function nameOf({ id, category }: Finding, labels: Labels): string {
  return category === 'pii' || category === 'secret'
    ? id.slice(id.indexOf('/') + 1)
    : (labels.kinds[category] ?? category);
}
