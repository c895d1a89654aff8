/**
 * The two charts of a batch, drawn as SVG: they take the page's colors, print, scale and can be read aloud.
 *
 * @module
 */
import type { Thresholds } from 'edgeward';
import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';
import { grouped, number, percent } from '../words.ts';
import { BINS, type Bin, type RocPoint } from './curve.ts';

const WIDTH = 520;
const HEIGHT = 250;
const LEFT = 58;
const RIGHT = 26;
const TOP = 12;
const BOTTOM = 40;
const PLOT_WIDTH = WIDTH - LEFT - RIGHT;
const PLOT_HEIGHT = HEIGHT - TOP - BOTTOM;
const FLOOR = TOP + PLOT_HEIGHT;

interface FrameProps {
  readonly title: string;
  readonly summary: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xTicks: readonly (readonly [x: number, name: string])[];
  readonly yTicks: readonly (readonly [y: number, name: string])[];
  readonly children: ComponentChildren;
}

function Frame({ title, summary, xLabel, yLabel, xTicks, yTicks, children }: FrameProps): JSX.Element {
  const id = useId();
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={`${id}-title ${id}-summary`}>
      <title id={`${id}-title`}>{title}</title>
      <desc id={`${id}-summary`}>{summary}</desc>
      {yTicks.map(([y, name]) => (
        <g key={name}>
          <line class="chart-grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y} y2={y} />
          <text class="chart-text" x={LEFT - 7} y={y + 4} text-anchor="end">
            {name}
          </text>
        </g>
      ))}
      {xTicks.map(([x, name]) => (
        <text key={name} class="chart-text" x={x} y={FLOOR + 17} text-anchor="middle">
          {name}
        </text>
      ))}
      <text class="chart-label" x={LEFT + PLOT_WIDTH / 2} y={HEIGHT - 4} text-anchor="middle">
        {xLabel}
      </text>
      <text class="chart-label" x={-(TOP + PLOT_HEIGHT / 2)} y={10} text-anchor="middle" transform="rotate(-90)">
        {yLabel}
      </text>
      {children}
      <line class="chart-axis" x1={LEFT} x2={WIDTH - RIGHT} y1={FLOOR} y2={FLOOR} />
    </svg>
  );
}

export interface HistogramProps {
  readonly bins: readonly Bin[];
  /** By policy. */
  readonly thresholds: readonly Thresholds[];
}

/** Counts on a square-root scale: the few in the middle matter as much as the many at the ends. */
export function Histogram({ bins, thresholds }: HistogramProps): JSX.Element {
  const sides = (['attacks', 'harmless', 'unlabeled'] as const).filter((side) => bins.some((bin) => bin[side] > 0));
  const most = Math.max(1, ...bins.flatMap((bin) => sides.map((side) => bin[side])));
  const x = (score: number): number => LEFT + score * PLOT_WIDTH;
  const height = (count: number): number => Math.sqrt(count / most) * PLOT_HEIGHT;
  const barWidth = PLOT_WIDTH / BINS / Math.max(1, sides.length);
  const ticks = [...new Set([most, Math.round(most / 4), Math.round(most / 25)])].filter((count) => count > 0);
  const first = thresholds[0]!;
  const above = (side: 'attacks' | 'harmless'): number =>
    bins.filter(({ from }) => from >= first.block).reduce((sum, bin) => sum + bin[side], 0);
  return (
    <Frame
      title="Scores"
      summary={`How many texts have which score. From the block threshold of ${number(first.block)} on: ${above('attacks')} attacks and ${above('harmless')} harmless texts.`}
      xLabel="score"
      yLabel="texts"
      xTicks={[0, 0.2, 0.4, 0.6, 0.8, 1].map((score) => [x(score), score.toFixed(1)])}
      yTicks={ticks.map((count) => [FLOOR - height(count), grouped(count)])}
    >
      {bins.flatMap((bin) =>
        sides.map((side, i) => (
          <rect
            key={`${side} ${bin.from}`}
            class={`bar-${side}`}
            x={x(bin.from) + i * barWidth + 0.5}
            y={FLOOR - height(bin[side])}
            width={Math.max(1, barWidth - 0.6)}
            height={height(bin[side])}
          />
        )),
      )}
      {thresholds.map(({ verify, block }, policy) => (
        <g key={`policy ${policy}`} class={`threshold-${policy}`}>
          <line class="chart-threshold dashed" x1={x(verify)} x2={x(verify)} y1={TOP} y2={FLOOR} />
          <line class="chart-threshold" x1={x(block)} x2={x(block)} y1={TOP} y2={FLOOR} />
        </g>
      ))}
    </Frame>
  );
}

/** The smallest rate that has a place of its own; smaller ones, zero too, are drawn at the axis. */
const LEAST = 0.001;

export interface RocProps {
  readonly points: readonly RocPoint[];
  readonly area: number | null;
  readonly thresholds: readonly Thresholds[];
  readonly names: readonly string[];
}

/** False positives on a logarithmic scale: nobody runs a firewall at ten percent. */
export function Roc({ points, area, thresholds, names }: RocProps): JSX.Element {
  const x = (rate: number): number => LEFT + (Math.log10(Math.max(rate, LEAST)) / -Math.log10(LEAST) + 1) * PLOT_WIDTH;
  const y = (recall: number): number => FLOOR - recall * PLOT_HEIGHT;
  const path = points
    .map(
      ({ falsePositives, recall }, i) =>
        `${i === 0 ? 'M' : 'L'}${x(falsePositives).toFixed(1)} ${y(recall).toFixed(1)}`,
    )
    .join('');
  /** What a threshold flags: the last point whose score still reaches it. */
  const at = (threshold: number): RocPoint => points.findLast(({ score }) => score >= threshold) ?? points[0]!;
  const marks = thresholds.flatMap(({ verify, block }, policy) => [
    { policy, name: 'block', point: at(block) },
    { policy, name: 'doubt', point: at(verify) },
  ]);
  return (
    <Frame
      title="Recall by false positives"
      summary={`Area under the curve ${area?.toFixed(3) ?? 'unknown'}. ${marks
        .map(
          ({ policy, name, point }) =>
            `${names[policy]}, ${name} threshold: ${percent(point.recall)} of the attacks at ${percent(point.falsePositives)} of the harmless texts.`,
        )
        .join(' ')}`}
      xLabel="harmless texts flagged"
      yLabel="attacks flagged"
      xTicks={[LEAST, 0.01, 0.1, 1].map((rate) => [x(rate), rate === LEAST ? '≤ 0.1 %' : `${rate * 100} %`])}
      yTicks={[0, 0.5, 1].map((recall) => [y(recall), `${recall * 100} %`])}
    >
      <path class="chart-curve" d={path} />
      {marks.map(({ policy, name, point }) => (
        <circle
          key={`${policy} ${name}`}
          class={`threshold-${policy} chart-mark ${name}`}
          cx={x(point.falsePositives)}
          cy={y(point.recall)}
          r={5}
        />
      ))}
    </Frame>
  );
}
