/**
 * The examples, by family, attacks and their harmless twins.
 *
 * @module
 */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { EXAMPLES, type Example, FAMILIES, type Family } from '../examples/examples.ts';
import { Dialog } from './dialog.tsx';

export interface ExamplesDialogProps {
  readonly onPick: (example: Example) => void;
  readonly onClose: () => void;
}

const KINDS: Readonly<Record<Example['kind'], readonly [name: string, tone: string]>> = {
  attack: ['attack', 'block'],
  harmless: ['harmless', 'allow'],
  personal: ['to redact', 'redact'],
  missed: ['attack, missed', 'doubt'],
  mistaken: ['harmless, doubted', 'doubt'],
};

export function ExamplesDialog({ onPick, onClose }: ExamplesDialogProps): JSX.Element {
  const [family, setFamily] = useState<Family | 'all'>('all');
  const [search, setSearch] = useState('');
  const words = search.trim().toLowerCase();
  const shown = EXAMPLES.filter(
    (one) =>
      (family === 'all' || one.family === family) &&
      (words === '' || `${one.title} ${one.family} ${one.language} ${one.kind}`.toLowerCase().includes(words)),
  );
  return (
    <Dialog title="Examples" onClose={onClose}>
      <div class="examples-tools">
        <input
          class="input"
          type="search"
          aria-label="Search examples"
          placeholder="Search"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <label class="pick">
          <span class="unseen">Family</span>
          <select
            class="select"
            value={family}
            onChange={({ currentTarget }) => setFamily(currentTarget.value as Family | 'all')}
          >
            <option value="all">All families</option>
            {FAMILIES.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <p class="unseen" role="status">
        {shown.length} examples
      </p>
      {shown.length === 0 ? (
        <p class="quiet examples-none">No example has “{search}” in its title, family or language.</p>
      ) : (
        <ul class="examples">
          {shown.map((example) => (
            <li key={example.id}>
              <button type="button" class="example" onClick={() => onPick(example)}>
                <span class="example-title" lang={example.language} dir="auto">
                  {example.title}
                </span>
                <span class="chip" data-tone={KINDS[example.kind][1]}>
                  {KINDS[example.kind][0]}
                </span>
                <span class="example-note">
                  {example.family} · {example.channel}
                  {example.language !== 'en' && ` · ${example.language}`}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}
