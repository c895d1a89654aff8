/**
 * Every reason to worry, strongest first; one look at each shows where it lies.
 *
 * @module
 */
import type { Finding } from 'edgeward';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { excerpt, toneOf } from '../marks.ts';
import { count, number } from '../words.ts';
import { Card } from './card.tsx';

export interface FindingsCardProps {
  /** What was judged; absent while nothing is. */
  readonly text: string | undefined;
  readonly findings: readonly Finding[];
  /** The finding under the caret. */
  readonly at: number | undefined;
  readonly onLook: (finding: Finding | undefined) => void;
  readonly onPick: (finding: Finding) => void;
}

/** More than these would push everything else off the screen. */
const FIRST = 6;

export function FindingsCard({ text, findings, at, onLook, onPick }: FindingsCardProps): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = all ? findings : findings.slice(0, FIRST);
  return (
    <Card
      title="Findings"
      aside={<span class="quiet small number">{findings.length > 0 && count(findings.length, 'finding')}</span>}
    >
      {findings.length === 0 ? (
        <p class="quiet small">
          {text === undefined || text === ''
            ? 'They will stand here, strongest first.'
            : 'No rule and no model objects.'}
        </p>
      ) : (
        <ul class="findings">
          {shown.map((finding, i) => (
            <li key={`${finding.id} ${finding.decoders.join()} ${i}`}>
              <button
                type="button"
                class={`finding${at !== undefined && covers(finding, at) ? ' here' : ''}`}
                data-tone={toneOf(finding.category)}
                onClick={() => onPick(finding)}
                onMouseEnter={() => onLook(finding)}
                onMouseLeave={() => onLook(undefined)}
                onFocus={() => onLook(finding)}
                onBlur={() => onLook(undefined)}
              >
                <span class="chip">{finding.category === 'pii' ? 'personal data' : finding.category}</span>
                <code class="finding-id">{finding.id.replace(/^(?:patterns|pii|secrets)\//, '')}</code>
                <span class="number finding-score">{number(finding.score)}</span>
                <span class="finding-text" dir="auto">
                  {excerpt(text ?? '', finding.spans[0]!)}
                </span>
                {(finding.spans.length > 1 || finding.decoders.length > 0) && (
                  <span class="finding-note">
                    {[
                      finding.decoders.length > 0 && `read through ${finding.decoders.join(', ')}`,
                      finding.spans.length > 1 && `${finding.spans.length} places`,
                    ]
                      .filter(Boolean)
                      .join(' · ')}
                  </span>
                )}
              </button>
            </li>
          ))}
        </ul>
      )}
      {findings.length > FIRST && (
        <button type="button" class="button plain more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show fewer' : `Show all ${findings.length}`}
        </button>
      )}
    </Card>
  );
}

function covers({ spans }: Finding, at: number): boolean {
  return spans.some(({ start, end }) => start <= at && at < end);
}
