/**
 * `edgeward/observe`: whoever wants to know what a firewall decides. An audit file is one observer; OpenTelemetry and
 * Prometheus are others, given the library that the host has.
 *
 * @module
 */
import type { Counter, Histogram, Meter, Tracer } from '@opentelemetry/api';
import type { Counter as PromCounter, Histogram as PromHistogram, Registry } from 'prom-client';
import type { AnswerSight, Sight } from './audit/record.ts';
import type { GuardedMessages } from './conversation.ts';
import type { Firewall, GuardStreamOptions } from './firewall.ts';
import type { JudgementEvent } from './judge/event.ts';
import type { AnswerReport } from './stream/answer.ts';
import type { Risk } from './types.ts';

export type { AnswerSight, Sight } from './audit/record.ts';
export type { JudgementEvent } from './judge/event.ts';

export interface Observer {
  /** Called after each judged text. What it throws is lost: no observer stops an answer. */
  seen(sight: Sight): void;
  /** Called when a guarded answer has ended, likewise. */
  answered?(sight: AnswerSight): void;
  /** Takes what a judgement over time tells: pass it to `openJudgement` as `onEvent`. */
  told?(event: JudgementEvent): void;
}

/**
 * The same firewall, watched: every text that `guard` and `guardMessages` judge, also the user's turns together, and
 * every answer that `guardStream`, `guardTransform`, `guardResponse` and `guardAnswer` guard. What is known from before is not seen again;
 * `scan` and `inspect` decide nothing and are not seen.
 */
export function observe(firewall: Firewall, ...observers: readonly Observer[]): Firewall {
  const policy = firewall.policy.name;
  function each(tell: (observer: Observer) => void): void {
    for (const observer of observers) {
      try {
        tell(observer);
      } catch {
        // By contract: see Observer.
      }
    }
  }
  function tell(sight: Omit<Sight, 'policy'>): void {
    each((observer) => observer.seen({ ...sight, policy }));
  }
  function tellAnswer({ protocol, ...report }: AnswerReport, began: number): void {
    const sight = { ...report, ...(protocol && { protocol }), policy, tookMs: performance.now() - began };
    each((observer) => observer.answered?.(sight));
  }
  /** The options of an answer's guard, with its end told. */
  function watched(options: GuardStreamOptions = {}): GuardStreamOptions {
    const began = performance.now();
    return {
      ...options,
      onEnd(report) {
        tellAnswer(report, began);
        options.onEnd?.(report);
      },
    };
  }
  return {
    ...firewall,
    async guard(text, from, options) {
      const began = performance.now();
      const outcome = await firewall.guard(text, from, options);
      tell({ text, outcome, ...riskIn(from), tookMs: performance.now() - began });
      return outcome;
    },
    async guardMessages(messages, options) {
      const began = performance.now();
      const guarded = await firewall.guardMessages(messages, options);
      const tookMs = performance.now() - began;
      for (const { path, outcome, known } of guarded.texts) {
        if (!known) tell({ text: textAt(messages, path), outcome, ...riskIn(options), tookMs });
      }
      if (guarded.turns !== undefined)
        tell({ text: joined(messages, guarded), outcome: guarded.turns.outcome, ...riskIn(options), tookMs });
      return guarded;
    },
    guardStream: (stream, options) => firewall.guardStream(stream, watched(options)),
    guardTransform: (options) => firewall.guardTransform(watched(options)),
    guardResponse: (response, options) => firewall.guardResponse(response, watched(options)),
    async guardAnswer(body, options) {
      const began = performance.now();
      const guarded = await firewall.guardAnswer(body, options);
      tellAnswer(guarded.report, began);
      return guarded;
    },
  };
}

function riskIn(from: { readonly risk?: Risk } | undefined): { readonly risk?: Risk } {
  return from?.risk === undefined ? {} : { risk: from.risk };
}

function textAt(root: unknown, path: readonly (string | number)[]): string {
  const value = path.reduce<unknown>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[step] : undefined),
    root,
  );
  return typeof value === 'string' ? value : '';
}

/** The texts of the turns, a line each. */
function joined<T>(messages: T, { turns, texts }: GuardedMessages<T>): string {
  const isIn = (path: readonly (string | number)[]): boolean =>
    turns!.turns.some((turn) => turn.every((step, i) => path[i] === step));
  return texts
    .filter(({ path }) => isIn(path))
    .map(({ path }) => textAt(messages, path))
    .join('\n');
}

/** The kind of an event; of a verdict, which one. */
function kindOf(event: JudgementEvent): string {
  return event.type === 'verified' ? `verified/${event.attack ? 'attack' : 'harmless'}` : event.type;
}

