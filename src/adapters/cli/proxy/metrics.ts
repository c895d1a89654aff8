/**
 * Counts and times of the proxy, in the text format of Prometheus.
 *
 * @module
 */
import type { JudgementEvent } from '../../../judgement.ts';
import type { Answered, Judged } from '../../proxy/main.ts';

export interface Metrics {
  judged(judged: Judged): void;
  answered(answered: Answered): void;
  told(event: JudgementEvent): void;
  /** As they stand, to be written or to be sent to another process. */
  counted(): Counted;
}

/** Counts and times of one process, or of several together. */
export interface Counted {
  /** By series: a name, with labels. */
  readonly counts: Readonly<Record<string, number>>;
  readonly times: Readonly<Record<string, Times>>;
}

export interface Times {
  /** By bucket: as many as there are bounds, and one more. */
  readonly counts: readonly number[];
  /** Seconds. */
  readonly sum: number;
}

/** Upper bounds, seconds. */
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30] as const;

export function createMetrics(): Metrics {
  const counts: Record<string, number> = {};
  const times: Record<string, { counts: number[]; sum: number }> = {};

  function add(series: string): void {
    counts[series] = (counts[series] ?? 0) + 1;
  }

  function took(name: string, ms: number): void {
    const seconds = ms / 1000;
    times[name] ??= { counts: Array.from({ length: SECONDS.length + 1 }, () => 0), sum: 0 };
    const found = times[name];
    const bucket = SECONDS.findIndex((most) => seconds <= most);
    found.counts[bucket < 0 ? SECONDS.length : bucket]! += 1;
    found.sum += seconds;
  }

  return {
    judged({ api, action, degraded, outcome, standing }) {
      add(`edgeward_judged_total{api="${api}",action="${action}"}`);
      if (outcome?.decision.scan.tier === 2) add('edgeward_tier2_total');
      if (degraded) add('edgeward_degraded_total');
      if (standing !== undefined && standing.state !== 'clear') {
        add(`edgeward_banned_requests_total{state="${standing.state}"}`);
      }
    },
    answered({ api, status, by, tookMs, judgedMs, report }) {
      add(`edgeward_requests_total{api="${api}",status="${status}",by="${by}"}`);
      if (report !== undefined) add(`edgeward_answers_total{api="${api}",end="${report.end}"}`);
      took('edgeward_request_seconds', tookMs);
      if (judgedMs !== undefined) took('edgeward_judged_seconds', judgedMs);
    },
    told(event) {
      const kind = event.type === 'verified' ? `verified/${event.attack ? 'attack' : 'harmless'}` : event.type;
      add(`edgeward_judgement_total{kind="${kind}"}`);
      if (event.type === 'verified') took('edgeward_verify_seconds', event.verifyMs);
    },
    counted: () => ({ counts, times }),
  };
}

export const NOTHING_COUNTED: Counted = { counts: {}, times: {} };

/** Of two processes together. */
export function together(a: Counted, b: Counted): Counted {
  return {
    counts: merged(a.counts, b.counts, (x, y) => x + y),
    times: merged(a.times, b.times, (x, y) => ({
      counts: x.counts.map((count, i) => count + y.counts[i]!),
      sum: x.sum + y.sum,
    })),
  };
}

function merged<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  join: (x: T, y: T) => T,
): Record<string, T> {
  const out: Record<string, T> = { ...a };
  for (const [name, value] of Object.entries(b)) out[name] = name in a ? join(a[name]!, value) : value;
  return out;
}

/**
 * @param gauges what goes up and down, by name
 * @returns text that ends in a line feed
 */
export function metricsText({ counts, times }: Counted, gauges: Readonly<Record<string, number>> = {}): string {
  const lines: string[] = [];
  let last = '';
  for (const [series, value] of Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    const name = series.replace(/\{.*/s, '');
    if (name !== last) lines.push(`# TYPE ${name} counter`);
    last = name;
    lines.push(`${series} ${value}`);
  }
  for (const [name, value] of Object.entries(gauges)) lines.push(`# TYPE ${name} gauge`, `${name} ${value}`);
  for (const [name, { counts: buckets, sum }] of Object.entries(times)) {
    lines.push(`# TYPE ${name} histogram`);
    let below = 0;
    buckets.forEach((count, i) => {
      below += count;
      lines.push(`${name}_bucket{le="${SECONDS[i] ?? '+Inf'}"} ${below}`);
    });
    lines.push(`${name}_sum ${sum}`, `${name}_count ${below}`);
  }
  return `${lines.join('\n')}\n`;
}
