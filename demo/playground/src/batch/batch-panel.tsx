/**
 * A labeled file through the firewall: progress, charts, tables, export.
 *
 * @module
 */
import { useSignal, useSignalEffect } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { rulesOf, thresholdsOn } from '../policy.ts';
import { batchFile, channel, engine, judgeA, policyA, policyB } from '../state.ts';
import { Card, Notice } from '../ui/card.tsx';
import { Icon } from '../ui/icons.tsx';
import { ScrollBox } from '../ui/scroll-box.tsx';
import { count, grouped, number, percent } from '../words.ts';
import { Histogram, Roc } from './charts.tsx';
import type { Example, Report } from './messages.ts';
import { download, progress, start, stop } from './run.ts';
import { sampleFile } from './sample.ts';

/** A file may give every row a kind of its own. */
const SHOWN_KINDS = 60;
const NAMES = ['Policy A', 'Policy B'];

export function BatchPanel(): JSX.Element {
  const both = useSignal(true);
  const tier2 = useSignal(true);
  const input = useRef<HTMLInputElement>(null);
  const hasTier2 = judgeA.status.value !== undefined && judgeA.status.value.transformer.state !== 'off';

  function run(file: File): void {
    start(file, {
      policies: both.peek() ? [policyA.peek(), policyB.peek()] : [policyA.peek()],
      engine: engine.peek(),
      tier2: hasTier2 && tier2.peek(),
      channel: channel.peek(),
    });
  }

  useSignalEffect(() => {
    const file = batchFile.value;
    if (file === undefined) return;
    batchFile.value = undefined;
    run(file);
  });

  const now = progress.value;
  return (
    <div class="stack">
      <Card title="Judge a file" aside={now.state !== 'none' && <code class="small quiet">{now.name}</code>}>
        <div class="batch-intro">
          <p class="quiet small">
            One JSON object on each line: <code>text</code>, and where you have them <code>label</code> (1 attack, 0
            harmless), <code>kind</code> and <code>channel</code>. The file is read in this page and goes nowhere.
          </p>
          <div class="row">
            <button
              type="button"
              class="button primary"
              disabled={now.state === 'running'}
              onClick={() => input.current!.click()}
            >
              <Icon name="file" /> Choose a file
            </button>
            <button type="button" class="button" disabled={now.state === 'running'} onClick={() => run(sampleFile())}>
              <Icon name="play" /> Try the examples, disguised
            </button>
            <label class="row small check">
              <input
                type="checkbox"
                checked={both.value}
                onChange={({ currentTarget }) => {
                  both.value = currentTarget.checked;
                }}
              />
              Compare with policy B
            </label>
            {hasTier2 && (
              <label class="row small check">
                <input
                  type="checkbox"
                  checked={tier2.value}
                  onChange={({ currentTarget }) => {
                    tier2.value = currentTarget.checked;
                  }}
                />
                Ask tier 2 as well
              </label>
            )}
            <input
              ref={input}
              type="file"
              accept=".jsonl,.ndjson,.json,.txt"
              class="unseen"
              tabIndex={-1}
              aria-label="A file of texts, one JSON object on each line"
              onChange={({ currentTarget }) => {
                const [file] = currentTarget.files ?? [];
                if (file !== undefined) run(file);
                currentTarget.value = '';
              }}
            />
          </div>
        </div>
        {now.state === 'running' && (
          <div class="batch-progress">
            <progress max={1} value={now.share} aria-label="Progress" />
            <span class="number small">{count(now.judged, 'text')}</span>
            <button type="button" class="button" onClick={stop}>
              Stop
            </button>
          </div>
        )}
        {now.state === 'failed' && (
          <div class="batch-progress">
            <Notice tone="block">The file could not be judged: {now.message}</Notice>
          </div>
        )}
      </Card>
      {now.state === 'done' && <Results report={now.report} policies={now.policies} />}
    </div>
  );
}

