/**
 * What an example is.
 *
 * @module
 */
import type { Channel } from 'edgeward';

export type Family =
  | 'override'
  | 'jailbreak'
  | 'extraction'
  | 'delimiter'
  | 'exfiltration'
  | 'tool abuse'
  | 'authority'
  | 'encoding'
  | 'suppression'
  | 'splitting'
  | 'many-shot'
  | 'documents'
  | 'languages'
  | 'personal data'
  | 'secrets'
  | 'limits';

export interface Example {
  /** Unique, and readable in a test's output. */
  readonly id: string;
  readonly title: string;
  readonly family: Family;
  /** BCP 47. */
  readonly language: string;
  readonly channel: Channel;
  /**
   * `attack` wants to be stopped; `harmless` is its twin, with the same words and another aim; `personal` holds values to
   * redact; `missed` is an attack that tier 1 lets pass and `mistaken` a harmless text that it doubts: every firewall has such.
   */
  readonly kind: 'attack' | 'harmless' | 'personal' | 'missed' | 'mistaken';
  /** Made anew each time where it holds generated values. */
  text(): string;
}
