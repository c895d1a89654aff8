/**
 * The editor and its tools: examples, files, disguises, the channel.
 *
 * @module
 */
import { useSignal } from '@preact/signals';
import type { Channel, Finding } from 'edgeward';
import type { Obfuscation } from 'edgeward/testing';
import type { JSX, RefObject } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Example } from '../examples/example.ts';
import { STARTERS } from '../examples/starters.ts';
import type { Verdict } from '../judge.ts';
import { spansByMark } from '../marks.ts';
import { CHANNELS, channel, takeFile, text } from '../state.ts';
import { count } from '../words.ts';
import { Choices } from './choices.tsx';
import { Editor } from './editor.tsx';
import { Icon } from './icons.tsx';
import { later, laterPart } from './later.tsx';

export interface EditorCardProps {
  /** Whose findings are marked. */
  readonly verdict: Verdict | undefined;
  readonly current?: Finding | undefined;
  readonly onCaret?: (at: number | undefined) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

const ExamplesDialog = laterPart(async () => (await import('./examples-dialog.tsx')).ExamplesDialog);
const examples = later(async () => (await import('../examples/examples.ts')).EXAMPLES);
const disguises = later(async () => (await import('edgeward/testing')).OBFUSCATIONS);
const NOWHERE: readonly Finding['spans'][number][] = [];

export function EditorCard({ verdict, current, onCaret = () => {}, field }: EditorCardProps): JSX.Element {
  const choosing = useSignal(false);
  const dropping = useSignal(false);
  const findings = verdict?.decision.scan.findings;
  const marks = useMemo(() => spansByMark(findings ?? []), [findings]);

  function take(example: Example): void {
    text.value = example.text();
    channel.value = example.channel;
    choosing.value = false;
    field.current?.focus();
  }

  async function start(id: string): Promise<void> {
    const example = (await examples.fetch())?.find((one) => one.id === id);
    if (example !== undefined) take(example);
  }

  function disguise({ apply }: Obfuscation): void {
    text.value = apply(text.peek());
  }

  return (
    <section
      class="card editor-card"
      aria-label="Text"
      onDragOver={(event) => {
        event.preventDefault();
        dropping.value = true;
      }}
      onDragLeave={({ currentTarget, relatedTarget }) => {
        dropping.value = relatedTarget instanceof Node && currentTarget.contains(relatedTarget);
      }}
      onDrop={(event) => {
        dropping.value = false;
        const [file] = event.dataTransfer?.files ?? [];
        if (file === undefined) return; // text that is dropped goes where the textarea puts it
        event.preventDefault();
        void takeFile(file);
      }}
    >
      <div class="editor-tools">
        <div class="row">
          <button type="button" class="button" onClick={() => (choosing.value = true)}>
            <Icon name="examples" /> Examples
          </button>
          <label class="button file-button">
            <Icon name="file" /> Open
            <input
              type="file"
              class="unseen"
              aria-label="Open a text file"
              onChange={({ currentTarget }) => {
                const [file] = currentTarget.files ?? [];
                if (file !== undefined) void takeFile(file);
                currentTarget.value = '';
              }}
            />
          </label>
          <select
            class="select"
            aria-label="Disguise the text"
            value=""
            disabled={text.value === ''}
            onChange={({ currentTarget }) => {
              const chosen = disguises.value.peek()?.find(({ name }) => name === currentTarget.value);
              currentTarget.value = '';
              if (chosen !== undefined) disguise(chosen);
            }}
          >
            <option value="">Disguise…</option>
            {disguises.value.value?.map(({ name }) => (
              <option key={name} value={name}>
                {name.replaceAll('-', ' ')}
              </option>
            ))}
          </select>
          <button
            type="button"
            class="button plain icon"
            aria-label="Clear the text"
            disabled={text.value === ''}
            onClick={() => {
              text.value = '';
              field.current?.focus();
            }}
          >
            <Icon name="clear" />
          </button>
        </div>
        <div class="row">
          <span class="small quiet" aria-hidden="true">
            Written by
          </span>
          <Choices<Channel>
            label="Channel: who wrote the text"
            options={CHANNELS}
            value={channel.value}
            onChange={(to) => {
              channel.value = to;
            }}
          />
        </div>
      </div>
      <Editor
        text={text.value}
        onText={(to) => {
          text.value = to;
        }}
        marks={marks}
        current={current?.spans ?? NOWHERE}
        onCaret={onCaret}
        field={field}
      />
      {text.value === '' && (
        <div class="starters">
          {STARTERS.map(({ id, title, language }) => (
            <button key={id} type="button" class="button" lang={language} onClick={() => void start(id)}>
              {title}
            </button>
          ))}
        </div>
      )}
      <div class="editor-foot">
        <span class="number">{count(text.value.length, 'character')}</span>
        <ul class="legend">
          <li>
            <span class="swatch mark-rule" /> rule
          </li>
          <li>
            <span class="swatch mark-model" /> model
          </li>
          <li>
            <span class="swatch mark-sensitive" /> personal or secret
          </li>
        </ul>
        <span class="row">
          <Icon name="lock" size={14} /> Judged in this page; nothing is sent
        </span>
      </div>
      {dropping.value && <div class="drop">Drop a text, or a .jsonl file for the batch</div>}
      {choosing.value && <ExamplesDialog onPick={take} onClose={() => (choosing.value = false)} />}
    </section>
  );
}
