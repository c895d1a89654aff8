/**
 * The controls of one policy.
 *
 * @module
 */
import type { PresetName, SensitiveAction, Strategy } from 'edgeward';
import type { JSX } from 'preact';
import { useId, useState } from 'preact/hooks';
import { ACTIONS, linesOf, type PolicyDraft, PRESET_NAMES, rulesOf, withPreset, withThreshold } from '../policy.ts';
import { number } from '../words.ts';
import { Card } from './card.tsx';
import { Choices, Pick } from './choices.tsx';
import { Icon } from './icons.tsx';

export interface PolicyCardProps {
  readonly title: string;
  readonly draft: PolicyDraft;
  /** Types that the text holds, to choose from first. */
  readonly types: readonly string[];
  readonly onChange: (draft: PolicyDraft) => void;
}

const STRATEGIES: readonly Strategy[] = ['placeholder', 'pseudonym', 'hash', 'mask', 'drop'];
/** Some of what the search knows; any other name of a type may be typed. */
const COMMON_TYPES = ['email', 'phone', 'iban', 'card', 'us-ssn', 'ipv4', 'postal-address', 'github-pat', 'jwt'];

export function PolicyCard({ title, draft, types, onChange }: PolicyCardProps): JSX.Element {
  const { sensitive } = draft;
  const change = (changes: Partial<PolicyDraft>): void => onChange({ ...draft, ...changes });
  const changeSensitive = (changes: PolicyDraft['sensitive']): void =>
    change({ sensitive: { ...sensitive, ...changes } });
  const rules = rulesOf(draft);
  return (
    <Card
      title={title}
      aside={
        <Choices
          label={`${title}: preset`}
          options={PRESET_NAMES}
          value={draft.preset}
          onChange={(preset: PresetName) => onChange(withPreset(draft, preset))}
        />
      }
    >
      <div class="policy">
        <Threshold
          name="Doubt from"
          value={rules.verify}
          onChange={(to) => onChange(withThreshold(draft, 'verify', to))}
        />
        <Threshold
          name="Block from"
          value={rules.block}
          onChange={(to) => onChange(withThreshold(draft, 'block', to))}
        />
        <div class="policy-pairs">
          <Pick<'allow' | 'block'>
            label="What is in doubt"
            options={['allow', 'block']}
            nameOf={(option) => (option === 'allow' ? 'passes' : 'is refused')}
            value={rules.onGrey}
            onChange={(onGrey) => change({ onGrey })}
          />
          <Pick<'open' | 'closed'>
            label="Half a scan"
            options={['open', 'closed']}
            nameOf={(option) => (option === 'open' ? 'counts as whole' : 'is in doubt')}
            value={rules.onDegraded}
            onChange={(onDegraded) => change({ onDegraded })}
          />
          <Pick<SensitiveAction>
            label="Personal data"
            options={ACTIONS}
            value={sensitive.pii ?? 'off'}
            onChange={(pii) => changeSensitive({ pii })}
          />
          <Pick<SensitiveAction>
            label="Secrets"
            options={ACTIONS}
            value={sensitive.secrets ?? 'off'}
            onChange={(secrets) => changeSensitive({ secrets })}
          />
          <Pick<Strategy>
            label="Values become"
            options={STRATEGIES}
            value={sensitive.strategy ?? 'placeholder'}
            onChange={(strategy) => changeSensitive({ strategy })}
          />
        </div>
        <details class="fold">
          <summary>By type, and lists</summary>
          <TypeActions
            actions={sensitive.types ?? {}}
            known={[...new Set([...types, ...COMMON_TYPES])]}
            onChange={(actions) => changeSensitive({ types: actions })}
          />
          <Lines
            label="Phrases that always block, one on each line"
            lines={draft.deny ?? []}
            onChange={(deny) => change({ deny })}
          />
          <Lines
            label="Whole texts that are always fine, one on each line"
            lines={draft.allow ?? []}
            onChange={(allow) => change({ allow })}
          />
        </details>
      </div>
    </Card>
  );
}

interface ThresholdProps {
  readonly name: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Threshold({ name, value, onChange }: ThresholdProps): JSX.Element {
  return (
    <label class="threshold">
      <span>{name}</span>
      <input
        type="range"
        min="0"
        max="1"
        step="0.01"
        value={value}
        onInput={({ currentTarget }) => onChange(currentTarget.valueAsNumber)}
      />
      <output class="number">{number(value)}</output>
    </label>
  );
}

interface TypeActionsProps {
  readonly actions: Readonly<Record<string, SensitiveAction>>;
  readonly known: readonly string[];
  readonly onChange: (actions: Readonly<Record<string, SensitiveAction>>) => void;
}

function TypeActions({ actions, known, onChange }: TypeActionsProps): JSX.Element {
  const [type, setType] = useState('');
  const list = useId();
  const add = (): void => {
    if (type.trim() !== '') onChange({ ...actions, [type.trim().toLowerCase()]: 'block' });
    setType('');
  };
  return (
    <div class="types">
      {Object.entries(actions).map(([name, action]) => (
        <div class="type-row" key={name}>
          <code>{name}</code>
          <Pick<SensitiveAction>
            label={`Action for ${name}`}
            hideLabel
            options={ACTIONS}
            value={action}
            onChange={(to) => onChange({ ...actions, [name]: to })}
          />
          <button
            type="button"
            class="button plain icon"
            aria-label={`Forget the action for ${name}`}
            onClick={() => onChange(Object.fromEntries(Object.entries(actions).filter(([other]) => other !== name)))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      <form
        class="type-row"
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          class="input"
          list={list}
          aria-label="A type with an action of its own"
          placeholder="A type, such as email"
          value={type}
          onInput={({ currentTarget }) => setType(currentTarget.value)}
        />
        <datalist id={list}>
          {known
            .filter((name) => !(name in actions))
            .map((name) => (
              <option key={name} value={name} />
            ))}
        </datalist>
        <button type="submit" class="button">
          <Icon name="plus" /> Add
        </button>
      </form>
    </div>
  );
}

interface LinesProps {
  readonly label: string;
  readonly lines: readonly string[];
  readonly onChange: (lines: readonly string[]) => void;
}

function Lines({ label, lines, onChange }: LinesProps): JSX.Element {
  return (
    <label class="lines">
      <span class="small">{label}</span>
      <textarea
        class="input"
        rows={2}
        defaultValue={lines.join('\n')}
        onChange={({ currentTarget }) => onChange(linesOf(currentTarget.value))}
      />
    </label>
  );
}
