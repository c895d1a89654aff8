/**
 * The port of a second opinion: slower than the firewall, and better where the firewall doubts.
 *
 * @module
 */
import type { Channel, Verification } from '../types.ts';

export type { Verification } from '../types.ts';

export interface Verifier {
  readonly name: string;
  /**
   * @returns `undefined` where there is no verdict: the verifier failed, was busy, or cannot judge this text
   * @throws the reason of `signal`, when it aborts; nothing else
   */
  verify(request: {
    readonly text: string;
    readonly channel: Channel;
    readonly signal?: AbortSignal;
  }): Promise<Verification | undefined>;
  /** Waits for nothing: what is being verified ends without a verdict. */
  close?(): Promise<void>;
}
