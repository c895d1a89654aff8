/**
 * What runs here: engine, weights, threads.
 *
 * @module
 */
import type { TransformerStatus } from 'edgeward';
import type { JSX } from 'preact';
import type { EngineChoice, Judge, Loading } from '../judge.ts';
import { duration, grouped } from '../words.ts';
import { Card } from './card.tsx';
import { Pick } from './choices.tsx';

export interface RuntimeCardProps {
  readonly judge: Judge;
  readonly engine: EngineChoice;
  readonly onEngine: (engine: EngineChoice) => void;
  /** Milliseconds from navigation to the first verdict. */
  readonly firstVerdictMs: number | undefined;
}

export function RuntimeCard({ judge, engine, onEngine, firstVerdictMs }: RuntimeCardProps): JSX.Element {
  const status = judge.status.value;
  const openedMs = judge.openedMs.value;
  const { total, cached } = judge.loading.value;
  const rows: readonly (readonly [string, string | undefined])[] =
    status?.state !== 'ready'
      ? [['State', status?.state]]
      : [
          ['Engine', status.engine === 'wasm-simd' ? 'WebAssembly with SIMD' : 'TypeScript (reference)'],
          ['Why not the fastest', engine === 'auto' ? status.reason : undefined],
          ['Weights', status.version],
          ['Transformer', transformerInWords(status.transformer, judge.loadingTier2.value)],
          [
            'Threads',
            status.isolated
              ? `allowed, ${navigator.hardwareConcurrency} cores`
              : 'one: the page is not cross-origin isolated',
          ],
          ['Engine started in', openedMs === undefined ? undefined : duration(openedMs)],
          ['First verdict', firstVerdictMs === undefined ? undefined : `${duration(firstVerdictMs)} after navigation`],
          [
            'Engine and weights',
            `${grouped(Math.round(total / 1000))} kB, ${cached ? 'from this browser’s cache' : 'loaded once'}`,
          ],
        ];
  return (
    <Card
      title="Runtime"
      aside={
        <Pick<EngineChoice>
          label="Engine"
          hideLabel
          options={['auto', 'reference']}
          nameOf={(option) => (option === 'auto' ? 'Fastest engine' : 'Reference engine')}
          value={engine}
          onChange={onEngine}
        />
      }
    >
      <dl class="facts">
        {rows.map(
          ([name, value]) =>
            value !== undefined && (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="number">{value}</dd>
              </div>
            ),
        )}
      </dl>
    </Card>
  );
}

function transformerInWords(
  { state, version, threads, reason }: TransformerStatus,
  { loaded, total }: Loading,
): string {
  const what = [version, threads !== undefined && `${threads} ${threads === 1 ? 'thread' : 'threads'}`]
    .filter(Boolean)
    .join(', ');
  if (state === 'loading' && total > 0)
    return `loading: ${(loaded / 1e6).toFixed(1)} of ${(total / 1e6).toFixed(1)} MB`;
  if (state === 'off') return 'none installed: verdicts are tier 1’s';
  return `${state}${what === '' ? '' : `: ${what}`}${state === 'failed' && reason !== undefined ? ` (${reason})` : ''}`;
}
