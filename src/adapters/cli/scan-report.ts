/**
 * A verdict for people, and for programs.
 *
 * @module
 */
import type { Action, Explanation, Finding, Firewall, Outcome } from '../../exports.ts';
import { type Colors, columns, printable } from './terminal.ts';

export interface Verdict {
  readonly file: string;
  readonly line: number | undefined;
  readonly text: string;
  readonly outcome: Outcome;
  readonly explanation: Explanation | undefined;
}

type ViewExplanation = Explanation['views'][number];

/** Weights shown per view, of either kind. */
const SHOWN_WEIGHTS = 8;
const VIEW_UNITS = 160;

/** One object on one line. Keys and their order are stable. */
export function jsonOf({ file, line, outcome, explanation }: Verdict, firewall: Firewall): string {
  const { action, reason, scan } = outcome.decision;
  return JSON.stringify({
    file,
    line: line ?? null,
    engine: firewall.engine.name,
    policy: firewall.policy.name,
    channel: scan.channel,
    outcome: outcome.action,
    action,
    reason,
    score: scan.score,
    tier: scan.tier,
    degraded: scan.degraded,
    unseen: scan.unseen ?? [],
    findings: scan.findings,
    timings: scan.timings,
    ...(explanation !== undefined && { views: explanation.views }),
  });
}

/**
 * @example
 * ```
 * block  0.97  threshold/block
 *   12..41  override  patterns/override/ignore-previous  "ignore all previous instruct…"
 * ```
 */
export function reportOf({ file, line, text, outcome, explanation }: Verdict, colors: Colors, named: boolean): string {
  const { action, reason, scan } = outcome.decision;
  const where = named ? `  ${printable(file, 200)}${line === undefined ? '' : `:${line}`}` : '';
  const unseen = (scan.unseen ?? []).map(({ start, end }) => `${start}..${end}`).join(' ');
  const cut = unseen === '' ? 'a limit cut the scan short' : `tier 2 has not seen ${unseen}`;
  const degraded = scan.degraded ? colors.yellow(`  degraded: ${cut}`) : '';
  const rows = scan.findings.map((finding) =>
    findingRow(finding, text).map((cell, i) => (i === 0 ? `  ${cell}` : cell)),
  );
  return [
    `${paint(action, colors)}  ${scan.score.toFixed(2)}  ${colors.dim(reason)}${where}${degraded}`,
    ...columns(rows),
    ...(explanation?.views ?? []).flatMap((view) => viewLines(view, colors)),
  ].join('\n');
}

function findingRow({ id, category, spans, decoders }: Finding, text: string): string[] {
  const [first] = spans;
  const where = first === undefined ? 'text' : `${first.start}..${first.end}`;
  const evidence =
    first === undefined ? '' : `"${printable(text.slice(first.start, Math.min(first.end, first.start + 200)))}"`;
  const more = spans.length > 1 ? ` and ${spans.length - 1} more` : '';
  return [where, category, id, evidence + more + (decoders.length > 0 ? `  via ${decoders.join(', ')}` : '')];
}

function paint(action: Action, colors: Colors): string {
  if (action === 'block') return colors.bold(colors.red(action));
  return action === 'allow' ? colors.green(action) : colors.yellow(action);
}

function viewLines(view: ViewExplanation, colors: Colors): string[] {
  const name = view.decoders.length === 0 ? 'text as read' : `after ${view.decoders.join(', ')}`;
  const margins = `${view.score.toFixed(2)}  linear ${signed(view.linearMargin)}  forest ${signed(view.forestMargin)} log-odds`;
  const strongest = <T extends { readonly weight: number }>(shares: readonly T[]): T[] =>
    [...shares].sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)).slice(0, SHOWN_WEIGHTS);
  return [
    `  ${colors.bold(name)}  ${margins}`,
    colors.dim(`    ${printable(view.text, VIEW_UNITS)}`),
    ...weightLines(
      'features',
      strongest(view.features).map(({ name, unit, value, weight }) => [
        signed(weight),
        name,
        `${round(value)} ${unit}`,
      ]),
    ),
    ...weightLines(
      'n-grams',
      strongest(view.ngrams).map(({ around, span, weight }) => [
        signed(weight),
        `${span.start}..${span.end}`,
        `"${printable(around)}"`,
      ]),
    ),
  ];
}

function weightLines(title: string, rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  return [`    ${title}, log-odds each adds`, ...columns(rows, new Set([0])).map((line) => `      ${line}`)];
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(2)}`;
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
