/**
 * Where the milliseconds of the last keystroke went.
 *
 * @module
 */
import type { JSX } from 'preact';
import type { Times } from '../judge.ts';
import { duration } from '../words.ts';
import { Card } from './card.tsx';

interface Part {
  readonly name: string;
  readonly ms: number;
  readonly swatch: string;
}

export function TimelineCard({ times }: { readonly times: Times | undefined }): JSX.Element {
  const parts: readonly Part[] =
    times === undefined
      ? []
      : [
          { name: 'To the worker and back', ms: times.travelMs, swatch: 'travel' },
          { name: 'Tier 1', ms: times.tier1Ms, swatch: 'tier1' },
          ...(times.tier2Ms === undefined ? [] : [{ name: 'Tier 2', ms: times.tier2Ms, swatch: 'tier2' }]),
          ...(times.paintMs === undefined ? [] : [{ name: 'On the screen', ms: times.paintMs, swatch: 'paint' }]),
        ];
  const total = parts.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <Card
      title="Timeline"
      aside={times && <span class="number small quiet">{duration(total)} from keystroke to screen</span>}
    >
      {times === undefined ? (
        <p class="quiet small">The way of a keystroke, once there is one.</p>
      ) : (
        <>
          <div class="timeline" aria-hidden="true">
            {parts.map(({ name, ms, swatch }) => (
              <span key={name} class={`timeline-part ${swatch}`} style={{ flexGrow: Math.max(ms, total / 200) }} />
            ))}
          </div>
          <dl class="timeline-parts">
            {parts.map(({ name, ms, swatch }) => (
              <div key={name}>
                <dt>
                  <span class={`swatch ${swatch}`} />
                  {name}
                </dt>
                <dd class="number">{duration(ms)}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </Card>
  );
}
