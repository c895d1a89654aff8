/**
 * One text, one policy, everything about it.
 *
 * @module
 */
import { useSignal } from '@preact/signals';
import type { Finding } from 'edgeward';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { engine, firstVerdictMs, judgeA, policyA } from '../state.ts';
import { EditorCard } from './editor-card.tsx';
import { FindingsCard } from './findings-card.tsx';
import { InTurn } from './in-turn.tsx';
import { PolicyCard } from './policy-card.tsx';
import { RedactionCard } from './redaction-card.tsx';
import { RuntimeCard } from './runtime-card.tsx';
import { TimelineCard } from './timeline-card.tsx';
import { VerdictCard } from './verdict-card.tsx';
import { ViewsCard } from './views-card.tsx';

export function TextPanel(): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const looked = useSignal<Finding | undefined>(undefined);
  const caret = useSignal<number | undefined>(undefined);
  const verdict = judgeA.verdict.value;
  const findings = verdict?.decision.scan.findings ?? [];
  return (
    <div class="columns">
      <div class="stack">
        <InTurn part="editor">
          <EditorCard
            verdict={verdict}
            current={looked.value}
            onCaret={(at) => {
              caret.value = at;
            }}
            field={field}
          />
        </InTurn>
        <InTurn part="passed">
          <RedactionCard judge={judgeA} />
        </InTurn>
        <InTurn part="views">
          <ViewsCard judge={judgeA} />
        </InTurn>
      </div>
      <div class="stack">
        <InTurn part="verdict">
          <VerdictCard judge={judgeA} draft={policyA.value} />
        </InTurn>
        <InTurn part="findings">
          <FindingsCard
            text={judgeA.status.value?.state === 'failed' ? undefined : verdict?.text}
            findings={findings}
            at={caret.value}
            onLook={(finding) => {
              looked.value = finding;
            }}
            onPick={({ spans: [span] }) => {
              field.current?.focus();
              field.current?.setSelectionRange(span!.start, span!.end);
            }}
          />
        </InTurn>
        <InTurn part="policy">
          <PolicyCard
            title="Policy"
            draft={policyA.value}
            types={typesOf(findings)}
            onChange={(draft) => {
              policyA.value = draft;
            }}
          />
        </InTurn>
      </div>
      <div class="halves whole">
        <InTurn part="timeline">
          <TimelineCard times={judgeA.times.value} />
        </InTurn>
        <InTurn part="runtime">
          <RuntimeCard
            judge={judgeA}
            engine={engine.value}
            onEngine={(to) => {
              engine.value = to;
            }}
            firstVerdictMs={firstVerdictMs.value}
          />
        </InTurn>
      </div>
    </div>
  );
}

/** Types of personal data and secrets among findings. */
export function typesOf(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ id, category }) =>
    category === 'pii' || category === 'secret' ? [id.slice(id.indexOf('/') + 1)] : [],
  );
}
