import type { Attributes, Histogram, Meter, Span, Tracer } from '@opentelemetry/api';
import * as client from 'prom-client';
import { describe, expect, test } from 'vitest';
import { openTelemetry, prometheus, type Sight } from '../../src/observe.ts';

const SIGHT: Sight = {
  text: 'a secret text',
  policy: 'balanced',
  tookMs: 2,
  outcome: {
    action: 'block',
    text: '',
    unverified: { why: 'silent', fails: 'closed' },
    decision: {
      action: 'verify',
      reason: 'threshold/verify',
      scan: {
        findings: [
          { id: 'patterns/a/b', category: 'override', score: 0.7, spans: [{ start: 0, end: 1 }], decoders: [] },
        ],
        ...{ score: 0.7, tier: 2, degraded: true, channel: 'tool', timings: { tier1Ms: 1 } },
      },
    },
  },
};

describe('prometheus', () => {
  test('what the endpoint shows', async () => {
    const registry = new client.Registry();
    const observer = prometheus(client, registry);
    observer.seen(SIGHT);
    observer.seen(SIGHT);
    const shown = await registry.metrics();
    for (const line of [
      'edgeward_decisions_total{outcome="block",action="verify",reason="threshold/verify",channel="tool",policy="balanced"} 2',
      'edgeward_degraded_total{channel="tool"} 2',
      'edgeward_unverified_total{channel="tool",why="silent",fails="closed"} 2',
      'edgeward_duration_seconds_bucket{le="0.0025",channel="tool"} 2',
      'edgeward_duration_seconds_bucket{le="0.001",channel="tool"} 0',
    ]) {
      expect(shown).toContain(line);
    }
    expect(shown).not.toContain('secret');
  });
});

describe('OpenTelemetry', () => {
  /** The part of a meter and a tracer that is used, writing down what it is told. */
  function recorder(): {
    readonly meter: Meter;
    readonly tracer: Tracer;
    readonly seen: [string, number, Attributes][];
    readonly spans: object[];
  } {
    const seen: [string, number, Attributes][] = [];
    const spans: object[] = [];
    const instrument = (name: string) => ({
      add: (value: number, labels: Attributes) => void seen.push([name, value, labels]),
      record: (value: number, labels: Attributes) => void seen.push([name, value, labels]),
    });
    const meter = {
      createCounter: instrument,
      createHistogram: (name: string) => instrument(name) as Histogram,
    } as unknown as Meter;
    const tracer = {
      startSpan: (name: string, options: object) => ({
        end: (endTime: number) => void spans.push({ name, ...options, endTime }),
      }),
    } as unknown as Tracer & { startSpan(): Span };
    return { meter, tracer, seen, spans };
  }

  test('metrics and a span', () => {
    const { meter, tracer, seen, spans } = recorder();
    openTelemetry({ meter, tracer }).seen(SIGHT);
    const labels = {
      outcome: 'block',
      action: 'verify',
      reason: 'threshold/verify',
      channel: 'tool',
      policy: 'balanced',
    };
    expect(seen).toEqual([
      ['edgeward_decisions', 1, labels],
      ['edgeward_degraded', 1, { channel: 'tool' }],
      ['edgeward_unverified', 1, { channel: 'tool', why: 'silent', fails: 'closed' }],
      ['edgeward_duration_seconds', 0.002, { channel: 'tool' }],
    ]);
    expect(spans).toMatchObject([
      {
        name: 'edgeward.guard',
        attributes: { 'edgeward.score': 0.7, 'edgeward.findings': ['patterns/a/b'], 'edgeward.tier': 2 },
      },
    ]);
    const [{ startTime, endTime }] = spans as [{ startTime: number; endTime: number }];
    expect(endTime - startTime).toBeCloseTo(2, 3);
    expect(JSON.stringify([seen, spans])).not.toContain('secret');
  });

  test('without one of them', () => {
    const { meter, tracer, seen, spans } = recorder();
    openTelemetry({ meter }).seen(SIGHT);
    openTelemetry({ tracer }).seen(SIGHT);
    openTelemetry({}).seen(SIGHT);
    expect([seen.length, spans.length]).toEqual([4, 1]);
  });
});