type ResultsProps = { readonly report: Report; readonly policies: readonly Parameters<typeof rulesOf>[0][] };

function Results({ report, policies }: ResultsProps): JSX.Element {
  const thresholds = policies.map((policy) => thresholdsOn(rulesOf(policy), 'user'));
  const { lines, judged, blank, badCount, ms, auc } = report;
  const perSecond = Math.round(judged / Math.max(ms / 1000, 0.001));
  return (
    <>
      <p class="unseen" role="status">
        {count(judged, 'text')} judged, {count(badCount, 'bad line')}.
      </p>
      {report.stopped && (
        <Notice tone="doubt">Stopped: what follows counts the first {count(lines, 'line')} alone.</Notice>
      )}
      {badCount > 0 && <BadLines report={report} />}
      <section class="card" aria-label="Summary">
        <dl class="tiles">
          <Tile
            name="Texts judged"
            value={grouped(judged)}
            note={`${count(lines, 'line')}, ${blank} blank, ${badCount} bad`}
          />
          <Tile
            name="Speed"
            value={`${grouped(perSecond)}/s`}
            note={policies.length > 1 ? 'two policies each' : 'one thread'}
          />
          {report.policies.map(({ recall }, i) => (
            <Tile
              key={NAMES[i]}
              name={`Attacks flagged${policies.length > 1 ? `, ${'AB'[i]}` : ''}`}
              value={recall === null ? '–' : percent(recall)}
              note={`of ${grouped(report.attacks)}`}
            />
          ))}
          {report.policies.map(({ falsePositives }, i) => (
            <Tile
              key={NAMES[i]}
              name={`Harmless flagged${policies.length > 1 ? `, ${'AB'[i]}` : ''}`}
              value={falsePositives === null ? '–' : percent(falsePositives)}
              note={`of ${grouped(report.harmless)}`}
            />
          ))}
          <Tile name="Area under curve" value={auc === null ? '–' : auc.toFixed(3)} note="attack above harmless" />
          {policies.length > 1 && (
            <Tile name="Verdicts differ" value={grouped(report.changed)} note="between A and B" />
          )}
        </dl>
      </section>
      {judged > 0 && (
        <div class="halves">
          <Card
            title="Scores"
            aside={<ChartLegend policies={policies.length} unlabeled={report.attacks + report.harmless < judged} />}
          >
            <Histogram bins={report.bins} thresholds={thresholds} />
          </Card>
          <Card title="Recall by false positives">
            {report.roc.length === 0 ? (
              <p class="quiet small">The curve needs attacks and harmless texts with labels.</p>
            ) : (
              <Roc points={report.roc} area={auc} thresholds={thresholds} names={NAMES} />
            )}
          </Card>
        </div>
      )}
      {judged > 0 && <Kinds report={report} />}
      <div class="halves">
        <Examples
          title="Attacks that pass, lowest score first"
          examples={report.missed}
          none="Every attack was flagged."
        />
        <Examples
          title="Harmless texts flagged, highest score first"
          examples={report.mistaken}
          none="No harmless text was flagged."
        />
      </div>
      <Card title="Take it with you">
        <div class="row">
          <button type="button" class="button" onClick={() => download('jsonl')}>
            <Icon name="download" /> Verdicts as JSONL
          </button>
          <button type="button" class="button" onClick={() => download('csv')}>
            <Icon name="download" /> Verdicts as CSV
          </button>
          <span class="quiet small">One row for each text judged, by line number; the texts themselves stay out.</span>
        </div>
      </Card>
    </>
  );
}

function Tile({
  name,
  value,
  note,
}: {
  readonly name: string;
  readonly value: string;
  readonly note: string;
}): JSX.Element {
  return (
    <div class="tile">
      <dt>{name}</dt>
      <dd class="number">{value}</dd>
      <dd class="quiet small">{note}</dd>
    </div>
  );
}

