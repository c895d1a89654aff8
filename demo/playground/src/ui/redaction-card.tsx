/**
 * What a model would get, and the values back in its answer.
 *
 * @module
 */
import type { Vault } from 'edgeward';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Judge, Verdict } from '../judge.ts';
import { count } from '../words.ts';
import { Card } from './card.tsx';
import { TextBox } from './scroll-box.tsx';

export function RedactionCard({
  judge,
  title = 'What the model would get',
}: {
  readonly judge: Judge;
  readonly title?: string;
}): JSX.Element {
  const verdict = judge.verdict.value;
  const vault = verdict?.passed?.vault;
  return (
    <Card title={title} class="last" aside={vault && <Taken vault={vault} />}>
      <Passed verdict={verdict} />
      {vault !== undefined && <Answer vault={vault} redacted={verdict!.passed!.text} />}
    </Card>
  );
}

function Taken({ vault }: { readonly vault: Vault }): JSX.Element {
  return (
    <span class="chip number" data-tone="redact">
      {count(vault.size, 'value')} taken out
    </span>
  );
}

function Passed({ verdict }: { readonly verdict: Verdict | undefined }): JSX.Element {
  if (verdict === undefined || verdict.text === '')
    return <p class="quiet small">The text as the policy lets it pass.</p>;
  if (verdict.action === 'block') return <p class="quiet small">Nothing: the text is withheld.</p>;
  if (verdict.passed === undefined || verdict.passed.text === verdict.text)
    return <p class="quiet small">The text as you wrote it: nothing in it has to be taken out.</p>;
  return <TextBox label="Redacted text" text={verdict.passed.text} />;
}

/** An answer that uses the placeholders, and what the user would read. */
function Answer({ vault, redacted }: { readonly vault: Vault; readonly redacted: string }): JSX.Element {
  const [own, setOwn] = useState<string | undefined>();
  const answer = own ?? `You said: ${redacted}`;
  return (
    <div class="answer">
      <label class="lines">
        <span class="small">The model’s answer; change it as you like</span>
        <textarea
          class="input mono"
          rows={3}
          dir="auto"
          value={answer}
          onInput={({ currentTarget }) => setOwn(currentTarget.value)}
        />
      </label>
      <h3>What its reader sees, values restored</h3>
      <TextBox label="Restored answer" text={vault.restore(answer)} />
    </div>
  );
}
