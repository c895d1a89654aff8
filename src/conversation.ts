/**
 * Composition for conversations: judges each text once, keeps one vault, and reads the user's last turns together.
 *
 * What is kept between calls are SHA-256 hashes of channel and text, and the scans: ids, scores and offsets, no text.
 *
 * @module
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { type PlacedText, placedTexts, rank, withTexts } from './chat-texts.ts';
import { FirewallError } from './errors.ts';
import type { InspectOptions } from './scan/transformer/stage.ts';
import type { Channel, Outcome, Risk, Scan, Vault, Verification } from './types.ts';

export interface GuardMessagesOptions extends InspectOptions {
  /** How much hangs on texts in the grey band; the policy's `onGrey` says where nobody does. */
  readonly risk?: Risk;
  /** The conversation's vault; without one, a vault is made when the first value is taken out, and returned. */
  readonly vault?: Vault;
  /** Finds the texts, where they are not where the known shapes have them. Defaults to `placedTexts`, tools' arguments too. */
  readonly texts?: (messages: unknown) => readonly PlacedText[];
}

/** What became of one text of a conversation. */
export interface GuardedText {
  /** Names and indices that lead to the text within what was passed in. */
  readonly path: readonly (string | number)[];
  readonly outcome: Outcome;
  /** True when the same text was judged before, and not again. */
  readonly known: boolean;
}

/** What the user's last turns are together. */
export interface GuardedTurns {
  /** Where each turn stands: the first step of its path, or two in a request's body. */
  readonly turns: readonly (readonly (string | number)[])[];
  /** Of the turns joined; its text is empty, for nothing is passed on that way. */
  readonly outcome: Outcome;
}

export interface GuardedMessages<T> {
  /** `block` when one text, or the last turns together, may not pass. */
  readonly action: 'allow' | 'block';
  /** What to pass on: as it was passed in, but for what was taken out. Texts that are blocked are empty. */
  readonly messages: T;
  /** The worst outcome; absent when there was no text. */
  readonly outcome?: Outcome;
  /** True when one of the scans was cut short: by a limit, or because tier 2 had no time or no room in its queue. */
  readonly degraded: boolean;
  readonly texts: readonly GuardedText[];
  /** Set when the turns together are in doubt or blocked, and worse than each alone. */
  readonly turns?: GuardedTurns;
  /** Of the conversation: pass it to the next call, and to the guard of the answer. Absent when nothing was taken out. */
  readonly vault?: Vault;
}

/** Handed on as they are: to ask for a signal may cost its maker something, and few texts wait. */
interface Limits extends InspectOptions {
  readonly risk?: Risk;
}

/** What is known of a text. */
export interface Judged {
  readonly scan: Scan;
  /** Where a verifier was waited for. */
  readonly verification?: Verification;
}

/** What a conversation needs of a firewall. */
export interface Judge {
  /** SHA-256 of a text's UTF-8, a character for each byte. Where absent it is computed in JavaScript, at ten times the cost. */
  hash?(text: string): string;
  inspect(text: string, channel: Channel, options: Limits): Scan | Promise<Scan>;
  /** The policy's word, and a verifier's where the text must wait for one. */
  decide(text: string, judged: Judged, options: Limits): Outcome | Promise<Outcome>;
  /** Takes out what the policy takes out. */
  redact(outcome: Outcome, vault: Vault | undefined): Outcome;
}

/** One text judged; `known` as of `GuardedText`. */
type One = Pick<GuardedText, 'outcome' | 'known'>;
type JudgeOne = (text: string, channel: Channel) => One | Promise<One>;

/** Scans kept at most; those that were not asked for longest go first, many at once, for a map is slow to find its oldest. */
const MAX_KEPT = 4096;
const LEFT_OVER = 3584;
/** Of the user's last turns: how many are read together, and how many units of them. */
const MAX_TURNS = 4;
const MAX_JOINED = 4096;

export interface Conversations {
  guard<T>(messages: T, options?: GuardMessagesOptions): Promise<GuardedMessages<T>>;
}

