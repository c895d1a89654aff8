/**
 * One field under watch: the verdict on what it says, as it is typed and when it is about to be sent.
 *
 * @module
 */
import type { Action, Channel, Finding, Redaction, Vault } from '../../types.ts';
import { editsOf, type Field } from './field.ts';
import type { BrowserGuard } from './guard.ts';

export interface Verdict {
  /** What was judged. */
  readonly text: string;
  /** What the policy says; `'failed'` where nobody could judge. */
  readonly level: Action | 'failed';
  /** Whether the policy withholds the text, or `onFailure` does. */
  readonly refused: boolean;
  readonly findings: readonly Finding[];
  /** Probability in [0, 1] that the text is an attack. */
  readonly score: number;
  /** The policy clause that spoke. */
  readonly reason: string;
  /** Whether every tier that wanted to has read it; before that, nothing is sent. */
  readonly final: boolean;
}

/** What the user is asked about instead of the policy having its way silently. */
export type Question = 'redact' | 'verify';

export interface CheckOptions {
  readonly guard: BrowserGuard;
  /** Who the text is from. Defaults to `'user'`. */
  readonly channel?: Channel;
  /** Milliseconds that sending waits for a verdict before the guard's `onFailure` speaks. Defaults to 2,000. */
  readonly waitMs?: number;
  /** On which verdicts sending stops until the user has answered: redacted, changed the text, or insisted. Defaults to both; what is not asked about is redacted (`'redact'`) or sent (`'verify'`). */
  readonly ask?: readonly Question[];
  /** Keeps what is redacted, to put it back into the answer. Defaults to one vault for all fields of the call. */
  readonly vault?: Vault;
  /** Hears of every verdict; `undefined` while a new text has none. */
  readonly onVerdict?: (verdict: Verdict | undefined, element: HTMLElement) => void;
}

export interface Check {
  readonly field: Field;
  /** On the text as it stands; `undefined` while it has none. */
  readonly verdict: Verdict | undefined;
  /** Whether the text as it stands may be sent; `undefined` while that is not known. */
  permits(): boolean | undefined;
  /** Whether it may be sent, after waiting for the verdict; redacts where the policy says so and nobody is asked. */
  settle(): Promise<boolean>;
  /** Takes personal data and secrets out of the field. */
  redact(): Promise<void>;
  /** The user insists on this text. Says nothing against a refusal. */
  insist(): void;
  close(): void;
}

/** Tier 2 is asked when the typing rests that long. */
const REST_MS = 250;
/** How often a field is looked at that nobody types into, while there is something to say of it. */
const STAY_MS = 500;
const WAIT_MS = 2_000;
const QUESTIONS: readonly Question[] = ['redact', 'verify'];
/** A text that keeps changing while it is judged is given up on. */
const MOST_ROUNDS = 5;

/** Vaults of fields that share one, made when the first value goes in. */
export interface SharedVault {
  current: Vault | undefined;
}

