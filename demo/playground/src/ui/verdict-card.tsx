/**
 * The verdict: what happens to the text, why, and the score of each tier.
 *
 * @module
 */
import type { JSX } from 'preact';
import type { Judge } from '../judge.ts';
import { type PolicyDraft, rulesOf, thresholdsOn } from '../policy.ts';
import { number, outcomeInWords, reasonInWords, TITLES, TONES } from '../words.ts';
import { Gauge, GaugeScale } from './gauge.tsx';
import { Icon } from './icons.tsx';

export interface VerdictCardProps {
  readonly judge: Judge;
  readonly draft: PolicyDraft;
  /** Said before the verdict, where there are two. */
  readonly name?: string;
}

export function VerdictCard({ judge, draft, name }: VerdictCardProps): JSX.Element {
  const verdict = judge.verdict.value;
  const label = name === undefined ? 'Verdict' : `Verdict of ${name}`;
  if (judge.status.value?.state === 'failed') {
    return (
      <section class="card verdict" data-tone="doubt" aria-label={label}>
        <div class="verdict-head">
          <span class="verdict-icon">
            <Icon name="warning" size={22} />
          </span>
          <div>
            {name !== undefined && <p class="verdict-name">{name}</p>}
            <p class="verdict-title">Not judged</p>
            <p class="verdict-reason">The engine could not start: this says nothing about the text.</p>
          </div>
        </div>
      </section>
    );
  }
  if (verdict === undefined || verdict.text === '') {
    return (
      <section class="card verdict" aria-label={label}>
        <div class="verdict-head">
          <span class="verdict-icon">
            <Icon name="play" size={22} />
          </span>
          <div>
            {name !== undefined && <p class="verdict-name">{name}</p>}
            <p class="verdict-title">{verdict === undefined ? 'Starting…' : 'Waiting for a text'}</p>
            <p class="quiet small">The verdict appears as you type.</p>
          </div>
        </div>
      </section>
    );
  }
  const { decision, action, tier1 } = verdict;
  const rules = rulesOf(draft);
  const thresholds = thresholdsOn(rules, verdict.channel);
  return (
    <section
      class="card verdict"
      data-tone={TONES[decision.action]}
      data-action={decision.action}
      data-judged={verdict.text.length}
      aria-label={label}
    >
      <div class="verdict-head">
        <span class="verdict-icon">
          <Icon name={TONES[decision.action]} size={22} />
        </span>
        <div>
          {name !== undefined && <p class="verdict-name">{name}</p>}
          <p class="verdict-title">{TITLES[decision.action]}</p>
          <p class="verdict-reason">
            {reasonInWords(decision, rules)} {outcomeInWords(decision, action, rules)}
          </p>
        </div>
      </div>
      <div class="verdict-scores">
        {verdict.channel === 'system' ? (
          <p class="quiet small">Text on the channel “system” is trusted and not judged.</p>
        ) : (
          <>
            <Gauge label="Tier 1: patterns, linear model, forest" score={tier1.score} thresholds={thresholds} />
            <Gauge
              label="Tier 2: transformer"
              score={decision.scan.tier === 2 ? decision.scan.score : undefined}
              thresholds={thresholds}
              absence={tier2Absence(judge, decision.scan.timings.tier2Ms !== undefined)}
            />
            <GaugeScale {...thresholds} />
          </>
        )}
        {decision.scan.degraded && (
          <p class="small quiet">A limit cut the scan short: the score is {number(decision.scan.score)} or more.</p>
        )}
      </div>
    </section>
  );
}

function tier2Absence(judge: Judge, asked: boolean): string {
  switch (judge.status.value?.transformer.state) {
    case 'off':
      return 'not installed here';
    case 'loading':
      return 'loading…';
    case 'failed':
      return 'could not start';
    case 'ready':
      return asked ? 'had no time' : 'not needed: tier 1 is sure';
    default:
      return '';
  }
}
