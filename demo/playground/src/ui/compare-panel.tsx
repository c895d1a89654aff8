/**
 * One text under two policies, side by side.
 *
 * @module
 */
import type { Signal } from '@preact/signals';
import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import type { Judge, Verdict } from '../judge.ts';
import type { PolicyDraft } from '../policy.ts';
import { judgeA, judgeB, policyA, policyB } from '../state.ts';
import { TITLES } from '../words.ts';
import { EditorCard } from './editor-card.tsx';
import { PolicyCard } from './policy-card.tsx';
import { RedactionCard } from './redaction-card.tsx';
import { typesOf } from './text-panel.tsx';
import { VerdictCard } from './verdict-card.tsx';

export function ComparePanel(): JSX.Element {
  const field = useRef<HTMLTextAreaElement>(null);
  const [a, b] = [judgeA.verdict.value, judgeB.verdict.value];
  return (
    <div class="stack">
      <EditorCard verdict={a} field={field} />
      <Difference a={a} b={b} />
      <div class="halves">
        <Side name="Policy A" judge={judgeA} draft={policyA} />
        <Side name="Policy B" judge={judgeB} draft={policyB} />
      </div>
    </div>
  );
}

interface SideProps {
  readonly name: string;
  readonly judge: Judge;
  readonly draft: Signal<PolicyDraft>;
}

function Side({ name, judge, draft }: SideProps): JSX.Element {
  return (
    <div class="stack">
      <VerdictCard judge={judge} draft={draft.value} name={name} />
      <PolicyCard
        title={name}
        draft={draft.value}
        types={typesOf(judge.verdict.value?.decision.scan.findings ?? [])}
        onChange={(to) => {
          draft.value = to;
        }}
      />
      <RedactionCard judge={judge} title={`What the model would get: ${name}`} />
    </div>
  );
}

function Difference({
  a,
  b,
}: {
  readonly a: Verdict | undefined;
  readonly b: Verdict | undefined;
}): JSX.Element | null {
  if (a === undefined || b === undefined || a.text === '' || a.text !== b.text) return null;
  const [ofA, ofB] = [sayingOf(a), sayingOf(b)];
  return (
    <p class="difference" role="status">
      {ofA === ofB ? `Both policies agree: ${ofA}.` : `A: ${ofA}. B: ${ofB}.`}
    </p>
  );
}

function sayingOf({ decision, action }: Verdict): string {
  const said = TITLES[decision.action].toLowerCase();
  if (decision.action === 'allow' || decision.action === 'redact') return said;
  return action === 'block' ? `${said}, withheld` : `${said}, but passes`;
}
