/**
 * Counts and times of the proxy, in the text format of Prometheus.
 *
 * @module
 */
import type { Answered, Judged } from '../../proxy/main.ts';

export interface Metrics {
  judged(judged: Judged): void;
  answered(answered: Answered): void;
  /** Ends in a line feed. */
  text(): string;
}

/** Upper bounds, seconds. */
const SECONDS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5, 30] as const;

interface Times {
  readonly counts: number[];
  sum: number;
}

export function createMetrics(): Metrics {
  const counts = new Map<string, number>();
  const times = new Map<string, Times>();

  function add(series: string): void {
    counts.set(series, (counts.get(series) ?? 0) + 1);
  }

  function took(name: string, ms: number): void {
    const seconds = ms / 1000;
    const found = times.get(name) ?? { counts: [...SECONDS, 0].fill(0), sum: 0 };
    times.set(name, found);
    const bucket = SECONDS.findIndex((most) => seconds <= most);
    found.counts[bucket < 0 ? SECONDS.length : bucket]! += 1;
    found.sum += seconds;
  }

  return {
    judged({ api, action, degraded, outcome }) {
      add(`edgeward_judged_total{api="${api}",action="${action}"}`);
      if (outcome?.decision.scan.tier === 2) add('edgeward_tier2_total');
      if (degraded) add('edgeward_degraded_total');
    },
    answered({ api, status, by, tookMs, judgedMs, report }) {
      add(`edgeward_requests_total{api="${api}",status="${status}",by="${by}"}`);
      if (report !== undefined) add(`edgeward_answers_total{api="${api}",end="${report.end}"}`);
      took('edgeward_request_seconds', tookMs);
      if (judgedMs !== undefined) took('edgeward_judged_seconds', judgedMs);
    },
    text() {
      const lines: string[] = [];
      let last = '';
      for (const [series, value] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
        const name = series.replace(/\{.*/s, '');
        if (name !== last) lines.push(`# TYPE ${name} counter`);
        last = name;
        lines.push(`${series} ${value}`);
      }
      for (const [name, { counts: buckets, sum }] of times) {
        lines.push(`# TYPE ${name} histogram`);
        let below = 0;
        buckets.forEach((count, i) => {
          below += count;
          lines.push(`${name}_bucket{le="${SECONDS[i] ?? '+Inf'}"} ${below}`);
        });
        lines.push(`${name}_sum ${sum}`, `${name}_count ${below}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
