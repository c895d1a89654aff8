/**
 * Why the score is what it is: every reading of the text that the engine made, and what weighed in each.
 *
 * @module
 */
import type { Explanation } from 'edgeward';
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Judge } from '../judge.ts';
import { number } from '../words.ts';
import { Card } from './card.tsx';
import { TextBox } from './scroll-box.tsx';

type View = Explanation['views'][number];

const SHOWN = 6;

export function ViewsCard({ judge }: { readonly judge: Judge }): JSX.Element {
  useEffect(() => {
    judge.explaining.value = true;
    return () => {
      judge.explaining.value = false;
    };
  }, [judge]);
  const views = judge.explanation.value?.views ?? [];
  return (
    <Card title="Why: what the engine read" class="last">
      {views.length === 0 ? (
        <p class="quiet small">
          Encodings, look-alike letters and invisible characters are undone here, one reading below the other, each with
          the words and features that weighed.
        </p>
      ) : (
        <div class="views">
          {views.map((view) => (
            <ViewDetails key={view.decoders.join()} view={view} open={views.length === 1} />
          ))}
        </div>
      )}
    </Card>
  );
}

function ViewDetails({ view, open }: { readonly view: View; readonly open: boolean }): JSX.Element {
  const name = view.decoders.length === 0 ? 'As written' : `After ${view.decoders.join(', ')}`;
  return (
    <details class="view" open={open}>
      <summary>
        <span>{name}</span>
        <span class="number small">{number(view.score)}</span>
      </summary>
      <TextBox label={`Reading: ${name}`} text={view.text} />
      <div class="weights">
        <Weights
          caption="N-grams"
          rows={view.ngrams.map(({ around, weight }) => ({ name: around.replace(/\s+/g, ' '), note: '', weight }))}
        />
        <Weights
          caption="Features"
          rows={view.features.map((feature) => ({
            name: feature.name,
            note: `${+feature.value.toPrecision(3)}`,
            weight: feature.weight,
          }))}
        />
      </div>
    </details>
  );
}

/** Several n-grams begin within the same few characters. */
function merged(rows: readonly Weight[]): Weight[] {
  const byName = new Map<string, Weight>();
  for (const row of rows) {
    const weight = row.weight + (byName.get(row.name)?.weight ?? 0);
    byName.set(row.name, { ...row, weight });
  }
  return [...byName.values()];
}

interface Weight {
  readonly name: string;
  readonly note: string;
  readonly weight: number;
}

function Weights({ caption, rows }: { readonly caption: string; readonly rows: readonly Weight[] }): JSX.Element {
  const heaviest = merged(rows)
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, SHOWN);
  const most = Math.abs(heaviest[0]?.weight ?? 1);
  return (
    <table class="weight-table">
      <caption>
        {caption} <span class="quiet">· log-odds each adds</span>
      </caption>
      <tbody>
        {heaviest.map(({ name, note, weight }, i) => (
          <tr key={`${name} ${i}`}>
            <th scope="row">
              <code dir="auto">{name}</code>
              {note !== '' && <span class="quiet small">{note}</span>}
            </th>
            <td class="weight-bar" data-tone={weight > 0 ? 'block' : 'allow'}>
              <span style={{ width: `${(Math.abs(weight) / most) * 100}%` }} />
            </td>
            <td class="number weight">
              {weight < 0 ? '−' : '+'}
              {Math.abs(weight).toFixed(2)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