export function createCheck(field: Field, shared: SharedVault, options: CheckOptions): Check {
  const { guard, channel = 'user', waitMs = WAIT_MS, ask = QUESTIONS, onVerdict } = options;
  const { element } = field;
  const closing = new AbortController();
  const { signal } = closing;
  let verdict: Verdict | undefined;
  /** What has been looked at last. */
  let seen = '';
  let insisted: string | undefined;
  let composing = false;
  /** Given up when the text changes. */
  let glance: AbortController | undefined;
  let reading: AbortController | undefined;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let staying: ReturnType<typeof setInterval> | undefined;

  function say(next: Verdict | undefined): void {
    if (next === undefined && verdict === undefined) return;
    verdict = next;
    clearInterval(staying);
    // A page that empties its own text area tells nobody.
    if (next !== undefined) staying = setInterval(onInput, STAY_MS);
    onVerdict?.(next, element);
  }

  function onInput(): void {
    if (composing) return;
    const text = field.read();
    if (text === seen) return;
    seen = text;
    forget();
    if (isEmpty(text)) {
      say(undefined);
    } else {
      void look(text);
      rest = setTimeout(() => void read(text), REST_MS);
    }
  }

  function forget(): void {
    clearTimeout(rest);
    glance?.abort();
    reading?.abort();
  }

  /** Tier 1 at once. What is asked while the worker is busy and overtaken by the next key is dropped there. */
  async function look(text: string): Promise<void> {
    const mine = new AbortController();
    glance = mine;
    try {
      const { decision, refused } = await guard.glance(text, { channel }, { signal: mine.signal });
      if (mine.signal.aborted || field.read() !== text) return;
      const { action: level, reason, scan } = decision;
      say({ text, level, refused, findings: scan.findings, score: scan.score, reason, final: false });
    } catch {
      // Overtaken, or nobody judges: then `read` says so.
    }
  }

  /** @returns the final verdict; `undefined` when overtaken */
  async function read(text: string, deadlineMs?: number): Promise<Verdict | undefined> {
    const mine = new AbortController();
    reading = mine;
    const limits = { signal: mine.signal, ...(deadlineMs !== undefined && { deadlineMs }) };
    try {
      const { action, decision } = await guard.guard(text, { channel }, limits);
      if (mine.signal.aborted || signal.aborted) return undefined;
      const { reason, scan } = decision;
      const failed = reason.startsWith('failure/');
      const level = failed ? 'failed' : decision.action;
      const final: Verdict = {
        ...{
          text,
          level,
          refused: action === 'block',
          findings: scan.findings,
          score: scan.score,
          reason,
          final: true,
        },
      };
      if (field.read() === text) say(final);
      return final;
    } catch (error) {
      if (!mine.signal.aborted) throw error;
      return undefined;
    }
  }

  function allows({ text, level, refused }: Verdict): boolean {
    if (refused) return false;
    return text === insisted || !(level === 'redact' || level === 'verify') || !ask.includes(level);
  }

  function permits(): boolean | undefined {
    const text = field.read();
    if (isEmpty(text)) return true;
    if (verdict === undefined || verdict.text !== text || !verdict.final) return undefined;
    // Whoever tries again wants another look.
    if (verdict.level === 'failed' && verdict.refused) return undefined;
    const mustRedact = verdict.level === 'redact' && !ask.includes('redact') && text !== insisted;
    return mustRedact ? undefined : allows(verdict);
  }

  async function settle(): Promise<boolean> {
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const known = permits();
      if (known !== undefined) return known;
      const text = field.read();
      const isFinal = verdict?.text === text && verdict.final;
      const final = isFinal && verdict?.level !== 'failed' ? verdict : await read(text, waitMs);
      if (final?.level === 'failed') return allows(final);
      if (final?.level === 'redact' && !ask.includes('redact') && field.read() === text) await redact();
      // What cannot be taken out, such as a value inside an encoded run, stays: the user was not to be asked.
      if (field.read() === text && final?.level === 'redact' && !ask.includes('redact')) insisted = text;
    }
    return false;
  }

  async function redact(): Promise<void> {
    const text = field.read();
    const before = shared.current;
    const { text: redacted, findings, vault } = await guard.redact(text, { channel, ...(before && { vault: before }) });
    shared.current = vault;
    if (field.read() !== text) return;
    const spans = findings.flatMap((finding) =>
      finding.spans.map((span): Redaction => ({ ...span, type: finding.id })),
    );
    await field.replace(editsOf(text, spans, redacted));
    onInput();
  }

  const listening = { signal };
  element.addEventListener('input', onInput, listening);
  element.addEventListener('compositionstart', () => (composing = true), listening);
  element.addEventListener(
    'compositionend',
    () => {
      composing = false;
      onInput();
    },
    listening,
  );
  // Rich editors carry out a paste themselves, and fire no event of it.
  const changes = new MutationObserver(onInput);
  changes.observe(element, { childList: true, characterData: true, subtree: true });
  onInput();

  return {
    field,
    get verdict() {
      return verdict?.text === field.read() ? verdict : undefined;
    },
    permits,
    settle,
    redact,
    insist() {
      insisted = field.read();
    },
    close() {
      forget();
      clearInterval(staying);
      changes.disconnect();
      closing.abort();
    },
  };
}

/** A rich editor's only line ends, and so it is never quite empty. */
function isEmpty(text: string): boolean {
  return text.trim() === '';
}