export function createConversations(judge: Judge): Conversations {
  const kept = new Map<string, Judged>();
  const hash = judge.hash ?? hashOf;

  function forgetOldest(): void {
    for (const key of kept.keys()) {
      if (kept.size <= LEFT_OVER) break;
      kept.delete(key);
    }
  }

  function judgeText(text: string, channel: Channel, options: () => Limits): One | Promise<One> {
    const key = hash(`${channel}\0${text}`);
    const before = kept.get(key);
    if (before !== undefined) {
      kept.delete(key);
      kept.set(key, before);
      return decided(key, text, before, options, true);
    }
    return then(judge.inspect(text, channel, options()), (scan) => {
      const judged: Judged = { scan };
      // One that a limit cut short may be whole the next time.
      if (!scan.degraded) kept.set(key, judged);
      if (kept.size > MAX_KEPT) forgetOldest();
      return decided(key, text, judged, options, false);
    });
  }

  /** A verdict that was waited for is kept with the scan. */
  function decided(
    key: string,
    text: string,
    judged: Judged,
    options: () => Limits,
    known: boolean,
  ): One | Promise<One> {
    return then(judge.decide(text, judged, options()), (outcome) => {
      const { scan, verification } = outcome.decision;
      if (verification !== undefined && kept.has(key)) kept.set(key, { scan, verification });
      return { outcome, known };
    });
  }

  /** The last turns joined as they stand, and without anything between, in case a word was split. */
  async function guardTurns(
    placed: readonly PlacedText[],
    worstAlone: number,
    judgeOne: JudgeOne,
  ): Promise<GuardedTurns | undefined> {
    const turns = lastTurns(placed);
    if (turns.length < 2) return undefined;
    let worst: Outcome | undefined;
    for (const between of ['\n', '']) {
      const joined = turns.map(({ text }) => text).join(between);
      const outcome = { ...(await judgeOne(joined, 'user')).outcome, text: '' };
      if (outcome.decision.action !== 'block' && outcome.decision.action !== 'verify') continue;
      if (rank(outcome) > (worst === undefined ? worstAlone : rank(worst))) worst = outcome;
    }
    return worst && { turns: turns.map(({ path }) => path), outcome: worst };
  }

  return {
    async guard(messages, options = {}) {
      const { vault: given, texts: find = allTexts, deadlineMs } = options;
      if (typeof messages !== 'object' || messages === null) {
        throw new FirewallError(
          'FW_INPUT',
          `guardMessages: expected a list of messages or a request's body; got ${messages === null ? 'null' : typeof messages}`,
        );
      }
      const began = performance.now();
      /** The deadline is for all texts together. */
      const left = (): Limits =>
        deadlineMs === undefined ? options : new Left(options, Math.max(0, deadlineMs - (performance.now() - began)));
      let degraded = false;
      const judgeOne: JudgeOne = (text, channel) =>
        then(judgeText(text, channel, left), (found) => {
          degraded ||= found.outcome.decision.scan.degraded;
          return found;
        });
      const placed = find(messages);
      const texts: GuardedText[] = [];
      let vault = given;
      for (const { text, channel, path } of placed) {
        const found = judgeOne(text, channel);
        const { outcome: judged, known } = isPending(found) ? await found : found;
        const outcome = judge.redact(judged, vault);
        vault ??= outcome.vault;
        texts.push({ path, outcome, known });
      }
      const alone = texts.map(({ outcome }) => outcome);
      const users = alone.filter(({ decision }) => decision.scan.channel === 'user');
      const turns = await guardTurns(placed, Math.max(0, ...users.map(rank)), judgeOne);
      const all = turns === undefined ? alone : [...alone, turns.outcome];
      const outcome = all.reduce<Outcome | undefined>(
        (worst, one) => (worst === undefined || rank(one) > rank(worst) ? one : worst),
        undefined,
      );
      const changed = texts.filter(({ outcome: { text } }, i) => text !== placed[i]!.text);
      return {
        action: all.some(({ action }) => action === 'block') ? 'block' : 'allow',
        messages: withTexts(
          messages,
          changed.map(({ path, outcome: { text } }) => ({ path, text })),
        ),
        ...(outcome !== undefined && { outcome }),
        degraded,
        texts,
        ...(turns !== undefined && { turns }),
        ...(vault !== undefined && { vault }),
      };
    },
  };
}

/** The same limits with less time. The signal is still asked for only where a text waits. */
class Left implements Limits {
  readonly deadlineMs: number;
  readonly risk?: Risk;
  readonly #options: Limits;

  constructor(options: Limits, deadlineMs: number) {
    this.#options = options;
    this.deadlineMs = deadlineMs;
    if (options.risk !== undefined) this.risk = options.risk;
  }

  get signal(): AbortSignal | undefined {
    return this.#options.signal;
  }
}

/** Most texts are judged at once, and a promise for each step of theirs would cost as much as the step. */
function then<T, U>(value: T | Promise<T>, use: (value: T) => U | Promise<U>): U | Promise<U> {
  return isPending(value) ? value.then(use) : use(value);
}

function isPending<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}

const allTexts = (messages: unknown): readonly PlacedText[] => placedTexts(messages, true);

function hashOf(text: string): string {
  return String.fromCharCode(...sha256(new TextEncoder().encode(text)));
}

/** The user's last turns, the first cut so that all together are not too long. */
function lastTurns(placed: readonly PlacedText[]): PlacedText[] {
  const turns: PlacedText[] = [];
  let length = 0;
  for (const one of placed.toReversed()) {
    if (one.channel !== 'user') continue;
    const path = one.path.slice(0, typeof one.path[0] === 'number' ? 1 : 2);
    const last = turns[0];
    const sameTurn = last !== undefined && last.path.join() === path.join();
    if (!sameTurn && turns.length === MAX_TURNS) break;
    const text = one.text.slice(Math.max(0, one.text.length - (MAX_JOINED - length)));
    length += text.length;
    if (sameTurn) turns[0] = { ...last, text: `${text}\n${last.text}` };
    else turns.unshift({ text, channel: one.channel, path });
    if (length >= MAX_JOINED) break;
  }
  return turns;
}
