/**
 * What a protocol knows of its own streams: where text stands in an event, when a text is complete, how a stream ends.
 *
 * @module
 */
import type { Texts } from '../texts.ts';

/** A JSON object as it was parsed; a protocol may change the one it is given. */
export type Json = Record<string, unknown>;

export interface Outgoing {
  /** The event's name, where the protocol has one beside the data. Of an event that came, its own stays. */
  readonly name?: string;
  readonly data: unknown;
}

/** Why a stream ends that did not end by itself: something was cut, or the upstream broke off. */
export type Ending = 'cut' | 'broken';

export interface Session {
  /** What leaves instead of an event; undefined: it passes as it came. */
  next(event: unknown): readonly Outgoing[] | undefined;
  /** Everything that is held back. */
  settle(): readonly Outgoing[];
  /** What ends such a stream. */
  end(why: Ending): readonly Outgoing[];
  /** True once nothing is missing. */
  readonly done: boolean;
}

export interface Protocol {
  readonly name: string;
  /** Whether its streams say the whole text again at the end. */
  readonly repeats?: boolean;
  /**
   * Whether of two events that differ in nothing but the piece of one text, and come one after the other, the second
   * leaves as the first did, but for that piece.
   */
  readonly uniform?: boolean;
  /** A member of such events that holds random letters, so that nobody can tell from an event's length what it says. */
  readonly padding?: string;
  /** Whether an event, or an answer that was not streamed, is of this protocol. */
  knows(event: unknown): boolean;
  open(texts: Texts): Session;
  /** Guards an answer that was not streamed, in place. */
  answer(body: Json, texts: Texts): void;
  /** Reads and writes what a frame carries; defaults to JSON. */
  read?(data: string): unknown;
  write?(event: unknown): string;
}

/** What a client reads where the upstream broke off. It says nothing of the upstream. */
export const BROKEN = 'The answer ended before it was complete';

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The objects of a list; nothing where it is none. */
export function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.filter(isJson) : [];
}