/** What every telemetry counts by: few values each. */
function labelsOf({ outcome, policy }: Sight): Record<'outcome' | 'action' | 'reason' | 'channel' | 'policy', string> {
  const { action, reason, scan } = outcome.decision;
  return { outcome: outcome.action, action, reason, channel: scan.channel, policy };
}

const METRICS = {
  decisions: ['edgeward_decisions', 'Judged texts by outcome'],
  degraded: ['edgeward_degraded', 'Judged texts whose scan a limit cut short'],
  unverified: ['edgeward_unverified', 'Judged texts whose verdict was needed and missing'],
  answers: ['edgeward_answers', 'Guarded answers by how they ended'],
  judgement: ['edgeward_judgement', 'What became of texts in doubt and of who sent them, by kind'],
  duration: ['edgeward_duration_seconds', 'Time from call to outcome'],
} as const;
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/**
 * Counters, a histogram, and a span per judged text, in OpenTelemetry.
 *
 * @example
 * ```ts
 * import { metrics, trace } from '@opentelemetry/api';
 * const watched = observe(firewall, openTelemetry({ meter: metrics.getMeter('edgeward'), tracer: trace.getTracer('edgeward') }));
 * ```
 */
export function openTelemetry({ meter, tracer }: { readonly meter?: Meter; readonly tracer?: Tracer }): Observer {
  const counter = ([name, description]: readonly [string, string]): Counter | undefined =>
    meter?.createCounter(name, { description });
  const [decisions, degraded, unverified] = [METRICS.decisions, METRICS.degraded, METRICS.unverified].map(counter);
  const [answers, judgement] = [METRICS.answers, METRICS.judgement].map(counter);
  const [name, description] = METRICS.duration;
  const duration: Histogram | undefined = meter?.createHistogram(name, {
    description,
    unit: 's',
    advice: { explicitBucketBoundaries: SECONDS },
  });
  return {
    seen(sight) {
      const labels = labelsOf(sight);
      const { unverified: lack, decision } = sight.outcome;
      decisions?.add(1, labels);
      if (decision.scan.degraded) degraded?.add(1, { channel: labels.channel });
      if (lack !== undefined) unverified?.add(1, { channel: labels.channel, ...lack });
      duration?.record(sight.tookMs / 1000, { channel: labels.channel });
      const end = Date.now();
      const span = tracer?.startSpan('edgeward.guard', {
        startTime: end - sight.tookMs,
        attributes: {
          ...Object.fromEntries(Object.entries(labels).map(([key, value]) => [`edgeward.${key}`, value])),
          'edgeward.score': decision.scan.score,
          'edgeward.tier': decision.scan.tier,
          'edgeward.findings': decision.scan.findings.map(({ id }) => id),
        },
      });
      span?.end(end);
    },
    answered: ({ end, policy }) => answers?.add(1, { end, policy }),
    told: (event) => judgement?.add(1, { kind: kindOf(event) }),
  };
}

/** The classes of `prom-client`. */
export interface PromClient {
  readonly Counter: typeof PromCounter;
  readonly Histogram: typeof PromHistogram;
  readonly register: Registry;
}

/**
 * Counters and a histogram in `prom-client`. The host answers `/metrics` with `await client.register.metrics()`.
 *
 * @param registry where they are registered; the library's own by default
 */
export function prometheus(client: PromClient, registry: Registry = client.register): Observer {
  const registers = [registry];
  const counter = <L extends string>(
    [name, help]: readonly [string, string],
    labelNames: readonly L[],
  ): PromCounter<L> => new client.Counter({ name: `${name}_total`, help, labelNames: [...labelNames], registers });
  const decisions = counter(METRICS.decisions, ['outcome', 'action', 'reason', 'channel', 'policy']);
  const degraded = counter(METRICS.degraded, ['channel']);
  const unverified = counter(METRICS.unverified, ['channel', 'why', 'fails']);
  const answers = counter(METRICS.answers, ['end', 'policy']);
  const judgement = counter(METRICS.judgement, ['kind']);
  const [name, help] = METRICS.duration;
  const duration = new client.Histogram({ name, help, labelNames: ['channel'] as const, buckets: SECONDS, registers });
  return {
    seen(sight) {
      const labels = labelsOf(sight);
      const { unverified: lack, decision } = sight.outcome;
      decisions.inc(labels);
      if (decision.scan.degraded) degraded.inc({ channel: labels.channel });
      if (lack !== undefined) unverified.inc({ channel: labels.channel, ...lack });
      duration.observe({ channel: labels.channel }, sight.tookMs / 1000);
    },
    answered: ({ end, policy }) => answers.inc({ end, policy }),
    told: (event) => judgement.inc({ kind: kindOf(event) }),
  };
}
