/**
 * One table, one runner, every runtime: rows go in, what the public API says of them comes out.
 *
 * Runs wherever JavaScript does; imports types only.
 *
 * @module
 */
import type { Channel, Firewall, PolicyOptions } from 'edgeward';

/** Personal data and secrets are looked for and change no verdict. */
export const POLICY: PolicyOptions = {
  sensitive: { pii: 'report', secrets: 'report', types: { 'person-name': 'report' } },
};

/** One text every runtime must judge alike. */
export interface Row {
  readonly name: string;
  readonly text: string;
  readonly channel: Channel;
}

/** What must be equal everywhere; timings are not. */
export interface Verdict {
  readonly name: string;
  /** Id, the decoders undone, then `start..end` of each span; in the order reported. */
  readonly findings: readonly string[];
  readonly score: number;
  readonly degraded: boolean;
  readonly action: string;
}

export function judge(firewall: Pick<Firewall, 'scan' | 'decide'>, rows: readonly Row[]): Verdict[] {
  return rows.map(({ name, text, channel }) => {
    const scan = firewall.scan(text, { channel });
    const findings = scan.findings.map(
      ({ id, decoders, spans }) =>
        `${[id, ...decoders].join('+')} ${spans.map((s) => `${s.start}..${s.end}`).join(' ')}`,
    );
    return { name, findings, score: scan.score, degraded: scan.degraded, action: firewall.decide(scan).action };
  });
}

const SCORE_TOLERANCE = 1e-9;

/** @returns one line per verdict that differs; empty when the two runtimes agree */
export function differences(want: readonly Verdict[], got: readonly Verdict[]): string[] {
  const lines = want.length === got.length ? [] : [`${want.length} verdicts wanted; got ${got.length}`];
  for (const [i, expected] of want.entries()) {
    const actual = got[i];
    if (actual === undefined) break;
    const near = Math.abs(actual.score - expected.score) <= SCORE_TOLERANCE;
    const [a, b] = [expected, actual].map((verdict) => JSON.stringify({ ...verdict, score: 0 }));
    if (!near || a !== b) lines.push(`${JSON.stringify(expected)} became ${JSON.stringify(actual)}`);
  }
  return lines;
}
