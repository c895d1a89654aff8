/**
 * A score between 0 and 1 on a track, with the thresholds drawn into it.
 *
 * @module
 */
import type { Thresholds } from 'edgeward';
import type { JSX } from 'preact';
import { number } from '../words.ts';

export interface GaugeProps {
  readonly label: string;
  /** Absent: this tier has not spoken. */
  readonly score: number | undefined;
  readonly thresholds: Thresholds;
  /** Said in place of the score where there is none. */
  readonly absence?: string;
}

export function Gauge({ label, score, thresholds: { verify, block }, absence = '' }: GaugeProps): JSX.Element {
  const tone = score === undefined ? undefined : score >= block ? 'block' : score >= verify ? 'doubt' : 'allow';
  return (
    <div class="gauge">
      <div class="row apart">
        <span class="gauge-label">{label}</span>
        {score === undefined ? (
          <span class="quiet small">{absence}</span>
        ) : (
          <strong class="number gauge-score" data-tone={tone}>
            {number(score)}
          </strong>
        )}
      </div>
      <div
        class={`gauge-track${score === undefined ? ' absent' : ''}`}
        data-tone={tone}
        {...(score !== undefined && {
          role: 'meter',
          'aria-label': label,
          'aria-valuemin': 0,
          'aria-valuemax': 1,
          'aria-valuenow': score,
          'aria-valuetext': `${number(score)}; doubt from ${number(verify)}, block from ${number(block)}`,
        })}
      >
        <span class="gauge-zone allow" style={{ width: `${verify * 100}%` }} />
        <span class="gauge-zone doubt" style={{ left: `${verify * 100}%`, width: `${(block - verify) * 100}%` }} />
        <span class="gauge-zone block" style={{ left: `${block * 100}%`, width: `${(1 - block) * 100}%` }} />
        {score !== undefined && <span class="gauge-fill" style={{ transform: `scaleX(${score})` }} />}
        <span class="gauge-tick" style={{ left: `${verify * 100}%` }} />
        <span class="gauge-tick" style={{ left: `${block * 100}%` }} />
      </div>
    </div>
  );
}

/** The thresholds' names, once beneath several gauges. */
export function GaugeScale({ verify, block }: Thresholds): JSX.Element {
  // The names stand outside the band between the two, unless there is no room at the edge.
  return (
    <div class="gauge-scale number" aria-hidden="true">
      <span class={verify < 0.24 ? 'after' : 'before'} style={{ left: `${verify * 100}%` }}>
        doubt {number(verify)}
      </span>
      <span class={block > 0.76 && verify < 0.76 ? 'before lower' : 'after lower'} style={{ left: `${block * 100}%` }}>
        block {number(block)}
      </span>
    </div>
  );
}
