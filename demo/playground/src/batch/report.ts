/**
 * A judged file, counted.
 *
 * @module
 */
import type { Action, Channel } from 'edgeward';
import { area, histogram, roc, thinned } from './curve.ts';
import type { BadLine, Example, ExportFormat, KindReport, PolicyReport, Report } from './messages.ts';

/** One row and what each policy said of it. */
export interface Judged {
  readonly line: number;
  readonly id?: string | number;
  readonly label: 0 | 1 | null;
  readonly kind: string;
  readonly channel: Channel;
  /** The first policy's. */
  readonly score: number;
  readonly tier: 1 | 2;
  /** By policy. */
  readonly actions: readonly Action[];
  readonly reasons: readonly string[];
  /** Ids, strongest first. */
  readonly findings: readonly string[];
  /** The beginning of the text. */
  readonly excerpt: string;
}

export interface Counted {
  readonly lines: number;
  readonly blank: number;
  readonly bad: readonly BadLine[];
  readonly badCount: number;
  readonly ms: number;
  readonly stopped: boolean;
}

const SHOWN_EXAMPLES = 8;

/** Redaction is about personal data, not attacks. */
function isFlagged(action: Action): boolean {
  return action === 'verify' || action === 'block';
}

export function reportOf(rows: readonly Judged[], policyCount: number, counted: Counted): Report {
  const attacks = rows.filter(({ label }) => label === 1);
  const harmless = rows.filter(({ label }) => label === 0);
  const curve = roc(rows);
  return {
    ...counted,
    judged: rows.length,
    attacks: attacks.length,
    harmless: harmless.length,
    bins: histogram(rows),
    roc: thinned(curve),
    auc: area(curve),
    policies: Array.from({ length: policyCount }, (_, i) => policyReport(rows, attacks, harmless, i)),
    kinds: kindReports(rows, policyCount),
    changed: rows.filter(({ actions }) => actions.some((action) => action !== actions[0])).length,
    missed: examplesOf(
      attacks.filter(({ actions }) => !isFlagged(actions[0]!)),
      (a, b) => a.score - b.score,
    ),
    mistaken: examplesOf(
      harmless.filter(({ actions }) => isFlagged(actions[0]!)),
      (a, b) => b.score - a.score,
    ),
  };
}

function policyReport(
  rows: readonly Judged[],
  attacks: readonly Judged[],
  harmless: readonly Judged[],
  policy: number,
): PolicyReport {
  const actions: Record<Action, number> = { allow: 0, redact: 0, verify: 0, block: 0 };
  for (const row of rows) actions[row.actions[policy]!]++;
  const share = (some: readonly Judged[]): number | null =>
    some.length === 0 ? null : some.filter((row) => isFlagged(row.actions[policy]!)).length / some.length;
  return { actions, recall: share(attacks), falsePositives: share(harmless) };
}

function kindReports(rows: readonly Judged[], policyCount: number): KindReport[] {
  const side = { 0: 'harmless', 1: 'attacks' } as const;
  const none = () => ({ attacks: 0, harmless: 0, unlabeled: 0 });
  const kinds = new Map<
    string,
    { readonly all: ReturnType<typeof none>; readonly flagged: ReturnType<typeof none>[] }
  >();
  for (const { kind, label, actions } of rows) {
    let counts = kinds.get(kind);
    if (counts === undefined) {
      counts = { all: none(), flagged: Array.from({ length: policyCount }, none) };
      kinds.set(kind, counts);
    }
    const key = label === null ? 'unlabeled' : side[label];
    counts.all[key]++;
    for (const [policy, action] of actions.entries()) if (isFlagged(action)) counts.flagged[policy]![key]++;
  }
  return [...kinds]
    .map(([kind, { all, flagged }]) => ({ kind, ...all, flagged }))
    .sort((a, b) => (a.kind < b.kind ? -1 : 1));
}

function examplesOf(rows: readonly Judged[], order: (a: Judged, b: Judged) => number): Example[] {
  return [...rows]
    .sort(order)
    .slice(0, SHOWN_EXAMPLES)
    .map(({ line, kind, score, excerpt }) => ({ line, kind, score, excerpt }));
}

/** Everything but the texts: the file has them. */
export function exportOf(rows: readonly Judged[], format: ExportFormat): Blob {
  const records = rows.map(({ excerpt: _, actions, reasons, score, findings, ...row }) => ({
    ...row,
    score: +score.toPrecision(6),
    action: actions[0],
    reason: reasons[0],
    ...(actions.length > 1 && { actionB: actions[1], reasonB: reasons[1] }),
    findings,
  }));
  if (format === 'jsonl')
    return new Blob(
      records.map((record) => `${JSON.stringify(record)}\n`),
      { type: 'application/jsonl' },
    );
  const names = ['line', 'id', 'label', 'kind', 'channel', 'score', 'tier', 'action', 'reason'];
  if ((rows[0]?.actions.length ?? 1) > 1) names.push('actionB', 'reasonB');
  names.push('findings');
  const lines = records.map((record) => names.map((name) => cell(record[name as keyof typeof record])).join(','));
  return new Blob([`${names.join(',')}\r\n`, ...lines.map((line) => `${line}\r\n`)], { type: 'text/csv' });
}

/** Spreadsheets run what begins like a formula: such a cell gets a quote in front. */
function cell(value: unknown): string {
  const text = Array.isArray(value) ? value.join(' ') : value === undefined || value === null ? '' : String(value);
  const tame = typeof value !== 'number' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}
