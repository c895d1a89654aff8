import { describe, expect, test } from 'vitest';
import { createMetrics, metricsText, NOTHING_COUNTED, together } from '../../../src/adapters/cli/proxy/metrics.ts';

const request = new Request('http://x/');
const answered = { request, api: 'openai', by: 'upstream', tookMs: 3, judgedMs: 0.5 } as const;

describe('counts of several processes', () => {
  const one = createMetrics();
  one.answered({ ...answered, status: 200 });
  one.answered({ ...answered, status: 200, tookMs: 60_000 });
  const other = createMetrics();
  other.answered({ ...answered, status: 200 });
  other.answered({ ...answered, status: 403 });
  other.judged({ request, api: 'openai', action: 'allow', degraded: true });
  const text = metricsText(together(one.counted(), other.counted()), { edgeward_workers: 2 });

  test.each([
    'edgeward_requests_total{api="openai",status="200",by="upstream"} 3',
    'edgeward_requests_total{api="openai",status="403",by="upstream"} 1',
    'edgeward_degraded_total 1',
    'edgeward_workers 2',
    'edgeward_request_seconds_bucket{le="0.005"} 3',
    'edgeward_request_seconds_bucket{le="30"} 3',
    'edgeward_request_seconds_bucket{le="+Inf"} 4',
    'edgeward_request_seconds_sum 60.009',
    'edgeward_judged_seconds_count 4',
  ])('%s', (line) => {
    expect(text.split('\n')).toContain(line);
  });

  test('with nothing they stay as they are, and a sum changes none of them', () => {
    const before = metricsText(one.counted());
    expect(metricsText(together(NOTHING_COUNTED, one.counted()))).toBe(before);
    expect(metricsText(together(one.counted(), NOTHING_COUNTED))).toBe(before);
    together(one.counted(), other.counted());
    expect(metricsText(one.counted())).toBe(before);
  });
});
