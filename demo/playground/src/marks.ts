/**
 * Which characters of the text findings point at, by what they mean to a reader.
 *
 * @module
 */
import type { Category, Finding, Span } from 'edgeward';

/** `model` is the trained model's window, wide and vague; `rule` the words a rule names; `sensitive` personal data or a secret. */
export type Mark = 'model' | 'rule' | 'sensitive';

/** Later ones are drawn over earlier ones. */
export const MARKS: readonly Mark[] = ['model', 'rule', 'sensitive'];

export function markOf({ id, category }: Pick<Finding, 'id' | 'category'>): Mark {
  if (category === 'pii' || category === 'secret') return 'sensitive';
  return id.startsWith('model/') || id.startsWith('transformer/') ? 'model' : 'rule';
}

/** The colors of a chip by category. */
export function toneOf(category: Category): 'block' | 'redact' | 'doubt' {
  if (category === 'pii' || category === 'secret') return 'redact';
  return category === 'injection' ? 'doubt' : 'block';
}

/** Where each mark lies; spans of one mark that touch are joined. */
export function spansByMark(findings: readonly Finding[]): ReadonlyMap<Mark, readonly Span[]> {
  return new Map(
    MARKS.map((mark) => [
      mark,
      joined(findings.filter((finding) => markOf(finding) === mark).flatMap(({ spans }) => spans)),
    ]),
  );
}

function joined(spans: readonly Span[]): Span[] {
  const out: { start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const last = out.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else out.push({ start, end });
  }
  return out;
}

/** Anything that leaves ink: no blanks, no marks without a letter, no format or tag characters. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{M}\p{Z}\u2800\u3164\uffa0]/u;

/** A short piece of the text around a span, on one line. */
export function excerpt(text: string, { start, end }: Span, most = 64): string {
  const cut = text.slice(start, Math.min(end, start + most));
  // Half a surrogate pair would show as a box.
  const whole = /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
  const shown = VISIBLE.test(whole) ? whole.replace(/\s+/g, ' ') : '(invisible characters)';
  return `${shown}${end - start > whole.length ? '…' : ''}`;
}
