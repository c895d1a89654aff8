/**
 * The guard as a page's fields ask it: with the conversation's vault, and a second look at what was pasted.
 *
 * @module
 */
import type { BrowserGuard, Glance } from 'edgeward/browser';
import type { Conversation } from './conversation.ts';
import type { Pasted, Piece } from './pasted.ts';

type Decision = Glance['decision'];
type Finding = Decision['scan']['findings'][number];

export interface PageGuardOptions {
  readonly pasted: Pasted;
  readonly conversation: Conversation;
  /** Whether an attack inside pasted text is refused like one of the user's own; else the user is asked. */
  readonly refuses: boolean;
  /** @param values how many were taken out */
  onRedacted(values: number): void;
}

/** What was pasted is asked about as data: does it instruct the assistant at all? */
const AS_DATA = { channel: 'retrieved' } as const;

export function createPageGuard(
  inner: BrowserGuard,
  { pasted, conversation, refuses, onRedacted }: PageGuardOptions,
): BrowserGuard {
  function merged(whole: Decision, pieces: readonly (readonly [Piece, Decision])[]): Decision {
    const bad = pieces.filter(([, { action }]) => action === 'block' || action === 'verify');
    if (bad.length === 0) return whole;
    const seen = bad.flatMap(([{ start }, { scan }]) => scan.findings.flatMap((finding) => moved(finding, start)));
    const findings = [...seen, ...whole.scan.findings];
    const score = Math.max(whole.scan.score, ...bad.map(([, { scan }]) => scan.score));
    const isWorse = whole.action !== 'block';
    const action = refuses && bad.some(([, decision]) => decision.action === 'block') ? 'block' : 'verify';
    return {
      ...(isWorse ? { action, reason: 'pasted' } : whole),
      scan: { ...whole.scan, findings, score },
    };
  }

  const overrides: Pick<BrowserGuard, 'glance' | 'guard' | 'redact'> = {
    async glance(text, from, options) {
      const pieces = pasted.piecesIn(text);
      const [whole, ...others] = await Promise.all([
        inner.glance(text, from, options),
        ...pieces.map((piece) => inner.glance(piece.text, AS_DATA, options)),
      ]);
      const decision = merged(
        whole.decision,
        others.map((other, i) => [pieces[i]!, other.decision]),
      );
      return { decision, refused: whole.refused || (decision.action === 'block' && others.some((one) => one.refused)) };
    },
    async guard(text, from, options) {
      const pieces = pasted.piecesIn(text);
      const vault = await conversation.vault();
      const [whole, ...others] = await Promise.all([
        inner.guard(text, { ...from, vault }, options),
        ...pieces.map((piece) => inner.guard(piece.text, { ...AS_DATA, vault: conversation.scratch() }, options)),
      ]);
      // Where nobody judged, `onFailure` has spoken already.
      if (whole.decision.reason.startsWith('failure/')) return whole;
      const decision = merged(
        whole.decision,
        others.map((other, i) => [pieces[i]!, other.decision]),
      );
      const isRefused = decision.action === 'block' && others.some(({ action }) => action === 'block');
      return { ...whole, decision, ...(isRefused && { action: 'block', text: '' }) };
    },
    async redact(text, from) {
      const vault = await conversation.vault();
      const redacted = await inner.redact(text, { ...from, vault });
      onRedacted(redacted.findings.reduce((sum, { spans }) => sum + spans.length, 0));
      await conversation.keep();
      return redacted;
    },
  };
  return Object.assign(Object.create(inner) as BrowserGuard, overrides);
}

/** A finding in a piece, as one in the whole. Personal data is left to the look at the whole. */
function moved(finding: Finding, by: number): Finding[] {
  if (finding.category === 'pii' || finding.category === 'secret') return [];
  return [{ ...finding, spans: finding.spans.map(({ start, end }) => ({ start: start + by, end: end + by })) }];
}
