/**
 * One answer on its way, event by event: recognizes the protocol by the first, guards what follows, and ends as that
 * protocol does when something is cut or the upstream breaks off.
 *
 * @module
 */
import { FirewallError, show } from '../errors.ts';
import type { Decision, Finding } from '../types.ts';
import { BROKEN, isJson, type Outgoing, type Protocol, type Session } from './protocols/protocol.ts';
import { PROTOCOLS, type ProtocolName, protocolOf } from './protocols/protocols.ts';
import type { TextGuard } from './text-guard.ts';
import { createTexts, type Grown, type Texts } from './texts.ts';

/** Whole, cut by the policy, broken off by the upstream, or left by the client. */
export type AnswerEnd = 'complete' | 'cut' | 'broken' | 'cancelled';

/** What became of an answer. */
export interface AnswerReport {
  readonly end: AnswerEnd;
  /** Absent when nothing told which. */
  readonly protocol?: ProtocolName;
  /** At most 256. Spans are offsets into the one text, of several in an answer, that the finding is of. */
  readonly findings: readonly Finding[];
  /** Why it was cut. */
  readonly cut?: Decision;
  /** Why it broke off. */
  readonly error?: unknown;
}

export interface Relay {
  /**
   * What leaves instead of an event; undefined: it passes as it came.
   *
   * @throws {FirewallError} `FW_STREAM` when the first event is of no known protocol
   */
  next(event: unknown): readonly Outgoing[] | undefined;
  /** The one text that the last event grew; undefined where the next one may not be taken for the same event. */
  grown(): Grown | undefined;
  /** What leaves behind a piece of a text that was pushed without its event: nothing, unless that was cut. */
  settled(): readonly Outgoing[];
  /** What leaves when the upstream is at its end; `error` when it broke off. */
  finish(error?: unknown): readonly Outgoing[];
  /** True once nothing more may leave. */
  readonly over: boolean;
  readonly protocol: Protocol | undefined;
  report(): AnswerReport;
}

export function createRelay(open: () => TextGuard, name?: ProtocolName): Relay {
  let protocol: Protocol | undefined = name === undefined ? undefined : PROTOCOLS[name];
  let texts: Texts | undefined;
  let session: Session | undefined;
  let over = false;
  let failed = false;
  let end: AnswerEnd = 'complete';
  let error: unknown;

  function sessionFor(event: unknown): Session {
    if (session !== undefined) return session;
    protocol ??= protocolOf(event);
    if (protocol === undefined) {
      const got = isJson(event) ? `{${Object.keys(event).join(', ')}}` : typeof event;
      throw new FirewallError(
        'FW_STREAM',
        `guardStream: the first event must be of a known protocol; got ${show(got)}`,
      );
    }
    texts = createTexts(open, protocol.repeats);
    session = protocol.open(texts);
    return session;
  }

  function close(how: 'cut' | 'broken', before: readonly Outgoing[]): readonly Outgoing[] {
    over = true;
    end = how;
    return [...before, ...(session?.end(how) ?? [])];
  }

  return {
    next(event) {
      if (over) return [];
      texts?.takeGrown();
      // Errors of the upstream are no answers, and may come before one.
      if (isFault(event)) {
        failed = true;
        const held = session?.settle() ?? [];
        if (texts?.cut !== undefined) return close('cut', held);
        return held.length === 0 ? undefined : [...held, { data: event }];
      }
      const out = sessionFor(event).next(event);
      return texts?.cut === undefined ? out : close('cut', out ?? []);
    },
    grown: () => (protocol?.uniform === true && !over ? texts?.takeGrown() : undefined),
    settled: () => (texts?.cut === undefined ? [] : close('cut', [])),
    finish(cause) {
      if (over) return [];
      const held = session?.settle() ?? [];
      if (texts?.cut !== undefined) return close('cut', held);
      const early = session !== undefined && !session.done && !failed;
      if (cause === undefined && !early) {
        over = true;
        return held;
      }
      error =
        cause ?? new FirewallError('FW_STREAM', 'guardStream: expected the end of the answer; the stream ended before');
      return close('broken', held);
    },
    get over() {
      return over;
    },
    get protocol() {
      return protocol;
    },
    report: () => ({
      end,
      ...(protocol !== undefined && { protocol: protocol.name as ProtocolName }),
      findings: texts?.findings ?? [],
      ...(texts?.cut !== undefined && { cut: texts.cut }),
      ...(error !== undefined && { error }),
    }),
  };
}

function isFault(event: unknown): boolean {
  return isJson(event) && (event['type'] === 'error' || (event['error'] ?? null) !== null);
}

/**
 * Guards an answer that was not streamed. Of one that no protocol knows, every string is guarded; where that is cut,
 * nothing of it is left.
 *
 * @param body parsed JSON; stays as it is
 */
export function guardAnswerJson(
  body: unknown,
  open: () => TextGuard,
  name?: ProtocolName,
): { readonly answer: unknown; readonly report: AnswerReport } {
  const protocol = name === undefined ? protocolOf(body) : PROTOCOLS[name];
  const texts = createTexts(open, protocol?.repeats);
  let answer: unknown;
  if (isJson(body) && protocol !== undefined) {
    const copy = structuredClone(body);
    protocol.answer(copy, texts);
    answer = copy;
  } else {
    answer = texts.value(body);
    if (texts.cut !== undefined) answer = { error: { message: BROKEN } };
  }
  return {
    answer,
    report: {
      end: texts.cut === undefined ? 'complete' : 'cut',
      ...(protocol !== undefined && { protocol: protocol.name as ProtocolName }),
      findings: texts.findings,
      ...(texts.cut !== undefined && { cut: texts.cut }),
    },
  };
}
