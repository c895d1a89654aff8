import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
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

  test('answers, and what a judgement tells', async () => {
    const registry = new client.Registry();
    const { answered, told } = prometheus(client, registry);
    answered!({ end: 'cut', findings: [], policy: 'balanced', tookMs: 3 });
    told!({ id: '1', at: 1, type: 'verified', job: '1', attack: true, score: 1, reason: 'word', verifyMs: 2 });
    told!({ id: '2', at: 1, type: 'reachable' });
    const shown = await registry.metrics();
    for (const line of [
      'edgeward_answers_total{end="cut",policy="balanced"} 1',
      'edgeward_judgement_total{kind="verified/attack"} 1',
      'edgeward_judgement_total{kind="reachable"} 1',
    ]) {
      expect(shown).toContain(line);
    }
  });
});

describe('OpenTelemetry', () => {
  test('metrics', async () => {
    const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const observer = openTelemetry({ meter: provider.getMeter('edgeward') });
    observer.seen(SIGHT);
    observer.seen(SIGHT);
    await reader.forceFlush();
    const metrics = exporter.getMetrics().flatMap((one) => one.scopeMetrics.flatMap((scope) => scope.metrics));
    const shown = metrics.map(({ descriptor, dataPoints }) => [
      descriptor.name,
      dataPoints[0]?.attributes,
      dataPoints[0]?.value,
    ]);
    const labels = {
      outcome: 'block',
      action: 'verify',
      reason: 'threshold/verify',
      channel: 'tool',
      policy: 'balanced',
    };
    expect(shown).toMatchObject([
      ['edgeward_decisions', labels, 2],
      ['edgeward_degraded', { channel: 'tool' }, 2],
      ['edgeward_unverified', { channel: 'tool', why: 'silent', fails: 'closed' }, 2],
      ['edgeward_duration_seconds', { channel: 'tool' }, { count: 2, sum: 0.004 }],
    ]);
    expect(JSON.stringify(shown)).not.toContain('secret');
    await provider.shutdown();
  });

  test('a span, as long as the call took', () => {
    const exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
    openTelemetry({ tracer: provider.getTracer('edgeward') }).seen(SIGHT);
    const [span, ...rest] = exporter.getFinishedSpans();
    expect(rest).toEqual([]);
    expect(span?.name).toBe('edgeward.guard');
    expect(span?.attributes).toMatchObject({
      ...{
        'edgeward.outcome': 'block',
        'edgeward.reason': 'threshold/verify',
        'edgeward.score': 0.7,
        'edgeward.tier': 2,
      },
      'edgeward.findings': ['patterns/a/b'],
    });
    expect(span!.duration[0] * 1000 + span!.duration[1] / 1e6).toBeCloseTo(2, 3);
  });
});