function ChartLegend({ policies, unlabeled }: { readonly policies: number; readonly unlabeled: boolean }): JSX.Element {
  return (
    <ul class="legend small quiet">
      <li>
        <span class="swatch bar-attacks" /> attack
      </li>
      <li>
        <span class="swatch bar-harmless" /> harmless
      </li>
      {unlabeled && (
        <li>
          <span class="swatch bar-unlabeled" /> no label
        </li>
      )}
      {NAMES.slice(0, policies).map((name, i) => (
        <li key={name}>
          <span class={`swatch line threshold-${i}`} /> {policies > 1 ? name : 'thresholds'}
        </li>
      ))}
    </ul>
  );
}

function BadLines({ report: { bad, badCount } }: { readonly report: Report }): JSX.Element {
  return (
    <Notice tone="doubt">
      <details>
        <summary>
          {count(badCount, 'line')} could not be read and {badCount === 1 ? 'is' : 'are'} not counted below
        </summary>
        <ul class="bad-lines">
          {bad.map(({ line, problem }) => (
            <li key={line}>
              <span class="number">Line {line}:</span> {problem}
            </li>
          ))}
          {badCount > bad.length && <li>and {grouped(badCount - bad.length)} more</li>}
        </ul>
      </details>
    </Notice>
  );
}

function Kinds({ report }: { readonly report: Report }): JSX.Element {
  const two = report.policies.length > 1;
  const shown = report.kinds.slice(0, SHOWN_KINDS);
  const share = (flagged: number, all: number): string => (all === 0 ? '–' : percent(flagged / all));
  return (
    <Card
      title="By kind"
      aside={
        report.kinds.length > SHOWN_KINDS && (
          <span class="quiet small">
            the first {SHOWN_KINDS} of {report.kinds.length}
          </span>
        )
      }
    >
      <ScrollBox class="table-box" label="By kind, table">
        <table class="table">
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <th scope="col">Attacks</th>
              {report.policies.map((_, i) => (
                <th key={NAMES[i]} scope="col">
                  flagged{two && `, ${'AB'[i]}`}
                </th>
              ))}
              <th scope="col">Harmless</th>
              {report.policies.map((_, i) => (
                <th key={NAMES[i]} scope="col">
                  flagged{two && `, ${'AB'[i]}`}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ kind, attacks, harmless, flagged }) => (
              <tr key={kind}>
                <th scope="row">{kind === '' ? <span class="quiet">no kind</span> : kind}</th>
                <td>{grouped(attacks)}</td>
                {flagged.map((counts, i) => (
                  <td key={NAMES[i]} class="rate">
                    {share(counts.attacks, attacks)}
                    {attacks > 0 && (
                      <span class="rate-bar bar-attacks" style={{ width: `${(counts.attacks / attacks) * 100}%` }} />
                    )}
                  </td>
                ))}
                <td>{grouped(harmless)}</td>
                {flagged.map((counts, i) => (
                  <td key={NAMES[i]} class="rate">
                    {share(counts.harmless, harmless)}
                    {harmless > 0 && (
                      <span class="rate-bar bar-harmless" style={{ width: `${(counts.harmless / harmless) * 100}%` }} />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </Card>
  );
}

interface ExamplesProps {
  readonly title: string;
  readonly examples: readonly Example[];
  readonly none: string;
}

function Examples({ title, examples, none }: ExamplesProps): JSX.Element {
  return (
    <Card title={title}>
      {examples.length === 0 ? (
        <p class="quiet small">{none}</p>
      ) : (
        <ol class="rows">
          {examples.map(({ line, kind, score, excerpt }) => (
            <li key={line}>
              <span class="number quiet small">
                line {line}
                {kind !== '' && ` · ${kind}`}
              </span>
              <strong class="number small">{number(score)}</strong>
              <span class="row-text" dir="auto">
                {excerpt}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Card>
  );
}
