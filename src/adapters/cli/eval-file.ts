/**
 * One labeled file through the firewall, counted.
 *
 * @module
 */
import type { Action, Channel, Decision, Firewall } from '../../exports.ts';
import { CliError } from './fault.ts';
import { readLines } from './lines.ts';
import { areaUnderCurve, percentile, recallAtRate } from './measures.ts';
import { readRow } from './rows.ts';

/** The mildest action that counts as flagged. Redaction never does: it is about personal data, not attacks. */
export type Flag = 'verify' | 'block';

/** What `edgeward eval --json` says of a file. Rates are `null` where nothing was counted. */
export interface FileReport {
  readonly file: string;
  readonly n: number;
  readonly positives: number;
  readonly negatives: number;
  /** The score that flagged: of the channel most rows have, where the policy's channels differ. */
  readonly threshold: number;
  readonly recall: number | null;
  readonly fpr: number | null;
  readonly auc: number | null;
  readonly recallAtFpr: { readonly '0.01': number | null; readonly '0.001': number | null };
  readonly actions: Readonly<Record<Action, number>>;
  /** Share of the rows that tier 1 judged alone although tier 2 was there. */
  readonly settled: number | null;
  /** Rows whose scan was cut short. */
  readonly degraded: number;
  readonly latencyUs: { readonly p50: number | null; readonly p99: number | null };
}

/** A judged row: what `--scores` writes. */
export interface Judged {
  readonly file: string;
  readonly line: number;
  readonly id: unknown;
  readonly label: 0 | 1;
  readonly channel: Channel;
  readonly score: number;
  readonly tier: 1 | 2;
  readonly action: Action;
  readonly flagged: boolean;
}

export interface EvalHooks {
  /** @param bytes read from this file so far */
  readonly onProgress: (bytes: number) => void;
  readonly onRow: (row: Judged) => Promise<void>;
}

const LABELS: ReadonlyMap<unknown, 0 | 1> = new Map<unknown, 0 | 1>([
  [0, 0],
  [1, 1],
  [false, 0],
  [true, 1],
]);

/**
 * @throws {CliError} naming file and line of a malformed row
 * @complexity memory for one number per row
 */
export async function evaluateFile(
  firewall: Firewall,
  file: string,
  flag: Flag,
  hooks: EvalHooks,
): Promise<FileReport> {
  const scores: Readonly<Record<0 | 1, number[]>> = { 0: [], 1: [] };
  const flagged: Record<0 | 1, number> = { 0: 0, 1: 0 };
  const actions: Record<Action, number> = { allow: 0, redact: 0, verify: 0, block: 0 };
  const channels = new Map<Channel, number>();
  const latencies: number[] = [];
  let settled = 0;
  let degraded = 0;

  for await (const line of readLines('eval', file)) {
    hooks.onProgress(line.bytesRead);
    if (line.text.trim() === '') continue;
    const row = readRow('eval', file, line);
    if (row.label === null) continue;
    const label = LABELS.get(row.label);
    if (label === undefined) {
      throw new CliError(
        `eval: ${file}:${line.number}: "label" must be 1 (attack), 0 (harmless) or null; got ${JSON.stringify(row.label)?.slice(0, 40) ?? 'none'}`,
      );
    }
    const channel = row.channel ?? 'user';
    const { decision, us } = await time(firewall, row.text, channel);
    const isFlagged = decision.action === 'block' || (decision.action === 'verify' && flag === 'verify');
    latencies.push(us);
    scores[label].push(decision.scan.score);
    flagged[label] += Number(isFlagged);
    actions[decision.action]++;
    channels.set(channel, (channels.get(channel) ?? 0) + 1);
    const { score, tier } = decision.scan;
    settled += Number(decision.scan.timings.tier2Ms === undefined);
    degraded += Number(decision.scan.degraded);
    await hooks.onRow({
      file,
      line: line.number,
      id: row.id,
      label,
      channel,
      score,
      tier,
      action: decision.action,
      flagged: isFlagged,
    });
  }

  const [positives, negatives] = [scores[1].length, scores[0].length];
  return {
    file,
    n: positives + negatives,
    positives,
    negatives,
    threshold: thresholdOf(firewall, channels, flag),
    recall: share(flagged[1], positives),
    fpr: share(flagged[0], negatives),
    auc: areaUnderCurve(scores[1], scores[0]),
    recallAtFpr: {
      '0.01': recallAtRate(scores[1], scores[0], 0.01),
      '0.001': recallAtRate(scores[1], scores[0], 0.001),
    },
    actions,
    settled: firewall.engine.transformer.state === 'ready' ? share(settled, positives + negatives) : null,
    degraded,
    latencyUs: { p50: rounded(percentile(latencies, 0.5)), p99: rounded(percentile(latencies, 0.99)) },
  };
}

/** From string to decision, microseconds. */
async function time(
  firewall: Firewall,
  text: string,
  channel: Channel,
): Promise<{ readonly decision: Decision; readonly us: number }> {
  const began = performance.now();
  const decision = firewall.decide(await firewall.inspect(text, { channel }));
  return { decision, us: (performance.now() - began) * 1000 };
}

function thresholdOf({ policy }: Firewall, channels: ReadonlyMap<Channel, number>, flag: Flag): number {
  const [most] = [...channels].sort((a, b) => b[1] - a[1]);
  return (policy.channels[most?.[0] ?? 'user'] ?? policy)[flag];
}

function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** To a tenth of a microsecond: the clock has no more. */
function rounded(us: number | null): number | null {
  return us === null ? null : Math.round(us * 10) / 10;
}
